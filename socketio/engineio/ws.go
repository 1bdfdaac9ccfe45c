package engineio

import (
	"errors"
	"net"
	"net/http"

	"github.com/happychat/happychat/socketio/internal/websocket"
)

// link is the connection under a WebSocket. There are two kinds: one with a
// goroutine that reads, which works for every net.Conn, and one that waits for
// readiness, for plain TCP where the operating system can tell it cheaply.
// Both push what they read into wsConn.input and get what they write from
// wsConn.take.
type link interface {
	// wake says that there is something to take. It never blocks, and is
	// called once for each time that take has come to an end. gather allows the
	// link to wait a little, for more to come.
	wake(gather bool)
	// hurry takes that back.
	hurry()
	// reading switches input on and off. What was already read may still come.
	reading(on bool)
	// abort closes the connection at once, without waiting for anything.
	abort()
	// start begins to read. early is what was already read.
	start(early []byte)
}

// wsConn is one WebSocket: a session's transport, or the candidate for it.
type wsConn struct {
	link link // guarded by s.mu until it is started

	// Guarded by s.mu:
	writing bool    // the link was woken, or is writing
	gather  bool    // it was woken for something that can wait
	closing bool    // closeFrame follows what is still to be sent, then the end
	shut    bool    // the close frame was handed out
	pong    bool    // control holds a pong, and that is enough
	deflate bool    // compression was agreed; constant
	own     ownLink // what link is, if it is that one
	control []byte  // whole frames that go before the queue: pongs, the probe's answer, in the end the close frame

	s  *Session
	rd websocket.Reader // used by the link's reader only
}

// serveWebSocket opens a session by WebSocket. The session is open before the
// client learns of it; what is sent until then waits, as if it were being written.
func (s *Session) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	t := &wsConn{s: s, link: noLink{}, writing: true}
	if !s.begin(s.srv.open(s, r), t) {
		refuse(w, errShutdown)
		return
	}
	first := s.openPacket("")
	conn, early, err := websocket.Upgrade(w, r, t.negotiate(r), setCookies(w), first.frame, s.srv.opts.CloseTimeout)
	if err != nil {
		s.drop(ReasonTransportError)
		s.finish()
		if errors.Is(err, websocket.ErrHijack) {
			refuse(w, errTransport)
		}
		return
	}
	l := s.srv.newLink(t, conn)
	s.mu.Lock()
	t.link = l
	over := s.state == stateEnded
	if s.paused {
		l.reading(false)
	}
	if t.writing = false; s.queue.len() > 0 || len(t.control) > 0 {
		t.flush(false)
	}
	s.mu.Unlock()
	if over {
		l.abort()
		return
	}
	l.start(early)
}

// negotiate agrees on compression, if it is wanted on both sides, and returns the
// header that says so.
func (t *wsConn) negotiate(r *http.Request) string {
	if t.s.srv.opts.DeflateThreshold <= 0 {
		return ""
	}
	agreed := websocket.NegotiateDeflate(r)
	if agreed != "" {
		t.deflate, t.rd.Inflate = true, websocket.Inflate
	}
	return agreed
}

// deflateFrom is the length from which on messages are compressed, or 0.
func (t *wsConn) deflateFrom() int {
	if !t.deflate {
		return 0
	}
	return t.s.srv.opts.DeflateThreshold
}

// setCookies returns the cookies that were set on the response so far, which the
// answer to a WebSocket handshake would lose otherwise.
func setCookies(w http.ResponseWriter) http.Header {
	h := http.Header{}
	if v := w.Header().Values("Set-Cookie"); len(v) > 0 {
		h["Set-Cookie"] = v
	}
	return h
}

// serveUpgrade takes in a WebSocket that a polling session may move to.
func (s *Session) serveUpgrade(w http.ResponseWriter, r *http.Request) {
	t := &wsConn{s: s}
	s.mu.Lock()
	if s.ws != nil || s.candidate != nil || s.state != stateOpen {
		s.mu.Unlock()
		// A refusal by status would look like a broken server to a client whose
		// session is fine.
		if conn, _, err := websocket.Upgrade(w, r, "", nil, nil, s.srv.opts.CloseTimeout); err == nil {
			_, _ = conn.Write(websocket.AppendClose(nil, websocket.ClosePolicyViolation, "session has another transport"))
			conn.Close()
		}
		return
	}
	t.link = noLink{}
	s.candidate = t // nobody else may come now
	s.upgradeBy = s.srv.now() + s.srv.opts.UpgradeTimeout
	s.mu.Unlock()

	conn, early, err := websocket.Upgrade(w, r, t.negotiate(r), setCookies(w), nil, s.srv.opts.CloseTimeout)
	s.mu.Lock()
	ok := s.candidate == t && s.state == stateOpen
	if err != nil || !ok {
		if s.candidate == t {
			s.candidate = nil
		}
		s.mu.Unlock()
		if err == nil {
			conn.Close()
		} else if errors.Is(err, websocket.ErrHijack) {
			refuse(w, errTransport)
		}
		return
	}
	t.link = s.srv.newLink(t, conn)
	now := s.srv.now()
	s.srv.wheel.schedule(s, s.nextWake(now)-now)
	s.mu.Unlock()
	t.link.start(early)
}

// noLink stands in until there is a connection.
type noLink struct{}

func (noLink) wake(bool)    {}
func (noLink) hurry()       {}
func (noLink) reading(bool) {}
func (noLink) abort()       {}
func (noLink) start([]byte) {}

