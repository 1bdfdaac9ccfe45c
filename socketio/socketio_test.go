package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

func within[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(wstest.Patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestMiddlewareSeesTheHandshakeAndRefuses(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	type user struct{ name string }
	root.Use(func(_ context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		cookie, _ := h.Request.Cookie("session")
		var auth struct{ Token string }
		_ = json.Unmarshal(h.Auth, &auth)
		switch {
		case auth.Token == "bad":
			return socketio.NewError("not signed in", map[string]string{"code": "unauthenticated"})
		case auth.Token == "broken":
			return errors.New("the password of the database is 1234")
		case auth.Token == "panic":
			panic("in middleware")
		case cookie == nil || h.Query.Get("v") != "1" || h.Request.Header.Get("User-Agent") != "test":
			return socketio.NewError("incomplete", nil)
		}
		s.Join("everybody")
		socketio.SetData(s, &user{auth.Token})
		return s.Emit("too early", 1) // must not reach a client that is not connected
	})
	c := wstest.Dial(t, f.url+"websocket&v=1", "Cookie", "session=x", "User-Agent", "test")
	c.Message()
	c.Text(`40{"token":"bad"}`)
	c.Want(`44{"message":"not signed in","data":{"code":"unauthenticated"}}`)
	c.Text(`40{"token":"broken"}`)
	c.Want(`44{"message":"internal error"}`)
	c.Text(`40{"token":"panic"}`)
	c.Want(`44{"message":"internal error"}`)
	c.Text(`40{"token":"alice"}`)
	c.Want(`44{"message":"internal error"}`) // the error of Emit
	if n := len(root.To("everybody").Sockets()); n != 0 {
		t.Errorf("%d refused sockets are in a room", n)
	}
}

func TestDataAndContextAndEnd(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	root.Use(func(_ context.Context, s *socketio.Socket, _ *socketio.Handshake) error {
		socketio.SetData(s, 42)
		return nil
	})
	sockets, ends := make(chan *socketio.Socket, 1), make(chan socketio.Reason, 1)
	root.OnConnect(func(s *socketio.Socket) { sockets <- s })
	root.OnDisconnect(func(_ *socketio.Socket, r socketio.Reason) { ends <- r })

	c, sid := f.connect("")
	s := within(t, sockets)
	if s.ID() != sid || s.Transport() != "websocket" || s.Protocol() != 4 || s.Namespace() != root || root.Socket(sid) != s || root.Len() != 1 {
		t.Error("the socket is not what it should be")
	}
	if v, ok := socketio.Data[int](s); !ok || v != 42 {
		t.Errorf("data %v %v", v, ok)
	}
	if _, ok := socketio.Data[string](s); ok {
		t.Error("data of another type")
	}
	ctx := s.Context()
	c.Close()
	within(t, ctx.Done())
	if r := within(t, ends); r != socketio.ReasonTransportClose || context.Cause(ctx).Error() != string(r) {
		t.Errorf("%q, %v", r, context.Cause(ctx))
	}
	if err := s.Emit("x"); !errors.Is(err, socketio.ErrDisconnected) {
		t.Errorf("Emit: %v", err)
	}
	if root.Len() != 0 || root.Socket(sid) != nil {
		t.Error("the socket is still there")
	}

	c, _ = f.connect("")
	within(t, sockets)
	c.Text("41")
	if r := within(t, ends); r != socketio.ReasonClientDisconnect {
		t.Error(r)
	}
	f.connect("")
	within(t, sockets).Disconnect("", false)
	if r := within(t, ends); r != socketio.ReasonServerDisconnect {
		t.Error(r)
	}
}

func TestRooms(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	var conns []*wstest.Conn
	var ids []string
	for range 4 {
		c, id := f.connect("")
		conns, ids = append(conns, c), append(ids, id)
		wstest.Eventually(t, "socket is there", func() bool { return root.Socket(id) != nil })
	}
	root.Socket(ids[0]).Join("a", "b")
	root.Socket(ids[1]).Join("a", "a")
	root.Socket(ids[2]).Join("b")
	if got := root.Socket(ids[0]).Rooms(); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
	// Each step sends one event; got is who got it. The last, to all, ends it.
	for i, c := range []struct {
		to   socketio.Broadcast
		want []int
	}{
		{root.To("a"), []int{0, 1}},
		{root.To("a", "b"), []int{0, 1, 2}},
		{root.To("b", "a", "b").To(ids[3]), []int{0, 1, 2, 3}},
		{root.To("a", "b").Except(ids[0]), []int{1, 2}},
		{root.To("a", "b").Except("b"), []int{1}},
		{root.Except("a"), []int{2, 3}},
		{root.Except(ids[0], ids[1]), []int{2, 3}},
		{root.To(ids[3]), []int{3}},
		{root.To(ids[0], "a"), []int{0, 1}},
		{root.To("nobody"), nil},
		{root.To(), nil},
		{root.Socket(ids[0]).To("a"), []int{1}},
	} {
		if err := c.to.Emit("step", i, json.RawMessage(`{"raw" : true}`)); err != nil {
			t.Fatal(err)
		}
		_ = root.Emit("end")
		for n, conn := range conns {
			if slices.Contains(c.want, n) {
				conn.Want(fmt.Sprintf(`42["step",%d,{"raw" : true}]`, i))
			}
			conn.Want(`42["end"]`)
		}
	}
	root.To("a").Join("c")
	root.To("c").Leave("a")
	if n, m := len(root.To("a").Sockets()), len(root.To("c").Sockets()); n != 0 || m != 2 {
		t.Errorf("%d in a, %d in c", n, m)
	}
	p, err := root.Prepare("prepared", 1)
	if err != nil {
		t.Fatal(err)
	}
	root.To("c").EmitPrepared(p)
	_ = root.Socket(ids[0]).EmitPrepared(p)
	conns[0].Want(`42["prepared",1]`, `42["prepared",1]`)
	conns[1].Want(`42["prepared",1]`)

	_ = root.To("c").Emit("last")
	root.To("c").DisconnectSockets("session revoked", true)
	for _, c := range conns[:2] {
		c.Want(`42["last"]`, "41")
		if code, reason := c.WantClose(); code != 1008 || reason != "session revoked" {
			t.Errorf("close code %d, reason %q", code, reason)
		}
	}
	wstest.Eventually(t, "two are left", func() bool { return root.Len() == 2 })
}

// TestWhoKnowsIsReached sends to clients at the very moment at which they know that
// they are connected, by their ID and by a room of the middleware.
func TestWhoKnowsIsReached(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	root.Use(func(_ context.Context, s *socketio.Socket, _ *socketio.Handshake) error {
		s.Join("all")
		return nil
	})
	for range 200 {
		c, id := f.connect("")
		_ = root.To(id).Emit("one")
		_ = root.To("all").Emit("two")
		root.Socket(id).Join("late")
		_ = root.To("late").Emit("three")
		c.Want(`42["one"]`, `42["two"]`, `42["three"]`)
		root.Socket(id).Disconnect("", true)
		c.Want("41")
		c.Close()
	}
}

func TestBinaryArguments(t *testing.T) {
	f := serve(t, socketio.Options{})
	c, _ := f.connect("")
	root := f.io.Namespace("/")
	wstest.Eventually(t, "socket is there", func() bool { return root.Len() == 1 })
	_ = root.Emit("b", 1, socketio.Binary{1}, "x", socketio.Binary{2})
	c.Want(`452-["b",1,{"_placeholder":true,"num":0},"x",{"_placeholder":true,"num":1}]`)
	c.WantFrame(0x82, "\x01")
	c.WantFrame(0x82, "\x02")
	if err := root.Emit("x", func() {}); err == nil {
		t.Error("no error for what cannot be encoded")
	}
}

// TestBinaryInsideOfValues has clients send attachments where typed values have a
// []byte.
func TestBinaryInsideOfValues(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	type file struct {
		Name  string
		Data  []byte
		Parts []socketio.Binary
		Size  json.Number
		Any   any
	}
	socketio.On(root, "upload", func(_ context.Context, _ *socketio.Socket, in file) (string, error) {
		return fmt.Sprint(in), nil
	})
	socketio.On(root, "bytes", func(_ context.Context, _ *socketio.Socket, in socketio.Binary) (socketio.Binary, error) {
		return append(in, 0), nil
	})
	root.Handle("two", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		var a []byte
		var b struct{ Deep [][]byte }
		err := e.Decode(&a, &b, new(int))
		_ = e.Ack(fmt.Sprintf("%x %v %v", a, b, err))
		go func() {
			back, err := socketio.Ask[struct{ X []byte }](s.Context(), s, "give")
			_ = s.Emit("given", fmt.Sprint(back, err))
		}()
	})
	c, _ := f.connect("")
	c.Text(`453-1["upload",{"name":"a","data":{"num":1,"_placeholder":true},"parts":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":2}],"size":12345678901234567890.5,"any":{"_placeholder":false,"num":7}}]`)
	c.Binary([]byte{1, 2})
	c.Binary([]byte{3})
	c.Binary([]byte{3})
	c.Want(`431["{a [3] [[1 2] [3]] 12345678901234567890.5 map[_placeholder:false num:7]}"]`)
	c.Text(`451-2["bytes",{"_placeholder":true,"num":0}]`)
	c.Binary([]byte{9})
	c.Want(`461-2[{"_placeholder":true,"num":0}]`)
	c.WantFrame(0x82, "\x09\x00")
	for _, num := range []string{"1", "-1", `"0"`, "0.5", "null", "{}", "1e99"} {
		c.Text(fmt.Sprintf(`451-3["bytes",{"_placeholder":true,"num":%s}]`, num))
		c.Binary(nil)
		c.Want(`433[{"error":{"message":"invalid arguments"}}]`)
	}
	c.Text(`451-3["upload",{"data":{"_placeholder":true,"num":0},"parts":[{"_placeholder":true,"num":0}]}]`) // one for two
	c.Binary([]byte{1})
	c.Want(`433[{"error":{"message":"invalid arguments"}}]`)
	c.Text(`452-4["two",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]}]`)
	c.Binary([]byte{1})
	c.Binary([]byte{2})
	c.Want(`434["01 {[[2]]} \u003cnil\u003e"]`, `420["give"]`)
	c.Text(`461-0[{"x":{"_placeholder":true,"num":0}}]`)
	c.Binary([]byte{5})
	c.Want(`42["given","{[5]} \u003cnil\u003e"]`)
}

type sum struct{ A, B int }

func TestTypedHandlers(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	socketio.On(root, "add", func(_ context.Context, _ *socketio.Socket, in sum) (int, error) {
		if in.A < 0 {
			return 0, socketio.NewError("negative", []int{in.A})
		}
		if in.B < 0 {
			return 0, errors.New("secret")
		}
		if in.A > 100 {
			panic("too much")
		}
		return in.A + in.B, nil
	})
	socketio.On(root, "raw", func(_ context.Context, _ *socketio.Socket, in json.RawMessage) (json.RawMessage, error) {
		return in, nil
	})
	socketio.On(root, "all", func(_ context.Context, _ *socketio.Socket, in []json.RawMessage) (int, error) { return len(in), nil })
	socketio.On(root, "none", func(_ context.Context, _ *socketio.Socket, in *sum) (socketio.None, error) {
		return socketio.None{}, nil
	})
	root.HandleOther(func(_ context.Context, _ *socketio.Socket, e *socketio.Event) { _ = e.Ack("other", e.Name) })
	c, _ := f.connect("")
	c.Text(`420["add",{"a":1,"b":2}]`, `421["add",{"a":-1}]`, `422["add",{"b":-1}]`, `423["add","x"]`, `424["add",{"a":101}]`,
		`425["raw",{"x": 1}]`, `426["all",1,2,3]`, `427["none"]`, `42["add",{"a":1}]`, `428["what"]`, `429["add"]`)
	c.Want(`430[3]`, `431[{"error":{"message":"negative","data":[-1]}}]`, `432[{"error":{"message":"internal error"}}]`,
		`433[{"error":{"message":"invalid arguments"}}]`, `434[{"error":{"message":"internal error"}}]`,
		`435[{"x": 1}]`, `436[3]`, `437[]`, `438["other","what"]`, `439[0]`)
}

func TestEmitWithAck(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	answers := make(chan string, 10)
	root.Handle("go", func(ctx context.Context, s *socketio.Socket, _ *socketio.Event) {
		// Inside a handler: the answer does not stand in the line of events.
		n, err := socketio.Ask[int](ctx, s, "question", "?")
		answers <- fmt.Sprint(n, err)
		r, err := s.EmitWithAck(ctx, "binary")
		answers <- fmt.Sprint(r.Attachments, err)
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		_, err = s.EmitWithAck(short, "silence")
		answers <- fmt.Sprint(err)
		_, err = s.EmitWithAck(ctx, "end")
		answers <- fmt.Sprint(err)
	})
	c, _ := f.connect("")
	c.Text(`42["go"]`)
	c.Want(`420["question","?"]`)
	c.Text(`430[7]`, `430[8]`)
	if got := within(t, answers); got != "7 <nil>" {
		t.Error(got)
	}
	c.Want(`421["binary"]`)
	c.Text(`461-1[{"_placeholder":true,"num":0}]`)
	c.Binary([]byte{5})
	if got := within(t, answers); got != "[[5]] <nil>" {
		t.Error(got)
	}
	c.Want(`422["silence"]`)
	if got := within(t, answers); got != context.DeadlineExceeded.Error() {
		t.Error(got)
	}
	c.Want(`423["end"]`)
	c.Close()
	if got := within(t, answers); got != socketio.ErrDisconnected.Error() && got != string(socketio.ReasonTransportClose) {
		t.Error(got)
	}
}

// TestOrder floods a socket with events and checks that they are handled in
// order, and that nothing is lost although the client is far ahead.
func TestOrder(t *testing.T) {
	f := serve(t, socketio.Options{MaxPendingEvents: 16, MaxQueueFrames: 1 << 20})
	root := f.io.Namespace("/")
	var mu sync.Mutex
	var got []int
	socketio.On(root, "n", func(_ context.Context, _ *socketio.Socket, n int) (int, error) {
		mu.Lock()
		got = append(got, n)
		mu.Unlock()
		return n, nil
	})
	const count = 5000
	c, _ := f.connect("")
	go func() {
		for i := range count {
			c.Text(fmt.Sprintf(`42%d["n",%d]`, i, i))
		}
	}()
	for i := range count {
		c.Want(fmt.Sprintf(`43%d[%d]`, i, i))
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != count || !slices.IsSorted(got) {
		t.Errorf("%d events, in order: %v", len(got), slices.IsSorted(got))
	}
}

// TestPipelining keeps events open after their handlers have returned: they are
// started in order, no more than MaxInFlight at a time, and may be answered in
// any order from anywhere.
func TestPipelining(t *testing.T) {
	for name, concurrent := range map[string]bool{"Later": false, "Concurrent": true} {
		t.Run(name, func(t *testing.T) {
			f := serve(t, socketio.Options{MaxInFlight: 4})
			root := f.io.Namespace("/")
			started := make(chan *socketio.Event, 100)
			finish := make(chan struct{})
			if concurrent {
				root.Handle("work", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
					started <- e
					<-finish
					_ = e.AckRaw(append(append(json.RawMessage("["), e.Args[0]...), ']'))
				}, socketio.Concurrent())
			} else {
				root.Handle("work", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
					e.Later()
					started <- e
				})
			}
			c, _ := f.connect("")
			for i := range 10 {
				c.Text(fmt.Sprintf(`42%d["work",%d]`, i, i))
			}
			var open []*socketio.Event
			take := func() {
				e := within(t, started)
				if want := fmt.Sprint(len(open)); !concurrent && string(e.Args[0]) != want {
					t.Errorf("started %s, want %s", e.Args[0], want)
				}
				open = append(open, e)
			}
			for range 4 {
				take()
			}
			select {
			case <-started:
				t.Fatal("a fifth one was started")
			case <-time.After(20 * time.Millisecond):
			}
			if concurrent {
				close(finish)
				seen := map[string]bool{}
				for range 10 {
					seen[c.Message()] = true
				}
				if len(seen) != 10 {
					t.Errorf("answers %v", seen)
				}
				return
			}
			go open[3].Ack("three") // out of order, from another goroutine
			c.Want(`433["three"]`)
			take()
			open[0].Done() // without an answer
			take()
			if err := open[3].Ack(); !errors.Is(err, socketio.ErrAcked) {
				t.Errorf("a second answer: %v", err)
			}
			open[3].Done()
			select {
			case <-started:
				t.Fatal("answering twice made room twice")
			case <-time.After(20 * time.Millisecond):
			}
			c.Close()
			// The rest came before the end, and is still started.
			for len(open) < 10 {
				take()
			}
			wstest.Eventually(t, "nobody can be answered", func() bool { return open[9].Ack() != nil })
		})
	}
}

