package socketio

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/happychat/happychat/socketio/engineio"
)

// Server accepts Socket.IO clients. It is an http.Handler; clients expect it at
// /socket.io/. Namespaces, middleware and handlers are registered before it
// serves.
type Server struct {
	opts   Options
	engine *engineio.Server

	mu         sync.RWMutex
	namespaces map[string]*Namespace
}

// NewServer returns a Server with the namespace "/".
func NewServer(opts Options) *Server {
	srv := &Server{opts: opts.withDefaults(), namespaces: map[string]*Namespace{}}
	srv.engine = engineio.NewServer(srv.opts.engine(), srv.open)
	srv.Namespace("/")
	return srv
}

// ServeHTTP serves one request of a client, whatever its path.
func (srv *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { srv.engine.ServeHTTP(w, r) }

// Namespace returns the namespace with that name, which begins with a slash; it
// is made if there is none. Clients can only connect to namespaces that were
// made.
func (srv *Server) Namespace(name string) *Namespace {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ns := srv.namespaces[name]
	if ns == nil {
		ns = newNamespace(srv, name)
		srv.namespaces[name] = ns
	}
	return ns
}

// lookup returns the namespace with that name, or nil, and how many there are.
func (srv *Server) lookup(name []byte) (*Namespace, int) {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	return srv.namespaces[string(name)], len(srv.namespaces)
}

// Connections returns the number of connections, those included that are in no
// namespace yet or are closing.
func (srv *Server) Connections() int { return srv.engine.Count() }

// Close refuses new connections and closes all there are, after what is queued
// for them has been sent. Clients see their connection close, and come back
// when there is a server again. When ctx ends first, the remaining connections
// are cut and the context's error is returned.
func (srv *Server) Close(ctx context.Context) error { return srv.engine.Close(ctx) }

// open is called by the engine for each new session.
func (srv *Server) open(s *engineio.Session, r *http.Request) engineio.Handler {
	c := &client{srv: srv, eng: s, opening: newOpening(r)}
	if s.Protocol() == 3 {
		// Clients of that generation are in "/" without having asked.
		c.enqueue(task{kind: packetConnect, namespace: "/"}, 0)
	}
	return c
}
