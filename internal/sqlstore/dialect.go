package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
	msqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is what truly differs between the databases.
type dialect interface {
	// open gives the database for the writer, and the one for readers.
	open(ctx context.Context, o Options) (write, read *sql.DB, err error)
	// placeholders turns $1 into what the database wants, and {or fail} into
	// what keeps it from saving the pages that a statement changes.
	placeholders(query string) string
	// schema fills in the words in braces of a migration.
	schema(ddl string) string
	// begin starts a write transaction that no other writer of the same
	// database, in this process or another, runs beside.
	begin() string
	// patience is how long a write transaction may take in all before the
	// database counts as lost; 0 means that it can not fall silent.
	patience() time.Duration
	viewOptions() *sql.TxOptions
	// size is a query for the size of the database in bytes.
	size() string
	// tidier moves what was committed to where it stays, beside the writer; nil
	// if the database does that by itself.
	tidier(o Options) (*tidier, error)
	// explain turns a fault of the database that an operator can mend into a
	// sentence, or returns nil.
	explain(err error) error
	// lost tells that the connection is of no use any more.
	lost(err error) bool
}

type sqlite struct{}

// writerPragmas are set on the one connection that writes. FULL syncs the log
// at every commit, which is what makes an acknowledged write durable. The log is
// emptied by the tidier, not in a commit.
const (
	writerPragmas = "_pragma=busy_timeout(10000)&_pragma=synchronous(full)&_pragma=cache_size(-16000)&_pragma=wal_autocheckpoint(0)&_pragma=journal_size_limit(67108864)&_pragma=temp_store(memory)"
	tidierPragmas = "_pragma=busy_timeout(0)&_pragma=synchronous(full)&_pragma=cache_size(-64)"
	readerPragmas = "_pragma=busy_timeout(10000)&_pragma=query_only(1)&_pragma=cache_size(-2000)&_pragma=temp_store(memory)"
)

func (sqlite) open(ctx context.Context, o Options) (write, read *sql.DB, err error) {
	dir := filepath.Dir(o.Path)
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return nil, nil, fmt.Errorf("the data folder %s can not be written to (%w); give it to the user that runs happychat, or choose another with --data", dir, unwrapPath(err))
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())

	// The file is made here so that only its owner can read it.
	f, err := os.OpenFile(o.Path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("the database %s can not be opened for writing (%w)", o.Path, unwrapPath(err))
	}
	_ = f.Close()

	name := sqliteName(o.Path)
	write, err = sql.Open("sqlite", name+"?"+writerPragmas)
	if err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	if err := takeOwn(ctx, write); err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("the database %s can not be used: %w", o.Path, err)
	}
	read, err = sql.Open("sqlite", name+"?"+readerPragmas)
	if err != nil {
		_ = write.Close()
		return nil, nil, err
	}
	n := max(4, runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return write, read, nil
}

func sqliteName(path string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}).String()
}

// takeOwn refuses what is no database, and one that another program has filled,
// and leaves them as they are.
func takeOwn(ctx context.Context, db *sql.DB) error {
	var tables, own int
	err := db.QueryRowContext(ctx, `SELECT count(*), count(CASE WHEN name = 'schema_version' THEN 1 END) FROM sqlite_schema`).Scan(&tables, &own)
	if err == nil && tables > 0 && own == 0 {
		return errors.New("it is not one of Happy Chat; nothing was changed")
	}
	if err == nil {
		_, err = db.ExecContext(ctx, `PRAGMA journal_mode = wal`) // kept in the file
	}
	if better := (sqlite{}).explain(err); better != nil {
		err = better
	}
	return err
}

func unwrapPath(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}

