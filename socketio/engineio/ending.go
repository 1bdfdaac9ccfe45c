package engineio

import "github.com/happychat/happychat/socketio/internal/websocket"

// How a session ends. Close sends what is queued first; drop throws it away.
// Either way the client is told, if it still listens, and after
// Options.CloseTimeout the connection is cut.

// Close ends the session after what is queued has been sent. Nothing is
// received any more. It returns at once.
func (s *Session) Close(reason Reason) { s.end(reason, true) }

// drop ends the session without what is queued.
func (s *Session) drop(reason Reason) { s.end(reason, false) }

func (s *Session) end(reason Reason, drain bool) {
	s.mu.Lock()
	if s.state > stateOpen {
		s.mu.Unlock()
		return
	}
	s.state, s.reason = stateClosing, &reason
	s.paused = false
	if s.resumption != nil {
		close(s.resumption)
		s.resumption = nil
	}
	// A client that is about to leave polling may not poll again: what is queued
	// then reaches it through the candidate.
	var candidate link = noLink{}
	if !drain {
		candidate = s.takeCandidate()
		s.queue.discard()
	}
	finished, linger := false, s.srv.opts.CloseTimeout
	if s.ws != nil {
		s.ws.close(closeCode(reason), string(reason))
	} else {
		// A client that has closed may have a GET on its way, which is answered
		// with a noop. Otherwise, without a GET that waits, only what is queued
		// is worth another one: of the end itself a client learns by any.
		s.farewell = reason != ReasonTransportClose
		finished = s.polling == nil && s.farewell && s.queue.len() == 0
		if !s.farewell {
			linger = lingerTime
		}
		s.wakePoll()
	}
	s.srv.wheel.schedule(s, linger)
	handler := s.handler
	s.mu.Unlock()
	candidate.abort()
	if handler != nil {
		handler.Closed(reason)
	}
	if finished {
		s.finish()
	}
}

// closeCode is the WebSocket close code for a reason.
func closeCode(r Reason) int {
	switch r {
	case ReasonTransportClose, ReasonForced:
		return websocket.CloseNormal
	case ReasonShutdown:
		return websocket.CloseGoingAway
	case ReasonTransportError, ReasonParseError:
		return websocket.CloseProtocolError
	default:
		return websocket.ClosePolicyViolation
	}
}

// finish cuts what is left of a session that is closing.
func (s *Session) finish() {
	s.mu.Lock()
	if s.state == stateEnded {
		s.mu.Unlock()
		return
	}
	s.state = stateEnded
	s.queue.drop(s.queue.len())
	var current link = noLink{}
	if s.ws != nil {
		current = s.ws.link
	}
	candidate := s.takeCandidate()
	s.wakePoll()
	s.mu.Unlock()
	candidate.abort()
	s.srv.wheel.remove(s)
	s.srv.forget(s)
	current.abort()
}

// takeCandidate gives up on the candidate, if there is one, and returns its link,
// which is to be aborted. s.mu is held.
func (s *Session) takeCandidate() link {
	c := s.candidate
	s.candidate, s.probed = nil, false
	if c == nil {
		return noLink{}
	}
	return c.link
}