func TestEventsBeforeTheEndAreHandled(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	first, gate := make(chan struct{}), make(chan struct{})
	var alive atomic.Int32
	root.Handle("slow", func(ctx context.Context, _ *socketio.Socket, _ *socketio.Event) {
		close(first)
		<-gate
		<-ctx.Done() // it runs when the end comes
	})
	root.Handle("quick", func(ctx context.Context, _ *socketio.Socket, _ *socketio.Event) {
		if ctx.Err() == nil {
			alive.Add(1)
		}
	})
	var after int32
	ends := make(chan int32, 1)
	root.OnDisconnect(func(*socketio.Socket, socketio.Reason) { ends <- alive.Load() })
	c, _ := f.connect("")
	c.Text(`42["slow"]`, `42["quick"]`, `42["quick"]`)
	within(t, first)
	c.Close()
	close(gate)
	if after = within(t, ends); after != 2 {
		t.Errorf("%d of 2 events were handled with time to do it", after)
	}
}

func TestNothingIsHandledAfterADisconnection(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	gate := make(chan struct{})
	started := make(chan *socketio.Socket, 1)
	var handled atomic.Bool
	root.Handle("slow", func(_ context.Context, s *socketio.Socket, _ *socketio.Event) {
		started <- s
		<-gate
	})
	root.Handle("forbidden", func(context.Context, *socketio.Socket, *socketio.Event) { handled.Store(true) })
	ends := make(chan struct{}, 1)
	root.OnDisconnect(func(*socketio.Socket, socketio.Reason) { ends <- struct{}{} })
	c, _ := f.connect("")
	c.Text(`42["slow"]`, `42["forbidden"]`)
	s := within(t, started)
	s.Disconnect("revoked", true)
	close(gate)
	within(t, ends)
	if handled.Load() {
		t.Error("an event was handled after the socket had been disconnected")
	}
}

