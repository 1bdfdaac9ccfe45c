package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// cluster is a server's part in a cluster: it sends what concerns sockets
// elsewhere, does what others ask, and answers.
type cluster struct {
	srv     *Server
	adapter Adapter
	self    string
	stop    func()

	mu      sync.Mutex
	sent    uint64
	seen    map[string]*window
	waiting map[uint64]chan *clusterMessage // for answers, by number of the question
}

// The kinds of messages between servers.
const (
	clusterEmit       = "emit"
	clusterJoin       = "join"
	clusterLeave      = "leave"
	clusterDisconnect = "disconnect"
	clusterFetch      = "fetch"
	clusterAsk        = "ask"
	clusterAnswer     = "answer"
)

// clusterMessage is what travels, as JSON. Which fields are used depends on the
// kind.
type clusterMessage struct {
	From   string `json:"from"`
	Number uint64 `json:"n"`
	Kind   string `json:"kind"`
	To     string `json:"to,omitempty"` // for answers: the server that has asked

	Namespace string   `json:"ns,omitempty"`
	Targeted  bool     `json:"targeted,omitempty"`
	Volatile  bool     `json:"volatile,omitempty"`
	Rooms     []string `json:"rooms,omitempty"`
	Except    []string `json:"except,omitempty"`

	Payload     json.RawMessage `json:"payload,omitempty"` // the array of an event
	Attachments [][]byte        `json:"attachments,omitempty"`
	Names       []string        `json:"names,omitempty"` // rooms to join or leave
	Reason      Reason          `json:"reason,omitempty"`
	Close       bool            `json:"close,omitempty"`
	Patience    time.Duration   `json:"patience,omitempty"` // how long to wait for acknowledgements

	Question uint64        `json:"question,omitempty"`
	Sockets  []SocketInfo  `json:"sockets,omitempty"`
	Replies  []SocketReply `json:"replies,omitempty"`
	Missing  int           `json:"missing,omitempty"`
	Parts    int           `json:"parts,omitempty"` // messages that the answer comes in; 0: one
}

// answerSize is how many bytes of sockets or replies one message carries, about:
// what carries messages has a limit, often a megabyte.
const answerSize = 256 << 10

func newCluster(srv *Server, a Adapter) *cluster {
	c := &cluster{
		srv: srv, adapter: a, self: newID(),
		seen: map[string]*window{}, waiting: map[uint64]chan *clusterMessage{},
	}
	stop, err := a.Subscribe(c.receive)
	if err != nil {
		srv.opts.Logger.Error("socketio: this server hears nothing of the others", "error", err)
		stop = func() {}
	}
	c.stop = stop
	return c
}

// publish numbers a message and sends it.
func (c *cluster) publish(m *clusterMessage) error {
	c.mu.Lock()
	c.sent++
	m.From, m.Number = c.self, c.sent
	c.mu.Unlock()
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.adapter.Publish(b)
}

// message begins a message about the sockets of a broadcast.
func (b Broadcast) message(kind string) *clusterMessage {
	return &clusterMessage{
		Kind: kind, Namespace: b.ns.name, Targeted: b.targeted, Volatile: b.volatile,
		Rooms: b.rooms, Except: b.except,
	}
}

// elsewhere sends a message about the sockets of a broadcast to the other
// servers, if it concerns them.
func (b Broadcast) elsewhere(m *clusterMessage) error {
	c := b.ns.srv.cluster
	if c == nil || b.local || b.targeted && len(b.rooms) == 0 {
		return nil
	}
	return c.publish(m)
}