// placeholders: ?1 is numbered as $1 is. Where every number is used once and in
// order a bare ? says the same, and SQLite, which keeps numbered ones in a list
// of names, then need not search it at every bind. The texts of this package
// hold no dollar sign otherwise.
func (sqlite) placeholders(query string) string {
	query = strings.ReplaceAll(query, "{or fail}", "OR FAIL")
	parts := strings.Split(query, "$")
	var plain strings.Builder
	plain.WriteString(parts[0])
	for i, part := range parts[1:] {
		rest, ok := strings.CutPrefix(part, strconv.Itoa(i+1))
		if !ok || rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return strings.ReplaceAll(query, "$", "?")
		}
		plain.WriteString("?" + rest)
	}
	return plain.String()
}

func (sqlite) schema(ddl string) string {
	return strings.ReplaceAll(ddl, "{clustered}", " WITHOUT ROWID")
}

func (sqlite) begin() string { return "BEGIN IMMEDIATE" }

func (sqlite) patience() time.Duration { return 0 }

func (sqlite) size() string {
	return `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
}

func (sqlite) viewOptions() *sql.TxOptions { return nil }

func (sqlite) tidier(o Options) (*tidier, error) {
	db, err := sql.Open("sqlite", sqliteName(o.Path)+"?"+tidierPragmas)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return newTidier(db, o.Log), nil
}

func (sqlite) explain(err error) error {
	var e *msqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // the index of the log can not grow
		return errDiskFull.Because(err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return errDiskFull.Because(err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return errBusy.Because(err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return errReadOnly.Because(err)
	case sqlite3.SQLITE_IOERR:
		return errDiskFault.Because(err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return errDamaged.Because(err)
	}
	return nil
}

func (sqlite) lost(error) bool { return false }

type postgres struct{}

func (postgres) open(ctx context.Context, o Options) (write, read *sql.DB, err error) {
	if _, err := pgx.ParseConfig(o.URL); err != nil {
		return nil, nil, fmt.Errorf("the database URL is not understood: %w", err)
	}
	write, err = sql.Open("pgx", o.URL)
	if err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("PostgreSQL does not answer: %w; check the database URL and that the server runs", err)
	}
	read, err = sql.Open("pgx", o.URL)
	if err != nil {
		_ = write.Close()
		return nil, nil, err
	}
	n := 4 * runtime.GOMAXPROCS(0)
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return write, read, nil
}

func (postgres) placeholders(query string) string {
	return strings.ReplaceAll(query, "{or fail}", "")
}

func (postgres) schema(ddl string) string { return strings.ReplaceAll(ddl, "{clustered}", "") }

// writerLock is the advisory lock that makes the nodes of one installation
// take turns at writing, batch by batch (docs/adr/0003).
const writerLock = "7308324466020905572"

// begin sends all in one round trip. A node that stalls while it holds the lock
// is cut off by the server, so that the others go on.
func (postgres) begin() string {
	return "BEGIN; SET LOCAL statement_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = '30s'; " +
		"SELECT pg_advisory_xact_lock(" + writerLock + ")"
}

// patience is beyond what begin allows a statement, so that a server that still
// talks has the word.
func (postgres) patience() time.Duration { return 45 * time.Second }

func (postgres) tidier(Options) (*tidier, error) { return nil, nil }

func (postgres) size() string { return `SELECT pg_database_size(current_database())` }

func (postgres) viewOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgres) explain(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code {
	case "53100": // disk_full
		return errDiskFull.Because(err)
	case "25006": // read_only_sql_transaction
		return errReadOnly.Because(err)
	case "57014", "55P03": // query_canceled by statement_timeout, lock_not_available
		return errBusy.Because(err)
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return errDamaged.Because(err)
	}
	return nil
}

// lost: the server said so (57P: it stops, 08: the connection is broken, 53300:
// too many are open, 25P03: this one stalled), it turned into one that only
// reads, or it says nothing.
func (postgres) lost(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(e.Code, "57P") || strings.HasPrefix(e.Code, "08") || e.Code == "53300" || e.Code == "25P03" || e.Code == "25006"
	}
	for _, broken := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn, sql.ErrConnDone} {
		if errors.Is(err, broken) {
			return true
		}
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}
