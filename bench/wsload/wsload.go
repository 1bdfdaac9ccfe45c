// Package wsload is the WebSocket of the load generators. It does as little as
// it can: the machine is shared with the server that is measured.
package wsload

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Conn is one WebSocket.
type Conn struct {
	net.Conn
	rest []byte // read, but not taken apart yet
}

// Dial opens a WebSocket. local is the address to come from, or "".
func Dial(addr, path, local string) (*Conn, error) {
	d := net.Dialer{Timeout: 20 * time.Second, KeepAlive: -1}
	if local != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(local)}
	}
	conn, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &Conn{Conn: conn}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, addr); err != nil {
		conn.Close()
		return nil, err
	}
	buf := make([]byte, 2048)
	n := 0
	for {
		m, err := conn.Read(buf[n:])
		if err != nil {
			conn.Close()
			return nil, err
		}
		n += m
		if end := bytes.Index(buf[:n], []byte("\r\n\r\n")); end >= 0 {
			if !bytes.HasPrefix(buf, []byte("HTTP/1.1 101")) {
				conn.Close()
				return nil, fmt.Errorf("refused: %s", strings.SplitN(string(buf[:n]), "\r\n", 2)[0])
			}
			c.rest = append([]byte(nil), buf[end+4:n]...)
			return c, nil
		}
		if n == len(buf) {
			conn.Close()
			return nil, fmt.Errorf("handshake too long")
		}
	}
}

// Send writes one text message. The mask is zero, which is allowed and free.
func (c *Conn) Send(payload []byte) error {
	_, err := c.Write(Frame(nil, payload))
	return err
}

// Frame appends a frame with one text message to dst.
func Frame(dst, payload []byte) []byte {
	dst = append(dst, 0x81)
	if n := len(payload); n < 126 {
		dst = append(dst, 0x80|byte(n))
	} else {
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(n))
	}
	dst = append(dst, 0, 0, 0, 0)
	return append(dst, payload...)
}

// cut takes the first frame off b; size is 0 if it is not complete.
func cut(b []byte) (payload []byte, size int) {
	if len(b) < 2 {
		return nil, 0
	}
	head, n := 2, int(b[1]&0x7F)
	switch n {
	case 126:
		if len(b) < 4 {
			return nil, 0
		}
		head, n = 4, int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if len(b) < 10 {
			return nil, 0
		}
		head, n = 10, int(binary.BigEndian.Uint64(b[2:]))
	}
	if len(b) < head+n {
		return nil, 0
	}
	return b[head : head+n], head + n
}

// Cut hands over the messages that b consists of; it must end with one.
func Cut(b []byte, f func(payload []byte)) error {
	for len(b) > 0 {
		p, size := cut(b)
		if size == 0 {
			return io.ErrUnexpectedEOF
		}
		f(p)
		b = b[size:]
	}
	return nil
}

// Rest hands over what was read and not asked for with Next.
func (c *Conn) Rest(f func(payload []byte)) error {
	b := c.rest
	c.rest = nil
	return Cut(b, f)
}

// Next waits for one message; for the time before the load begins.
func (c *Conn) Next() ([]byte, error) {
	for {
		if p, n := cut(c.rest); n > 0 {
			p = append([]byte(nil), p...)
			c.rest = c.rest[n:]
			return p, nil
		}
		buf := make([]byte, 4096)
		n, err := c.Read(buf)
		if err != nil {
			return nil, err
		}
		c.rest = append(c.rest, buf[:n]...)
	}
}

// Each hands over all messages until the connection ends.
func (c *Conn) Each(buf []byte, f func(payload []byte)) error {
	_ = c.SetDeadline(time.Time{})
	n := copy(buf, c.rest)
	c.rest = nil
	for {
		used := 0
		for {
			p, size := cut(buf[used:n])
			if size == 0 {
				break
			}
			f(p)
			used += size
		}
		n = copy(buf, buf[used:n])
		m, err := c.Read(buf[n:])
		if err != nil {
			return err
		}
		if n += m; n == 0 {
			return io.ErrUnexpectedEOF
		}
	}
}
