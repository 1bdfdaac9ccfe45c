package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/adaptertest"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// pair is two servers of a cluster, with one socket on each; both are in room
// "both", and each in a room of its own.
func pair(t *testing.T, m *adaptertest.Memory) (a, b *socketio.Namespace, conns [2]*wstest.Conn, ids [2]string) {
	var spaces [2]*socketio.Namespace
	for i := range spaces {
		f := serve(t, socketio.Options{Adapter: m.Join()})
		ns := f.io.Namespace("/")
		ns.OnConnect(func(s *socketio.Socket) { s.Join("both", fmt.Sprint("room", i)) })
		conns[i], ids[i] = f.connect("")
		wstest.Eventually(t, "socket is in its rooms", func() bool { return len(ns.To("both").Sockets()) == 1 })
		spaces[i] = ns
	}
	return spaces[0], spaces[1], conns, ids
}

func TestClusterBroadcast(t *testing.T) {
	a, b, conns, ids := pair(t, new(adaptertest.Memory))
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

func TestClusterRoomsAndDisconnect(t *testing.T) {
	a, b, conns, ids := pair(t, new(adaptertest.Memory))
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

func TestClusterAcknowledgements(t *testing.T) {
	a, _, conns, ids := pair(t, new(adaptertest.Memory))
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

// TestClusterSortsOutRepetitions has messages repeated and overtaken: no socket
// may see one twice.
func TestClusterSortsOutRepetitions(t *testing.T) {
	a, b, conns, _ := pair(t, &adaptertest.Memory{Mischief: func() int { return 1 + rand.IntN(3) }})
	const count = 500
	for i := range count {
		_ = a.To("room1").Emit("n", i)
	}
	seen := map[string]bool{}
	for len(seen) < count {
		m := conns[1].Message()
		if seen[m] {
			t.Fatalf("%s came twice", m)
		}
		seen[m] = true
	}
	_ = b.To("room1").Local().Emit("end")
	conns[1].Want(`42["end"]`)
}