func TestConnectTimeout(t *testing.T) {
	f := serve(t, socketio.Options{ConnectTimeout: 50 * time.Millisecond})
	c := f.dial()
	if code, reason := c.WantClose(); code != 1008 || reason != "connect timeout" {
		t.Errorf("%d %q", code, reason)
	}
	blocked := make(chan error, 1)
	f.io.Namespace("/slow").Use(func(ctx context.Context, _ *socketio.Socket, _ *socketio.Handshake) error {
		<-ctx.Done()
		blocked <- ctx.Err()
		return ctx.Err()
	})
	c = f.dial()
	c.Text("40/slow,")
	c.WantClose()
	within(t, blocked)
}

func TestVolatile(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	c, id := f.connect("")
	wstest.Eventually(t, "socket is there", func() bool { return root.Socket(id) != nil })
	wstest.Eventually(t, "volatile events pass when nothing waits", func() bool {
		_ = root.To(id).Volatile().Emit("v")
		_ = c.NetConn().SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		f, err := c.Next()
		return err == nil && f.Payload == `42["v"]`
	})
	wstest.Eventually(t, "also to a single socket", func() bool {
		_ = root.Socket(id).EmitVolatile("w")
		_ = c.NetConn().SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		f, err := c.Next()
		return err == nil && f.Payload == `42["w"]`
	})
}

