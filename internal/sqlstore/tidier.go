package sqlstore

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"sync/atomic"
)

const (
	// tidyAfter is how much is written, as far as the writer can tell, before
	// it is moved into the database. A write changes about two pages besides
	// its text.
	tidyAfter     = 16 << 20
	bytesPerWrite = 8 << 10
	// logPages is how long the log may grow before the writer is asked to see
	// to it that it begins anew.
	logPages = 8000
	// beginAnew moves the rest and waits a little, in milliseconds, for those
	// who read from the log.
	beginAnew = `PRAGMA busy_timeout = 50; PRAGMA wal_checkpoint(RESTART); PRAGMA busy_timeout = 10000`
)

// tidier moves pages from SQLite's log into the database on a connection of its
// own, so that commits need not wait for it. The log only begins anew when all
// of it was moved, nobody has added to it meanwhile and nobody reads from it:
// under load that takes the writer, between two transactions, for the little
// that is left.
type tidier struct {
	db   *sql.DB
	log  *slog.Logger
	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup

	written int64 // since the last wake; the writer's own
	// full: the writer is asked to let the log begin anew.
	full atomic.Bool
}

func newTidier(db *sql.DB, log *slog.Logger) *tidier {
	ctx, stop := context.WithCancel(context.Background())
	t := &tidier{db: db, log: log, wake: make(chan struct{}, 1), stop: stop}
	t.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.wake:
			}
			pages, err := checkpoint(ctx, t.db)
			if err != nil && ctx.Err() == nil {
				t.log.Warn("the log of the database could not be moved; it will be tried again", "err", err)
			}
			t.full.Store(pages > logPages)
		}
	})
	return t
}

// committed is called by the writer between transactions.
func (t *tidier) committed(ctx context.Context, conn *sql.Conn, batch []*job) {
	if t == nil {
		return
	}
	if t.full.CompareAndSwap(true, false) {
		if _, err := conn.ExecContext(ctx, beginAnew); err != nil {
			t.log.Warn("the log of the database could not be moved; it will be tried again", "err", err)
		}
	}
	for _, j := range batch {
		t.written += bytesPerWrite + j.size()
	}
	if t.written >= tidyAfter {
		t.written = 0
		select {
		case t.wake <- struct{}{}:
		default: // it is at it
		}
	}
}

// checkpoint moves what no reader holds back, waits for nobody, and gives the
// length of the log.
func checkpoint(ctx context.Context, db *sql.DB) (pages int, err error) {
	var busy, moved int
	err = db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &pages, &moved)
	return pages, err
}

func (t *tidier) close() error {
	if t == nil {
		return nil
	}
	t.stop()
	t.done.Wait()
	return t.db.Close()
}
