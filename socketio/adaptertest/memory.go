package adaptertest

import (
	"sync"

	"github.com/happychat/happychat/socketio"
)

// Memory connects servers that run in one process. It is for tests, and as
// unkind as the contract allows when Mischief is set.
type Memory struct {
	// Mischief, when set, is asked for each delivery how often it should
	// happen: 0 loses it, 2 repeats it.
	Mischief func() int

	mu      sync.RWMutex
	members map[*member]bool
}

// Join returns the adapter of one more server.
func (m *Memory) Join() socketio.Adapter { return &member{memory: m} }

type member struct {
	memory  *Memory
	receive func([]byte)
}

func (a *member) Publish(message []byte) error {
	message = append([]byte(nil), message...)
	a.memory.mu.RLock()
	defer a.memory.mu.RUnlock()
	for other := range a.memory.members {
		if other == a {
			continue
		}
		times := 1
		if a.memory.Mischief != nil {
			times = a.memory.Mischief()
		}
		for range times {
			go other.deliver(message)
		}
	}
	return nil
}

// deliver hands a message over unless the member has left.
func (a *member) deliver(message []byte) {
	a.memory.mu.RLock()
	defer a.memory.mu.RUnlock()
	if a.memory.members[a] {
		a.receive(message)
	}
}

func (a *member) Subscribe(receive func([]byte)) (func(), error) {
	a.memory.mu.Lock()
	defer a.memory.mu.Unlock()
	a.receive = receive
	if a.memory.members == nil {
		a.memory.members = map[*member]bool{}
	}
	a.memory.members[a] = true
	return func() {
		a.memory.mu.Lock()
		delete(a.memory.members, a)
		a.memory.mu.Unlock()
	}, nil
}

func (a *member) Peers() int {
	a.memory.mu.RLock()
	defer a.memory.mu.RUnlock()
	n := len(a.memory.members)
	if a.memory.members[a] {
		n--
	}
	return n
}
