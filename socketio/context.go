package socketio

import (
	"context"
	"time"
)

// eventContext is the context of an event. It is made of nothing until somebody
// waits for it, and nothing is left of it when the event is done: a connection
// that is idle now may have sent a hundred events before.
type eventContext struct{ e *Event }

func (c eventContext) Deadline() (deadline time.Time, ok bool) {
	if c.e.late == 0 {
		return time.Time{}, false
	}
	return c.e.context().Deadline()
}

func (c eventContext) Done() <-chan struct{} { return c.e.context().Done() }
func (c eventContext) Err() error            { return c.e.context().Err() }

// Value has none of its own; but contexts look for their parents by it, after
// Done.
func (c eventContext) Value(key any) any {
	c.e.mu.Lock()
	ctx := c.e.ctx
	c.e.mu.Unlock()
	if ctx == nil {
		return nil
	}
	return ctx.Value(key)
}

// context returns what stands behind the event's context.
func (e *Event) context() context.Context {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ctx != nil {
		return e.ctx
	}
	if e.late > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), e.late)
		e.ctx, e.stop = ctx, func(error) { cancel() }
	} else {
		e.ctx, e.stop = context.WithCancelCause(context.Background())
	}
	if e.done {
		e.stop(nil)
	} else if e.late == 0 {
		e.socket.watch(e)
	}
	return e.ctx
}

// watch has an event's context end with the socket.
func (s *Socket) watch(e *Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life != nil && s.life.ended != nil {
		e.stop(s.life.ended)
		return
	}
	if e.next = s.open; e.next != nil {
		e.next.prev = e
	}
	s.open = e
}

func (s *Socket) unwatch(e *Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case e.prev != nil:
		e.prev.next = e.next
	case s.open == e:
		s.open = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	}
	e.next, e.prev = nil, nil
}