func (c *cluster) receive(b []byte) {
	var m clusterMessage
	if err := json.Unmarshal(b, &m); err != nil {
		c.srv.opts.Logger.Error("socketio: message of another server is broken", "error", err)
		return
	}
	if m.From == c.self || !c.first(m.From, m.Number) {
		return
	}
	if m.Kind == clusterAnswer {
		if m.To == c.self {
			c.mu.Lock()
			if w := c.waiting[m.Question]; w != nil {
				select {
				case w <- &m:
				default:
				}
			}
			c.mu.Unlock()
		}
		return
	}
	c.srv.mu.RLock()
	ns := c.srv.namespaces[m.Namespace]
	c.srv.mu.RUnlock()
	if ns == nil {
		if m.Kind == clusterFetch || m.Kind == clusterAsk {
			_ = c.publish(&clusterMessage{Kind: clusterAnswer, To: m.From, Question: m.Number})
		}
		return
	}
	to := Broadcast{ns: ns, local: true, targeted: m.Targeted, volatile: m.Volatile, rooms: m.Rooms, except: m.Except}
	switch m.Kind {
	case clusterEmit:
		to.deliver(m.Payload, m.Attachments)
	case clusterJoin:
		_ = to.Join(m.Names...)
	case clusterLeave:
		_ = to.Leave(m.Names...)
	case clusterDisconnect:
		_ = to.DisconnectSockets(m.Reason, m.Close)
	case clusterFetch:
		all, _ := to.FetchSockets(context.Background())
		inParts(all, func(s SocketInfo) int {
			size := len(s.ID)
			for _, room := range s.Rooms {
				size += len(room) + 3
			}
			return size + 30
		}, func(part []SocketInfo, parts int) {
			_ = c.publish(&clusterMessage{Kind: clusterAnswer, To: m.From, Question: m.Number, Sockets: part, Parts: parts})
		})
	case clusterAsk:
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), m.Patience)
			defer cancel()
			replies, missing := to.ask(ctx, m.Payload, m.Attachments)
			inParts(replies, func(r SocketReply) int {
				size := len(r.Socket) + 50
				for _, arg := range r.Args {
					size += len(arg) + 1
				}
				for _, a := range r.Attachments {
					size += len(a)*4/3 + 8
				}
				return size
			}, func(part []SocketReply, parts int) {
				_ = c.publish(&clusterMessage{Kind: clusterAnswer, To: m.From, Question: m.Number, Replies: part, Parts: parts, Missing: missing})
				missing = 0 // told once
			})
		}()
	}
}

// inParts hands over a list in parts of about answerSize, and how many parts
// there are: at least one.
func inParts[T any](list []T, size func(T) int, hand func(part []T, parts int)) {
	ends, bytes := []int(nil), 0
	for i, item := range list {
		n := size(item)
		if bytes > 0 && bytes+n > answerSize {
			ends, bytes = append(ends, i), 0
		}
		bytes += n
	}
	ends = append(ends, len(list))
	from := 0
	for _, end := range ends {
		hand(list[from:end], len(ends))
		from = end
	}
}

// first reports whether a message has not been seen before.
func (c *cluster) first(from string, number uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.seen[from]
	if w == nil {
		if len(c.seen) >= 1024 { // servers that are long gone
			clear(c.seen)
		}
		w = &window{}
		c.seen[from] = w
	}
	return w.add(number)
}

// window remembers which of the last 1024 numbers have come.
type window struct {
	top  uint64
	bits [16]uint64
}

// add returns whether n is new. What is too old to know counts as seen.
func (w *window) add(n uint64) bool {
	const size = 64 * uint64(len(w.bits))
	if n+size <= w.top {
		return false
	}
	if n > w.top+size {
		w.bits = [16]uint64{}
		w.top = n
	}
	for ; w.top < n; w.top++ {
		next := w.top + 1
		w.bits[next/64%16] &^= 1 << (next % 64)
	}
	bit := uint64(1) << (n % 64)
	if w.bits[n/64%16]&bit != 0 {
		return false
	}
	w.bits[n/64%16] |= bit
	return true
}

