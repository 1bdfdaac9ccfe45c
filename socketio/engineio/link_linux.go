package engineio

import (
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// pollLink is the link for plain TCP on Linux. While nothing happens on it, it
// holds no goroutine and no buffer: a loop waits for its readiness together with
// that of thousands of others.
//
// It has the socket to itself: the descriptor is a copy, made after the HTTP
// server was done with the connection, and Go's own poller does not know it.
type pollLink struct {
	t    *wsConn
	loop *loop
	slot uint32 // its place in the loop's table
	turn uint32 // how often the place was given away before

	heard atomic.Uint32 // the round of the loop in which it brought something last

	// Guarded by loop.flushMu: how often it got ahead of the others, in which round.
	aheadRound uint32
	ahead      uint32

	mu       sync.Mutex
	fd       int32  // -1 once closed
	started  bool   // registered with epoll
	quiet    bool   // input is switched off
	full     bool   // the kernel takes no more; waiting for EPOLLOUT
	deaf     bool   // what comes is thrown away
	leftover []byte // taken, but not yet written
}

// ownLink is the link that a WebSocket has in itself, which saves memory where
// there are many.
type ownLink = pollLink

// newLink returns the link for a connection: a pollLink for plain TCP, as long
// as there are loops to be had, and a goLink for everything else.
func (srv *Server) newLink(t *wsConn, conn net.Conn) link {
	tcp, ok := conn.(*net.TCPConn)
	if !ok || srv.opts.NoReadiness {
		return &goLink{t: t, conn: conn}
	}
	lp := srv.loops.pick()
	if lp == nil {
		return &goLink{t: t, conn: conn}
	}
	fd := -1
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(old uintptr) {
			if n, _, errno := syscall.Syscall(syscall.SYS_FCNTL, old, syscall.F_DUPFD_CLOEXEC, 0); errno == 0 {
				fd = int(n)
			}
		})
	}
	if fd < 0 { // out of descriptors
		return &goLink{t: t, conn: conn}
	}
	conn.Close()
	l := &t.own
	l.t, l.loop, l.fd = t, lp, int32(fd)
	lp.add(l)
	return l
}

// start begins to read. early is what was already read from the connection.
func (l *pollLink) start(early []byte) {
	if len(early) > 0 && !l.t.input(early) {
		l.mu.Lock()
		l.deaf = true
		l.mu.Unlock()
	}
	l.mu.Lock()
	ok := l.fd < 0 || l.loop.control(syscall.EPOLL_CTL_ADD, l)
	l.started = true
	l.mu.Unlock()
	if !ok {
		l.t.eof(syscall.ENOMEM)
	}
}

// events is what the link waits for. l.mu is held.
func (l *pollLink) events() uint32 {
	var e uint32
	if !l.quiet {
		e |= syscall.EPOLLIN | syscall.EPOLLRDHUP
	}
	if l.full {
		e |= syscall.EPOLLOUT
	}
	return e
}

// update tells epoll what the link waits for now. l.mu is held.
func (l *pollLink) update() {
	if l.started && l.fd >= 0 {
		l.loop.control(syscall.EPOLL_CTL_MOD, l)
	}
}

func (l *pollLink) wake(gather bool) { l.loop.flushSoon(l, gather) }

func (l *pollLink) hurry() { l.loop.flushSoon(l, false) }

func (l *pollLink) reading(on bool) {
	l.mu.Lock()
	if l.quiet == on {
		l.quiet = !on
		l.update()
	}
	l.mu.Unlock()
}

func (l *pollLink) abort() {
	l.mu.Lock()
	fd := l.fd
	l.fd, l.leftover = -1, nil
	l.mu.Unlock()
	if fd >= 0 {
		l.loop.drop(l)
		_ = syscall.Close(int(fd)) // which also takes it out of epoll
	}
}

// readable reads once; if more has come, epoll says so again. broken says that
// the connection is, which epoll would repeat for as long as it is not closed.
func (l *pollLink) readable(buf []byte, broken bool) {
	l.mu.Lock()
	if l.fd < 0 || l.quiet {
		over := l.fd >= 0 && broken
		l.mu.Unlock()
		if over {
			l.t.eof(syscall.ECONNRESET)
		}
		return
	}
	n, errno := readFD(l.fd, buf)
	deaf := l.deaf
	l.heard.Store(l.loop.round.Load())
	l.mu.Unlock()
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
	case errno != 0:
		l.t.eof(errno)
	case n == 0:
		l.t.eof(nil)
	case !deaf && !l.t.input(buf[:n]):
		l.mu.Lock()
		l.deaf = true
		l.mu.Unlock()
	}
}

// writable is called when the kernel takes bytes again.
func (l *pollLink) writable() {
	l.mu.Lock()
	l.full = false
	l.update()
	l.mu.Unlock()
	l.loop.flushSoon(l, false)
}

// flush writes what waits. Only the loop's flusher calls it. buf is for the time
// of the call.
func (l *pollLink) flush(buf []byte) {
	for {
		l.mu.Lock()
		if l.fd < 0 || l.full {
			l.mu.Unlock()
			return
		}
		left := l.leftover
		l.mu.Unlock()
		n, fin := 0, false
		out := left
		if len(left) == 0 {
			n, fin = l.t.take(buf, true)
			out = buf[:n]
		}
		if len(out) > 0 && !l.write(out) {
			return
		}
		if fin {
			l.mu.Lock()
			if l.fd >= 0 {
				_ = syscall.Shutdown(int(l.fd), syscall.SHUT_WR)
			}
			l.mu.Unlock()
			return
		}
		if len(left) == 0 && n < len(buf) {
			return
		}
	}
}

// write writes p, and keeps what the kernel does not take. It returns false if
// nothing more can be written now.
func (l *pollLink) write(p []byte) bool {
	l.mu.Lock()
	for len(p) > 0 && l.fd >= 0 {
		n, errno := writeFD(l.fd, p)
		if errno == syscall.EINTR {
			continue
		}
		if errno == syscall.EAGAIN {
			l.leftover = append([]byte(nil), p...)
			l.full = true
			l.update()
			l.mu.Unlock()
			return false
		}
		if errno != 0 {
			l.mu.Unlock()
			l.t.eof(errno)
			return false
		}
		p = p[n:]
	}
	l.leftover = nil
	ok := l.fd >= 0
	l.mu.Unlock()
	return ok
}
