package main

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/happychat/happychat/bench/wsload"
)

// dialect is how a peer wants to be talked to.
type dialect interface {
	path() string
	// join brings a fresh connection into the room.
	join(c *wsload.Conn) error
	// say is the message that is delivered to all in the room; n is found
	// again by said.
	say(n int) []byte
	// said calls f with the n of each delivery that a message holds.
	said(p []byte, f func(n int))
	// ask is a message that is acknowledged; answered returns its n, or -1.
	ask(n int) []byte
	answered(p []byte) int
	// pong answers a heartbeat, or is nil.
	pong(p []byte) []byte
}

// filler makes messages 100 bytes long.
const filler = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

// number reads the digits after a mark.
func number(p []byte, mark string) int {
	i := bytes.Index(p, []byte(mark))
	if i < 0 {
		return -1
	}
	p = p[i+len(mark):]
	end := 0
	for end < len(p) && p[end] >= '0' && p[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(p[:end]))
	if err != nil {
		return -1
	}
	return n
}

type socketIO struct{}

func (socketIO) path() string { return "/socket.io/?EIO=4&transport=websocket" }

func (socketIO) join(c *wsload.Conn) error {
	if err := c.Send([]byte("40")); err != nil {
		return err
	}
	for {
		p, err := c.Next()
		if err != nil {
			return err
		}
		if bytes.HasPrefix(p, []byte("40")) {
			return nil
		}
		if bytes.HasPrefix(p, []byte("44")) {
			return fmt.Errorf("refused: %s", p)
		}
	}
}

func (socketIO) say(n int) []byte {
	return fmt.Appendf(nil, `42["say","#%08d%s"]`, n, filler[:80])
}

func (socketIO) said(p []byte, f func(int)) {
	if len(p) > 20 && p[0] == '4' && p[1] == '2' {
		if n := number(p[len(`42["say","#`):], ""); n >= 0 {
			f(n)
		}
	}
}

func (socketIO) ask(n int) []byte {
	return fmt.Appendf(nil, `42%d["message-with-ack","%s"]`, n, filler[:72])
}

func (socketIO) answered(p []byte) int {
	if len(p) < 4 || p[0] != '4' || p[1] != '3' {
		return -1
	}
	return number(p[2:], "")
}

func (socketIO) pong(p []byte) []byte {
	if len(p) == 1 && p[0] == '2' {
		return []byte("3")
	}
	return nil
}

type centrifuge struct{}

func (centrifuge) path() string { return "/connection/websocket" }

func (centrifuge) join(c *wsload.Conn) error {
	if err := c.Send([]byte(`{"id":1,"connect":{}}` + "\n" + `{"id":2,"subscribe":{"channel":"all"}}`)); err != nil {
		return err
	}
	for {
		p, err := c.Next()
		if err != nil {
			return err
		}
		if bytes.Contains(p, []byte(`"error"`)) {
			return fmt.Errorf("refused: %s", p)
		}
		if bytes.Contains(p, []byte(`"id":2`)) {
			return nil
		}
	}
}

func (centrifuge) say(n int) []byte {
	return fmt.Appendf(nil, `{"id":3,"publish":{"channel":"all","data":"#%08d%s"}}`, n, filler[:80])
}

// said looks for several: publications that wait come in one message.
func (centrifuge) said(p []byte, f func(int)) {
	const mark = `"data":"#`
	for i := bytes.Index(p, []byte(mark)); i >= 0; i = bytes.Index(p, []byte(mark)) {
		p = p[i+len(mark):]
		if n := number(p, ""); n >= 0 {
			f(n)
		}
	}
}

func (centrifuge) ask(n int) []byte {
	return fmt.Appendf(nil, `{"id":%d,"rpc":{"method":"echo","data":"%s"}}`, n+10, filler[:72])
}

func (centrifuge) answered(p []byte) int { return number(p, `"id":`) - 10 }

func (centrifuge) pong(p []byte) []byte {
	if len(p) == 2 && p[0] == '{' {
		return []byte("{}")
	}
	return nil
}
