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
	opts    Options
	engine  *engineio.Server
	cluster *cluster // nil without an Adapter

	mu         sync.RWMutex
	namespaces map[string]*Namespace
	patterns   []pattern
}

// pattern makes namespaces for the names that match.
type pattern struct {
	match func(name string) bool
	model *Namespace
}

// NewServer returns a Server with the namespace "/".
func NewServer(opts Options) *Server {
	srv := &Server{opts: opts.withDefaults(), namespaces: map[string]*Namespace{}}
	srv.engine = engineio.NewServer(srv.opts.engine(), srv.open)
	srv.Namespace("/")
	if srv.opts.Adapter != nil {
		srv.cluster = newCluster(srv, srv.opts.Adapter)
	}
	return srv
}

// ServeHTTP serves one request of a client, whatever its path.
func (srv *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { srv.engine.ServeHTTP(w, r) }

// Namespace returns the namespace with that name, which begins with a slash; it
// is made if there is none. Clients can only connect to namespaces that were
// made. A name with a comma is none that a client could ask for, and Namespace
// panics.
func (srv *Server) Namespace(name string) *Namespace {
	if strings.Contains(name, ",") {
		panic("socketio: the name of a namespace has a comma in it: " + name)
	}
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

// DynamicNamespace has a namespace made for every name that match accepts, when
// the first client asks for it. Each has the middleware and the handlers of the
// one that is returned, their model, but sockets and rooms of its own, and is
// forgotten with its last socket. What is sent to the model, or asked of it, goes
// to all namespaces that were made of it and have sockets on this server; a
// broadcast that excepts or names rooms does so in each of them. match must be
// quick, and so strict that strangers cannot make up names without end. What
// Options.RecoveryWindow keeps is forgotten with the namespace, too.
func (srv *Server) DynamicNamespace(match func(name string) bool) *Namespace {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	model := newNamespace(srv, "")
	model.isModel = true
	srv.patterns = append(srv.patterns, pattern{match, model})
	return model
}

// name returns the name of a namespace as a string that exists already, if it
// does.
func (srv *Server) name(name []byte) string {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	if ns := srv.namespaces[string(name)]; ns != nil {
		return ns.name
	}
	return string(name)
}

// acquire returns the namespace with that name, or nil. It stays at least until
// it is released.
func (srv *Server) acquire(name string) *Namespace {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ns := srv.namespaces[name]
	for i := 0; ns == nil && i < len(srv.patterns); i++ {
		if p := srv.patterns[i]; p.match(name) {
			ns = newNamespace(srv, name)
			ns.model = p.model
			ns.middleware, ns.perPacket = p.model.middleware, p.model.perPacket
			ns.onConnect, ns.onDisconnect = p.model.onConnect, p.model.onDisconnect
			ns.handlers.Store(p.model.handlers.Load())
			ns.fallback.Store(p.model.fallback.Load())
			srv.namespaces[name] = ns
		}
	}
	if ns != nil {
		ns.refs++
	}
	return ns
}

func (srv *Server) release(ns *Namespace) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if ns.refs--; ns.refs == 0 && ns.model != nil {
		delete(srv.namespaces, ns.name)
	}
}

// single reports whether there is only one namespace that could be asked for.
func (srv *Server) single() bool {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	return len(srv.namespaces) == 1 && len(srv.patterns) == 0
}

// Connections returns the number of connections, those included that are in no
// namespace yet or are closing.
func (srv *Server) Connections() int { return srv.engine.Count() }

// Close refuses new connections and closes all there are, after what is queued
// for them has been sent. Clients see their connection close, and come back
// when there is a server again. When ctx ends first, the remaining connections
// are cut and the context's error is returned.
func (srv *Server) Close(ctx context.Context) error {
	err := srv.engine.Close(ctx)
	if srv.cluster != nil {
		srv.cluster.stop()
	}
	return err
}

// open is called by the engine for each new session.
func (srv *Server) open(s *engineio.Session, r *http.Request) engineio.Handler {
	c := &client{srv: srv, eng: s, opening: newOpening(r)}
	if s.Protocol() == 3 {
		// Clients of that generation are in "/" without having asked.
		c.enqueue(task{kind: packetConnect, namespace: "/"}, 0)
	}
	return c
}
