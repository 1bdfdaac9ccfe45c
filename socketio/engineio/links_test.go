package engineio_test

import (
	"net"
	"runtime"
	"testing"

	"github.com/happychat/happychat/socketio/engineio"
)

// goroutineLinks has serve use a goroutine for each WebSocket.
var goroutineLinks bool

// TestGoroutineLinks runs the tests of WebSockets again with the other kind of
// link.
func TestGoroutineLinks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is only one kind of link here, and the other tests use it")
	}
	goroutineLinks = true
	defer func() { goroutineLinks = false }()
	for name, test := range map[string]func(*testing.T){
		"messages":                      TestMessagesByWebSocket,
		"invalid packets":               TestInvalidPacketEndsTheSession,
		"heartbeat":                     TestHeartbeat,
		"close":                         TestClose,
		"upgrade":                       TestUpgrade,
		"impatient upgrade":             TestUpgradeThatDoesNotWaitForTheProbe,
		"upgrade with a queue":          TestUpgradeMovesWhatIsQueued,
		"candidates":                    TestCandidatesThatMisbehave,
		"upgrade time-out":              TestUpgradeTimeout,
		"close during an upgrade":       TestCloseDuringAnUpgrade,
		"slow reader":                   TestSlowReader,
		"drain":                         TestCloseDrains,
		"pause":                         TestPause,
		"payload limits":                TestPayloadLimits,
		"many messages both ways":       TestManyMessagesBothWays,
		"closing answers a close frame": TestServerCloseWaitsForTheCloseFrame,
	} {
		t.Run(name, test)
	}
}

// TestManyMessagesBothWays sends large and small messages both ways at once, more
// than fits into any buffer.
func TestManyMessagesBothWays(t *testing.T) {
	s := serve(t, engineio.Options{MaxQueueBytes: 64 << 20, MaxQueueFrames: 1 << 20})
	c, _ := s.ws(4)
	var want []string
	for i := range 300 {
		p := make([]byte, 1+i*i%70_000)
		for j := range p {
			p[j] = byte('a' + (i+j)%26)
		}
		want = append(want, "4"+string(p))
	}
	go func() {
		for _, m := range want {
			c.Text(m)
		}
	}()
	c.Want(want...)
}

func TestServerCloseWaitsForTheCloseFrame(t *testing.T) {
	s := serve(t, engineio.Options{})
	c, sid := s.ws(4)
	s.session(sid).s.Close(engineio.ReasonForced)
	c.WantFrame(0x88, "\x03\xe8forced server close")
	s.wantReason(sid, engineio.ReasonForced)
}

// BenchmarkBroadcast measures a message to many sessions up to the point where
// it lies in their queues and is taken from there. Nothing may be allocated for
// a delivery.
func BenchmarkBroadcast(b *testing.B) {
	send := engineio.NewBroadcastBench(1000, 1)
	m := engineio.NewText(make([]byte, 100))
	b.ReportAllocs()
	for b.Loop() {
		send(m)
	}
}

func TestADeliveryAllocatesNothing(t *testing.T) {
	const sessions = 1000
	m := engineio.NewText(make([]byte, 100))
	for _, times := range []int{1, 10, 200} { // waiting for one connection at a time
		if withRace && times > 1 {
			break
		}
		send := engineio.NewBroadcastBench(sessions, times)
		if n := testing.AllocsPerRun(20, func() { send(m) }); n > float64(times/100) { // the pools may be emptied meanwhile
			t.Errorf("%v allocations for %d deliveries", n, sessions*times)
		}
	}
}

// TestResetWhilePaused breaks a connection that is not read at the moment: it
// must end, and not keep a loop busy.
func TestResetWhilePaused(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("without readiness, this is noticed only after Resume")
	}
	s := serve(t, engineio.Options{})
	c, sid := s.ws(4)
	s.session(sid).s.Pause()
	_ = c.NetConn().(*net.TCPConn).SetLinger(0)
	c.Close()
	s.wantReason(sid, engineio.ReasonTransportError)
}
