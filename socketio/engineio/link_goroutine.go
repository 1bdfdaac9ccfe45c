package engineio

import (
	"net"
	"sync"
	"time"
)

// goLink is the link for any net.Conn: a goroutine reads, and another one
// writes while there is something to write.
type goLink struct {
	t    *wsConn
	conn net.Conn
}

const (
	readBuffer  = 4 << 10
	writeBuffer = 16 << 10
)

var writeBuffers = sync.Pool{New: func() any { return new([writeBuffer]byte) }}

func (l *goLink) start(early []byte) { go l.read(early) }

// wake does not wait for anything: what comes meanwhile leaves in the next write.
func (l *goLink) wake(bool) { go l.write() }

func (l *goLink) hurry() {}

func (l *goLink) abort() { l.conn.Close() }

// reading has nothing to do: the reader looks before every read.
func (l *goLink) reading(bool) {}

func (l *goLink) read(early []byte) {
	if len(early) > 0 && !l.t.input(early) {
		l.linger()
		return
	}
	buf := make([]byte, readBuffer)
	for {
		l.t.s.waitResumed()
		n, err := l.conn.Read(buf)
		if n > 0 && !l.t.input(buf[:n]) {
			l.linger()
			return
		}
		if err != nil {
			l.t.eof(err)
			return
		}
	}
}

// lingerTime is how long the other side has to close after a close frame, and how
// long a client that closed by POST has to fetch its last poll.
const lingerTime = time.Second

// linger reads and forgets until the other side closes, so that a close frame
// that is on its way is not lost to a reset.
func (l *goLink) linger() {
	_ = l.conn.SetReadDeadline(time.Now().Add(lingerTime))
	var buf [512]byte
	for {
		if _, err := l.conn.Read(buf[:]); err != nil {
			l.t.eof(err)
			return
		}
	}
}

func (l *goLink) write() {
	buf := writeBuffers.Get().(*[writeBuffer]byte)
	defer writeBuffers.Put(buf)
	for {
		n, fin := l.t.take(buf[:], false)
		if n > 0 {
			_ = l.conn.SetWriteDeadline(time.Now().Add(l.t.s.srv.opts.CloseTimeout))
			if _, err := l.conn.Write(buf[:n]); err != nil {
				l.t.eof(err)
				return
			}
		}
		if fin {
			if c, ok := l.conn.(interface{ CloseWrite() error }); ok {
				_ = c.CloseWrite()
			}
			_ = l.conn.SetReadDeadline(time.Now().Add(lingerTime))
			return
		}
		if n == 0 {
			return
		}
	}
}