// TestStorm has many clients come, talk and go at once, under the race
// detector; in the end nothing may be left.
func TestStorm(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	root.OnConnect(func(s *socketio.Socket) { s.Join("all") })
	var live atomic.Int32
	root.OnConnect(func(*socketio.Socket) { live.Add(1) })
	root.OnDisconnect(func(*socketio.Socket, socketio.Reason) { live.Add(-1) })
	socketio.On(root, "say", func(_ context.Context, s *socketio.Socket, in string) (socketio.None, error) {
		return socketio.None{}, root.To("all").Emit("say", in)
	})
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			for range 5 {
				c := wstest.Dial(t, f.url+"websocket")
				c.Text("40", `421["say","x"]`)
				for said, acked := false, false; !said || !acked; {
					fr, err := c.Next()
					if err != nil {
						t.Error(err)
						return
					}
					said = said || strings.HasPrefix(fr.Payload, `42["say"`)
					acked = acked || strings.HasPrefix(fr.Payload, `431[`)
				}
				if i%2 == 0 {
					c.Text("41")
				}
				c.Close()
			}
		})
	}
	wg.Wait()
	wstest.Eventually(t, "all are gone", func() bool {
		return live.Load() == 0 && root.Len() == 0 && f.io.Connections() == 0
	})
}

