// Package engineio is the server side of the Engine.IO protocol, revisions 4
// and 3: sessions that exchange messages with a client over HTTP long-polling,
// over WebSocket, or first over the one and then over the other, with nothing
// lost or repeated by the change.
//
// It is the layer under Socket.IO and knows nothing of events, namespaces or
// rooms. Its parts, from the outside in: Server routes requests; Session is the
// queue, the heartbeat and the end of one client; wsConn and the polling
// functions move packets for a session; link is the connection under a
// WebSocket.
package engineio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/happychat/happychat/socketio/internal/websocket"
)

// Handler is the application's side of one session. Neither method may block:
// they are called where many sessions are read.
type Handler interface {
	// Message is called with one message after the other, in the order in
	// which the client sent them. data is only valid until it returns. An
	// error ends the session with ReasonParseError.
	Message(data []byte, binary bool) error
	// Closed is called once, when the session has ended. It may come while
	// Message is running; no message comes after it except that one.
	Closed(reason Reason)
}

// Server is an http.Handler that serves every request below the path that it is
// mounted at.
type Server struct {
	opts  Options
	open  func(*Session, *http.Request) Handler
	start time.Time
	wheel *wheel
	loops *loops

	storms storms

	mu       sync.Mutex
	sessions map[sessionID]*Session
	pending  map[string]int // sessions not accepted yet, by client address
	closing  bool
	empty    chan struct{} // closed when closing and without sessions
}

// NewServer returns a Server that calls open for each new session. open must
// not block and must not be nil; the request is the one that opened the session
// and must not be kept.
func NewServer(opts Options, open func(*Session, *http.Request) Handler) *Server {
	opts = opts.withDefaults()
	tick := min(opts.PingInterval, opts.PingTimeout) / 40
	return &Server{
		opts:     opts,
		open:     open,
		start:    time.Now(),
		loops:    newLoops(),
		storms:   newStorms(opts.ReleaseMemory),
		wheel:    newWheel(min(max(tick, 5*time.Millisecond), 250*time.Millisecond)),
		sessions: map[sessionID]*Session{},
		pending:  map[string]int{},
		empty:    make(chan struct{}),
	}
}

// now is the time since the server's start; monotonic.
func (srv *Server) now() time.Duration { return time.Since(srv.start) }

// The errors that a request can be refused with. The codes and messages are
// those of the reference implementation, which clients show.
type refusal struct {
	status  int
	Code    int    `json:"code"`
	Message string `json:"message"`
}

var (
	errTransport = &refusal{http.StatusBadRequest, 0, "Transport unknown"}
	errSession   = &refusal{http.StatusBadRequest, 1, "Session ID unknown"}
	errMethod    = &refusal{http.StatusBadRequest, 2, "Bad handshake method"}
	errRequest   = &refusal{http.StatusBadRequest, 3, "Bad request"}
	errForbidden = &refusal{http.StatusForbidden, 4, "Forbidden"}
	errProtocol  = &refusal{http.StatusBadRequest, 5, "Unsupported protocol version"}
	errTooLarge  = &refusal{http.StatusRequestEntityTooLarge, 3, "Payload too large"}
	errTooMany   = &refusal{http.StatusTooManyRequests, 3, "Too many handshakes"}
	errShutdown  = &refusal{http.StatusServiceUnavailable, 3, "Server shutting down"}
	errHeader    = &refusal{http.StatusRequestHeaderFieldsTooLarge, 3, "Header too large"}
)

func refuse(w http.ResponseWriter, e *refusal) {
	body, _ := json.Marshal(e)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	_, _ = w.Write(body)
}

