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
	slots   [wheelSlots]wheelEntry // heads of rings
	now     int64                  // ticks so far
	count   int
	running bool
}

const wheelSlots = 512

// wheelEntry is a place in the wheel. The zero value is in none.
type wheelEntry struct {
	next, prev *wheelEntry
	session    *Session
	due        int64 // in ticks
}

func newWheel(tick time.Duration) *wheel {
	w := &wheel{tick: tick}
	for i := range w.slots {
		w.slots[i].next, w.slots[i].prev = &w.slots[i], &w.slots[i]
	}
	return w
}

// schedule has e's session woken after d, in place of any earlier deadline.
func (w *wheel) schedule(e *wheelEntry, d time.Duration) {
	ticks := int64((d + w.tick - 1) / w.tick)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink(e)
	e.due = w.now + max(1, ticks) + 1 // the current tick is partly over
	head := &w.slots[e.due%wheelSlots]
	e.next, e.prev = head, head.prev
	e.prev.next, head.prev = e, e
	if w.count++; !w.running {
		w.running = true
		go w.run()
	}
}

// remove takes e out. A wake-up that is already under way still comes.
func (w *wheel) remove(e *wheelEntry) {
	w.mu.Lock()
	w.unlink(e)
	w.mu.Unlock()
}

func (w *wheel) unlink(e *wheelEntry) {
	if e.next == nil {
		return
	}
	e.next.prev, e.prev.next = e.prev, e.next
	e.next, e.prev = nil, nil
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
			head := &w.slots[w.now%wheelSlots]
			for e := head.next; e != head; {
				next := e.next
				if e.due <= w.now {
					w.unlink(e)
					due = append(due, e.session)
				}
				e = next
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
