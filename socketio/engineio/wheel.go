package engineio

import (
	"sync"
	"time"
)

// wheel holds the deadlines of all sessions: one entry for each session, linked
// through the session itself, so that a deadline allocates nothing and a
// hundred thousand of them cost one goroutine. Deadlines are kept to one tick.
// The goroutine runs only while there is an entry.
type wheel struct {
	tick time.Duration

	mu      sync.Mutex
	slots   [wheelSlots]*Session // the first of each list
	now     int64                // ticks so far
	count   int
	running bool
}

const wheelSlots = 512

// wheelEntry is a session's place in the wheel. The zero value is in none.
type wheelEntry struct {
	next, prev *Session
	due        int64 // in ticks; 0 when in none
}

func newWheel(tick time.Duration) *wheel { return &wheel{tick: tick} }

// schedule has a session woken after d, in place of any earlier deadline.
func (w *wheel) schedule(s *Session, d time.Duration) {
	ticks := int64((d + w.tick - 1) / w.tick)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink(s)
	e := &s.entry
	e.due = w.now + max(1, ticks) + 1 // the current tick is partly over
	first := &w.slots[e.due%wheelSlots]
	if e.next = *first; e.next != nil {
		e.next.entry.prev = s
	}
	*first = s
	if w.count++; !w.running {
		w.running = true
		go w.run()
	}
}

// remove takes a session out. A wake-up that is already under way still comes.
func (w *wheel) remove(s *Session) {
	w.mu.Lock()
	w.unlink(s)
	w.mu.Unlock()
}

func (w *wheel) unlink(s *Session) {
	e := &s.entry
	if e.due == 0 {
		return
	}
	if e.prev == nil {
		w.slots[e.due%wheelSlots] = e.next
	} else {
		e.prev.entry.next = e.next
	}
	if e.next != nil {
		e.next.entry.prev = e.prev
	}
	*e = wheelEntry{}
	w.count--
}

func (w *wheel) run() {
	t := time.NewTicker(w.tick)
	defer t.Stop()
	last := time.Now()
	var due []*Session
	for at := range t.C {
		// A ticker drops ticks when the machine is busy: count time, not ticks.
		steps := int64(at.Sub(last) / w.tick)
		last = last.Add(time.Duration(steps) * w.tick)
		due = due[:0]
		w.mu.Lock()
		for range min(steps, wheelSlots) {
			w.now++
			for s := w.slots[w.now%wheelSlots]; s != nil; {
				next := s.entry.next
				if s.entry.due <= w.now {
					w.unlink(s)
					due = append(due, s)
				}
				s = next
			}
		}
		if w.count == 0 && len(due) == 0 {
			w.running = false
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		for _, s := range due {
			s.wake()
		}
		clear(due)
	}
}
