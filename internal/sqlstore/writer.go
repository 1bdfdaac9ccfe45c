package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/happychat/happychat/internal/change"
)

const (
	// queueSize is how many writes may wait, and queueBytes how much text they
	// may hold; the next is told to come back.
	queueSize  = 8192
	queueBytes = 64 << 20
	// batchSize and batchBytes bound the writes that share a commit, and
	// batchTime how long they may take together before those at the front are
	// made to wait no longer.
	batchSize  = 2048
	batchBytes = 4 << 20
	batchTime  = 20 * time.Millisecond
)

// job is one write that waits: a function, or a message to append. The appends
// of a batch are done together, set by set instead of row by row.
type job struct {
	ctx    context.Context
	fn     func(ctx context.Context) error
	append *appendJob
	// finish is called once, when the write is durable or has failed, and its
	// changes are published.
	finish func(error)

	tx  *tx
	err error
}

// size is how much text the job holds.
func (j *job) size() int64 {
	if j.append == nil {
		return 0
	}
	return int64(len(j.append.message.Body))
}

// writer makes all writes that are waiting into one transaction, so that a
// single durable commit acknowledges them all.
type writer struct {
	store *Store
	db    *sql.DB
	conn  *sql.Conn // the only one that writes; nil when lost
	stmts stmtCache // of conn
	// ctx is of the transaction that runs: it bounds how long a database that
	// has fallen silent is waited for.
	ctx     context.Context
	tidier  *tidier // nil if there is none
	publish func([]change.Change)
	log     *slog.Logger

	queue   chan *job
	waiting atomic.Int64 // bytes of text in queue
	// done takes batches whose transaction has ended to settle.
	done     chan []*job
	stop     chan struct{}
	stopping sync.RWMutex
	stopOnce sync.Once
	stopErr  error
	ended    sync.WaitGroup
}

func newWriter(s *Store, db *sql.DB, tidier *tidier, publish func([]change.Change)) *writer {
	w := &writer{
		store: s, db: db, tidier: tidier, publish: publish, log: s.log, ctx: context.Background(),
		queue: make(chan *job, queueSize),
		done:  make(chan []*job, 4),
		stop:  make(chan struct{}),
	}
	w.ended.Add(2)
	go w.run()
	go w.settle()
	return w
}

// enqueue hands over a job. If it returns an error, finish is not called. The
// caller's context only matters while the job waits for its turn: once begun, a
// write is finished.
func (w *writer) enqueue(j *job) error {
	w.stopping.RLock()
	defer w.stopping.RUnlock()
	select {
	case <-w.stop:
		return errClosed
	default:
	}
	size := j.size()
	if w.waiting.Add(size) <= queueBytes {
		select {
		case w.queue <- j:
			return nil
		default:
		}
	}
	w.waiting.Add(-size)
	return errBusy
}

// do runs fn and waits until it is durable.
func (w *writer) do(ctx context.Context, fn func(ctx context.Context) error) error {
	done := make(chan error, 1)
	if err := w.enqueue(&job{ctx: ctx, fn: fn, finish: func(err error) { done <- err }}); err != nil {
		return err
	}
	return <-done
}

func (w *writer) run() {
	defer w.ended.Done()
	defer close(w.done)
	for {
		select {
		case j := <-w.queue:
			w.commit(w.gather(j))
		case <-w.stop:
			select { // what came before the stop is still done
			case j := <-w.queue:
				w.commit(w.gather(j))
			default:
				return
			}
		}
	}
}

// gather makes a batch of a job and those that wait behind it.
func (w *writer) gather(j *job) []*job {
	batch := []*job{j}
	size := j.size()
	w.waiting.Add(-size)
	for len(batch) < batchSize && size < batchBytes {
		select {
		case j := <-w.queue:
			batch = append(batch, j)
			w.waiting.Add(-j.size())
			size += j.size()
		default:
			return batch
		}
	}
	return batch
}

// commit does the jobs of a batch, in one transaction if they fit the time.
func (w *writer) commit(batch []*job) {
	// Appends go first. They need no savepoint then, which would copy every page
	// that they change: if they fail, the transaction is begun again.
	slices.SortStableFunc(batch, func(a, b *job) int { return a.turn() - b.turn() })
	for len(batch) > 0 {
		n, err := w.transact(batch)
		for _, j := range batch[:n] {
			if err != nil { // errors too: they came of what is not stored now
				j.err = err
			}
		}
		did := batch[:n:n]
		w.done <- did
		batch = batch[n:]
		if err == nil {
			w.tidier.committed(w.ctx, w.conn, did)
		}
	}
}

func (j *job) turn() int {
	if j.append != nil {
		return 0
	}
	return 1
}

// settle publishes what was committed, runs the effects and tells every caller
// its result, in that order, while the next transaction runs.
func (w *writer) settle() {
	defer w.ended.Done()
	for batch := range w.done {
		var changes []change.Change
		for _, j := range batch {
			if j.err == nil && j.tx != nil {
				for _, c := range j.tx.changes {
					changes = append(changes, *c)
				}
			}
		}
		if len(changes) > 0 && w.publish != nil {
			w.publish(changes)
		}
		for _, j := range batch {
			if j.err == nil && j.tx != nil {
				for _, effect := range j.tx.effects {
					effect()
				}
			}
			j.finish(j.err)
		}
	}
}