// question publishes a message and collects the answers of all other servers,
// until ctx ends.
func (c *cluster) question(ctx context.Context, m *clusterMessage, each func(*clusterMessage)) error {
	peers := c.adapter.Peers()
	if peers == 0 {
		return nil
	}
	answers := make(chan *clusterMessage, 1024)
	c.mu.Lock()
	c.sent++
	m.From, m.Number = c.self, c.sent
	c.waiting[m.Number] = answers
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, m.Number)
		c.mu.Unlock()
	}()
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := c.adapter.Publish(b); err != nil {
		return err
	}
	got := map[string]int{} // parts, by server
	for peers > 0 {
		select {
		case a := <-answers:
			each(a)
			if got[a.From]++; got[a.From] >= a.Parts {
				peers--
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// SocketInfo describes a socket, perhaps of another server.
type SocketInfo struct {
	ID    string   `json:"id"`
	Rooms []string `json:"rooms"`
}

// FetchSockets describes the sockets that a broadcast would go to, on all
// servers. If ctx ends before all have answered, its error comes with those that
// have.
func (b Broadcast) FetchSockets(ctx context.Context) ([]SocketInfo, error) {
	if b.ns.isModel {
		return gather(b, func(b Broadcast) ([]SocketInfo, error) { return b.FetchSockets(ctx) })
	}
	var all []SocketInfo
	b.each(func(s *Socket) {
		info := SocketInfo{ID: s.id, Rooms: []string{}}
		for _, m := range s.rooms { // each holds the lock
			if m.room.name != "" {
				info.Rooms = append(info.Rooms, m.room.name)
			}
		}
		all = append(all, info)
	})
	c := b.ns.srv.cluster
	if c == nil || b.local || b.targeted && len(b.rooms) == 0 {
		return all, nil
	}
	err := c.question(ctx, b.message(clusterFetch), func(m *clusterMessage) { all = append(all, m.Sockets...) })
	return all, err
}

// gather asks the namespaces that were made of a model, all at once.
func gather[T any](b Broadcast, ask func(Broadcast) ([]T, error)) ([]T, error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []T
	var errs []error
	_ = b.eachSpace(func(b Broadcast) error {
		wg.Go(func() {
			some, err := ask(b)
			mu.Lock()
			defer mu.Unlock()
			all, errs = append(all, some...), append(errs, err)
		})
		return nil
	})
	wg.Wait()
	return all, errors.Join(errs...)
}

// SocketReply is a Reply with the socket that it came from.
type SocketReply struct {
	Socket string `json:"socket"`
	Reply
}

// ErrIncomplete is returned by a broadcast with acknowledgements to which not all
// sockets have answered.
var ErrIncomplete = errors.New("socketio: not all sockets have answered")

// EmitWithAck sends an event to all of them, on all servers, and waits for their
// acknowledgements until ctx ends, which should have a deadline. The replies that
// came are returned also with an error.
func (b Broadcast) EmitWithAck(ctx context.Context, event string, args ...any) ([]SocketReply, error) {
	if b.ns.isModel {
		return gather(b, func(b Broadcast) ([]SocketReply, error) { return b.EmitWithAck(ctx, event, args...) })
	}
	payload, attachments, err := encodeEvent(event, args)
	if err != nil {
		return nil, err
	}
	c := b.ns.srv.cluster
	if c == nil || b.local || b.targeted && len(b.rooms) == 0 {
		replies, missing := b.ask(ctx, payload, attachments)
		return replies, incomplete(missing)
	}
	type local struct {
		replies []SocketReply
		missing int
	}
	here := make(chan local, 1)
	go func() {
		replies, missing := b.ask(ctx, payload, attachments)
		here <- local{replies, missing}
	}()
	m := b.message(clusterAsk)
	m.Payload, m.Attachments, m.Patience = payload, attachments, time.Minute
	if deadline, ok := ctx.Deadline(); ok {
		m.Patience = time.Until(deadline) * 9 / 10 // the answer takes time too
	}
	var replies []SocketReply
	missing := 0
	err = c.question(ctx, m, func(a *clusterMessage) {
		replies = append(replies, a.Replies...)
		missing += a.Missing
	})
	l := <-here
	if err == nil {
		err = incomplete(missing + l.missing)
	}
	return append(l.replies, replies...), err
}

func incomplete(missing int) error {
	if missing > 0 {
		return ErrIncomplete
	}
	return nil
}

// ask is EmitWithAck for the sockets of this server. It returns how many have not
// answered.
func (b Broadcast) ask(ctx context.Context, payload []byte, attachments [][]byte) (replies []SocketReply, missing int) {
	sockets := b.Sockets()
	answers := make(chan SocketReply, len(sockets))
	for _, s := range sockets {
		id, ok := s.expect(func(r *Reply) {
			if r == nil {
				r = &Reply{}
				answers <- SocketReply{"", *r}
				return
			}
			answers <- SocketReply{s.id, *r}
		})
		if !ok || s.send(encodeRaw(packetEvent, s.ns.name, int64(id), payload, attachments)) != nil {
			s.forget(id)
			missing++
			continue
		}
		defer s.forget(id)
	}
	for range len(sockets) - missing {
		select {
		case a := <-answers:
			if a.Socket == "" {
				missing++
			} else {
				replies = append(replies, a)
			}
		case <-ctx.Done():
			return replies, len(sockets) - len(replies)
		}
	}
	return replies, missing
}
