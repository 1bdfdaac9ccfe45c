package socketio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/happychat/happychat/socketio/engineio"
)

// Middleware decides whether a client may enter a namespace. It may set the
// socket's data, join rooms (which takes effect with the connection) and wait,
// until ctx ends. An error refuses the client: an *Error is sent to it with its
// data, any other is logged and sent as "internal error".
type Middleware func(ctx context.Context, s *Socket, h *Handshake) error

// Namespace is a set of sockets with handlers of their own, on connections that
// are shared with other namespaces.
type Namespace struct {
	srv   *Server
	name  string
	rooms *roomTable

	recovery *recovery // nil without Options.RecoveryWindow

	refs    int        // of a dynamic namespace: sockets, and those about to be; guarded by srv.mu
	model   *Namespace // of a dynamic namespace: what it was made of
	isModel bool       // it was returned by DynamicNamespace, and has no sockets of its own

	middleware   []Middleware
	perPacket    []PacketMiddleware
	onConnect    []func(*Socket)
	onDisconnect []func(*Socket, Reason)

	mu       sync.Mutex // for writers of handlers
	handlers atomic.Pointer[map[string]*handler]
	fallback atomic.Pointer[handler]
}

func newNamespace(srv *Server, name string) *Namespace {
	ns := &Namespace{srv: srv, name: name, rooms: newRoomTable(), recovery: newRecovery(srv.opts.RecoveryWindow)}
	ns.handlers.Store(&map[string]*handler{})
	return ns
}

// Name returns the name, which begins with a slash. That of a model (see
// Server.DynamicNamespace) is empty.
func (ns *Namespace) Name() string { return ns.name }

// made returns the namespaces that were made of a model.
func (ns *Namespace) made() []*Namespace {
	ns.srv.mu.RLock()
	defer ns.srv.mu.RUnlock()
	var all []*Namespace
	for _, n := range ns.srv.namespaces {
		if n.model == ns {
			all = append(all, n)
		}
	}
	return all
}

// Use adds middleware. All of it is asked in the order in which it was added.
// It must not be called once the server serves.
func (ns *Namespace) Use(m Middleware) { ns.middleware = append(ns.middleware, m) }

// PacketMiddleware looks at an event before its handler does. An error takes the
// place of the handler's result.
type PacketMiddleware func(ctx context.Context, s *Socket, e *Event) error

// UsePackets adds middleware for events, also for those without a handler. It
// must not be called once the server serves.
func (ns *Namespace) UsePackets(m PacketMiddleware) { ns.perPacket = append(ns.perPacket, m) }

// OnConnect adds a function that is called for every new socket, before any
// event of it is handled. It must not be called once the server serves.
func (ns *Namespace) OnConnect(f func(*Socket)) { ns.onConnect = append(ns.onConnect, f) }

// OnDisconnect adds a function that is called once for every socket for which
// OnConnect was, after the last of its handlers that are run in order. By then
// it is in no room. It must not be called once the server serves.
func (ns *Namespace) OnDisconnect(f func(*Socket, Reason)) {
	ns.onDisconnect = append(ns.onDisconnect, f)
}

// handler returns what handles an event, or nil.
func (ns *Namespace) handler(event string) *handler {
	if h := (*ns.handlers.Load())[event]; h != nil {
		return h
	}
	return ns.fallback.Load()
}

func (ns *Namespace) setHandler(event string, h *handler) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	m := maps.Clone(*ns.handlers.Load())
	m[event] = h
	ns.handlers.Store(&m)
}

// Socket returns the connected socket with that ID, or nil.
func (ns *Namespace) Socket(id string) *Socket {
	if ns.isModel {
		for _, n := range ns.made() {
			if s := n.rooms.get(id); s != nil {
				return s
			}
		}
	}
	return ns.rooms.get(id)
}

// Len returns the number of connected sockets.
func (ns *Namespace) Len() int {
	if ns.isModel {
		n := 0
		for _, made := range ns.made() {
			n += made.Len()
		}
		return n
	}
	ns.rooms.mu.RLock()
	defer ns.rooms.mu.RUnlock()
	return len(ns.rooms.all.members)
}

// Emit sends an event to every socket of the namespace.
func (ns *Namespace) Emit(event string, args ...any) error {
	return Broadcast{ns: ns}.Emit(event, args...)
}

// To begins a broadcast to the sockets that are in at least one of the rooms.
// The ID of a socket serves as a room with that socket in it. Without rooms it
// goes to nobody.
func (ns *Namespace) To(rooms ...string) Broadcast { return Broadcast{ns: ns}.To(rooms...) }

// Except begins a broadcast to all sockets but those that are named by their ID
// or by a room.
func (ns *Namespace) Except(names ...string) Broadcast { return Broadcast{ns: ns}.Except(names...) }

// Prepared is an event that is encoded already, for one namespace; sent in
// another one it is encoded again. It may be sent any number of times.
type Prepared struct {
	ns          *Namespace
	payload     []byte
	attachments [][]byte
	messages    []*engineio.Message
}

// Prepare encodes an event, as Socket.Emit does.
func (ns *Namespace) Prepare(event string, args ...any) (*Prepared, error) {
	payload, attachments, err := encodeEvent(event, args)
	if err != nil {
		return nil, err
	}
	return &Prepared{ns, payload, attachments, encodeRaw(packetEvent, ns.name, -1, payload, attachments)}, nil
}

