package socketio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
)

// client is one connection, with the sockets that it has in namespaces. The
// engine pushes packets into it; acknowledgements are settled at once, and
// everything that calls the application goes through a queue, which a goroutine
// works off, in order, for as long as there is something in it.
type client struct {
	srv *Server
	eng *engineio.Session

	partial *partial // used by Message only

	mu       sync.Mutex
	opening  *opening // nil when no middleware can want it any more
	sockets  []*Socket
	queue    []task
	bytes    int // of the queue
	inFlight int32
	refused  int16 // how often it asked for a namespace in vain
	running  bool
	stalled  bool // not running, because inFlight is at its limit
	paused   bool
	closed   bool
	entered  bool // it has been in a namespace
}

// partial is a packet whose attachments are still coming.
type partial struct {
	task
	missing int // how many attachments
	size    int // of those that came
}

// task is a packet that waits for its turn. The kind is that of the packet, or
// taskClosed.
type task struct {
	kind        byte
	namespace   string
	query       string // of protocol 4
	id          int64  // -1 when no acknowledgement is wanted
	auth        json.RawMessage
	args        []json.RawMessage
	attachments [][]byte
	size        int
	socket      *Socket // of taskClosed
	reason      Reason
}

// taskClosed tells the application that a socket has ended.
const taskClosed = 'x'

// Message implements engineio.Handler.
func (c *client) Message(data []byte, binary bool) error {
	if binary {
		return c.attachment(data)
	}
	if c.partial != nil {
		return errPacket
	}
	o := &c.srv.opts
	p, err := parsePacket(data, o.MaxAttachments)
	if err != nil {
		return err
	}
	t := task{kind: p.kind, id: -1, size: len(data)}
	if p.hasID {
		t.id = int64(p.id)
	}
	t.namespace = c.namespaceName(p.namespace, &t.query)
	switch p.kind {
	case packetConnect:
		payload := append([]byte(nil), p.payload...)
		if c.eng.Protocol() == 3 {
			payload = nil
		}
		if err := checkObject(payload, o.MaxNesting); err != nil {
			return err
		}
		t.auth = payload
	case packetDisconnect:
		if len(p.payload) > 0 {
			return errPacket
		}
	case packetEvent, packetBinaryEvent, packetAck, packetBinaryAck:
		payload := append([]byte(nil), p.payload...)
		if t.args, err = splitArray(payload, o.MaxNesting); err != nil {
			return err
		}
		ack := p.kind == packetAck || p.kind == packetBinaryAck
		if ack && t.id < 0 || !ack && !isEventName(t.args) {
			return errPacket
		}
		if p.attachments > 0 {
			c.partial = &partial{task: t, missing: p.attachments}
			return nil
		}
	default: // only a server may send CONNECT_ERROR
		return errPacket
	}
	return c.dispatch(t)
}

// namespaceName makes a string of a namespace without allocating one for each
// packet.
func (c *client) namespaceName(name []byte, query *string) string {
	if i := strings.IndexByte(string(name), '?'); i >= 0 && c.eng.Protocol() == 3 {
		*query = string(name[i+1:])
		name = name[:i]
	}
	return c.srv.name(name)
}

// isEventName reports whether a payload begins with a name that an application
// may see. The reserved names are those of the reference implementation, where
// a client that sends one is cut.
func isEventName(args []json.RawMessage) bool {
	if len(args) == 0 {
		return false
	}
	switch string(args[0]) {
	case `"connect"`, `"connect_error"`, `"disconnect"`, `"disconnecting"`, `"newListener"`, `"removeListener"`:
		return false
	}
	return args[0][0] == '"'
}

func (c *client) attachment(data []byte) error {
	p := c.partial
	if p == nil {
		return errPacket
	}
	// Together no larger than a single message may be, which is little before
	// the client is in a namespace.
	if p.size += len(data); p.size > c.eng.Limit() {
		return errPacket
	}
	p.attachments = append(p.attachments, append(make([]byte, 0, len(data)), data...))
	if p.missing--; p.missing > 0 {
		return nil
	}
	c.partial = nil
	p.task.size += p.size
	return c.dispatch(p.task)
}

func (c *client) dispatch(t task) error {
	if t.kind == packetAck || t.kind == packetBinaryAck {
		if s := c.socket(t.namespace); s != nil {
			s.resolve(uint64(t.id), &Reply{Args: t.args, Attachments: t.attachments})
		}
		return nil
	}
	c.enqueue(t, t.size)
	return nil
}

