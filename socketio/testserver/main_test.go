package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio/internal/wstest"
)

// run starts the server and returns where it listens. It is stopped at the end
// of the test.
func run(t *testing.T, c config) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	c.interval, c.timeout = time.Minute, time.Minute
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, addr, c) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	wstest.Eventually(t, "it listens", func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return "http://" + addr
}

func TestRoom(t *testing.T) {
	url := run(t, config{room: true, eio3: true})
	var conns []*wstest.Conn
	for range 2 {
		c := wstest.Dial(t, url+"/socket.io/?EIO=4&transport=websocket")
		c.Message()
		c.Text(`40{"token":"123"}`)
		if m := c.Message(); !strings.HasPrefix(m, `40{"sid":"`) {
			t.Fatal(m)
		}
		c.Want(`42["auth",{"token":"123"}]`)
		c.Text(`421["message-with-ack"]`) // answered after it has joined
		c.Want(`431[]`)
		conns = append(conns, c)
	}
	conns[0].Text(`422["say","hello"]`)
	conns[1].Want(`42["say","hello"]`)
	conns[0].Want(`42["say","hello"]`, `432[]`)
	old := wstest.Dial(t, url+"/socket.io/?EIO=3&transport=websocket")
	old.Message()
	old.Want("40", `42["auth",{}]`)
}

// TestNamespaces has what the document's suite asks for, in both namespaces.
func TestNamespaces(t *testing.T) {
	url := run(t, config{})
	for _, ns := range []string{"", "/custom,"} {
		c := wstest.Dial(t, url+"/socket.io/?EIO=4&transport=websocket", "Origin", "null")
		c.Message()
		c.Text("40" + ns)
		c.Message()
		c.Want("42" + ns + `["auth",{}]`) // by itself, a moment later
		c.Text("42"+ns+`["message",1,{"2":[3]}]`, "42"+ns+`7["message-with-ack",1,"2"]`, "451-"+ns+`8["message-with-ack",{"_placeholder":true,"num":0}]`)
		c.Binary([]byte{1})
		c.Want("42"+ns+`["message-back",1,{"2":[3]}]`, "43"+ns+`7[1,"2"]`, "461-"+ns+`8[{"_placeholder":true,"num":0}]`)
		c.WantFrame(0x82, "\x01")
	}
	if _, status := wstest.TryDial(t, url+"/socket.io/?EIO=3&transport=websocket"); status != 400 {
		t.Errorf("protocol 3 without -eio3: %d", status)
	}
}

func TestEngineOfProtocol3(t *testing.T) {
	url := run(t, config{engine: true, eio3: true})
	c := wstest.Dial(t, url+"/engine.io/?EIO=3&transport=websocket")
	c.Message()
	c.Text("4hello", "2")
	c.Want("4hello", "3")
	c.Binary([]byte{4, 1})
	c.WantFrame(0x82, "\x04\x01")
}

// written notes what is written.
type written struct {
	net.Conn
	all []string
}

func (w *written) Write(p []byte) (int, error) {
	w.all = append(w.all, string(p))
	return len(p), nil
}

func TestApart(t *testing.T) {
	w := &written{}
	c := &apartConn{Conn: w}
	for _, p := range []string{"HTTP/1.1 101\r\n\r\nopen", "\r\n\r\nmore"} {
		if n, err := c.Write([]byte(p)); n != len(p) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if got := strings.Join(w.all, "|"); got != "HTTP/1.1 101\r\n\r\n|open|\r\n\r\nmore" {
		t.Errorf("%q", got)
	}
}

func TestEngine(t *testing.T) {
	url := run(t, config{engine: true})
	c := wstest.Dial(t, url+"/engine.io/?EIO=4&transport=websocket")
	c.Message()
	c.Text("4hello")
	c.Want("4hello")
	c.Binary([]byte{1})
	c.WantFrame(0x82, "\x01")
	if _, status := wstest.TryDial(t, url+"/engine.io/?EIO=3&transport=websocket"); status != 400 {
		t.Errorf("protocol 3 without -eio3: %d", status)
	}
}
