package socketio_test

import (
	"math/rand/v2"
	"testing"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/adaptertest"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

func TestCluster(t *testing.T) {
	adaptertest.RunServers(t, func(*testing.T) func() socketio.Adapter { return new(adaptertest.Memory).Join })
}

// TestClusterSortsOutRepetitions has messages repeated and overtaken: no socket
// may see one twice.
func TestClusterSortsOutRepetitions(t *testing.T) {
	cluster := &adaptertest.Memory{Mischief: func() int { return 1 + rand.IntN(3) }}
	a, b := serve(t, socketio.Options{Adapter: cluster.Join()}).io.Namespace("/"), serve(t, socketio.Options{Adapter: cluster.Join()})
	b.io.Namespace("/").OnConnect(func(s *socketio.Socket) { s.Join("room1") })
	conn, _ := b.connect("")
	wstest.Eventually(t, "socket is in its room", func() bool { return len(b.io.Namespace("/").To("room1").Sockets()) == 1 })
	const count = 500
	for i := range count {
		_ = a.To("room1").Emit("n", i)
	}
	seen := map[string]bool{}
	for len(seen) < count {
		m := conn.Message()
		if seen[m] {
			t.Fatalf("%s came twice", m)
		}
		seen[m] = true
	}
	_ = b.io.Namespace("/").To("room1").Local().Emit("end")
	conn.Want(`42["end"]`)
}
