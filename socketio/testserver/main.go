// Command testserver is a server that behaves as the test suites of the
// Engine.IO and Socket.IO protocol documents ask for.
//
//	go run ./socketio/testserver -addr 127.0.0.1:3000
//
// With -engine it is a bare Engine.IO server at /engine.io/ that echoes every
// message; with -eio3 it admits clients of protocol 3; with -room everybody is
// in one room, and the event "say" is broadcast to it. It believes everybody: it is
// for this machine only.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/engineio"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "address to listen on")
	engine := flag.Bool("engine", false, "serve bare Engine.IO at /engine.io/")
	eio3 := flag.Bool("eio3", false, "admit clients of Engine.IO protocol 3")
	room := flag.Bool("room", false, `one room for everybody; "say" is broadcast to it`)
	interval := flag.Duration("ping-interval", 300*time.Millisecond, "heartbeat interval")
	timeout := flag.Duration("ping-timeout", 200*time.Millisecond, "time for the answer to a heartbeat")
	profile := flag.Bool("pprof", false, "serve profiles below /debug/pprof/")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, config{*engine, *eio3, *room, *interval, *timeout, *profile}); err != nil {
		log.Fatal(err)
	}
}

type config struct {
	engine, eio3, room bool
	interval, timeout  time.Duration
	profile            bool
}

func serve(ctx context.Context, addr string, c config) error {
	mux := http.NewServeMux()
	var closeAll func(context.Context) error
	if c.engine {
		e := engineio.NewServer(engineio.Options{
			PingInterval: c.interval, PingTimeout: c.timeout,
			MaxPayload: 1_000_000, AllowEIO3: c.eio3, AllowJSONP: c.eio3, CheckOrigin: anybody,
		}, openEcho)
		closeAll = e.Close
		mux.HandleFunc("/engine.io/", func(w http.ResponseWriter, r *http.Request) { e.ServeHTTP(apart{w}, r) })
	} else {
		io := socketio.NewServer(socketio.Options{
			PingInterval: c.interval, PingTimeout: c.timeout,
			MaxHTTPBufferSize: 1_000_000, AllowEIO3: c.eio3, AllowJSONP: c.eio3, CheckOrigin: anybody,
			MaxPendingPerAddr: 1 << 20,
			ReleaseMemory:     c.room,
		})
		namespaces := []string{"/"}
		if !c.room { // a namespace that may still be asked for costs memory
			namespaces = append(namespaces, "/custom")
		}
		for _, name := range namespaces {
			register(io.Namespace(name), c.room)
		}
		if c.room {
			registerRoom(io.Namespace("/"))
		}
		closeAll = io.Close
		mux.Handle("/socket.io/", io)
	}
	if c.profile {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	}
	// Engine.IO has heartbeats of its own: TCP's would only be paid for twice.
	listener, err := (&net.ListenConfig{KeepAlive: -1}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = closeAll(deadline)
		_ = server.Shutdown(deadline)
	}()
	if err = server.Serve(listener); errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// anybody lets pages of every origin connect: the suites also run as a file in a
// browser.
func anybody(*http.Request) bool { return true }

// echo is the bare Engine.IO application.
type echo struct{ s *engineio.Session }

func openEcho(s *engineio.Session, _ *http.Request) engineio.Handler {
	s.Accept()
	return echo{s}
}

func (e echo) Message(data []byte, binary bool) error {
	if binary {
		e.s.Send(engineio.NewBinary(data))
	} else {
		e.s.Send(engineio.NewText(data))
	}
	return nil
}

func (echo) Closed(engineio.Reason) {}
