// Package membus is the bus within a process: of an installation of one node,
// and of the tests that start several.
package membus

import (
	"slices"
	"sync"

	"github.com/happychat/happychat/internal/bus"
)

// Bus implements bus.Bus for all nodes that are given it. The zero value is
// ready to use.
type Bus struct {
	mu   sync.Mutex
	subs []*subscriber
}

// most is how many messages wait for a subscriber; it loses what is beyond.
const most = 1 << 14

type subscriber struct {
	deliver func(bus.Message)
	done    chan struct{}

	mu    sync.Mutex
	some  sync.Cond // something waits, or it is over
	queue []bus.Message
	over  bool
}

// Publish implements bus.Bus.
func (b *Bus) Publish(m bus.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subs {
		s.mu.Lock()
		if len(s.queue) < most {
			s.queue = append(s.queue, m)
			s.some.Signal()
		}
		s.mu.Unlock()
	}
}

// Connected implements bus.Bus.
func (*Bus) Connected() bool { return true }

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(deliver func(bus.Message)) (cancel func()) {
	s := &subscriber{deliver: deliver, done: make(chan struct{})}
	s.some.L = &s.mu
	b.mu.Lock()
	b.subs = append(b.subs, s)
	b.mu.Unlock()
	go s.run()
	return sync.OnceFunc(func() {
		b.mu.Lock()
		b.subs = slices.DeleteFunc(slices.Clone(b.subs), func(other *subscriber) bool { return other == s })
		b.mu.Unlock()
		s.mu.Lock()
		s.over = true
		s.some.Signal()
		s.mu.Unlock()
		<-s.done
	})
}

func (s *subscriber) run() {
	defer close(s.done)
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.over {
		if len(s.queue) == 0 {
			s.some.Wait()
			continue
		}
		m := s.queue[0]
		if s.queue = s.queue[1:]; len(s.queue) == 0 {
			s.queue = nil
		}
		s.mu.Unlock()
		s.deliver(m)
		s.mu.Lock()
	}
}
