package engineio

import (
	"errors"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
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
	soon     []*pollLink // to be flushed at once
	waiting  []*pollLink // to be flushed in the next round
	ahead    int         // how many may still get ahead of the others before that
	closed   bool

	urgent atomic.Bool   // there are some in soon
	round  atomic.Uint32 // the number of the round
}

// The buffers of a loop, in bytes: what is read from, and written to, a
// connection at a time.
const loopBuffer = 64 << 10

// What goes to many connections is written in rounds. After one that took longer
// than longRound, the next one may begin only after some times that time, but at
// most longestRest later: so frames gather, and several leave in one write.
const (
	longRound   = 500 * time.Microsecond
	restTimes   = 2
	longestRest = 8 * time.Millisecond
)

// Those who talk get ahead of those who only listen: what comes of their words
// does not wait for the round. But a connection may do that aheadTurns times in
// a round, and all together leastAhead times and for one of aheadPart links of the
// round, so that talk does not outrun those who listen.
const (
	aheadTurns = 16
	aheadPart  = 4
	leastAhead = 16
)

// urgentPart is how many of those who wait for no round are served between two of
// a round: however much is said to single connections, rounds come to their end.
const urgentPart = 8

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
	return syscall.EpollCtl(lp.epoll, op, int(l.fd), &syscall.EpollEvent{
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

// flushSoon has the flusher write what waits for a link. With gather, that may take
// until the next round.
func (lp *loop) flushSoon(l *pollLink, gather bool) {
	lp.flushMu.Lock()
	gather = gather && !lp.mayOvertake(l)
	first := len(lp.soon) == 0
	if gather {
		first = first && len(lp.waiting) == 0
		lp.waiting = append(lp.waiting, l)
	} else {
		lp.soon = append(lp.soon, l)
		lp.urgent.Store(true)
	}
	lp.flushMu.Unlock()
	if first {
		lp.flushing.Signal()
	}
}

// mayOvertake lets a link that was heard lately ahead of the others. lp.flushMu is
// held.
func (lp *loop) mayOvertake(l *pollLink) bool {
	round := lp.round.Load()
	if l.heard.Load()+1 < round || lp.ahead == 0 {
		return false
	}
	if l.aheadRound != round {
		l.aheadRound, l.ahead = round, 0
	}
	if l.ahead == aheadTurns {
		return false
	}
	l.ahead++
	lp.ahead--
	return true
}

// write flushes links until the loop is closed.
func (lp *loop) write() {
	buf := make([]byte, loopBuffer)
	var soon, round []*pollLink
	var next time.Time // when the next round may begin
	alarm := time.AfterFunc(time.Hour, func() {
		lp.flushMu.Lock()
		defer lp.flushMu.Unlock()
		lp.flushing.Signal()
	})
	defer alarm.Stop()
	for {
		lp.flushMu.Lock()
		for !lp.closed && len(lp.soon) == 0 {
			if len(lp.waiting) > 0 {
				left := time.Until(next)
				if left <= 0 {
					break
				}
				alarm.Reset(left)
			}
			lp.flushing.Wait()
		}
		if lp.closed {
			lp.flushMu.Unlock()
			return
		}
		round = lp.begin(round, next)
		lp.flushMu.Unlock()
		if len(round) == 0 {
			soon = lp.flushUrgent(soon, math.MaxInt, buf)
			continue
		}
		begin := time.Now()
		for _, l := range round {
			if lp.urgent.Load() {
				soon = lp.flushUrgent(soon, urgentPart, buf)
			}
			l.flush(buf)
		}
		clear(round)
		end := time.Now()
		next = end.Add(rest(end.Sub(begin)))
	}
}

// begin takes the links of the next round, if it may begin. The list that is given
// is used for those after it. lp.flushMu is held.
func (lp *loop) begin(empty []*pollLink, next time.Time) []*pollLink {
	if len(lp.waiting) == 0 || time.Now().Before(next) {
		return empty[:0]
	}
	links := lp.waiting
	lp.waiting = empty[:0]
	lp.ahead = leastAhead + len(links)/aheadPart
	lp.round.Add(1)
	return links
}

// rest is how long no round may begin after one that took so long.
func rest(took time.Duration) time.Duration {
	if took <= longRound {
		return 0
	}
	return min(restTimes*took, longestRest)
}

// flushUrgent writes what waits for the links in soon, for the first ones if there
// are more than most. It uses links, and returns it for the next time.
func (lp *loop) flushUrgent(links []*pollLink, most int, buf []byte) []*pollLink {
	lp.flushMu.Lock()
	n := min(most, len(lp.soon))
	links = append(links[:0], lp.soon[:n]...)
	left := copy(lp.soon, lp.soon[n:])
	clear(lp.soon[left:])
	lp.soon = lp.soon[:left]
	lp.urgent.Store(left > 0)
	lp.flushMu.Unlock()
	for _, l := range links {
		l.flush(buf)
	}
	clear(links)
	return links
}
