// Package sqlstore keeps everything that Happy Chat stores, in SQLite or in
// PostgreSQL, from one set of SQL. It implements the storage ports of every
// noun: a file per noun, and the engine in store.go, writer.go and dialect.go.
// It decides nothing: who may do what is the domain's.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/happychat/happychat/internal/change"
)

// Options say where the data is.
type Options struct {
	// URL is a postgres:// URL; empty means SQLite in Path.
	URL string
	// Path is the SQLite file. Its folder must exist.
	Path string
	// Publish receives the changes of each commit, in the order of commits,
	// from one goroutine. It may be nil.
	Publish func([]change.Change)
	Log     *slog.Logger
}

// Store is the one store for every noun. It is safe for concurrent use.
type Store struct {
	dialect dialect
	log     *slog.Logger
	readers *sql.DB
	stmts   stmtCache // of readers
	writer  *writer
}

// Open connects, brings the schema up to date and starts the writer. Its errors
// are sentences for the operator.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	var d dialect = postgres{}
	if o.URL == "" {
		d = sqlite{}
	}
	writeDB, readDB, err := d.open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, writeDB, d); err != nil {
		return nil, errors.Join(err, writeDB.Close(), readDB.Close())
	}
	tidier, err := d.tidier(o)
	if err != nil {
		return nil, errors.Join(err, writeDB.Close(), readDB.Close())
	}
	s := &Store{dialect: d, log: o.Log, readers: readDB}
	s.stmts.prepare = readDB.PrepareContext
	s.writer = newWriter(s, writeDB, tidier, o.Publish)
	return s, nil
}

// Close finishes the writes that are waiting and closes the database.
func (s *Store) Close() error {
	err := s.writer.close()
	s.stmts.close()
	return errors.Join(err, s.readers.Close())
}

// Ready tells whether the database answers.
func (s *Store) Ready(ctx context.Context) error { return s.readers.PingContext(ctx) }

// A querier runs SQL with $1 placeholders, in a transaction or outside of one.
type querier interface {
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	exec(ctx context.Context, query string, args ...any) (int64, error)
}

type txKey struct{}

// tx is the transaction in a context: of the writer, or of one View.
type tx struct {
	querier
	store    *Store
	readonly bool
	changes  []*change.Change
	effects  []func()
}

func txFrom(ctx context.Context) *tx {
	t, _ := ctx.Value(txKey{}).(*tx)
	return t
}

// q gives what SQL runs on: the transaction in ctx, or a reader.
func (s *Store) q(ctx context.Context) querier {
	if t := txFrom(ctx); t != nil {
		return t.querier
	}
	return poolQuerier{s}
}

// View implements change.Transactor.
func (s *Store) View(ctx context.Context, fn func(ctx context.Context) error) error {
	if txFrom(ctx) != nil {
		return fn(ctx)
	}
	t, err := s.readers.BeginTx(ctx, s.dialect.viewOptions())
	if err != nil {
		return s.explain(err)
	}
	q := txQuerier{s, t, new([]string)}
	defer func() {
		_ = t.Rollback() // nothing to keep
		for _, text := range *q.unknown {
			_, _ = s.stmts.get(ctx, s.dialect, text) // for the next; this one is done
		}
	}()
	return fn(context.WithValue(ctx, txKey{}, &tx{store: s, querier: q, readonly: true}))
}

// Update implements change.Transactor.
func (s *Store) Update(ctx context.Context, fn func(ctx context.Context) error) error {
	if t := txFrom(ctx); t != nil {
		if t.readonly {
			return errors.New("sqlstore: Update inside a View")
		}
		return fn(ctx)
	}
	return s.writer.do(ctx, fn)
}

// AfterCommit implements change.Transactor.
func (s *Store) AfterCommit(ctx context.Context, effect func()) {
	t := txFrom(ctx)
	if t == nil || t.readonly {
		panic("sqlstore: AfterCommit outside an Update")
	}
	t.effects = append(t.effects, effect)
}

