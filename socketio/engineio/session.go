package engineio

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

type sessionState uint8

const (
	stateNew     sessionState = iota // registered, its handler not there yet
	stateOpen                        // messages go both ways
	stateClosing                     // what is queued is still sent; nothing is received
	stateEnded                       // nothing is left
)

// Session is one client, whatever it is connected by at the moment. All methods
// may be called from any goroutine.
type Session struct {
	// What a broadcast touches stands together, in one line of the cache.
	mu       sync.Mutex
	state    sessionState
	proto    uint8
	accepted bool
	paused   bool
	awaiting bool    // a ping was sent, and nothing has come since
	posting  bool    // a POST is being read
	farewell bool    // the client gets a close packet with its last poll
	base64   bool    // polling carries binary data as base64; constant
	ws       *wsConn // nil while polling
	srv      *Server
	queue    queue

	handler  Handler
	id       sessionID
	probed   bool // the candidate has passed its test
	owesNoop bool // a client of protocol 3 waits for the noop that ends polling
	entry    wheelEntry

	// pendingAddr is the address for which this counts as a pending handshake,
	// or nil once it was accepted. Guarded by srv.mu.
	pendingAddr *string

	lastSeen atomic.Int64 // when the client was last heard of; see Server.now

	nextPing   time.Duration // when the next ping is due; or, when awaiting, was due
	acceptBy   time.Duration
	upgradeBy  time.Duration
	reason     *Reason       // of the end, once it is closing
	candidate  *wsConn       // the WebSocket that the session may move to
	polling    chan struct{} // non-nil while a GET waits; capacity 1
	resumption chan struct{} // non-nil while paused and someone waits for the end of that
}

// sessionID is 120 random bits.
type sessionID [15]byte

func newID() (id sessionID) {
	_, _ = rand.Read(id[:])
	return id
}

// String returns the ID as clients know it.
func (id sessionID) String() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// parseID returns an ID that String could have made.
func parseID(s string) (id sessionID, ok bool) {
	if len(s) != base64.RawURLEncoding.EncodedLen(len(id)) {
		return id, false
	}
	_, err := base64.RawURLEncoding.Strict().Decode(id[:], []byte(s))
	return id, err == nil
}

// ID returns the session's ID. It is a secret: who knows it can take part in
// the session.
func (s *Session) ID() string { return s.id.String() }

// Protocol returns the revision of the Engine.IO protocol that the client
// speaks: 4, or 3.
func (s *Session) Protocol() int { return int(s.proto) }

// Transport returns "polling" or "websocket".
func (s *Session) Transport() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ws != nil {
		return "websocket"
	}
	return "polling"
}

// openPacket tells the client of its session. upgrade is what it may change to,
// or "".
func (s *Session) openPacket(upgrade string) *Message {
	if upgrade != "" {
		upgrade = `"` + upgrade + `"`
	}
	o := &s.srv.opts
	return control(fmt.Sprintf(`0{"sid":"%s","upgrades":[%s],"pingInterval":%d,"pingTimeout":%d,"maxPayload":%d}`,
		s.id, upgrade, o.PingInterval.Milliseconds(), o.PingTimeout.Milliseconds(), o.MaxPayload))
}

// begin makes a new session an open one. ws is nil for polling, where the open
// packet is queued before everything that h has sent already; a WebSocket gets
// it with the answer to the handshake. It returns false if the server was closed in the meantime.
func (s *Session) begin(h Handler, ws *wsConn) bool {
	o := &s.srv.opts
	now := s.srv.now()
	s.lastSeen.Store(int64(now))
	s.mu.Lock()
	if s.state != stateNew {
		s.mu.Unlock()
		h.Closed(ReasonShutdown)
		return false
	}
	s.state, s.handler, s.ws = stateOpen, h, ws
	if ws == nil {
		upgrade := "websocket"
		if o.NoWebSocket {
			upgrade = ""
		}
		s.queue.pushFirst(s.openPacket(upgrade))
	}
	s.nextPing = now + o.PingInterval
	s.acceptBy = now + o.AcceptTimeout
	s.srv.wheel.schedule(s, s.nextWake(now)-now)
	s.flush(false)
	s.mu.Unlock()
	return true
}