// enqueue puts a task behind the others.
func (c *client) enqueue(t task, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed && t.kind != taskClosed {
		return
	}
	o := &c.srv.opts
	most := o.MaxPendingBytes
	if !c.entered {
		most = min(most, c.eng.Limit())
	}
	t.size = size
	c.queue = append(c.queue, t)
	c.bytes += size
	if !c.paused && !c.closed && (len(c.queue) >= o.MaxPendingEvents || c.bytes >= most) {
		c.paused = true
		c.eng.Pause()
	}
	if !c.running && !c.stalled {
		c.running = true
		go c.run()
	}
}

// run works off the queue.
func (c *client) run() {
	o := &c.srv.opts
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.queue = nil
			c.running = false
			c.mu.Unlock()
			return
		}
		if k := c.queue[0].kind; (k == packetEvent || k == packetBinaryEvent) && int(c.inFlight) >= o.MaxInFlight && !c.closed {
			c.running, c.stalled = false, true
			c.mu.Unlock()
			return
		}
		t := c.queue[0]
		c.queue[0] = task{}
		c.queue = c.queue[1:]
		c.bytes -= t.size
		if c.paused && len(c.queue) <= o.MaxPendingEvents/2 && c.bytes <= o.MaxPendingBytes/2 {
			c.paused = false
			c.eng.Resume()
		}
		c.mu.Unlock()
		c.do(t)
	}
}

// release ends an event that was started.
func (c *client) release() {
	c.mu.Lock()
	c.inFlight--
	if c.stalled && !c.running {
		c.stalled, c.running = false, true
		go c.run()
	}
	c.mu.Unlock()
}

func (c *client) do(t task) {
	defer c.recover("task")
	switch t.kind {
	case packetConnect:
		c.connect(t)
	case packetDisconnect:
		if s := c.socket(t.namespace); s != nil {
			s.end(ReasonClientDisconnect)
		}
	case taskClosed:
		for _, f := range t.socket.ns.onDisconnect {
			f(t.socket, t.reason)
		}
		c.srv.release(t.socket.ns)
	default:
		c.event(t)
	}
}

func (c *client) recover(what string) {
	if v := recover(); v != nil {
		c.srv.opts.Logger.Error("socketio: panic", "in", what, "value", v, "stack", string(debug.Stack()))
	}
}

// socket returns the connection's socket in a namespace, or nil.
func (c *client) socket(namespace string) *Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sockets {
		if s.ns.name == namespace {
			return s
		}
	}
	return nil
}

// strand notes that a connection may be in no namespace any more: then it has
// Options.ConnectTimeout to enter one again.
func (c *client) strand() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sockets) == 0 {
		c.eng.Unaccept()
	}
}

// connect lets the client into a namespace, or refuses it.
func (c *client) connect(t task) {
	c.mu.Lock()
	known, request, closed := len(c.sockets), c.opening.restore(), c.closed
	c.mu.Unlock()
	if closed {
		return
	}
	ns := c.srv.acquire(t.namespace)
	entered := false
	defer func() {
		if ns != nil && !entered {
			c.srv.release(ns)
		}
	}()
	switch {
	case ns == nil || request == nil:
		c.refuse(t, &Error{Message: "Invalid namespace"})
		return
	case c.socket(ns.name) != nil:
		if c.eng.Protocol() != 3 { // they ask again for "/", where they are
			c.eng.Close(ReasonParseError)
		}
		return
	case known >= c.srv.opts.MaxNamespaces:
		c.refuse(t, &Error{Message: "Too many namespaces"})
		return
	}
	s := newSocket(ns, c)
	if ns.recovery != nil && c.eng.Protocol() != 3 {
		s.past = &past{pid: newID()}
		if saved, number := ns.recovery.find(t.auth); saved != nil {
			rooms := saved.rooms
			s.id, s.data, s.waiting = saved.id, saved.data, &rooms
			*s.past = past{pid: saved.pid, recovered: true, after: number}
		}
	}
	if len(ns.middleware) > 0 {
		h := &Handshake{Request: request, Auth: t.auth, Query: request.URL.Query(), Namespace: ns.name}
		if len(h.Auth) == 0 {
			h.Auth = json.RawMessage("{}")
		}
		if extra, err := url.ParseQuery(t.query); err == nil {
			maps.Copy(h.Query, extra)
		}
		err := c.askMiddleware(s, h)
		if err != nil {
			s.cancel(err)
			c.refuse(t, err)
			return
		}
	}
	if entered = s.enter(); !entered {
		return
	}
	single := c.srv.single()
	c.mu.Lock()
	if single {
		c.opening = nil // there is no other namespace to ask for
	} else if c.opening != nil {
		c.opening = c.opening.packed()
	}
	c.mu.Unlock()
	for _, f := range ns.onConnect {
		f(s)
	}
}

