package engineio

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// upgradePause is how long a GET that arrives or waits while the client is
// about to leave for a WebSocket is held before it is answered with a noop. It
// gives the upgrade the time to be finished first.
const upgradePause = 50 * time.Millisecond

// servePoll answers a GET: with what is queued, or with the next thing that is.
func (s *Session) servePoll(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.ws != nil || s.state == stateEnded {
		s.mu.Unlock()
		refuse(w, errRequest)
		return
	}
	if s.polling != nil { // a second GET while the first one waits
		s.mu.Unlock()
		s.drop(ReasonTransportError)
		refuse(w, errRequest)
		return
	}
	wake := make(chan struct{}, 1)
	s.polling = wake
	// A time limit of the HTTP server for reading would end the wait.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	body, ok := s.waitPoll(r, wake)
	s.polling = nil
	// A client handles a close packet at once, but what came with it a little
	// later: the close packet goes by an answer of its own.
	over := s.state == stateClosing && s.queue.len() == 0 && !s.farewell
	s.mu.Unlock()

	if over {
		s.finish()
	}
	if !ok {
		refuse(w, errRequest)
		return
	}
	contentType := "text/plain; charset=UTF-8"
	if s.isBinaryPayload(body) {
		contentType = "application/octet-stream"
	}
	if q := r.URL.Query(); q.Has("j") {
		contentType, body = "text/javascript; charset=UTF-8", script(q.Get("j"), body)
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	// The deadline of the HTTP server, if it has one, began with the wait; and
	// the connection may serve other requests after this one.
	rc := http.NewResponseController(w)
	_ = rc.SetWriteDeadline(time.Now().Add(s.srv.opts.CloseTimeout))
	_, err := w.Write(body)
	if err == nil {
		err = rc.Flush()
	}
	_ = rc.SetWriteDeadline(time.Time{})
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.drop(ReasonTransportError)
	}
}

// waitPoll waits for the answer to a GET. It is called, and returns, with s.mu
// held. It returns false when the session is not served by polling any more.
func (s *Session) waitPoll(r *http.Request, wake chan struct{}) ([]byte, bool) {
	var release <-chan time.Time
	for {
		switch {
		case s.ws != nil:
			return nil, false
		case s.queue.len() > 0:
			return s.takePayload(), true
		case s.state > stateOpen:
			if s.farewell {
				s.farewell = false
				return appendPayload(nil, []*Message{goodbye}, int(s.proto)), true
			}
			return appendPayload(nil, []*Message{noop}, int(s.proto)), true
		}
		if s.probed && release == nil {
			t := time.NewTimer(upgradePause)
			defer t.Stop()
			release = t.C
		}
		s.mu.Unlock()
		select {
		case <-wake:
			s.mu.Lock()
		case <-release:
			s.mu.Lock()
			if s.ws == nil && s.queue.len() == 0 {
				s.owesNoop = false
				return appendPayload(nil, []*Message{noop}, int(s.proto)), true
			}
		case <-r.Context().Done():
			s.drop(ReasonTransportClose)
			s.mu.Lock()
			return nil, false
		}
	}
}

// takePayload takes as many messages from the queue as the client accepts in
// one answer. s.mu is held, and the queue is not empty.
func (s *Session) takePayload() []byte {
	n, size := 0, 0
	for _, m := range s.queue.items {
		size += m.encodedSize() + 1
		if n > 0 && size > s.srv.opts.MaxPayload {
			break
		}
		n++
	}
	payload := make([]byte, 0, size+8*n)
	if !s.base64 && hasBinary(s.queue.items[:n]) {
		payload = appendBinaryPayload(payload, s.queue.items[:n])
	} else {
		payload = appendPayload(payload, s.queue.items[:n], int(s.proto))
	}
	s.queue.drop(n)
	return payload
}

// isBinaryPayload reports whether takePayload has chosen the binary form, which
// begins with a byte that is no character of the other.
func (s *Session) isBinaryPayload(p []byte) bool { return !s.base64 && p[0] <= 1 }

// servePost takes in the packets of a POST.
func (s *Session) servePost(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.ws != nil || s.state != stateOpen {
		s.mu.Unlock()
		refuse(w, errRequest)
		return
	}
	if s.posting { // a second POST while the first one is read
		s.mu.Unlock()
		s.drop(ReasonTransportError)
		refuse(w, errRequest)
		return
	}
	s.posting = true
	s.mu.Unlock()
	refused := s.post(w, r)
	s.mu.Lock()
	s.posting = false
	s.mu.Unlock()
	if refused != nil {
		s.drop(ReasonParseError)
		refuse(w, refused)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	if r.URL.Query().Has("j") { // some browsers would save the iframe's text/plain as a file
		h.Set("Content-Type", "text/html; charset=UTF-8")
	}
	h.Set("Content-Length", "2")
	_, _ = io.WriteString(w, "ok")
}

func (s *Session) post(w http.ResponseWriter, r *http.Request) *refusal {
	limit, jsonp := int64(s.Limit()), r.URL.Query().Has("j")
	payload := limit
	if jsonp {
		limit = maxForm(limit)
	}
	if r.ContentLength > limit {
		return errTooLarge
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.srv.opts.PingInterval + s.srv.opts.PingTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return errTooLarge
		}
		return errRequest
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	s.seen()
	if jsonp {
		var ok bool
		if body, ok = formPayload(body); !ok {
			return errRequest
		}
		if int64(len(body)) > payload {
			return errTooLarge
		}
	}
	each := eachPacket
	if s.proto == 3 && r.Header.Get("Content-Type") == "application/octet-stream" {
		each = eachBinaryPacket
	}
	err = each(body, int(s.proto), s.srv.opts.MaxPackets, func(p packet) error {
		s.waitResumed()
		s.mu.Lock()
		over := s.state != stateOpen
		s.mu.Unlock()
		if over {
			return nil
		}
		return s.receive(p)
	})
	if err != nil {
		return errRequest
	}
	return nil
}