// input takes in bytes from the connection. It returns false when no more are
// wanted.
func (t *wsConn) input(p []byte) bool {
	t.s.seen()
	if t.rd.Limit != t.s.srv.opts.MaxPayload {
		t.rd.Limit = t.s.Limit()
	}
	err := t.rd.Feed(p, t)
	if err == nil {
		return true
	}
	if errors.Is(err, errOver) {
		return false
	}
	t.fail(ReasonParseError, websocket.CloseCode(err), err.Error())
	return false
}

var errOver = errors.New("engineio: connection is over")

// eof is called when the connection can be read no more.
func (t *wsConn) eof(err error) {
	reason := ReasonTransportClose
	if _, ok := errors.AsType[net.Error](err); ok {
		reason = ReasonTransportError
	}
	s := t.s
	s.mu.Lock()
	current := s.ws == t
	if s.candidate == t {
		s.candidate, s.probed = nil, false
	}
	s.mu.Unlock()
	if current {
		s.drop(reason)
		s.finish()
	}
	t.link.abort()
}

// fail ends the WebSocket, and the session if it is on it, because the client
// broke the rules.
func (t *wsConn) fail(reason Reason, code int, text string) {
	s := t.s
	s.mu.Lock()
	if s.ws == t {
		if s.state <= stateOpen {
			s.queue.discard()
		}
		t.close(code, text)
		s.mu.Unlock()
		s.drop(reason)
		return
	}
	if s.candidate == t {
		s.candidate, s.probed = nil, false
	}
	s.mu.Unlock()
	t.link.abort()
}

// Message implements websocket.Sink.
func (t *wsConn) Message(op websocket.Opcode, payload []byte) error {
	s := t.s
	var p packet
	var err error
	if op == websocket.OpText {
		p, err = parseText(payload)
	} else {
		p, err = parseBinary(payload, int(s.proto))
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	current, over := s.ws == t, s.state > stateOpen
	s.mu.Unlock()
	switch {
	case !current:
		return t.upgrade(p)
	case over:
		return nil
	default:
		return s.receive(p)
	}
}

// upgrade handles what a candidate may say: "2probe", answered with "3probe",
// and then "5", with which it becomes the session's transport.
func (t *wsConn) upgrade(p packet) error {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.candidate != t:
		return errOver
	case p.kind == typePing && string(p.data) == "probe" && !s.probed:
		s.probed = true
		t.control = append(t.control, probe.frame...)
		t.flush(false)
		s.owesNoop = s.proto == 3
		s.wakePoll() // so that it begins to count upgradePause
		return nil
	case p.kind == typeUpgrade && s.probed && !s.posting:
		s.ws, s.candidate, s.probed = t, nil, false
		s.wakePoll()
		if s.owesNoop && s.state == stateOpen {
			s.queue.pushFirst(noop)
		}
		s.flush(false)
		if s.state == stateClosing {
			t.close(closeCode(*s.reason), string(*s.reason))
		}
		return nil
	}
	return errPacket
}

// Control implements websocket.Sink.
func (t *wsConn) Control(op websocket.Opcode, payload []byte) error {
	s := t.s
	switch op {
	case websocket.OpPing:
		s.mu.Lock()
		if !t.pong && !t.closing { // answering only one of several is allowed: RFC 6455, section 5.5.3
			t.pong = true
			t.control = websocket.AppendHeader(t.control, websocket.OpPong, len(payload))
			t.control = append(t.control, payload...)
			t.flush(false)
		}
		s.mu.Unlock()
	case websocket.OpClose:
		code := websocket.CloseNoStatus
		if len(payload) >= 2 {
			code = int(payload[0])<<8 | int(payload[1])
		}
		s.mu.Lock()
		current, answered := s.ws == t, t.shut
		if current && s.state <= stateOpen {
			s.queue.discard()
		}
		t.close(code, "")
		s.mu.Unlock()
		if current {
			s.drop(ReasonTransportClose)
		}
		if answered { // both have said goodbye
			s.finish()
			t.link.abort()
		}
	}
	return nil
}

// flush has the link take what waits. gather says that there is no hurry. s.mu is
// held.
func (t *wsConn) flush(gather bool) {
	switch {
	case !t.writing:
		t.writing, t.gather = true, gather
		t.link.wake(gather)
	case t.gather && !gather:
		t.gather = false
		t.link.hurry()
	}
}

// close queues a close frame behind what is to be sent. s.mu is held. Only the
// first call counts.
func (t *wsConn) close(code int, reason string) {
	if t.closing {
		return
	}
	t.closing = true
	t.control = websocket.AppendClose(t.control, code, reason)
	t.flush(false)
}

// take copies what is to be sent next into dst, which is not empty, and returns
// how much that was. The caller must send all of it before it takes more. With
// 0 the link goes to sleep until the next wake. fin means that nothing follows
// ever: the write side is to be closed.
//
// With sole, the caller may be woken again before it has written what it got; it
// is the only one that takes, and what did not fill dst was all.
func (t *wsConn) take(dst []byte, sole bool) (n int, fin bool) {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.ws == t
	if s.queue.taken == 0 && !t.closing && len(t.control) > 0 || !current && len(t.control) > 0 {
		n = copy(dst, t.control) // dst is always larger than what gathers here
		t.control, t.pong = nil, false
	}
	if current {
		n += s.queue.take(dst[n:], int(s.proto), t.deflateFrom())
		if s.queue.len() == 0 && t.closing && !t.shut && len(t.control) <= len(dst)-n {
			n += copy(dst[n:], t.control)
			t.control, t.shut = nil, true
		}
	} else if t.closing {
		t.shut = true
	}
	fin = t.shut && len(t.control) == 0
	if fin && current { // the other side should close now
		s.srv.wheel.schedule(s, lingerTime)
	}
	if (n == 0 || sole && n < len(dst)) && !fin {
		t.writing, t.gather = false, false
	}
	return n, fin
}
