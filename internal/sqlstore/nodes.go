package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/happychat/happychat/internal/change"
)

var sessionsGone = newSetText("i", `SELECT k.column1 FROM (VALUES %s) AS k
	WHERE NOT EXISTS (SELECT 1 FROM session s WHERE s.id = k.column1)`)

// SessionsGone tells which of the sessions there are no more.
func (s *Store) SessionsGone(ctx context.Context, sessions []change.ID) (gone []change.ID, err error) {
	err = inSets(len(sessions), func(from, size int) error {
		args := make([]any, size)
		for i := range args {
			args[i] = int64(sessions[from+i])
		}
		some, err := all(ctx, s, func(rows *sql.Rows) (id change.ID, err error) { return id, rows.Scan(&id) }, sessionsGone.text(size), args...)
		gone = append(gone, some...)
		return err
	})
	return gone, err
}

// A Claim is the right to serve an installation: alone, or together with others
// that are told what happens. It is an advisory lock of PostgreSQL, which goes
// with the connection that has it, so that nothing is left by who dies. SQLite
// needs none, since one process has the data folder.
type Claim struct {
	config *pgx.ConnConfig
	lock   string
	taken  error // what to say if others have it
	log    *slog.Logger
	conn   *pgx.Conn
	stop   context.CancelFunc
	done   chan struct{}
}

const (
	nodesLock = "7308324466020905573"
	// claimPatience is how long a node that just stopped may keep its claim,
	// and claimEvery how often one is made sure of.
	claimPatience = 2 * time.Second
	claimEvery    = 5 * time.Second
)

// ClaimNodes takes the claim. Its errors are sentences for the operator.
func ClaimNodes(ctx context.Context, o Options, alone bool) (*Claim, error) {
	c := &Claim{log: o.Log, done: make(chan struct{})}
	if o.URL == "" {
		close(c.done)
		c.stop = func() {}
		return c, nil
	}
	var err error
	if c.config, err = pgx.ParseConfig(o.URL); err != nil {
		return nil, fmt.Errorf("the database URL is not understood: %w", err)
	}
	if alone {
		c.lock = "SELECT pg_try_advisory_lock(" + nodesLock + ")"
		c.taken = errors.New("another happychat serves this database already: several need a NATS server by which they talk, so start each with --nats, or stop the other one")
	} else {
		c.lock = "SELECT pg_try_advisory_lock_shared(" + nodesLock + ")"
		c.taken = errors.New("a happychat without --nats serves this database: what happens there would be told to nobody here, so start it with --nats too, or stop it")
	}
	began := time.Now()
	for {
		err := c.take(ctx)
		if err == nil {
			break
		}
		if !errors.Is(err, c.taken) || time.Since(began) > claimPatience {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(claimPatience / 20):
		}
	}
	keep, stop := context.WithCancel(context.Background())
	c.stop = stop
	go c.keep(keep)
	return c, nil
}

func (c *Claim) take(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return fmt.Errorf("PostgreSQL does not answer: %w; check the database URL and that the server runs", err)
	}
	// A machine that goes without a word shall not keep its claim for hours.
	_, err = conn.Exec(ctx, "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3")
	got := false
	if err == nil {
		err = conn.QueryRow(ctx, c.lock).Scan(&got)
	}
	if err == nil && !got {
		err = c.taken
	}
	if err != nil {
		_ = conn.Close(ctx) // of no use
		return err
	}
	c.conn = conn
	return nil
}

// keep takes the claim again when the connection was lost.
func (c *Claim) keep(ctx context.Context) {
	defer close(c.done)
	tick := time.NewTicker(claimEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		try, cancel := context.WithTimeout(ctx, claimEvery)
		if c.conn == nil || c.conn.Ping(try) != nil {
			if c.conn != nil {
				_ = c.conn.Close(try) // it is broken
				c.conn = nil
			}
			if err := c.take(try); errors.Is(err, c.taken) {
				c.log.Error("this server and another one hear nothing of each other", "err", err)
			}
		}
		cancel()
	}
}

// Close gives the claim up.
func (c *Claim) Close() {
	c.stop()
	<-c.done
	if c.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = c.conn.Close(ctx) // the lock goes with it in any case
	}
}
