package engineio

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// loops are what the connections of a server wait in: one loop for each
// processor, made when the first connection comes.
type loops struct {
	mu     sync.Mutex
	all    []*loop
	next   int
	closed bool
}

func newLoops() *loops { return &loops{} }

// pick returns the loop for the next connection, or nil if there is none to be
// had.
func (ls *loops) pick() *loop {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.closed {
		return nil
	}
	if ls.all == nil {
		for range runtime.GOMAXPROCS(0) {
			lp, err := newLoop()
			if err != nil {
				break
			}
			ls.all = append(ls.all, lp)
		}
	}
	if len(ls.all) == 0 {
		return nil
	}
	ls.next++
	return ls.all[ls.next%len(ls.all)]
}

// close stops the loops. No link may be in use any more.
func (ls *loops) close() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.closed = true
	for _, lp := range ls.all {
		lp.close()
	}
	ls.all = nil
}

// loop waits for the readiness of many connections. One goroutine reads them,
// another one writes: whatever is queued for a connection until its turn comes
// leaves in one write.
//
// The epoll descriptor is itself watched by Go's poller, so that a loop that
// waits holds up no thread.
type loop struct {
	file *os.File // the epoll descriptor

	mu     sync.Mutex
	epoll  int // -1 once closed
	links  []*pollLink
	turns  []uint32
	vacant []uint32

	flushMu  sync.Mutex
	flushing sync.Cond
	waiting  []*pollLink // for the flusher
	closed   bool
}

// The buffers of a loop, in bytes: what is read from, and written to, a
// connection at a time.
const loopBuffer = 64 << 10

// When a round of the flusher was for many connections and took longer than
// longRound, it rests for a part of that time.
const (
	manyLinks   = 64
	longRound   = 500 * time.Microsecond
	restPart    = 4
	longestRest = time.Millisecond
)

func newLoop() (*loop, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // or os would not poll it
		_ = syscall.Close(fd)
		return nil, err
	}
	lp := &loop{file: os.NewFile(uintptr(fd), "epoll"), epoll: fd}
	lp.flushing.L = &lp.flushMu
	go lp.read()
	go lp.write()
	return lp, nil
}

func (lp *loop) close() {
	lp.mu.Lock()
	lp.epoll = -1
	lp.mu.Unlock()
	lp.file.Close()
	lp.flushMu.Lock()
	lp.closed = true
	lp.flushMu.Unlock()
	lp.flushing.Signal()
}

// add gives a link its place in the table.
func (lp *loop) add(l *pollLink) {
	lp.mu.Lock()
	defer lp.mu.Unlock()
	if n := len(lp.vacant); n > 0 {
		l.slot, lp.vacant = lp.vacant[n-1], lp.vacant[:n-1]
		l.turn = lp.turns[l.slot]
		lp.links[l.slot] = l
		return
	}
	l.slot = uint32(len(lp.links))
	lp.links, lp.turns = append(lp.links, l), append(lp.turns, 0)
}

func (lp *loop) drop(l *pollLink) {
	lp.mu.Lock()
	defer lp.mu.Unlock()
	if lp.links[l.slot] == l {
		lp.links[l.slot] = nil
		lp.turns[l.slot]++ // an event that is already on its way finds nobody
		lp.vacant = append(lp.vacant, l.slot)
	}
}

func (lp *loop) link(slot, turn uint32) *pollLink {
	lp.mu.Lock()
	defer lp.mu.Unlock()
	if l := lp.links[slot]; l != nil && l.turn == turn {
		return l
	}
	return nil
}

// control registers a link or changes what it waits for. l.mu is held.
func (lp *loop) control(op int, l *pollLink) bool {
	lp.mu.Lock()
	defer lp.mu.Unlock()
	if lp.epoll < 0 {
		return false
	}
	return syscall.EpollCtl(lp.epoll, op, l.fd, &syscall.EpollEvent{
		Events: l.events(), Fd: int32(l.slot), Pad: int32(l.turn),
	}) == nil
}

// read hands over input until the loop is closed.
func (lp *loop) read() {
	raw, err := lp.file.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, loopBuffer)
	events := make([]syscall.EpollEvent, 256)
	n := 0
	ready := func(fd uintptr) bool {
		n, err = syscall.EpollWait(int(fd), events, 0)
		return n != 0 || err != nil && !errors.Is(err, syscall.EINTR)
	}
	for {
		if raw.Read(ready) != nil || n < 0 && !errors.Is(err, syscall.EINTR) {
			return
		}
		for _, e := range events[:max(n, 0)] {
			l := lp.link(uint32(e.Fd), uint32(e.Pad))
			if l == nil {
				continue
			}
			if e.Events&syscall.EPOLLOUT != 0 {
				l.writable()
			}
			if e.Events&^syscall.EPOLLOUT != 0 {
				l.readable(buf, e.Events&(syscall.EPOLLERR|syscall.EPOLLHUP) != 0)
			}
		}
	}
}

// flushSoon has the flusher write what waits for a link.
func (lp *loop) flushSoon(l *pollLink) {
	lp.flushMu.Lock()
	lp.waiting = append(lp.waiting, l)
	idle := len(lp.waiting) == 1
	lp.flushMu.Unlock()
	if idle {
		lp.flushing.Signal()
	}
}

// write flushes links until the loop is closed.
func (lp *loop) write() {
	buf := make([]byte, loopBuffer)
	var batch []*pollLink
	for {
		lp.flushMu.Lock()
		for len(lp.waiting) == 0 && !lp.closed {
			lp.flushing.Wait()
		}
		if lp.closed {
			lp.flushMu.Unlock()
			return
		}
		batch, lp.waiting = lp.waiting, batch[:0]
		lp.flushMu.Unlock()
		begin, many := time.Now(), len(batch) >= manyLinks
		for _, l := range batch {
			l.flush(buf)
		}
		clear(batch)
		// A long round is a fan-out. Those who answer it are answering now: to rest
		// a little before the next round makes one write of what would be several,
		// and keeps the next one from being late by more than a part of this one.
		if took := time.Since(begin); many && took > longRound {
			time.Sleep(min(took/restPart, longestRest)) //nolint:forbidigo // the rest is the purpose
		}
	}
}