// TestRequestOutlivesTheFirstNamespace checks that the middleware of a namespace
// that is entered later sees the same request.
func TestRequestOutlivesTheFirstNamespace(t *testing.T) {
	f := serve(t, socketio.Options{})
	seen := make(chan string, 2)
	look := func(_ context.Context, _ *socketio.Socket, h *socketio.Handshake) error {
		cookie, _ := h.Request.Cookie("session")
		seen <- fmt.Sprint(cookie, h.Request.Header.Values("X-Two"), h.Request.URL, h.Request.Host, h.Request.RemoteAddr, h.Query, string(h.Auth))
		return nil
	}
	f.io.Namespace("/").Use(look)
	f.io.Namespace("/later").Use(look)
	c := wstest.Dial(t, f.url+"websocket&v=%20x", "Cookie", "session=x", "X-Two", "1", "X-Two", "2")
	c.Message()
	f.enter(c, "", `{"a":1}`)
	f.enter(c, "/later", `{"a":1}`)
	if a, b := within(t, seen), within(t, seen); a != b {
		t.Errorf("first %s, then %s", a, b)
	}
}

func TestDynamicNamespaces(t *testing.T) {
	f := serve(t, socketio.Options{})
	model := f.io.DynamicNamespace(func(name string) bool { return len(name) == 7 && strings.HasPrefix(name, "/team-") })
	model.Use(func(_ context.Context, _ *socketio.Socket, h *socketio.Handshake) error {
		if h.Namespace == "/team-x" {
			return socketio.NewError("no", nil)
		}
		return nil
	})
	ended := make(chan struct{}, 10)
	model.OnDisconnect(func(*socketio.Socket, socketio.Reason) { ended <- struct{}{} })
	socketio.On(model, "all", func(_ context.Context, s *socketio.Socket, in json.RawMessage) (string, error) {
		return s.Namespace().Name(), s.Namespace().Emit("to all", in)
	})
	a, _ := f.connect("/team-a")
	b, _ := f.connect("/team-b")
	f.enter(b, "/team-a", "")
	a.Text(`42/team-a,1["all",7]`)
	a.Want(`42/team-a,["to all",7]`, `43/team-a,1["/team-a"]`)
	b.Want(`42/team-a,["to all",7]`)
	b.Text(`42/team-b,["all",8]`)
	b.Want(`42/team-b,["to all",8]`)
	a.Text(`40/team-x,`, `40/teams,`)
	a.Want(`44/team-x,{"message":"no"}`, `44/teams,{"message":"Invalid namespace"}`)
	if n := socketio.Namespaces(f.io); n != 3 {
		t.Errorf("%d namespaces", n)
	}

	// What is sent to the model goes to all that were made of it.
	if model.Len() != 3 || model.Name() != "" || len(model.To("none").Sockets()) != 0 {
		t.Errorf("%d sockets", model.Len())
	}
	_ = model.Emit("everywhere", 1, socketio.Binary{7})
	a.Want(`451-/team-a,["everywhere",1,{"_placeholder":true,"num":0}]`)
	a.WantFrame(0x82, "\x07")
	seen := map[string]bool{b.Message(): true}
	b.WantFrame(0x82, "\x07")
	seen[b.Message()] = true
	b.WantFrame(0x82, "\x07")
	if !seen[`451-/team-a,["everywhere",1,{"_placeholder":true,"num":0}]`] || !seen[`451-/team-b,["everywhere",1,{"_placeholder":true,"num":0}]`] {
		t.Errorf("b got %v", seen)
	}
	in := f.io.Namespace("/team-b").To().Except().Sockets()
	if in != nil {
		t.Errorf("a broadcast to no rooms goes to %d", len(in))
	}
	bOnly := model.Except(ids(f.io.Namespace("/team-a"))...)
	p, _ := model.Prepare("prepared")
	_ = bOnly.EmitPrepared(p)
	b.Want(`42/team-b,["prepared"]`)
	_ = bOnly.Sockets()[0].EmitPrepared(p)
	b.Want(`42/team-b,["prepared"]`)
	_ = bOnly.Join("room")
	infos, err := model.To("room").FetchSockets(context.Background())
	if err != nil || len(infos) != 1 || model.Socket(infos[0].ID) != bOnly.Sockets()[0] || model.Socket("nobody") != nil {
		t.Errorf("%v, %v", infos, err)
	}
	_ = model.To("room").Leave("room")
	go func() {
		b.Want(`42/team-b,0["who?"]`)
		b.Text(`43/team-b,0["b"]`)
	}()
	replies, err := bOnly.EmitWithAck(context.Background(), "who?")
	if err != nil || len(replies) != 1 || string(replies[0].Args[0]) != `"b"` {
		t.Errorf("%v, %v", replies, err)
	}
	_ = bOnly.DisconnectSockets("", false)
	b.Want(`41/team-b,`)
	a.Close()
	b.Close()
	for range 3 {
		within(t, ended)
	}
	wstest.Eventually(t, "they are forgotten", func() bool { return socketio.Namespaces(f.io) == 1 })
}