// in returns the messages of the event for a namespace.
func (p *Prepared) in(ns *Namespace) []*engineio.Message {
	if p.ns == ns {
		return p.messages
	}
	return encodeRaw(packetEvent, ns.name, -1, p.payload, p.attachments)
}

// Broadcast names a set of sockets. It is a value: each method returns a new
// one, and the old one stays as it was.
type Broadcast struct {
	ns       *Namespace
	targeted bool // To was called, if only with no rooms
	volatile bool
	local    bool
	rooms    []string
	except   []string
}

// To adds rooms.
func (b Broadcast) To(rooms ...string) Broadcast {
	b.rooms = append(slices.Clip(b.rooms), rooms...)
	b.targeted = true
	return b
}

// Except leaves sockets out, named by their ID or by a room.
func (b Broadcast) Except(names ...string) Broadcast {
	b.except = append(slices.Clip(b.except), names...)
	return b
}

// Volatile sends only to those for whom nothing else is waiting to be sent.
func (b Broadcast) Volatile() Broadcast {
	b.volatile = true
	return b
}

// Local leaves out the sockets of other servers.
func (b Broadcast) Local() Broadcast {
	b.local = true
	return b
}

// Emit sends an event. It is encoded once, whatever the number of receivers;
// see Socket.Emit for the arguments. It never blocks. The error is one of
// encoding, or of the Adapter, in which case the sockets of this server have got
// the event nevertheless.
func (b Broadcast) Emit(event string, args ...any) error {
	payload, attachments, err := encodeEvent(event, args)
	if err != nil {
		return err
	}
	return b.eachSpace(func(b Broadcast) error {
		b.deliver(payload, attachments)
		return b.emitElsewhere(payload, attachments)
	})
}

// EmitPrepared sends what Namespace.Prepare has encoded.
func (b Broadcast) EmitPrepared(p *Prepared) error {
	return b.eachSpace(func(b Broadcast) error {
		if b.ns.recovery == nil {
			b.send(p.in(b.ns))
		} else {
			b.deliver(p.payload, p.attachments)
		}
		return b.emitElsewhere(p.payload, p.attachments)
	})
}

// eachSpace calls f with the broadcast, or with one for each of the namespaces
// that were made of its model.
func (b Broadcast) eachSpace(f func(Broadcast) error) error {
	if !b.ns.isModel {
		return f(b)
	}
	var errs []error
	for _, ns := range b.ns.made() {
		b.ns = ns
		errs = append(errs, f(b))
	}
	return errors.Join(errs...)
}

func (b Broadcast) emitElsewhere(payload []byte, attachments [][]byte) error {
	if b.ns.srv.cluster == nil || b.local {
		return nil
	}
	m := b.message(clusterEmit)
	m.Payload, m.Attachments = payload, attachments
	return b.elsewhere(m)
}

// deliver sends an event to the sockets of this server.
func (b Broadcast) deliver(payload []byte, attachments [][]byte) {
	r := b.ns.recovery
	if r == nil || b.volatile || b.targeted && len(b.rooms) == 0 {
		b.send(encodeRaw(packetEvent, b.ns.name, -1, payload, attachments))
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	ms := encodeRaw(packetEvent, b.ns.name, -1, r.number(payload), attachments)
	r.keep(keptEvent{all: !b.targeted, rooms: b.rooms, except: b.except, messages: ms})
	b.send(ms)
}

func (b Broadcast) send(ms []*engineio.Message) {
	if b.volatile {
		b.each(func(s *Socket) { s.eng.SendVolatile(ms...) })
		return
	}
	if b.ns.rooms.reach(b.rooms) >= manySockets {
		b.each(func(s *Socket) { s.eng.SendToMany(ms...) })
		return
	}
	b.each(func(s *Socket) { s.eng.Send(ms...) })
}

// manySockets is how many sockets make a broadcast one to many.
const manySockets = 100

func (b Broadcast) each(f func(*Socket)) {
	if b.targeted && len(b.rooms) == 0 {
		return
	}
	b.ns.rooms.each(b.rooms, b.except, f)
}

// Sockets returns the sockets of this server that a broadcast would go to, in no
// order.
func (b Broadcast) Sockets() []*Socket {
	var all []*Socket
	_ = b.eachSpace(func(b Broadcast) error {
		b.each(func(s *Socket) { all = append(all, s) })
		return nil
	})
	return all
}

// Join adds all of them to rooms. The error is one of the Adapter.
func (b Broadcast) Join(rooms ...string) error {
	for _, s := range b.Sockets() {
		s.Join(rooms...)
	}
	return b.eachSpace(func(b Broadcast) error {
		m := b.message(clusterJoin)
		m.Names = rooms
		return b.elsewhere(m)
	})
}

// Leave takes all of them out of rooms. The error is one of the Adapter.
func (b Broadcast) Leave(rooms ...string) error {
	for _, s := range b.Sockets() {
		s.Leave(rooms...)
	}
	return b.eachSpace(func(b Broadcast) error {
		m := b.message(clusterLeave)
		m.Names = rooms
		return b.elsewhere(m)
	})
}

// DisconnectSockets disconnects all of them; see Socket.Disconnect. The error is
// one of the Adapter.
func (b Broadcast) DisconnectSockets(reason Reason, closeConnection bool) error {
	for _, s := range b.Sockets() {
		s.Disconnect(reason, closeConnection)
	}
	return b.eachSpace(func(b Broadcast) error {
		m := b.message(clusterDisconnect)
		m.Reason, m.Close = reason, closeConnection
		return b.elsewhere(m)
	})
}

// newID returns 120 random bits.
func newID() string {
	var b [15]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
