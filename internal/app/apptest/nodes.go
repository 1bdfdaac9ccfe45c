package apptest

import (
	"testing"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/config"
)

// Beat is how often the nodes of tests tell that they live.
const Beat = 50 * time.Millisecond

// StartNodes starts several servers on one PostgreSQL database. alter may change
// what each is told, and joins them: by NATS, or a bus of its own.
func StartNodes(t testing.TB, n int, database string, alter func(i int, c *config.Config, o *app.Options)) []*Server {
	t.Helper()
	nodes := make([]*Server, n)
	for i := range nodes {
		nodes[i] = Start(t, func(c *config.Config, o *app.Options) {
			c.Database, o.Beat = database, Beat
			alter(i, c, o)
		})
		// No two nodes of a real installation make an identifier in the same
		// millisecond with the same number, or hardly ever.
		nodes[i].Clock.Advance(time.Duration(i) * time.Second)
	}
	return nodes
}

// Eventually waits until ok.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // between two looks at the condition
	}
}
