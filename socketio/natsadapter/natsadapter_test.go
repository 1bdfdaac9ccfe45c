package natsadapter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/happychat/happychat/internal/natstest"
	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/adaptertest"
	"github.com/happychat/happychat/socketio/internal/wstest"
	"github.com/happychat/happychat/socketio/natsadapter"
)

func connect(t *testing.T, s *natstest.Server) *nats.Conn {
	t.Helper()
	conn, err := nats.Connect(s.URL(nil), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// fresh makes clusters, each with a subject of its own.
func fresh(s *natstest.Server) func(t *testing.T) func() socketio.Adapter {
	return func(t *testing.T) func() socketio.Adapter {
		subject := strings.ReplaceAll(strings.ReplaceAll(t.Name(), " ", "-"), "/", ".")
		return func() socketio.Adapter { return natsadapter.New(connect(t, s), subject) }
	}
}

func TestAdapter(t *testing.T) {
	adaptertest.Run(t, fresh(natstest.Start(t, nil)))
}

func TestServers(t *testing.T) {
	adaptertest.RunServers(t, fresh(natstest.Start(t, nil)))
}

// While NATS is away others count as gone, and are there again when it is back.
func TestNATSComesAndGoes(t *testing.T) {
	s := natstest.Start(t, nil)
	a, b := natsadapter.New(connect(t, s), "chat"), natsadapter.New(connect(t, s), "chat")
	got := make(chan string, 100)
	for _, n := range []*natsadapter.Adapter{a, b} {
		stop, err := n.Subscribe(func(m []byte) { got <- string(m) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
	}
	wstest.Eventually(t, "they know each other", func() bool { return a.Peers() == 1 && b.Peers() == 1 })
	s.Stop()
	wstest.Eventually(t, "each is alone", func() bool { return a.Peers() == 0 && b.Peers() == 0 })
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	wstest.Eventually(t, "they know each other again", func() bool { return a.Peers() == 1 && b.Peers() == 1 })
	if err := a.Publish([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	for <-got != "hello" {
	}
}

// What NATS does not take reaches nobody, and says so.
func TestTooLarge(t *testing.T) {
	a := natsadapter.New(connect(t, natstest.Start(t, nil)), "chat")
	if err := a.Publish(make([]byte, 2<<20)); err == nil {
		t.Error("two megabytes were taken")
	}
}