// ServeHTTP serves one request of a client.
func (srv *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Header.Get("Origin") != "" {
		if !srv.opts.CheckOrigin(r) {
			refuse(w, errForbidden)
			return
		}
		cors(w, r)
	} else if q.Has("j") && !srv.checkReferer(r) {
		refuse(w, errForbidden)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}

	protocol := 4
	switch eio := q.Get("EIO"); {
	case eio == "4":
	case eio == "3" && srv.opts.AllowEIO3:
		protocol = 3
	default:
		refuse(w, errProtocol)
		return
	}
	transport := q.Get("transport")
	switch {
	case transport == "polling" && !srv.opts.NoPolling:
	case transport == "websocket" && !srv.opts.NoWebSocket:
		switch err := websocket.Check(r); {
		case err == nil:
		case errors.Is(err, websocket.ErrVersion):
			w.Header().Set("Sec-WebSocket-Version", "13")
			w.WriteHeader(http.StatusUpgradeRequired)
			return
		default:
			refuse(w, errRequest)
			return
		}
	default:
		refuse(w, errTransport)
		return
	}
	if q.Has("j") && !(srv.opts.AllowJSONP && protocol == 3 && transport == "polling" && isIndex(q.Get("j"))) {
		refuse(w, errTransport)
		return
	}

	if sid := q.Get("sid"); sid != "" {
		s := srv.find(sid)
		switch {
		case s == nil || s.expired():
			refuse(w, errSession)
		case s.Protocol() != protocol:
			refuse(w, errRequest)
		case transport == "websocket":
			s.serveUpgrade(w, r)
		case r.Method == http.MethodGet:
			s.servePoll(w, r)
		case r.Method == http.MethodPost:
			s.servePost(w, r)
		default:
			refuse(w, errRequest)
		}
		return
	}
	if r.Method != http.MethodGet {
		refuse(w, errMethod)
		return
	}
	if headerSize(r) > srv.opts.MaxHeader {
		refuse(w, errHeader)
		return
	}
	s, refused := srv.admit(r, protocol)
	if refused != nil {
		refuse(w, refused)
		return
	}
	s.base64 = protocol == 4 || q.Get("b64") != "" || q.Has("j")
	if srv.opts.Cookie != nil {
		if c := srv.opts.Cookie(s.ID(), r); c != nil {
			http.SetCookie(w, c)
		}
	}
	if transport == "websocket" {
		s.serveWebSocket(w, r)
		return
	}
	if !s.begin(srv.open(s, r), nil) {
		refuse(w, errShutdown)
		return
	}
	s.servePoll(w, r)
}

// cors lets the page that CheckOrigin has accepted read the answer.
func cors(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Add("Vary", "Origin")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		if ask := r.Header.Get("Access-Control-Request-Headers"); ask != "" {
			h.Set("Access-Control-Allow-Headers", ask)
		}
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(time.Hour/time.Second)))
	}
}

func headerSize(r *http.Request) int {
	n := len(r.RequestURI) + len(r.Host)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v) + 4
		}
	}
	return n
}

// admit registers a new session, or says why there is none.
func (srv *Server) admit(r *http.Request, protocol int) (*Session, *refusal) {
	addr := srv.opts.ClientAddr(r)
	s := &Session{srv: srv, id: newID(), proto: uint8(protocol), pendingAddr: &addr}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.closing {
		return nil, errShutdown
	}
	if srv.pending[addr] >= srv.opts.MaxPendingPerAddr {
		return nil, errTooMany
	}
	srv.pending[addr]++
	srv.sessions[s.id] = s
	srv.moved()
	return s, nil
}

// settle ends the time during which a session counts as a pending handshake.
// srv.mu is held.
func (srv *Server) settle(s *Session) {
	if s.pendingAddr == nil {
		return
	}
	addr := *s.pendingAddr
	s.pendingAddr = nil
	if n := srv.pending[addr] - 1; n > 0 {
		srv.pending[addr] = n
	} else {
		delete(srv.pending, addr)
	}
}

// find returns the session with that ID, or nil.
func (srv *Server) find(sid string) *Session {
	id, ok := parseID(sid)
	if !ok {
		return nil
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.sessions[id]
}

// Count returns the number of sessions, those that are closing included.
func (srv *Server) Count() int {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return len(srv.sessions)
}

// Close refuses new sessions, closes all there are with ReasonShutdown, and
// waits until what was queued for them has been sent. When ctx ends earlier,
// the remaining connections are cut, and Close returns the context's error. It
// may be called more than once.
func (srv *Server) Close(ctx context.Context) error {
	srv.mu.Lock()
	if !srv.closing {
		srv.closing = true
		if len(srv.sessions) == 0 {
			close(srv.empty)
		}
	}
	all := make([]*Session, 0, len(srv.sessions))
	for _, s := range srv.sessions {
		all = append(all, s)
	}
	srv.mu.Unlock()
	for _, s := range all {
		s.Close(ReasonShutdown)
	}
	select {
	case <-srv.empty:
		srv.loops.close()
		return nil
	case <-ctx.Done():
	}
	for _, s := range all {
		s.finish()
	}
	srv.loops.close()
	return ctx.Err()
}

// forget takes a session that has ended off the books.
func (srv *Server) forget(s *Session) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.sessions[s.id] != s {
		return
	}
	delete(srv.sessions, s.id)
	srv.moved()
	srv.settle(s)
	if srv.closing && len(srv.sessions) == 0 {
		close(srv.empty)
	}
}