// transact runs one transaction over the first n jobs of the batch, as many as
// fit the time. An error is the whole transaction's; a job's own error is in
// the job.
func (w *writer) transact(batch []*job) (n int, err error) {
	if patience := w.store.dialect.patience(); patience > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		w.ctx = ctx
	}
	defer func() {
		if err != nil {
			w.giveUp(err)
			n, err = max(n, 1), w.store.explain(err)
			w.log.Error("write failed", "err", err, "writes", n)
		}
	}()
	if err := w.begin(); err != nil {
		return len(batch), err
	}
	began := time.Now()
	appends := make([]*job, 0, len(batch))
	for n < len(batch) && batch[n].append != nil {
		j := batch[n]
		n++
		if j.err = j.ctx.Err(); j.err == nil {
			appends = append(appends, j)
		}
	}
	if len(appends) > 0 {
		if err := w.runAppends(appends); err != nil {
			return n, err
		}
	}
	for n < len(batch) && (n == 0 || time.Since(began) < batchTime) {
		j := batch[n]
		n++
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if err := w.runJob(j); err != nil {
			return n, err
		}
	}
	_, err = w.conn.ExecContext(w.ctx, "COMMIT")
	return n, err
}

// begin starts a transaction. A connection that was lost while nothing ran is
// replaced: nothing has begun that could be done twice.
func (w *writer) begin() error {
	for {
		fresh := w.conn == nil
		err := w.connect()
		if err == nil {
			_, err = w.conn.ExecContext(w.ctx, w.store.dialect.begin())
		}
		if err == nil || fresh || !w.store.dialect.lost(err) {
			return err
		}
		w.disconnect()
	}
}

// giveUp ends a transaction that failed. SQLite may have ended it by itself.
func (w *writer) giveUp(err error) {
	if w.conn == nil {
		return
	}
	_, rollback := w.conn.ExecContext(w.ctx, "ROLLBACK")
	if w.store.dialect.lost(err) || rollback != nil && w.store.dialect.lost(rollback) {
		w.disconnect()
	}
}

// fatal tells that an error is not of one write, but of the database.
func (w *writer) fatal(err error) bool {
	return w.store.dialect.explain(err) != nil || w.store.dialect.lost(err)
}

// runJob runs a function in a savepoint. The error it returns is fatal for the
// transaction; that of the function is left in the job.
func (w *writer) runJob(j *job) error {
	if err := w.execText("SAVEPOINT job"); err != nil {
		return err
	}
	q := &jobQuerier{w: w}
	j.tx = &tx{store: w.store, querier: q}
	j.err = call(func() error { return j.fn(context.WithValue(j.ctx, txKey{}, j.tx)) })
	q.ended = true
	if q.failed != nil {
		if w.fatal(q.failed) {
			return q.failed
		}
		if j.err == nil {
			j.err = fmt.Errorf("a statement failed in the transaction: %w", q.failed)
		}
	}
	if j.err != nil {
		if err := w.execText("ROLLBACK TO SAVEPOINT job"); err != nil {
			return errors.Join(j.err, err)
		}
	}
	return w.execText("RELEASE SAVEPOINT job")
}

// jobQuerier runs the statements of one function. The first that fails is the
// last: PostgreSQL takes no other after it, and SQLite may have ended the whole
// transaction, so that the next would be one of its own.
type jobQuerier struct {
	w      *writer
	failed error
	ended  bool
}

func (q *jobQuerier) usable() error {
	if q.ended {
		return errors.New("sqlstore: the transaction has ended")
	}
	return q.failed
}

func (q *jobQuerier) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := q.usable(); err != nil {
		return nil, err
	}
	rows, err := q.w.query(ctx, query, args...)
	q.failed = err
	return rows, err
}

func (q *jobQuerier) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := q.usable(); err != nil {
		return 0, err
	}
	n, err := q.w.exec(ctx, query, args...)
	q.failed = err
	return n, err
}

// call turns a panic into an error, so that one faulty write does not take the
// others with it.
func call(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

func (w *writer) execText(text string) error {
	_, err := w.exec(context.Background(), text)
	return err
}

// query implements querier on the writing connection. A started write is not
// given up half-way, so the context of the caller is not passed on.
func (w *writer) query(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := w.stmts.get(w.ctx, w.store.dialect, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(w.ctx, args...)
}

func (w *writer) exec(_ context.Context, query string, args ...any) (int64, error) {
	st, err := w.stmts.get(w.ctx, w.store.dialect, query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (w *writer) connect() error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(w.ctx)
	if err != nil {
		return err
	}
	w.conn = conn
	w.stmts.prepare = conn.PrepareContext
	return nil
}

func (w *writer) disconnect() {
	w.stmts.close()
	// What is bad does not go back to the pool.
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn = nil
}

// close does what waits and closes the database. Whoever else calls it waits
// too.
func (w *writer) close() error {
	w.stopOnce.Do(func() {
		w.stopping.Lock() // nobody is between looking at stop and queueing
		close(w.stop)
		w.stopping.Unlock()
		w.ended.Wait()
		w.stopErr = w.tidier.close()
		w.stmts.close()
		if w.conn != nil {
			w.stopErr = errors.Join(w.stopErr, w.conn.Close())
			w.conn = nil
		}
		w.stopErr = errors.Join(w.stopErr, w.db.Close())
	})
	return w.stopErr
}
