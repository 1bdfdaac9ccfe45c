// Package membus is the bus of an installation of one node: it delivers in the
// order of publishing, before Publish returns.
package membus

import (
	"sync"

	"github.com/happychat/happychat/internal/bus"
)

// Bus is a bus within the process. The zero value is ready to use.
type Bus struct {
	mu   sync.Mutex
	next int
	subs map[int]func(bus.Message)
}

// Publish implements bus.Bus. A subscriber must not publish from within.
func (b *Bus) Publish(m bus.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, deliver := range b.subs {
		deliver(m)
	}
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(deliver func(bus.Message)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[int]func(bus.Message){}
	}
	id := b.next
	b.next++
	b.subs[id] = deliver
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subs, id)
	}
}
