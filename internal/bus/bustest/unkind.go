package bustest

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/bus"
)

// Unkind is a bus that loses, repeats and reorders, to each subscriber in
// another way: for what stands on a bus and has to bear it.
type Unkind struct {
	bus.Bus
	// Lose and Repeat are how many of a hundred deliveries are lost, and come
	// twice. Hold is how many wait for others to overtake them, for at most
	// Late.
	Lose, Repeat, Hold int
	Late               time.Duration

	mu     sync.Mutex
	random *rand.Rand
	counts Mischief
}

// Mischief counts what was done.
type Mischief struct{ Delivered, Lost, Repeated, Held int }

// NewUnkind makes b unkind, in a way that the seed decides.
func NewUnkind(b bus.Bus, seed uint64) *Unkind {
	return &Unkind{Bus: b, Lose: 20, Repeat: 20, Hold: 20, Late: 20 * time.Millisecond, random: rand.New(rand.NewPCG(seed, seed))}
}

// Done tells what was done so far.
func (u *Unkind) Done() Mischief {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.counts
}

// fate decides what becomes of one delivery.
func (u *Unkind) fate() (times int, held bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.random.IntN(100) < u.Lose {
		u.counts.Lost++
		return 0, false
	}
	times = 1
	if u.random.IntN(100) < u.Repeat {
		u.counts.Repeated++
		times = 2
	}
	if held = u.random.IntN(100) < u.Hold; held {
		u.counts.Held++
	}
	u.counts.Delivered += times
	return times, held
}

// Subscribe implements bus.Bus.
func (u *Unkind) Subscribe(deliver func(bus.Message)) (cancel func()) {
	s := &victim{deliver: deliver}
	inner := u.Bus.Subscribe(func(m bus.Message) {
		times, held := u.fate()
		if held {
			time.AfterFunc(u.Late, func() { s.take(m, times) })
			return
		}
		s.take(m, times)
	})
	return func() {
		inner()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.over = true
	}
}

// victim is a subscriber of an unkind bus.
type victim struct {
	deliver func(bus.Message)
	mu      sync.Mutex // held while deliver runs
	over    bool
}

func (s *victim) take(m bus.Message, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range times {
		if !s.over {
			s.deliver(m)
		}
	}
}