// askMiddleware asks the middleware, until the connection ends or its time is
// over.
func (c *client) askMiddleware(s *Socket, h *Handshake) error {
	ctx, cancel := context.WithTimeout(context.Background(), c.connectTimeout())
	defer cancel()
	c.mu.Lock()
	if c.closed {
		cancel()
	} else {
		c.opening.leave = cancel
	}
	c.mu.Unlock()
	err := s.admit(ctx, h)
	c.mu.Lock()
	if c.opening != nil {
		c.opening.leave = nil
	}
	c.mu.Unlock()
	return err
}

func (c *client) connectTimeout() time.Duration {
	if d := c.srv.opts.ConnectTimeout; d > 0 {
		return d
	}
	return 20 * time.Second
}

// refuse answers a CONNECT with CONNECT_ERROR.
func (c *client) refuse(t task, err error) {
	e := publicError(err)
	if e.internal {
		c.srv.opts.Logger.Error("socketio: middleware failed", "namespace", t.namespace, "error", err)
	}
	var payload []byte
	if c.eng.Protocol() == 3 { // data or message alone
		if payload = e.Data; len(payload) == 0 {
			payload, _ = json.Marshal(e.Message)
		}
	} else {
		payload, _ = json.Marshal(e)
	}
	c.eng.Send(encodeRaw(packetConnectError, t.namespace, -1, payload, nil)...)
	c.mu.Lock()
	c.refused++
	over := !c.entered && c.refused >= maxRefusals
	c.mu.Unlock()
	if over {
		c.eng.Close(ReasonConnectTimeout)
	}
}

// maxRefusals is how often a connection that was in no namespace yet may ask in
// vain.
const maxRefusals = 100

// unquote returns the value of a valid JSON string.
func unquote(raw json.RawMessage) string {
	if plain := raw[1 : len(raw)-1]; bytes.IndexByte(plain, '\\') < 0 {
		return string(plain)
	}
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

// event starts the handler of an event.
func (c *client) event(t task) {
	s := c.socket(t.namespace)
	if s == nil {
		// A client has to connect first; but one whose socket the server has
		// just disconnected may not know it yet. ("Connection to a namespace")
		c.mu.Lock()
		stranger := !c.entered
		c.mu.Unlock()
		if stranger {
			c.eng.Close(ReasonParseError)
		}
		return
	}
	e := &Event{Name: unquote(t.args[0]), Args: t.args[1:], Attachments: t.attachments, socket: s, id: t.id}
	h := s.ns.handler(e.Name)
	if h == nil && len(s.ns.perPacket) == 0 {
		return
	}
	c.mu.Lock()
	c.inFlight++
	closed := c.closed
	c.mu.Unlock()
	if closed { // it came before the end, and is still done
		e.late = c.connectTimeout()
	}
	for _, m := range s.ns.perPacket {
		if !c.allowed(m, s, e) {
			e.Done()
			return
		}
	}
	switch {
	case h == nil:
		e.Done()
	case h.concurrent:
		go h.run(s, e)
	default:
		h.run(s, e)
	}
}

// allowed asks the middleware for events, and answers the event when it refuses.
func (c *client) allowed(m PacketMiddleware, s *Socket, e *Event) (ok bool) {
	o := &c.srv.opts
	defer func() {
		if v := recover(); v != nil {
			o.Logger.Error("socketio: panic", "in", "packet middleware", "event", e.Name, "value", v)
			_ = e.Ack(o.EncodeError(errors.New("panic in middleware")))
			ok = false
		}
	}()
	err := m(eventContext{e}, s, e)
	if err == nil {
		return true
	}
	if publicError(err).internal {
		o.Logger.Error("socketio: packet middleware failed", "event", e.Name, "error", err)
	}
	_ = e.Ack(o.EncodeError(err))
	return false
}

// Closed implements engineio.Handler.
func (c *client) Closed(reason Reason) {
	c.mu.Lock()
	c.closed = true
	if c.opening != nil && c.opening.leave != nil {
		c.opening.leave()
	}
	c.opening = nil
	sockets := append([]*Socket(nil), c.sockets...)
	if c.stalled { // nobody can be answered any more: let the rest run
		c.stalled, c.running = false, true
		go c.run()
	}
	c.mu.Unlock()
	for _, s := range sockets {
		rooms := s.Rooms()
		s.leaveAll()
		if s.past != nil {
			s.ns.recovery.ended(s, rooms, reason)
		}
		s.cancel(errors.New(string(reason)))
		c.enqueue(task{kind: taskClosed, socket: s, reason: reason}, 0)
	}
}
