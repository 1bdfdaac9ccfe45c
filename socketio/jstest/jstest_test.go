// Package jstest drives the server with the official JavaScript clients of
// three generations, in every transport mode. The clients are installed with
//
//	npm ci --prefix socketio/jstest
package jstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
)

// installed skips a test when there are no clients.
func installed(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: the official clients are not tested")
	}
	if _, err := os.Stat("node_modules/socket.io-client-4"); err != nil {
		t.Skip("the official clients are not installed: run npm ci --prefix socketio/jstest")
	}
}

func TestOfficialClients(t *testing.T) {
	installed(t)
	url := serve(t, (*httptest.Server).Start)
	for _, generation := range []string{"4", "3", "2"} {
		modes := []string{"polling", "upgrade", "websocket"}
		if generation == "4" {
			modes = append(modes, "fetch", "fetch-upgrade")
		}
		for _, mode := range modes {
			t.Run(generation+".x "+mode, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
				defer cancel()
				if out, err := exec.CommandContext(ctx, "node", "client.mjs", url, generation, mode).CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

func TestRecovery(t *testing.T) {
	installed(t)
	io := socketio.NewServer(socketio.Options{RecoveryWindow: time.Minute})
	root := io.Namespace("/")
	root.Handle("count for me", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		var n int
		_ = json.Unmarshal(e.Args[0], &n)
		to := root.To(s.ID()) // also while nobody has that ID
		go func() {
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for i := range n {
				<-tick.C
				_ = to.Emit("count", i)
			}
		}()
	})
	web := httptest.NewServer(io)
	defer web.Close()
	for _, mode := range []string{"websocket", "polling", "upgrade"} {
		t.Run(mode, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
			defer cancel()
			if out, err := exec.CommandContext(ctx, "node", "recovery.mjs", web.URL, mode).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestOfficialClientsOverTLS does the same where connections cannot wait for
// readiness.
func TestOfficialClientsOverTLS(t *testing.T) {
	installed(t)
	url := serve(t, (*httptest.Server).StartTLS)
	for _, mode := range []string{"polling", "upgrade", "websocket"} {
		t.Run(mode, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, "node", "client.mjs", url, "4", mode)
			cmd.Env = append(os.Environ(), "NODE_TLS_REJECT_UNAUTHORIZED=0", "NODE_NO_WARNINGS=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// serve starts the server that client.mjs talks to. A request for /replace puts
// another one in its place, as an upgrade does.
func serve(t *testing.T, start func(*httptest.Server)) string {
	var current atomic.Pointer[socketio.Server]
	current.Store(newServer())
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/replace" {
			before := current.Swap(newServer())
			_ = before.Close(r.Context())
			return
		}
		current.Load().ServeHTTP(w, r)
	}))
	start(web)
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = current.Load().Close(now)
		web.Close()
	})
	return web.URL
}

var servers atomic.Int64

func newServer() *socketio.Server {
	io := socketio.NewServer(socketio.Options{
		PingInterval: 300 * time.Millisecond, PingTimeout: 20 * time.Second, CloseTimeout: time.Second,
		AllowEIO3: true, AllowJSONP: true, DeflateThreshold: 512,
		// Pages of any server on this machine may connect.
		CheckOrigin: func(r *http.Request) bool { return strings.HasPrefix(r.Header.Get("Origin"), "http://127.0.0.1:") },
		Cookie: func(sid string, _ *http.Request) *http.Cookie {
			return &http.Cookie{Name: "io", Value: sid, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
		},
	})
	number := servers.Add(1)
	for _, name := range []string{"/", "/custom"} {
		register(io.Namespace(name), number)
	}
	register(io.DynamicNamespace(func(name string) bool { return name == "/team-7" || name == "/team-8" }), number)
	io.Namespace("/guarded").Use(func(context.Context, *socketio.Socket, *socketio.Handshake) error {
		return socketio.NewError("not signed in", map[string]string{"code": "unauthenticated"})
	})
	return io
}

// state is what the server keeps about a socket.
type state struct {
	token  string
	cookie bool // its handshake came with one
	mu     sync.Mutex
	notes  []int
}

func register(ns *socketio.Namespace, number int64) {
	ns.Use(func(_ context.Context, s *socketio.Socket, h *socketio.Handshake) error {
		var auth struct{ Token string }
		_ = json.Unmarshal(h.Auth, &auth)
		if auth.Token == "" {
			auth.Token = h.Query.Get("token")
		}
		_, err := h.Request.Cookie("io")
		socketio.SetData(s, &state{token: auth.Token, cookie: err == nil})
		return nil
	})
	ns.Handle("echo", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		_ = s.EmitRaw("back", e.Args, e.Attachments...)
	})
	ns.Handle("ack", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		array, _ := json.Marshal(e.Args)
		_ = e.AckRaw(array, e.Attachments...)
	})
	ns.Handle("be asked", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		r, err := s.EmitWithAck(ctx, "question", e.Args[0])
		if err != nil || len(r.Args) != 2 {
			_ = e.Ack("no answer")
			return
		}
		_ = e.Ack(r.Args[0], len(r.Attachments))
	})
	ns.Handle("be ignored", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		_, err := s.EmitWithAck(short, "question", 1)
		_ = e.Ack(fmt.Sprint(err))
	})
	ns.Handle("silence", func(context.Context, *socketio.Socket, *socketio.Event) {})
	ns.Handle("ask room", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		var room string
		_ = json.Unmarshal(e.Args[0], &room)
		e.Later() // one of the answers comes on this connection
		go func() {
			replies, _ := s.Namespace().To(room).EmitWithAck(ctx, "question", e.Args[1])
			var answers []json.RawMessage
			for _, r := range replies {
				answers = append(answers, r.Args...)
			}
			_ = e.Ack(answers)
		}()
	})
	socketio.On(ns, "which", func(context.Context, *socketio.Socket, socketio.None) (int64, error) { return number, nil })
	var memory sync.Mutex
	remembered := map[string][]int{}
	socketio.On(ns, "remember", func(_ context.Context, _ *socketio.Socket, in []json.RawMessage) ([]int, error) {
		var key string
		var n int
		if err := errors.Join(json.Unmarshal(in[0], &key), json.Unmarshal(in[1], &n)); err != nil {
			return nil, err
		}
		memory.Lock()
		defer memory.Unlock()
		remembered[key] = append(remembered[key], n)
		return remembered[key], nil
	})
	socketio.On(ns, "where", func(_ context.Context, s *socketio.Socket, _ socketio.None) (string, error) {
		return s.Namespace().Name(), nil
	})
	socketio.On(ns, "id", func(_ context.Context, s *socketio.Socket, _ socketio.None) (string, error) {
		return s.ID(), nil
	})
	socketio.On(ns, "token", func(_ context.Context, s *socketio.Socket, _ socketio.None) (string, error) {
		st, _ := socketio.Data[*state](s)
		return st.token, nil
	})
	socketio.On(ns, "cookie", func(_ context.Context, s *socketio.Socket, _ socketio.None) (bool, error) {
		st, _ := socketio.Data[*state](s)
		return st.cookie, nil
	})
	socketio.On(ns, "join", func(_ context.Context, s *socketio.Socket, room string) (socketio.None, error) {
		s.Join(room)
		return socketio.None{}, nil
	})
	ns.Handle("say", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		var room string
		_ = json.Unmarshal(e.Args[0], &room)
		_ = ns.To(room).Emit("said", e.Args[1])
	})
	ns.Handle("kick", func(_ context.Context, s *socketio.Socket, _ *socketio.Event) { s.Disconnect("", true) })
	ns.Handle("count for me", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		var n int
		_ = json.Unmarshal(e.Args[0], &n)
		tick := time.NewTicker(200 * time.Microsecond)
		defer tick.Stop()
		for i := range n {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			_ = s.Emit("count", i)
		}
		_ = s.Emit("counted", n)
	}, socketio.Concurrent())
	socketio.On(ns, "note", func(_ context.Context, s *socketio.Socket, n int) (socketio.None, error) {
		st, _ := socketio.Data[*state](s)
		st.mu.Lock()
		st.notes = append(st.notes, n)
		st.mu.Unlock()
		return socketio.None{}, nil
	})
	socketio.On(ns, "noted", func(_ context.Context, s *socketio.Socket, _ socketio.None) ([]int, error) {
		st, _ := socketio.Data[*state](s)
		st.mu.Lock()
		defer st.mu.Unlock()
		return append([]int(nil), st.notes...), nil
	})
}