// touch raises the version of a scope, once per transaction, and returns the
// change that rows of the scope are put into.
func (s *Store) touch(ctx context.Context, scope change.Scope) (*change.Change, error) {
	t := txFrom(ctx)
	if t == nil || t.readonly {
		return nil, errors.New("sqlstore: write outside an Update")
	}
	for _, c := range t.changes {
		if c.Scope == scope {
			return c, nil
		}
	}
	c := &change.Change{Scope: scope}
	var err error
	switch scope.Kind {
	case change.User:
		err = s.one(ctx, `UPDATE account SET version = version + 1 WHERE id = $1 RETURNING version`,
			[]any{scope.ID}, &c.Version)
	case change.Conversation:
		err = s.one(ctx, `UPDATE conversation SET version = version + 1 WHERE id = $1 RETURNING version, members_version`,
			[]any{scope.ID}, &c.Version, &c.MembersVersion)
	}
	if err != nil {
		return nil, err
	}
	t.changes = append(t.changes, c)
	return c, nil
}

// one reads the single row of a query into dest; change.ErrNotFound if there is
// none.
func (s *Store) one(ctx context.Context, query string, args []any, dest ...any) error {
	rows, err := s.q(ctx).query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return change.ErrNotFound
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// all reads every row of a query through scan.
func all[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := s.q(ctx).query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// first is all for at most one row; change.ErrNotFound if there is none.
func first[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), query string, args ...any) (T, error) {
	list, err := all(ctx, s, scan, query, args...)
	if err == nil && len(list) == 0 {
		err = change.ErrNotFound
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return list[0], nil
}

// explain turns a fault of the database into what people are told, and leaves
// other errors as they are.
func (s *Store) explain(err error) error {
	if err == nil {
		return nil
	}
	if better := s.dialect.explain(err); better != nil {
		return better
	}
	if s.dialect.lost(err) {
		return errLost.Because(err)
	}
	return err
}

// stmtCache prepares each text once.
type stmtCache struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)
	mu      sync.RWMutex
	byText  map[string]*sql.Stmt
}

func (c *stmtCache) have(query string) *sql.Stmt {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byText[query]
}

// get prepares a text without holding the lock, since that may wait for a
// connection. Whoever prepares it at the same time and is later, takes the
// other's.
func (c *stmtCache) get(ctx context.Context, d dialect, query string) (*sql.Stmt, error) {
	if st := c.have(query); st != nil {
		return st, nil
	}
	fresh, err := c.prepare(ctx, d.placeholders(query))
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", query, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if st := c.byText[query]; st != nil {
		_ = fresh.Close()
		return st, nil
	}
	if c.byText == nil {
		c.byText = map[string]*sql.Stmt{}
	}
	c.byText[query] = fresh
	return fresh, nil
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, st := range c.byText {
		_ = st.Close()
	}
	c.byText = nil
}

// poolQuerier runs single statements on any reader.
type poolQuerier struct{ s *Store }

func (p poolQuerier) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := p.s.stmts.get(ctx, p.s.dialect, query)
	if err != nil {
		return nil, p.s.explainRead(ctx, err)
	}
	rows, err := st.QueryContext(ctx, args...)
	return rows, p.s.explainRead(ctx, err)
}

// explainRead is explain, but for whoever has given up waiting.
func (s *Store) explainRead(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return s.explain(err)
}

func (p poolQuerier) exec(context.Context, string, ...any) (int64, error) {
	return 0, errors.New("sqlstore: write outside an Update")
}

// txQuerier runs statements in the snapshot of a View, on its connection. A
// text that is not prepared yet is only prepared for this once: the pool may
// have no other connection, because all are held by Views that wait likewise.
type txQuerier struct {
	s       *Store
	t       *sql.Tx
	unknown *[]string
}

func (q txQuerier) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := q.s.stmts.have(query); st != nil {
		rows, err := q.t.StmtContext(ctx, st).QueryContext(ctx, args...)
		return rows, q.s.explainRead(ctx, err)
	}
	*q.unknown = append(*q.unknown, query)
	rows, err := q.t.QueryContext(ctx, q.s.dialect.placeholders(query), args...)
	return rows, q.s.explainRead(ctx, err)
}

func (q txQuerier) exec(context.Context, string, ...any) (int64, error) {
	return 0, errors.New("sqlstore: write inside a View")
}
