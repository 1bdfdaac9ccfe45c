package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
)

const (
	// queueSize is how many writes may wait; the next is told to come back.
	queueSize = 8192
	// batchSize bounds the writes that share a commit, and batchTime how long
	// they may take together before those at the front are made to wait no
	// longer.
	batchSize = 2048
	batchTime = 20 * time.Millisecond
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

// writer makes all writes that are waiting into one transaction, so that a
// single durable commit acknowledges them all.
type writer struct {
	store   *Store
	db      *sql.DB
	conn    *sql.Conn // the only one that writes; nil when lost
	stmts   stmtCache // of conn
	publish func([]change.Change)
	log     *slog.Logger

	queue chan *job
	// done takes batches whose transaction has ended to settle.
	done     chan []*job
	stop     chan struct{}
	stopping sync.RWMutex
	stopOnce sync.Once
	ended    sync.WaitGroup
}

func newWriter(s *Store, db *sql.DB, publish func([]change.Change)) *writer {
	w := &writer{
		store: s, db: db, publish: publish, log: s.log,
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
	select {
	case w.queue <- j:
		return nil
	default:
		return errBusy
	}
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
		var batch []*job
		select {
		case j := <-w.queue:
			batch = append(batch, j)
		case <-w.stop:
			select { // what came before the stop is still done
			case j := <-w.queue:
				batch = append(batch, j)
			default:
				return
			}
		}
	gather:
		for len(batch) < batchSize {
			select {
			case j := <-w.queue:
				batch = append(batch, j)
			default:
				break gather
			}
		}
		w.commit(batch)
	}
}

// commit does the jobs of a batch, in one transaction if they fit the time.
func (w *writer) commit(batch []*job) {
	for len(batch) > 0 {
		n, err := w.transact(batch)
		for _, j := range batch[:n] {
			if err != nil && j.err == nil {
				j.err = err
			}
		}
		w.done <- batch[:n:n]
		batch = batch[n:]
	}
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
	defer func() {
		if err == nil {
			return
		}
		n = max(n, 1)
		better := w.store.dialect.explain(err)
		if better == nil && w.store.dialect.lost(err) {
			better = errLost.Because(err)
		}
		if better != nil {
			err = better
		}
		w.log.Error("write failed", "err", err, "writes", n)
		if w.conn != nil {
			if _, rollback := w.conn.ExecContext(context.Background(), "ROLLBACK"); rollback != nil && w.store.dialect.lost(rollback) {
				w.disconnect()
			}
		}
	}()
	if err := w.connect(); err != nil {
		return len(batch), err
	}
	for _, text := range w.store.dialect.begin() {
		if _, err := w.conn.ExecContext(context.Background(), text); err != nil {
			return len(batch), err
		}
	}
	began := time.Now()
	appends := make([]*job, 0, len(batch))
	for n < len(batch) {
		j := batch[n]
		n++
		if j.ctx.Err() != nil {
			j.err = j.ctx.Err()
			continue
		}
		if j.append != nil {
			appends = append(appends, j)
			continue
		}
		if err := w.runJob(j); err != nil {
			return n, err
		}
		if time.Since(began) > batchTime {
			break
		}
	}
	if len(appends) > 0 {
		if err := w.runAppends(appends); err != nil {
			return n, err
		}
	}
	_, err = w.conn.ExecContext(context.Background(), "COMMIT")
	return n, err
}

// runJob runs a function in a savepoint. The error it returns is fatal for the
// transaction; that of the function is left in the job.
func (w *writer) runJob(j *job) error {
	if err := w.execText("SAVEPOINT job"); err != nil {
		return err
	}
	j.tx = &tx{store: w.store, querier: w}
	j.err = call(context.WithValue(j.ctx, txKey{}, j.tx), j.fn)
	if j.err != nil {
		if better := w.store.dialect.explain(j.err); better != nil {
			return better
		}
		if err := w.execText("ROLLBACK TO SAVEPOINT job"); err != nil {
			return errors.Join(j.err, err)
		}
	}
	return w.execText("RELEASE SAVEPOINT job")
}

// call turns a panic into an error, so that one faulty write does not take the
// others with it.
func call(ctx context.Context, fn func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx)
}

func (w *writer) execText(text string) error {
	_, err := w.exec(context.Background(), text)
	return err
}

// query implements querier on the writing connection. A started write is not
// given up half-way, so the context of the caller is not passed on.
func (w *writer) query(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := w.stmts.get(w.store.dialect, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(context.Background(), args...)
}

func (w *writer) exec(_ context.Context, query string, args ...any) (int64, error) {
	st, err := w.stmts.get(w.store.dialect, query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (w *writer) connect() error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return err
	}
	w.conn = conn
	w.stmts.prepare = conn.PrepareContext
	return nil
}

func (w *writer) disconnect() {
	w.stmts.close()
	// A bad connection must not go back to the pool.
	_ = w.conn.Raw(func(any) error { return errors.New("lost") })
	_ = w.conn.Close()
	w.conn = nil
}

func (w *writer) close() error {
	w.stopOnce.Do(func() {
		w.stopping.Lock() // nobody is between looking at stop and queueing
		close(w.stop)
		w.stopping.Unlock()
	})
	w.ended.Wait()
	w.stmts.close()
	var err error
	if w.conn != nil {
		err = w.conn.Close()
		w.conn = nil
	}
	return errors.Join(err, w.db.Close())
}