// ids are those of all sockets of a namespace.
func ids(ns *socketio.Namespace) []string {
	var all []string
	for _, s := range ns.Except().Sockets() {
		all = append(all, s.ID())
	}
	return all
}

func TestPacketMiddleware(t *testing.T) {
	f := serve(t, socketio.Options{})
	root := f.io.Namespace("/")
	seen := make(chan string, 10)
	root.UsePackets(func(_ context.Context, _ *socketio.Socket, e *socketio.Event) error {
		seen <- e.Name
		switch e.Name {
		case "forbidden":
			return socketio.NewError("you may not", nil)
		case "panic":
			panic("in packet middleware")
		}
		return nil
	})
	root.HandleOther(func(_ context.Context, _ *socketio.Socket, e *socketio.Event) { _ = e.Ack("handled") })
	c, _ := f.connect("")
	c.Text(`421["forbidden"]`, `422["\u0066ine"]`, `423["panic"]`, `424["fine"]`)
	c.Want(`431[{"error":{"message":"you may not"}}]`, `432["handled"]`, `433[{"error":{"message":"internal error"}}]`, `434["handled"]`)
	for _, want := range []string{"forbidden", "fine", "panic", "fine"} {
		if got := within(t, seen); got != want {
			t.Errorf("saw %q, want %q", got, want)
		}
	}
}
