package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/happychat/happychat/socketio/engineio"
)

// ErrDisconnected is returned when something is to be sent to a socket that has
// ended.
var ErrDisconnected = errors.New("socketio: socket is disconnected")

// Handshake is what a client brings when it asks for a namespace. It is only
// valid until the middleware returns.
type Handshake struct {
	// Request is the HTTP request that opened the connection: its URL, header
	// with cookies, host, remote address and TLS state. It has no body and no
	// context of use.
	Request *http.Request
	// Query is the query of that request, with what a 2.x client appended to
	// the name of the namespace.
	Query url.Values
	// Auth is the JSON object that the client gave as auth; {} if it gave none.
	Auth json.RawMessage
	// Namespace is the name asked for.
	Namespace string
}

// Socket is one client in one namespace. All methods may be called from any
// goroutine.
type Socket struct {
	id     string
	ns     *Namespace
	client *client
	eng    *engineio.Session // the client's

	rooms []membership // guarded by ns.rooms.mu

	past  *past         // nil unless it may be recovered
	state atomic.Uint32 // one of the socket… constants

	// There may be very many sockets that do nothing: what few of them need at a
	// time is made when it is needed.
	mu      sync.Mutex
	data    any
	life    *life
	open    *Event    // those whose context somebody has asked for
	waiting *[]string // rooms to join once connected
	acks    *acks
}

// past is by what a socket may be recovered, and what of it was.
type past struct {
	pid       string
	recovered bool
	// after is the number of the last event that a recovered client has.
	after uint64
}

// life is a socket's context, once somebody has asked for it, and its end.
type life struct {
	ctx   context.Context
	stop  context.CancelCauseFunc
	ended error
}

// acks are the acknowledgements that are waited for, with what is called for
// each: with nil when the socket ends.
type acks struct {
	byID map[uint64]func(*Reply)
	last uint64
}

const (
	socketEntering  = iota // middleware is being asked
	socketConnected        // in the namespace
	socketEnded
)

func newSocket(ns *Namespace, c *client) *Socket {
	s := &Socket{ns: ns, client: c, eng: c.eng}
	switch {
	case c.eng.Protocol() != 3:
		s.id = newID()
	case ns.name == "/": // which these clients work out for themselves
		s.id = c.eng.ID()
	default:
		s.id = ns.name + "#" + c.eng.ID()
	}
	return s
}

// Recovered reports whether the client has taken up an earlier socket: it has that
// socket's ID, rooms and data, and has got the events that it had missed. See
// Options.RecoveryWindow.
func (s *Socket) Recovered() bool { return s.past != nil && s.past.recovered }

// ID returns the socket's ID, which the client knows as socket.id. It is no
// secret, except for 2.x clients, whose IDs contain that of the session.
func (s *Socket) ID() string { return s.id }

// Namespace returns the namespace that the socket is in.
func (s *Socket) Namespace() *Namespace { return s.ns }

// Protocol returns the revision of the Engine.IO protocol that the client
// speaks: 4, or 3 for 2.x clients.
func (s *Socket) Protocol() int { return s.eng.Protocol() }

// Transport returns "polling" or "websocket", which may change once from the
// one to the other.
func (s *Socket) Transport() string { return s.eng.Transport() }

// Context returns a context that is cancelled when the socket ends, with the
// reason as its cause.
func (s *Socket) Context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life == nil {
		s.life = &life{}
	}
	l := s.life
	if l.ctx == nil {
		l.ctx, l.stop = context.WithCancelCause(context.Background())
		if l.ended != nil {
			l.stop(l.ended)
		}
	}
	return l.ctx
}

// cancel ends the context and all calls of EmitWithAck.
func (s *Socket) cancel(cause error) {
	s.state.Store(socketEnded)
	s.mu.Lock()
	if s.life == nil {
		s.life = &life{}
	}
	if s.life.ended == nil {
		s.life.ended = cause
	}
	if s.life.stop != nil {
		s.life.stop(cause)
	}
	waiting, open := s.acks, s.open
	s.acks, s.open = nil, nil
	var stops []context.CancelCauseFunc
	for e := open; e != nil; e = e.next {
		stops = append(stops, e.stop)
	}
	s.mu.Unlock()
	for _, stop := range stops {
		stop(cause)
	}
	if waiting != nil {
		for _, f := range waiting.byID {
			f(nil)
		}
	}
}

// SetData keeps a value with the socket, in place of an earlier one. Data
// returns it.
func SetData[T any](s *Socket, v T) {
	s.mu.Lock()
	s.data = v
	s.mu.Unlock()
}

// Data returns the value that SetData has put there, and false if there is none
// or it has another type.
func Data[T any](s *Socket) (T, bool) {
	s.mu.Lock()
	v, ok := s.data.(T)
	s.mu.Unlock()
	return v, ok
}

// admit asks the middleware.
func (s *Socket) admit(ctx context.Context, h *Handshake) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.client.srv.opts.Logger.Error("socketio: panic", "in", "middleware", "value", v)
			err = errors.New("panic in middleware")
		}
	}()
	for _, m := range s.ns.middleware {
		if err := m(ctx, s, h); err != nil {
			return err
		}
	}
	return nil
}

