package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
	"github.com/happychat/happychat/internal/storetest"
	"github.com/happychat/happychat/internal/storetest/pgcluster"
)

// helpers are what the test binary does instead of testing when a test starts
// it once more.
var helpers = map[string]func() error{}

func TestMain(m *testing.M) {
	if name := os.Getenv("SQLSTORE_TEST_HELPER"); name != "" {
		if err := helpers[name](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	for _, c := range []*cluster{&fast, &durable, &small} {
		if c.running != nil {
			if err := c.running.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// cluster is a PostgreSQL that is started when the first test wants it.
type cluster struct {
	settings []string
	once     sync.Once
	running  *pgcluster.Cluster
	err      error
}

var (
	fast    = cluster{settings: []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off"}}
	durable cluster
	// small is for what would harm the tests beside it.
	small = cluster{settings: fast.settings}
)

func (c *cluster) start(t *testing.T) *pgcluster.Cluster {
	t.Helper()
	c.once.Do(func() { c.running, c.err = pgcluster.Start(c.settings...) })
	if errors.Is(c.err, pgcluster.ErrMissing) {
		t.Skip(c.err)
	}
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.running
}

func (c *cluster) database(t *testing.T) string {
	t.Helper()
	url, err := c.start(t).Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// openStore opens a store that is closed when the test ends.
func openStore(t *testing.T, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	s, err := sqlstore.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// perTest opens every store of a test on what options gives for it.
func perTest(options func(t *testing.T) sqlstore.Options) storetest.Opener {
	var byTest sync.Map
	return func(t *testing.T, publish func([]change.Change)) storetest.Store {
		o, ok := byTest.Load(t.Name())
		if !ok {
			o = options(t)
			byTest.Store(t.Name(), o)
		}
		withPublish := o.(sqlstore.Options)
		withPublish.Publish = publish
		return openStore(t, withPublish)
	}
}

func sqliteOptions(t *testing.T) sqlstore.Options {
	return sqlstore.Options{Path: filepath.Join(t.TempDir(), "happychat.db")}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, perTest(sqliteOptions))
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	fast.start(t)
	storetest.Run(t, perTest(func(t *testing.T) sqlstore.Options { return sqlstore.Options{URL: fast.database(t)} }))
}

func TestPostgresNodes(t *testing.T) {
	t.Parallel()
	durable.start(t) // one run with everything synced
	storetest.RunNodes(t, perTest(func(t *testing.T) sqlstore.Options { return sqlstore.Options{URL: durable.database(t)} }))
}