// Accept says that the application knows the client: the limits for strangers
// (Options.MaxUnaccepted, AcceptTimeout, MaxPendingPerAddr) no longer hold.
func (s *Session) Accept() {
	s.mu.Lock()
	s.accepted = true
	s.mu.Unlock()
	s.srv.mu.Lock()
	s.srv.settle(s)
	s.srv.mu.Unlock()
}

// Unaccept undoes Accept, except for the count of MaxPendingPerAddr: the session
// ends if it is not accepted again within Options.AcceptTimeout.
func (s *Session) Unaccept() {
	s.mu.Lock()
	if s.accepted && s.state == stateOpen {
		s.accepted = false
		now := s.srv.now()
		s.acceptBy = now + s.srv.opts.AcceptTimeout
		s.srv.wheel.schedule(s, s.nextWake(now)-now)
	}
	s.mu.Unlock()
}

// Limit is the largest message that is taken in now: Options.MaxUnaccepted, or
// MaxPayload once the session is accepted.
func (s *Session) Limit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accepted {
		return s.srv.opts.MaxPayload
	}
	return s.srv.opts.MaxUnaccepted
}

// Send queues messages, one behind the other with nothing in between. It never
// blocks. It returns false if the session has ended. A session whose queue
// grows beyond its bounds is dropped with ReasonSlow.
func (s *Session) Send(ms ...*Message) bool { return s.enqueue(ms, false) }

// SendToMany is Send for messages that go to many sessions at the same time. When
// there is one such message after the other, some milliseconds may pass before
// they leave, so that several do in one write.
func (s *Session) SendToMany(ms ...*Message) bool { return s.enqueue(ms, true) }

