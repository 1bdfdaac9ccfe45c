package main

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"time"
)

// apart has the open packet follow the answer to a WebSocket handshake a moment
// later, instead of in the same write.
type apart struct{ http.ResponseWriter }

func (w apart) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w apart) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &apartConn{Conn: conn}, rw, nil
}

type apartConn struct {
	net.Conn
	answered bool
}

func (c *apartConn) Write(p []byte) (int, error) {
	end := bytes.Index(p, []byte("\r\n\r\n"))
	if c.answered || end < 0 {
		return c.Conn.Write(p)
	}
	c.answered = true
	n, err := c.Conn.Write(p[:end+4])
	if rest := p[n:]; err == nil && len(rest) > 0 {
		<-time.After(beforeOpen)
		var more int
		more, err = c.Conn.Write(rest)
		n += more
	}
	return n, err
}