// enter makes the socket a connected one: it is told first, and then gets what
// is sent to its rooms. It returns false if the connection has ended.
func (s *Socket) enter() bool {
	c := s.client
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		s.cancel(ErrDisconnected)
		return false
	}
	c.sockets = append(c.sockets, s)
	c.entered = true
	c.mu.Unlock()
	c.eng.Accept()
	if p := s.past; p != nil {
		r := s.ns.recovery
		r.mu.Lock()
		if p.recovered && !r.complete(p.after) { // the middleware took its time
			*p = past{pid: newID()}
		}
		r.live[p.pid] = &liveSocket{socket: s, saved: make(chan struct{})}
		s.begin(func(rooms []string) {
			if p.recovered {
				r.missed(p.after, s.id, rooms, func(ms []*engineio.Message) { c.eng.Send(ms...) })
			}
		})
		r.mu.Unlock()
	} else {
		s.begin(func([]string) {})
	}
	if s.state.Load() == socketEnded { // in the meantime
		s.leaveAll()
	}
	return true
}

// begin tells the client that it is connected, and enters the rooms: under one
// lock, so that nothing reaches the client before it knows, and whatever is sent
// after it knows reaches it. before is called in between, with the rooms.
func (s *Socket) begin(before func(rooms []string)) {
	var payload []byte
	if s.Protocol() != 3 {
		pid := ""
		if s.past != nil {
			pid = s.past.pid
		}
		payload, _ = json.Marshal(struct {
			SID string `json:"sid"`
			PID string `json:"pid,omitempty"`
		}{s.id, pid})
	}
	connect := encodeRaw(packetConnect, s.ns.name, -1, payload, nil)
	t := s.ns.rooms
	t.mu.Lock()
	defer t.mu.Unlock()
	s.eng.Send(connect...)
	s.mu.Lock()
	s.state.CompareAndSwap(socketEntering, socketConnected)
	var waiting []string
	if s.waiting != nil {
		waiting, s.waiting = *s.waiting, nil
	}
	s.mu.Unlock()
	before(waiting)
	t.enter(s, waiting)
}