func (s *Session) enqueue(ms []*Message, gather bool) bool {
	if d := s.srv.opts.DeflateThreshold; d > 0 { // here rather than where it holds up others
		for _, m := range ms {
			m.frameFor(int(s.proto), d)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state > stateOpen {
		return false
	}
	for _, m := range ms {
		s.queue.push(m)
	}
	s.settleQueue(gather)
	return true
}

// SendVolatile is Send, except that it drops the messages, and returns false,
// when others are still waiting to be sent.
func (s *Session) SendVolatile(ms ...*Message) bool {
	s.mu.Lock()
	busy := s.queue.len() > 0 || s.ws == nil && s.polling == nil || s.ws != nil && s.ws.writing
	s.mu.Unlock()
	return !busy && s.Send(ms...)
}

// send queues one message. s.mu is held.
func (s *Session) send(m *Message) {
	s.queue.push(m)
	s.settleQueue(false)
}

// settleQueue is called with s.mu held after something was queued: it has it
// sent, or drops the session.
func (s *Session) settleQueue(gather bool) {
	if o := &s.srv.opts; s.queue.bytes > o.MaxQueueBytes || s.queue.len() > o.MaxQueueFrames {
		// The sender may hold locks that Handler.Closed wants.
		if s.state <= stateOpen {
			go s.drop(ReasonSlow)
		}
		return
	}
	s.flush(gather)
}

// flush wakes whoever carries the queue away. s.mu is held.
func (s *Session) flush(gather bool) {
	if s.ws != nil {
		s.ws.flush(gather)
	} else if s.polling != nil && (s.queue.len() > 0 || s.state > stateOpen) {
		s.wakePoll()
	}
}

func (s *Session) wakePoll() {
	if s.polling != nil {
		select {
		case s.polling <- struct{}{}:
		default:
		}
	}
}

// Pause stops taking in messages, until Resume. What has already been read may
// still come. A paused session does not run into a ping timeout.
func (s *Session) Pause() { s.setPaused(true) }

// Resume undoes Pause.
func (s *Session) Resume() { s.setPaused(false) }

func (s *Session) setPaused(on bool) {
	s.mu.Lock()
	changed := s.paused != on && s.state <= stateOpen
	if changed {
		s.paused = on
		if !on {
			s.lastSeen.Store(int64(s.srv.now()))
			if s.resumption != nil {
				close(s.resumption)
				s.resumption = nil
			}
		}
	}
	var l link = noLink{}
	if s.ws != nil {
		l = s.ws.link
	}
	s.mu.Unlock()
	if changed {
		l.reading(!on)
	}
}

// waitResumed blocks while the session is paused and open.
func (s *Session) waitResumed() {
	for {
		s.mu.Lock()
		if !s.paused || s.state > stateOpen {
			s.mu.Unlock()
			return
		}
		if s.resumption == nil {
			s.resumption = make(chan struct{})
		}
		c := s.resumption
		s.mu.Unlock()
		<-c
	}
}

// receive handles a packet that came over the session's own transport.
func (s *Session) receive(p packet) error {
	switch {
	case p.kind == typeMessage:
		return s.handler.Message(p.data, p.binary)
	case p.kind == typeClose:
		s.drop(ReasonTransportClose)
	case p.kind == typePing && s.proto == 3:
		s.mu.Lock()
		if s.state == stateOpen {
			if len(p.data) == 0 {
				s.send(pong)
			} else {
				s.send(control("3" + string(p.data)))
			}
		}
		s.mu.Unlock()
	case p.kind == typePong && s.proto == 4, p.kind == typeNoop:
	default:
		return errPacket
	}
	return nil
}

// seen notes that the client is alive.
func (s *Session) seen() { s.lastSeen.Store(int64(s.srv.now())) }

// nextWake is when the wheel should look at the session again. s.mu is held.
func (s *Session) nextWake(now time.Duration) time.Duration {
	var at time.Duration
	switch {
	case s.proto == 3:
		at = time.Duration(s.lastSeen.Load()) + s.patience()
	case s.awaiting:
		at = s.nextPing + s.srv.opts.PingTimeout
		if next := s.nextPing + s.srv.opts.PingInterval; next > now {
			at = min(at, next) // the next one is due, if this one is answered by then
		}
	default:
		at = s.nextPing
	}
	if !s.accepted {
		at = min(at, s.acceptBy)
	}
	if s.candidate != nil {
		at = min(at, s.upgradeBy)
	}
	return max(at, now)
}

// patience is how long a client of protocol 3, which sends the pings, may be
// silent.
func (s *Session) patience() time.Duration {
	return s.srv.opts.PingInterval + s.srv.opts.PingTimeout
}

// overdue says for what reason the session should end now, if any. s.mu is
// held.
func (s *Session) overdue(now time.Duration) Reason {
	seen := time.Duration(s.lastSeen.Load())
	switch {
	case !s.accepted && now >= s.acceptBy:
		return ReasonNotAccepted
	case s.paused:
	case s.proto == 3:
		if now >= seen+s.patience() {
			return ReasonPingTimeout
		}
	case now >= s.nextPing+s.srv.opts.PingTimeout && seen < s.nextPing:
		return ReasonPingTimeout
	}
	return ""
}

// expired ends the session if its time is over: the wheel may be a little late.
func (s *Session) expired() bool {
	s.mu.Lock()
	var reason Reason
	if s.state == stateOpen {
		reason = s.overdue(s.srv.now())
	}
	s.mu.Unlock()
	if reason != "" {
		s.drop(reason)
	}
	return reason != ""
}

// wake is called by the wheel.
func (s *Session) wake() {
	now := s.srv.now()
	s.mu.Lock()
	switch s.state {
	case stateClosing:
		s.mu.Unlock()
		s.finish()
		return
	case stateEnded:
		s.mu.Unlock()
		return
	}
	if reason := s.overdue(now); reason != "" {
		s.mu.Unlock()
		s.drop(reason)
		return
	}
	var late link = noLink{}
	if s.candidate != nil && now >= s.upgradeBy {
		late = s.takeCandidate()
	}
	if s.proto == 4 {
		o := &s.srv.opts
		if s.awaiting && (s.paused && now >= s.nextPing+o.PingTimeout || time.Duration(s.lastSeen.Load()) >= s.nextPing) {
			s.awaiting = false
			s.nextPing += o.PingInterval
		}
		if !s.awaiting && now >= s.nextPing {
			s.awaiting = true
			if now-s.nextPing > o.PingTimeout/4 { // the machine was busy or asleep
				s.nextPing = now
			}
			s.send(ping)
		}
	}
	s.srv.wheel.schedule(s, s.nextWake(now)-now)
	s.mu.Unlock()
	late.abort()
}
