package socketio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// entered is what a client gets with CONNECT when there is recovery.
type entered struct{ SID, PID string }

func (f *fixture) resume(auth string) (*wstest.Conn, entered) {
	f.t.Helper()
	c := f.dial()
	c.Text("40" + auth)
	var e entered
	if m := c.Message(); json.Unmarshal([]byte(m[2:]), &e) != nil || e.SID == "" || e.PID == "" {
		f.t.Fatalf("connect packet %q", m)
	}
	return c, e
}

// event returns the name of the next event and its offset.
func event(t *testing.T, c *wstest.Conn) (name, offset string) {
	t.Helper()
	var args []json.RawMessage
	m := c.Message()
	if !strings.HasPrefix(m, "42") || json.Unmarshal([]byte(m[2:]), &args) != nil || len(args) < 2 {
		t.Fatalf("event %q", m)
	}
	_ = json.Unmarshal(args[0], &name)
	_ = json.Unmarshal(args[len(args)-1], &offset)
	return name, offset
}

func TestRecovery(t *testing.T) {
	f := serve(t, socketio.Options{RecoveryWindow: time.Minute})
	root := f.io.Namespace("/")
	sockets, ends := make(chan *socketio.Socket, 10), make(chan socketio.Reason, 10)
	asked := 0
	root.Use(func(_ context.Context, s *socketio.Socket, _ *socketio.Handshake) error {
		asked++
		if asked == 1 {
			socketio.SetData(s, "data of the first one")
		}
		return nil
	})
	root.OnConnect(func(s *socketio.Socket) { sockets <- s })
	root.OnDisconnect(func(_ *socketio.Socket, r socketio.Reason) { ends <- r })

	c, me := f.resume("")
	s := within(t, sockets)
	s.Join("room")
	_ = root.To("room").Emit("one", 1)
	name, offset := event(t, c)
	if name != "one" || s.Recovered() {
		t.Fatal(name)
	}
	c.Close()
	within(t, ends)
	_ = root.To("room").Emit("two")
	_ = root.To("another room").Emit("not for it")
	_ = root.To("room").Except(me.SID).Emit("not for it either")
	_ = root.To(me.SID).Emit("three")
	_ = root.Emit("four", socketio.Binary{1})
	_ = root.To("room").Volatile().Emit("gone")

	c, again := f.resume(fmt.Sprintf(`{"pid":%q,"offset":%q}`, me.PID, offset))
	if again != me {
		t.Fatalf("%+v, want %+v", again, me)
	}
	for _, want := range []string{"two", "three"} {
		if name, offset = event(t, c); name != want {
			t.Fatalf("got %q, want %q", name, want)
		}
	}
	if m := c.Message(); !strings.HasPrefix(m, `451-["four",{"_placeholder":true,"num":0},"`) {
		t.Fatal(m)
	}
	c.WantFrame(0x82, "\x01")
	s = within(t, sockets)
	data, _ := socketio.Data[string](s)
	if !s.Recovered() || data != "data of the first one" || asked != 2 || fmt.Sprint(s.Rooms()) != "[room]" {
		t.Errorf("recovered %v, data %q, rooms %v", s.Recovered(), data, s.Rooms())
	}
	_ = root.To("room").Emit("five")
	if name, _ = event(t, c); name != "five" {
		t.Error(name)
	}

	// Who has the private ID takes over also from a connection that seems alive.
	next, again := f.resume(fmt.Sprintf(`{"pid":%q,"offset":%q}`, me.PID, offset))
	if again != me || !within(t, sockets).Recovered() {
		t.Errorf("%+v, want %+v", again, me)
	}
	if m := next.Message(); !strings.HasPrefix(m, `451-["four",`) { // from the offset on
		t.Fatal(m)
	}
	next.WantFrame(0x82, "\x01")
	if name, _ = event(t, next); name != "five" {
		t.Error(name)
	}
	c.WantClose()
	within(t, ends)
	c = next

	// A state without an offset, a false one, and that of a socket that left by
	// itself, are not to be had.
	for _, auth := range []string{
		fmt.Sprintf(`{"pid":"x","offset":%q}`, offset),
		fmt.Sprintf(`{"pid":"x","offset":%q}`, offset[:3]), `{"pid":1}`,
	} {
		if _, other := f.resume(auth); other.SID == me.SID || other.PID == me.PID || within(t, sockets).Recovered() {
			t.Errorf("%s gave %+v", auth, other)
		}
	}
	c.Text("41")
	for within(t, ends) != socketio.ReasonClientDisconnect {
	}
	if _, other := f.resume(fmt.Sprintf(`{"pid":%q,"offset":%q}`, me.PID, offset)); other.SID == me.SID {
		t.Error("a socket that left by itself came back")
	}
}

func TestRecoveryOfOneThatMissedTooMuch(t *testing.T) {
	f := serve(t, socketio.Options{RecoveryWindow: time.Minute})
	root := f.io.Namespace("/")
	ends := make(chan struct{}, 1)
	root.OnDisconnect(func(*socketio.Socket, socketio.Reason) { ends <- struct{}{} })
	c, me := f.resume("")
	wstest.Eventually(t, "socket is there", func() bool { return root.Len() == 1 })
	_ = root.Emit("one")
	_, offset := event(t, c)
	c.Close()
	within(t, ends)
	big := strings.Repeat("x", 1<<20)
	for range 20 {
		_ = root.Emit("big", big)
	}
	if _, other := f.resume(fmt.Sprintf(`{"pid":%q,"offset":%q}`, me.PID, offset)); other.PID == me.PID {
		t.Error("it was recovered, although what it missed is gone")
	}
}
