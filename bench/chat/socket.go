package main

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/happychat/happychat/bench/wsload"
)

// throughSocket measures the program itself, over WebSocket, as its clients
// use it: every sender is signed in, and its friend is told.
func throughSocket(dir string) error {
	a, err := open(dir)
	if err != nil {
		return err
	}
	list, err := people(a, 1000, true)
	if err != nil {
		return err
	}
	if err := closeApp(a); err != nil {
		return err
	}
	server, err := startServer(dir)
	if err != nil {
		return err
	}
	defer server.stop()
	conns := make([]*sender, len(list))
	for i, p := range list {
		if conns[i], err = connect(server.address, p, nil); err != nil {
			return fmt.Errorf("sender %d: %w", i, err)
		}
	}
	send := func(i int, n int64) error { return conns[i].send(fmt.Sprintf("socket-%d-%d", i, n)) }
	header("durable sends through Socket.IO")
	for _, l := range []load{{1, 0, send}, {10, 0, send}, {100, 0, send}, {1000, 0, send}, {1000, 2000, send}} {
		cpu := server.cpu()
		l.send = prefixed(l, send)
		f, err := l.run()
		if err != nil {
			return err
		}
		f.print("  "+l.name(), server.cpu()-cpu)
	}
	for _, c := range conns {
		_ = c.conn.Close()
	}
	return nil
}

// sender is one signed-in client.
type sender struct {
	conn  *wsload.Conn
	id    string
	next  int
	acked chan []byte
	mu    sync.Mutex
	err   error
}

// connect signs somebody in. heard, unless it is nil, is called with every
// event, and acknowledgements are not waited for then.
func connect(address string, p person, heard func([]byte)) (*sender, error) {
	conn, err := wsload.Dial(address, "/socket.io/?EIO=4&transport=websocket", "")
	if err != nil {
		return nil, err
	}
	s := &sender{conn: conn, id: p.conversation.String(), acked: make(chan []byte, 1)}
	if _, err := conn.Next(); err != nil { // the open packet
		return nil, err
	}
	if err := conn.Send([]byte(`40{"token":"` + p.token + `"}`)); err != nil {
		return nil, err
	}
	for {
		m, err := conn.Next()
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(m, []byte("44")) {
			return nil, fmt.Errorf("refused: %s", m)
		}
		if bytes.HasPrefix(m, []byte("40")) {
			break
		}
	}
	go func() {
		err := conn.Each(make([]byte, 64<<10), func(m []byte) {
			switch {
			case heard == nil && bytes.HasPrefix(m, []byte("43")):
				s.acked <- bytes.Clone(m)
			case heard != nil && bytes.HasPrefix(m, []byte("42")):
				heard(m)
			case len(m) == 1 && m[0] == '2':
				_ = conn.Send([]byte("3"))
			}
		})
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
		close(s.acked)
	}()
	return s, nil
}

// post sends one message.
func (s *sender) post(clientID string) error {
	s.next++
	m := make([]byte, 0, 256)
	m = append(m, "42"...)
	m = strconv.AppendInt(m, int64(s.next), 10)
	m = append(m, `["message.send",{"conversationId":"`...)
	m = append(m, s.id...)
	m = append(m, `","clientId":"`...)
	m = append(m, clientID...)
	m = append(m, `","body":"`...)
	m = append(m, text...)
	m = append(m, `"}]`...)
	return s.conn.Send(m)
}

// send sends one message and waits for its acknowledgement.
func (s *sender) send(clientID string) error {
	if err := s.post(clientID); err != nil {
		return err
	}
	select {
	case ack, ok := <-s.acked:
		if !ok {
			s.mu.Lock()
			defer s.mu.Unlock()
			return fmt.Errorf("connection lost: %w", s.err)
		}
		if !bytes.Contains(ack, []byte(`"result"`)) {
			return fmt.Errorf("refused: %s", ack)
		}
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("no acknowledgement within 30 s")
	}
}
