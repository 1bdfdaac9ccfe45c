package engineio

import (
	"net/url"
	"time"
)

// EachPacket gives tests the payload parsers.
func EachPacket(body []byte, protocol, limit int, binary bool, f func(data []byte)) error {
	each := eachPacket
	if binary {
		each = eachBinaryPacket
	}
	return each(body, protocol, limit, func(p packet) error {
		f(p.data)
		return nil
	})
}

// Payload gives tests the payload encoder.
func Payload(ms []*Message, protocol int) []byte { return appendPayload(nil, ms, protocol) }

// BinaryPayload gives tests the encoder of the binary form.
func BinaryPayload(ms []*Message) []byte { return appendBinaryPayload(nil, ms) }

// FormPayload posts a field as a page does.
func FormPayload(field string) (string, bool) {
	p, ok := formPayload([]byte("d=" + url.QueryEscape(field)))
	return string(p), ok
}

// Script gives tests what a page is sent.
func Script(j, payload string) string { return string(script(j, []byte(payload))) }

// Polling reports whether a GET waits.
func Polling(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.polling != nil
}

// Posting reports whether a POST is read.
func Posting(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.posting
}

// Queued returns how many messages wait.
func Queued(s *Session) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.len()
}

// memoryLink takes what there is and forgets it.
type memoryLink struct {
	t     *wsConn
	woken bool
}

func (l *memoryLink) wake(bool)    { l.woken = true }
func (l *memoryLink) hurry()       {}
func (l *memoryLink) reading(bool) {}
func (l *memoryLink) abort()       {}
func (l *memoryLink) start([]byte) {}

// NewBroadcastBench returns a function that sends a message to n sessions some
// times, and then takes it from their queues as a link does.
func NewBroadcastBench(n, times int) func(*Message) {
	srv := NewServer(Options{}, nil)
	links := make([]*memoryLink, n)
	for i := range links {
		s := &Session{srv: srv, proto: 4, state: stateOpen, accepted: true}
		l := &memoryLink{}
		t := &wsConn{s: s, link: l}
		s.ws, l.t = t, t
		links[i] = l
	}
	buf := make([]byte, 64<<10)
	return func(m *Message) {
		for range times {
			for _, l := range links {
				l.t.s.SendToMany(m)
			}
		}
		for _, l := range links {
			if n, _ := l.t.take(buf, true); n != times*m.Size() || !l.woken {
				panic("not delivered")
			}
			l.woken = false
		}
	}
}

const StormSize = stormSize

// WatchStorms has f called in place of releasing memory, when a storm has been
// over for that long.
func WatchStorms(srv *Server, calm time.Duration, f func()) {
	srv.storms = storms{release: f, calm: calm}
}
