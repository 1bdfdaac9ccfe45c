package realtime

import (
	"sync"
	"time"

	"github.com/happychat/happychat/internal/bus"
)

// Times of nodes, in beats: a beat is how often each tells that it lives.
const (
	// patientFor is how long a message may be late before it counts as lost.
	patientFor = 1
	// silentFor is after how much silence a node counts as dead.
	silentFor = 15
	// deafFor is after how long without an echo of its own beats a node knows
	// that it hears nothing, though its bus seems to be connected.
	deafFor = 5
	// youngFor is how long a node that was just started takes the numbers of
	// others as it finds them.
	youngFor = 3
)

// maxEarly is how many messages of one node may overtake one that is late.
const maxEarly = 1024

// nodes knows the other nodes by what they say, and notices what did not
// arrive: each numbers its messages, and repeats the last number in every beat.
type nodes struct {
	beat    time.Duration
	started time.Time

	mu     sync.Mutex
	others map[string]*node
	echo   time.Time // when a beat of our own last came back
	lost   bool      // something did not arrive
	left   []string  // who said goodbye
}

type node struct {
	heard time.Time
	next  uint64              // the number that is expected
	known uint64              // the greatest that was given
	early map[uint64]struct{} // numbers that came before their turn
	since time.Time           // when a number was first missed
}

func newNodes(beat time.Duration, now time.Time) *nodes {
	return &nodes{beat: beat, started: now, echo: now, others: map[string]*node{}}
}

// echoed takes note that a message of our own came back.
func (n *nodes) echoed(now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.echo = now
}

// missed takes note that something did not arrive.
func (n *nodes) missed() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lost = true
}

// hear takes note of a message of another node, and tells whether it is to be
// acted on: it did not come before.
func (n *nodes) hear(m bus.Message, now time.Time) (news bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	o := n.others[m.From]
	if o == nil {
		if m.Kind == bus.Left {
			return true
		}
		o = &node{next: 1}
		if now.Sub(n.started) < youngFor*n.beat {
			o.next = max(m.Number, 1) // whoever is connected here came later
		}
		n.others[m.From] = o
	}
	o.heard = now
	switch m.Kind {
	case bus.Beat:
		o.known = max(o.known, m.Number)
	case bus.Left:
		n.lost = n.lost || m.Number >= o.next
		n.left = append(n.left, m.From)
		delete(n.others, m.From)
	case bus.Changed, bus.Ended, bus.Reviewed:
		if _, twice := o.early[m.Number]; twice || m.Number < o.next {
			return false
		}
		o.known = max(o.known, m.Number)
		if m.Number > o.next {
			if o.early == nil {
				o.early = map[uint64]struct{}{}
			}
			if o.early[m.Number] = struct{}{}; len(o.early) > maxEarly {
				n.lost = true
				o.skip()
			}
			break
		}
		o.next++
		for len(o.early) > 0 {
			if _, ok := o.early[o.next]; !ok {
				break
			}
			delete(o.early, o.next)
			o.next++
		}
	}
	if o.known < o.next {
		o.since = time.Time{}
	} else if o.since.IsZero() {
		o.since = now
	}
	return true
}

// skip goes on without what is missing.
func (o *node) skip() {
	o.next, o.early, o.since = o.known+1, nil, time.Time{}
}

// tidings are what a beat brings to light.
type tidings struct {
	lost bool     // something that other nodes said did not arrive
	dead []string // who fell silent
	left []string // who said goodbye
	deaf bool     // nothing arrives at all
}

// review looks at all nodes, at every beat.
func (n *nodes) review(now time.Time) tidings {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := tidings{lost: n.lost, left: n.left, deaf: now.Sub(n.echo) > deafFor*n.beat}
	n.lost, n.left = false, nil
	for name, o := range n.others {
		if !o.since.IsZero() && now.Sub(o.since) > patientFor*n.beat {
			t.lost = true
			o.skip()
		}
		if now.Sub(o.heard) > silentFor*n.beat {
			// It may have committed what it could not tell any more.
			t.lost = true
			t.dead = append(t.dead, name)
			delete(n.others, name)
		}
	}
	return t
}