// Join adds the socket to rooms. In middleware this takes effect when the
// socket is connected.
func (s *Socket) Join(rooms ...string) {
	s.mu.Lock()
	if s.state.Load() == socketEntering {
		if s.waiting == nil {
			s.waiting = &[]string{}
		}
		*s.waiting = append(*s.waiting, rooms...)
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	s.ns.rooms.join(s, rooms)
}

// Leave takes the socket out of rooms.
func (s *Socket) Leave(rooms ...string) { s.ns.rooms.leave(s, rooms) }

// Rooms returns the rooms that the socket is in.
func (s *Socket) Rooms() []string { return s.ns.rooms.of(s) }

func (s *Socket) leaveAll() { s.ns.rooms.exit(s) }

// Emit sends an event. An argument is encoded as by encoding/json, except that
// a json.RawMessage is taken as it is and a Binary becomes an attachment. Emit
// never blocks: it queues, and a client that does not read is dropped.
func (s *Socket) Emit(event string, args ...any) error {
	payload, attachments, err := encodeEvent(event, args)
	if err != nil {
		return err
	}
	return s.deliver(payload, attachments)
}

// EmitVolatile is Emit, except that nothing is sent, and no error returned, when
// other events are still waiting to be sent to the client.
func (s *Socket) EmitVolatile(event string, args ...any) error {
	payload, attachments, err := encodeEvent(event, args)
	if err != nil {
		return err
	}
	if s.state.Load() != socketConnected {
		return ErrDisconnected
	}
	s.eng.SendVolatile(encodeRaw(packetEvent, s.ns.name, -1, payload, attachments)...)
	return nil
}

// EmitRaw sends an event whose arguments are encoded already and are not
// checked. Attachments stand in them as {"_placeholder":true,"num":n}.
func (s *Socket) EmitRaw(event string, args []json.RawMessage, attachments ...[]byte) error {
	raw := make([]any, len(args))
	for i, a := range args {
		raw[i] = a
	}
	payload, attachments, err := encodeEvent(event, raw, attachments...)
	if err != nil {
		return err
	}
	return s.deliver(payload, attachments)
}

// deliver sends an event, and keeps it for the socket's recovery.
func (s *Socket) deliver(payload []byte, attachments [][]byte) error {
	r := s.ns.recovery
	if s.past == nil {
		return s.send(encodeRaw(packetEvent, s.ns.name, -1, payload, attachments))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ms := encodeRaw(packetEvent, s.ns.name, -1, r.number(payload), attachments)
	if err := s.send(ms); err != nil {
		return err
	}
	r.keep(keptEvent{rooms: []string{s.id}, messages: ms})
	return nil
}

// EmitPrepared sends what Namespace.Prepare has encoded.
func (s *Socket) EmitPrepared(p *Prepared) error {
	if s.ns.recovery == nil {
		return s.send(p.in(s.ns))
	}
	return s.deliver(p.payload, p.attachments)
}

func (s *Socket) send(ms []*engineio.Message) error {
	if s.state.Load() != socketConnected || !s.eng.Send(ms...) {
		return ErrDisconnected
	}
	return nil
}

// Reply is what a client has answered to an event.
type Reply struct {
	// Args are the arguments of the acknowledgement.
	Args []json.RawMessage `json:"args"`
	// Attachments are the binary values; in Args they stand as
	// {"_placeholder":true,"num":n}.
	Attachments [][]byte `json:"attachments,omitempty"`
}

// expect has f called with the acknowledgement that has the id that is returned,
// or with nil if the socket ends before. It returns false if it has ended already.
func (s *Socket) expect(f func(*Reply)) (id uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life != nil && s.life.ended != nil {
		return 0, false
	}
	if s.acks == nil {
		s.acks = &acks{byID: map[uint64]func(*Reply){}}
	}
	id = s.acks.last
	s.acks.last++
	s.acks.byID[id] = f
	return id, true
}

// forget gives up on an acknowledgement.
func (s *Socket) forget(id uint64) {
	s.mu.Lock()
	if s.acks != nil {
		delete(s.acks.byID, id)
	}
	s.mu.Unlock()
}

// EmitWithAck sends an event and waits for the client's acknowledgement, until
// ctx ends or the socket does (ErrDisconnected). A client need not answer: ctx
// should have a deadline.
//
// A handler of the same socket may call it: acknowledgements do not stand in the
// line of events. But a connection whose line is full is not read, and so neither
// is the answer that comes behind: a client that floods the server while its
// handler waits has it wait until ctx ends, and harms nobody but itself. A handler
// that is not to wait for such a client calls Event.Later and asks from a goroutine
// of its own.
func (s *Socket) EmitWithAck(ctx context.Context, event string, args ...any) (*Reply, error) {
	answer := make(chan *Reply, 1)
	id, ok := s.expect(func(r *Reply) { answer <- r })
	if !ok {
		return nil, ErrDisconnected
	}
	defer s.forget(id)
	ms, err := encode(s.ns.name, int64(id), event, args)
	if err != nil {
		return nil, err
	}
	if err := s.send(ms); err != nil {
		return nil, err
	}
	select {
	case r := <-answer:
		if r == nil {
			return nil, ErrDisconnected
		}
		return r, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Ask is EmitWithAck for an answer whose first argument is a T.
func Ask[T any](ctx context.Context, s *Socket, event string, args ...any) (T, error) {
	var out T
	r, err := s.EmitWithAck(ctx, event, args...)
	if err != nil || len(r.Args) == 0 {
		return out, err
	}
	return out, r.Decode(&out)
}

// resolve settles an acknowledgement that came. One that nobody waits for is
// ignored.
func (s *Socket) resolve(id uint64, r *Reply) {
	s.mu.Lock()
	var f func(*Reply)
	if s.acks != nil {
		f = s.acks.byID[id]
		delete(s.acks.byID, id)
	}
	s.mu.Unlock()
	if f != nil {
		f(r)
	}
}

// To begins a broadcast to rooms that leaves out the socket itself.
func (s *Socket) To(rooms ...string) Broadcast { return s.ns.To(rooms...).Except(s.id) }

// Disconnect takes the socket out of its namespace; the client sees "io server
// disconnect" and does not come back by itself. Events that have not been
// started are not run any more. With closeConnection, the connection and its
// other sockets end too; without, a connection that is in no namespace any more
// has Options.ConnectTimeout to enter one. reason is what OnDisconnect gets; empty means
// ReasonServerDisconnect.
func (s *Socket) Disconnect(reason Reason, closeConnection bool) {
	if reason == "" {
		reason = ReasonServerDisconnect
	}
	if s.eng.Send(encodeRaw(packetDisconnect, s.ns.name, -1, nil, nil)...) {
		s.end(reason)
	}
	if closeConnection {
		s.client.mu.Lock()
		others := append([]*Socket(nil), s.client.sockets...)
		s.client.mu.Unlock()
		for _, o := range others {
			o.Disconnect(reason, false)
		}
		s.eng.Close(reason)
	}
}

// end takes the socket off its connection, and has OnDisconnect called.
func (s *Socket) end(reason Reason) {
	c := s.client
	c.mu.Lock()
	found := false
	for i, o := range c.sockets {
		if o == s {
			c.sockets = append(c.sockets[:i:i], c.sockets[i+1:]...)
			found = true
			break
		}
	}
	closed := c.closed
	c.mu.Unlock()
	if !found || closed {
		return
	}
	c.strand()
	s.leaveAll()
	if s.past != nil {
		s.ns.recovery.ended(s, nil, reason)
	}
	s.cancel(errors.New(string(reason)))
	c.enqueue(task{kind: taskClosed, socket: s, reason: reason}, 0)
}
