package apptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/wire"
)

// Socket is a connection by long-polling, which needs no more than HTTP.
type Socket struct {
	person *Person
	url    string
	// Refused is what the server says to a connection that it does not admit.
	Refused json.RawMessage

	mu      sync.Mutex
	changed *sync.Cond
	next    int
	acks    map[int]json.RawMessage
	events  []Event
	ended   string
}

// Connect opens a socket as the person. One that is refused has Refused set.
func (p *Person) Connect() *Socket {
	return p.Server.connect(p, map[string]string{"token": p.Token})
}

// Connect opens a socket with any token.
func (s *Server) Connect(token string) *Socket {
	return s.ConnectWith(map[string]string{"token": token})
}

// ConnectWith opens a socket with any credentials.
func (s *Server) ConnectWith(auth map[string]string) *Socket { return s.connect(nil, auth) }

func (s *Server) connect(p *Person, auth map[string]string) *Socket {
	s.T.Helper()
	if p == nil {
		p = &Person{Server: s}
	}
	c := &Socket{person: p, url: s.Base + "/socket.io/?EIO=4&transport=polling", acks: map[int]json.RawMessage{}}
	c.changed = sync.NewCond(&c.mu)
	open, err := c.poll()
	if err != nil {
		s.T.Fatal(err)
	}
	var hello struct {
		SID string `json:"sid"`
	}
	if len(open) == 0 || json.Unmarshal(open[0][1:], &hello) != nil {
		s.T.Fatalf("no open packet: %s", open)
	}
	c.url += "&sid=" + hello.SID
	c.post("40" + string(wire.Raw(auth)))
	connected := make(chan struct{})
	go c.read(connected)
	<-connected
	return c
}

func (c *Socket) poll() ([][]byte, error) {
	res, err := http.Get(c.url)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %s", res.StatusCode, raw)
	}
	return bytes.Split(raw, []byte{0x1e}), err
}

func (c *Socket) post(packet string) {
	res, err := http.Post(c.url, "text/plain;charset=UTF-8", strings.NewReader(packet))
	if err == nil {
		_ = res.Body.Close()
	}
}

// read takes packets until the connection ends.
func (c *Socket) read(connected chan struct{}) {
	for {
		packets, err := c.poll()
		c.mu.Lock()
		for _, p := range packets {
			if c.take(string(p)) && connected != nil {
				close(connected)
				connected = nil
			}
		}
		if err != nil && c.ended == "" {
			c.ended = err.Error()
		}
		ended := c.ended != ""
		c.changed.Broadcast()
		c.mu.Unlock()
		if ended {
			if connected != nil {
				close(connected)
			}
			return
		}
	}
}

// take handles one packet, and tells whether it decides the connecting.
func (c *Socket) take(p string) (decided bool) {
	switch {
	case p == "2":
		go c.post("3")
	case p == "1":
		c.ended = "closed"
	case strings.HasPrefix(p, "40"):
		return true
	case strings.HasPrefix(p, "44"):
		c.Refused = json.RawMessage(p[2:])
		return true
	case strings.HasPrefix(p, "41"):
		c.ended = "disconnected"
	case strings.HasPrefix(p, "42"):
		var args []json.RawMessage
		var e Event
		if json.Unmarshal([]byte(p[2:]), &args) == nil && len(args) > 1 && json.Unmarshal(args[0], &e.Name) == nil {
			e.Payload = args[1]
			c.events = append(c.events, e)
		}
	case strings.HasPrefix(p, "43"):
		i := strings.IndexByte(p, '[')
		id, _ := strconv.Atoi(p[2:i])
		var args []json.RawMessage
		if json.Unmarshal([]byte(p[i:]), &args) == nil && len(args) == 1 {
			c.acks[id] = args[0]
		}
	}
	return false
}

// Close takes leave.
func (c *Socket) Close() { c.post("1") }

// patience bounds every wait for something that should come.
const patience = 20 * time.Second

// await waits until ok, which is called with the lock held.
func (c *Socket) await(what string, ok func() bool) {
	c.person.Server.T.Helper()
	expired := false
	t := time.AfterFunc(patience, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		expired = true
		c.changed.Broadcast()
	})
	defer t.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !ok() {
		if expired || c.ended != "" {
			c.person.Server.T.Fatalf("%s did not come (connection %q)", what, c.ended)
		}
		c.changed.Wait()
	}
}

// Ask emits a command and gives its acknowledgement. payload is sent as it is
// if it is a string, which may hold several arguments, and as JSON otherwise.
func (c *Socket) Ask(command string, payload any) json.RawMessage {
	c.person.Server.T.Helper()
	text, ok := payload.(string)
	if !ok {
		text = string(wire.Raw(payload))
	}
	c.mu.Lock()
	c.next++
	id := c.next
	c.mu.Unlock()
	if text != "" {
		text = "," + text
	}
	c.post(fmt.Sprintf("42%d[%s%s]", id, wire.Raw(command), text))
	var ack json.RawMessage
	c.await("the acknowledgement of "+command, func() bool { ack = c.acks[id]; return ack != nil })
	return ack
}

// Event waits for the next event of that name, and takes it.
func (c *Socket) Event(name string) json.RawMessage {
	c.person.Server.T.Helper()
	var got json.RawMessage
	c.await(name, func() bool {
		for i, e := range c.events {
			if e.Name == name {
				got = e.Payload
				c.events = append(c.events[:i:i], c.events[i+1:]...)
				return true
			}
		}
		return false
	})
	return got
}

// Take gives all events that came and were not taken, and takes them.
func (c *Socket) Take() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	events := c.events
	c.events = nil
	return events
}

// Seen gives the names of the events that came and were not taken.
func (c *Socket) Seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, e := range c.events {
		names = append(names, e.Name)
	}
	return names
}

// Ended waits until the connection has ended.
func (c *Socket) Ended() {
	c.person.Server.T.Helper()
	t := time.AfterFunc(patience, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.ended == "" {
			c.ended = "too late"
		}
		c.changed.Broadcast()
	})
	defer t.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.ended == "" {
		c.changed.Wait()
	}
	if c.ended == "too late" {
		c.person.Server.T.Fatal("the connection did not end")
	}
}
