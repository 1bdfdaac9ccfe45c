// Package wstest is a WebSocket client for tests that look at bytes: it sends
// whatever it is told to, also what no honest client would.
package wstest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Patience is how long anything may take before a test fails.
const Patience = 10 * time.Second

// Conn is the client's end of a WebSocket.
type Conn struct {
	t   testing.TB
	c   net.Conn
	r   *bufio.Reader
	Res *http.Response // the answer to the handshake
}

// Frame is one frame as it came.
type Frame struct {
	Op      byte
	Payload string
}

// Dial opens a WebSocket at an http URL and fails the test if it is refused.
func Dial(t testing.TB, url string, header ...string) *Conn {
	t.Helper()
	c, status := TryDial(t, url, header...)
	if c == nil {
		t.Fatalf("dial %s: status %d", url, status)
	}
	return c
}

// TryDial is Dial that returns the status when it is refused. The header is
// given as name, value, name, value.
func TryDial(t testing.TB, url string, header ...string) (*Conn, int) {
	t.Helper()
	c, status, err := Open(t, url, header...)
	if err != nil {
		t.Fatal(err)
	}
	return c, status
}

// Open is TryDial that returns an error when the connection breaks.
func Open(t testing.TB, url string, header ...string) (*Conn, int, error) {
	t.Helper()
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	c, err := net.Dial("tcp", host)
	if err != nil {
		return nil, 0, err
	}
	t.Cleanup(func() { c.Close() })
	var b strings.Builder
	fmt.Fprintf(&b, "GET /%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", path, host)
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", header[i], header[i+1])
	}
	b.WriteString("\r\n")
	_ = c.SetDeadline(time.Now().Add(Patience))
	if _, err := io.WriteString(c, b.String()); err != nil {
		return nil, 0, err
	}
	r := bufio.NewReader(c)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, 0, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		c.Close()
		return nil, res.StatusCode, nil
	}
	if got := res.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("Sec-WebSocket-Accept = %q", got)
	}
	return &Conn{t: t, c: c, r: r, Res: res}, res.StatusCode, nil
}

// Masked returns a frame as a client sends it. first is the first byte: flags
// and opcode.
func Masked(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, key[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i&3])
	}
	return b
}

// Raw sends bytes as they are. That the server has closed is no failure here.
func (c *Conn) Raw(b []byte) { _, _ = c.c.Write(b) }

// Text sends text messages.
func (c *Conn) Text(messages ...string) {
	for _, m := range messages {
		c.Raw(Masked(0x81, m))
	}
}

// Binary sends a binary message.
func (c *Conn) Binary(p []byte) { c.Raw(Masked(0x82, string(p))) }

// Next returns the next frame, or an error when the connection has ended.
func (c *Conn) Next() (Frame, error) {
	_ = c.c.SetReadDeadline(time.Now().Add(Patience))
	var h [2]byte
	if _, err := io.ReadFull(c.r, h[:]); err != nil {
		return Frame{}, err
	}
	n := uint64(h[1])
	switch n {
	case 126:
		var l [2]byte
		if _, err := io.ReadFull(c.r, l[:]); err != nil {
			return Frame{}, err
		}
		n = uint64(binary.BigEndian.Uint16(l[:]))
	case 127:
		var l [8]byte
		if _, err := io.ReadFull(c.r, l[:]); err != nil {
			return Frame{}, err
		}
		n = binary.BigEndian.Uint64(l[:])
	}
	p := make([]byte, n)
	if _, err := io.ReadFull(c.r, p); err != nil {
		return Frame{}, err
	}
	return Frame{h[0], string(p)}, nil
}

// Want fails the test unless the next messages are these text messages. Engine.IO
// heartbeats in between are left out.
func (c *Conn) Want(messages ...string) {
	c.t.Helper()
	for _, want := range messages {
		if got := c.Message(); got != want {
			c.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// Message returns the next text message that is not a heartbeat.
func (c *Conn) Message() string {
	c.t.Helper()
	for {
		f, err := c.Next()
		if err != nil {
			c.t.Fatalf("waiting for a message: %v", err)
		}
		if f.Op == 0x81 && f.Payload != "2" {
			return f.Payload
		}
		if f.Op != 0x81 {
			c.t.Fatalf("got frame %#x %q, want a text message", f.Op, f.Payload)
		}
	}
}

// WantFrame fails the test unless the next frame is this one.
func (c *Conn) WantFrame(op byte, payload string) {
	c.t.Helper()
	f, err := c.Next()
	if err != nil || f.Op != op || f.Payload != payload {
		c.t.Fatalf("got frame %#x %q, %v; want %#x %q", f.Op, f.Payload, err, op, payload)
	}
}

// WantClose fails the test unless the connection ends. It returns the code of
// the close frame, or 0 if there was none.
func (c *Conn) WantClose() (code int, reason string) {
	c.t.Helper()
	for {
		f, err := c.Next()
		if err != nil {
			if _, ok := errors.AsType[net.Error](err); ok {
				c.t.Fatal("the connection was not closed")
			}
			return code, reason
		}
		if f.Op == 0x88 && len(f.Payload) >= 2 {
			code, reason = int(f.Payload[0])<<8|int(f.Payload[1]), f.Payload[2:]
		}
	}
}

// Close cuts the connection.
func (c *Conn) Close() { c.c.Close() }

// NetConn returns the TCP connection.
func (c *Conn) NetConn() net.Conn { return c.c }

// Eventually waits for a condition, and fails the test if it does not come.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for wait := 50 * time.Microsecond; !condition(); wait = min(2*wait, 20*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(wait) //nolint:forbidigo // between two looks at the condition
	}
}
