package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// RunServers tests what servers do together by the adapters of one cluster:
// broadcasts, rooms, disconnecting, and the questions that all are asked. fresh
// is that of Run.
func RunServers(t *testing.T, fresh func(t *testing.T) (join func() socketio.Adapter)) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, join func() socketio.Adapter)
	}{
		{"a broadcast reaches the sockets of all servers", broadcast},
		{"sockets elsewhere join, leave and are disconnected", roomsAndDisconnect},
		{"acknowledgements come from all servers", acknowledgements},
		{"many sockets are told of in parts", manySockets},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, fresh(t)) })
	}
}

// serve starts a server, and returns a namespace of it and what dials it.
func serve(t *testing.T, a socketio.Adapter) (ns *socketio.Namespace, connect func() (c *wstest.Conn, id string)) {
	t.Helper()
	io := socketio.NewServer(socketio.Options{Adapter: a})
	web := httptest.NewServer(io)
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = io.Close(now) // its connections are cut
		web.Close()
	})
	return io.Namespace("/"), func() (*wstest.Conn, string) {
		t.Helper()
		c := wstest.Dial(t, web.URL+"/socket.io/?EIO=4&transport=websocket")
		c.Message() // the opening
		c.Text("40")
		m := c.Message()
		var hello struct{ SID string }
		if !strings.HasPrefix(m, "40") || json.Unmarshal([]byte(m[2:]), &hello) != nil {
			t.Fatalf("not connected: %s", m)
		}
		return c, hello.SID
	}
}

// pair is two servers of a cluster that know each other, with one socket on
// each; both are in room "both", and each in a room of its own.
func pair(t *testing.T, join func() socketio.Adapter) (a, b *socketio.Namespace, conns [2]*wstest.Conn, ids [2]string) {
	t.Helper()
	var spaces [2]*socketio.Namespace
	adapters := [2]socketio.Adapter{join(), join()}
	for i := range spaces {
		ns, connect := serve(t, adapters[i])
		ns.OnConnect(func(s *socketio.Socket) { s.Join("both", fmt.Sprint("room", i)) })
		conns[i], ids[i] = connect()
		wstest.Eventually(t, "socket is in its rooms", func() bool { return len(ns.To("both").Local().Sockets()) == 1 })
		spaces[i] = ns
	}
	wstest.Eventually(t, "they know each other", func() bool { return adapters[0].Peers() == 1 && adapters[1].Peers() == 1 })
	return spaces[0], spaces[1], conns, ids
}

func broadcast(t *testing.T, join func() socketio.Adapter) {
	a, b, conns, ids := pair(t, join)
	for i, c := range []struct {
		to   socketio.Broadcast
		want []int
	}{
		{a.To("both"), []int{0, 1}},
		{a.To("room1"), []int{1}},
		{a.To(ids[1]), []int{1}},
		{b.Except(ids[1]), []int{0}},
		{b.To("both").Local(), []int{1}},
		{a.To("both").Except("room0"), []int{1}},
	} {
		event := fmt.Sprint("step", i)
		if err := c.to.Emit(event, i, socketio.Binary{7}); err != nil {
			t.Fatal(err)
		}
		for n := range conns {
			if slices.Contains(c.want, n) {
				conns[n].Want(fmt.Sprintf(`451-["%s",%d,{"_placeholder":true,"num":0}]`, event, i))
				conns[n].WantFrame(0x82, "\x07")
			}
		}
	}
	p, _ := a.Prepare("prepared", 1)
	_ = a.To("room1").EmitPrepared(p)
	conns[1].Want(`42["prepared",1]`)
	for n, ns := range []*socketio.Namespace{a, b} { // nothing else has come
		_ = ns.To("both").Local().Emit("end")
		conns[n].Want(`42["end"]`)
	}
}

func roomsAndDisconnect(t *testing.T, join func() socketio.Adapter) {
	a, b, conns, ids := pair(t, join)
	ctx, cancel := context.WithTimeout(context.Background(), wstest.Patience)
	defer cancel()
	_ = a.To("room1").Join("new")
	wstest.Eventually(t, "it has joined", func() bool { return len(b.To("new").Sockets()) == 1 })
	all, err := a.To("both").FetchSockets(ctx)
	slices.SortFunc(all, func(x, y socketio.SocketInfo) int { return slices.Index(ids[:], x.ID) - slices.Index(ids[:], y.ID) })
	if err != nil || len(all) != 2 || all[1].ID != ids[1] || !slices.Equal(all[1].Rooms, []string{"both", "room1", "new"}) {
		t.Errorf("%+v, %v", all, err)
	}
	_ = a.To("new").Leave("new")
	wstest.Eventually(t, "it has left", func() bool { return len(b.To("new").Sockets()) == 0 })
	_ = a.To("room1").DisconnectSockets("revoked", true)
	conns[1].Want("41")
	if _, reason := conns[1].WantClose(); reason != "revoked" {
		t.Error(reason)
	}
}

func acknowledgements(t *testing.T, join func() socketio.Adapter) {
	a, _, conns, ids := pair(t, join)
	answer := func(n int, silent bool) {
		m := conns[n].Message()
		if !silent {
			conns[n].Text("43" + m[2:len(m)-len(`["q"]`)] + fmt.Sprintf("[%d]", n))
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), wstest.Patience)
	defer cancel()
	go answer(0, false)
	go answer(1, false)
	replies, err := a.To("both").EmitWithAck(ctx, "q")
	got := map[string]string{}
	for _, r := range replies {
		got[r.Socket] = string(r.Args[0])
	}
	if err != nil || len(got) != 2 || got[ids[0]] != "0" || got[ids[1]] != "1" {
		t.Errorf("%v, %v", got, err)
	}

	short, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	go answer(0, false)
	go answer(1, true)
	replies, err = a.To("both").EmitWithAck(short, "q")
	if len(replies) != 1 || !errors.Is(err, socketio.ErrIncomplete) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v", replies, err)
	}
}

// manySockets has more sockets in a room of another server than one message
// tells of.
func manySockets(t *testing.T, join func() socketio.Adapter) {
	adapters := [2]socketio.Adapter{join(), join()}
	a, _ := serve(t, adapters[0])
	b, connect := serve(t, adapters[1])
	long := strings.Repeat("room", 5000)
	const count = 60 // times 20 kB: more than a megabyte
	b.OnConnect(func(s *socketio.Socket) { s.Join("crowd", long) })
	b.Handle("hello", func(context.Context, *socketio.Socket, *socketio.Event) {})
	var conns []*wstest.Conn
	for range count {
		c, _ := connect()
		conns = append(conns, c)
	}
	wstest.Eventually(t, "all are in", func() bool { return len(b.To("crowd").Local().Sockets()) == count })
	wstest.Eventually(t, "they know each other", func() bool { return adapters[0].Peers() == 1 })
	ctx, cancel := context.WithTimeout(context.Background(), wstest.Patience)
	defer cancel()
	sockets, err := a.To("crowd").FetchSockets(ctx)
	if err != nil || len(sockets) != count {
		t.Errorf("%d sockets, %v", len(sockets), err)
	}
	big := strings.Repeat("x", 20_000)
	for _, c := range conns {
		go func() {
			m := c.Message()
			c.Text("43" + m[2:len(m)-len(`["q"]`)] + `["` + big + `"]`)
		}()
	}
	replies, err := a.To("crowd").EmitWithAck(ctx, "q")
	if err != nil || len(replies) != count {
		t.Errorf("%d replies, %v", len(replies), err)
	}
}
