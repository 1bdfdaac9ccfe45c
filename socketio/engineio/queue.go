package engineio

import "sync"

// queue holds the messages that wait for one session. While it is empty it holds
// no memory but its own; in the ordinary case of not too many messages it
// allocates nothing.
type queue struct {
	items []*Message
	bytes int         // of all frames
	taken int         // bytes of items[0] that are with the connection already
	one   [1]*Message // what items lies in while there is no more
}

// chunk and stretch are what items lies in when it is that long: they are used
// again and again.
type (
	chunk   [64]*Message
	stretch [512]*Message
)

var (
	chunks    = sync.Pool{New: func() any { return new(chunk) }}
	stretches = sync.Pool{New: func() any { return new(stretch) }}
)

func (q *queue) len() int { return len(q.items) }

func (q *queue) push(m *Message) {
	if len(q.items) == cap(q.items) {
		q.grow()
	}
	q.items = append(q.items, m)
	q.bytes += m.Size()
}

// pushFirst puts a message before all others.
func (q *queue) pushFirst(m *Message) {
	q.push(m)
	copy(q.items[1:], q.items)
	q.items[0] = m
}

func (q *queue) grow() {
	var more []*Message
	switch cap(q.items) {
	case 0:
		more = q.one[:0]
	case len(q.one):
		more = chunks.Get().(*chunk)[:0]
	case len(chunk{}):
		more = stretches.Get().(*stretch)[:0]
	default:
		more = make([]*Message, 0, 2*len(q.items))
	}
	more = append(more, q.items...)
	q.free()
	q.items = more
}

// free gives up what items lies in.
func (q *queue) free() {
	clear(q.items)
	switch cap(q.items) {
	case len(chunk{}):
		chunks.Put((*chunk)(q.items[:len(chunk{})]))
	case len(stretch{}):
		stretches.Put((*stretch)(q.items[:len(stretch{})]))
	}
	q.items = nil
}

// drop takes the first n messages out.
func (q *queue) drop(n int) {
	for _, m := range q.items[:n] {
		q.bytes -= m.Size()
	}
	q.shift(n)
}

// shift is drop for messages that are not counted any more.
func (q *queue) shift(n int) {
	if n > 0 {
		q.taken = 0
	}
	if n == len(q.items) {
		q.free()
		return
	}
	rest := copy(q.items, q.items[n:])
	clear(q.items[rest:])
	q.items = q.items[:rest]
}

// discard drops all messages but one of which a part is on its way.
func (q *queue) discard() {
	keep := 0
	if q.taken > 0 {
		keep = 1
	}
	for _, m := range q.items[keep:] {
		q.bytes -= m.Size()
	}
	clear(q.items[keep:])
	q.items = q.items[:keep]
	if keep == 0 {
		q.drop(0)
	}
}

// take copies frames, as Message.frameFor gives them, into dst, the last one
// perhaps not as a whole, and returns how much that was.
func (q *queue) take(dst []byte, protocol, deflate int) int {
	n, done := 0, 0
	for _, m := range q.items {
		frame := m.frameFor(protocol, deflate)
		c := copy(dst[n:], frame[q.taken:])
		n += c
		if q.taken += c; q.taken < len(frame) {
			break
		}
		q.taken = 0
		q.bytes -= m.Size()
		done++
	}
	taken := q.taken
	q.shift(done)
	q.taken = taken
	return n
}
