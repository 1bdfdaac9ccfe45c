// Package natsadapter connects the Socket.IO servers of a cluster by NATS.
//
// Messages go by core NATS, without streams: what is published while a server
// is not connected may be lost for it, as [socketio.Adapter] allows. A message
// may be as large as the NATS server takes (max_payload, 1 MiB unless told);
// a larger one is an error.
package natsadapter

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/happychat/happychat/socketio"
)

// Adapter is that of one server. Make one for each server with [New].
type Adapter struct {
	conn    *nats.Conn
	subject string
	self    string

	mu    sync.Mutex
	peers map[string]time.Time // when they were last heard of
}

var _ socketio.Adapter = (*Adapter)(nil)

// Servers tell each other that they are there, every beat; one that has not been
// heard of for silence is there no more.
const (
	beat    = time.Second
	silence = 3 * beat
)

// What servers tell of themselves, on subject.peer.NAME.
const (
	here = "here"
	gone = "gone"
	who  = "who" // is there? It is here itself.
)

// New returns the adapter of one server, which talks under the subject, such as
// "example.socketio". Servers of one cluster have the same subject, and no one
// else has it.
//
// conn stays the caller's, to be closed after the server. It should reconnect
// without end ([nats.MaxReconnects] of -1). How much is kept while it is not
// connected is its own setting ([nats.ReconnectBufSize]), and so is for how long
// a stalled connection may hold up whoever publishes ([nats.FlusherTimeout]).
func New(conn *nats.Conn, subject string) *Adapter {
	return &Adapter{conn: conn, subject: subject, self: rand.Text(), peers: map[string]time.Time{}}
}

// Publish implements [socketio.Adapter].
func (a *Adapter) Publish(message []byte) error {
	return a.conn.Publish(a.subject+".message."+a.self, message)
}

// Subscribe implements [socketio.Adapter]. It returns when the NATS server knows
// of it, unless that is not connected: then it is made when it is.
func (a *Adapter) Subscribe(receive func(message []byte)) (stop func(), err error) {
	var mu sync.RWMutex // held for writing when it is over
	over := false
	messages, err := a.conn.Subscribe(a.subject+".message.*", func(m *nats.Msg) {
		mu.RLock()
		defer mu.RUnlock()
		if !over && !strings.HasSuffix(m.Subject, a.self) {
			receive(m.Data)
		}
	})
	if err != nil {
		return nil, err
	}
	peers, err := a.conn.Subscribe(a.subject+".peer.*", a.hear)
	if err != nil {
		return nil, errors.Join(err, messages.Unsubscribe())
	}
	if a.conn.IsConnected() {
		_ = a.conn.FlushTimeout(beat) // it was lost again; NATS is told when it is back
	}
	a.tell(who)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				a.tell(here)
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(quit)
		<-done
		a.tell(gone)
		_, _ = messages.Unsubscribe(), peers.Unsubscribe() // the connection may be closed already
		mu.Lock()
		over = true
		mu.Unlock()
		if a.conn.IsConnected() {
			_ = a.conn.FlushTimeout(beat) // otherwise the others notice by the silence
		}
	}), nil
}

// tell says something of this server, if it can.
func (a *Adapter) tell(what string) {
	if a.conn.IsConnected() { // later it would be wrong
		_ = a.conn.Publish(a.subject+".peer."+a.self, []byte(what))
	}
}

func (a *Adapter) hear(m *nats.Msg) {
	name := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
	if name == a.self {
		return
	}
	a.mu.Lock()
	if string(m.Data) == gone {
		delete(a.peers, name)
	} else {
		a.peers[name] = time.Now()
	}
	a.mu.Unlock()
	if string(m.Data) == who {
		a.tell(here)
	}
}

// Peers implements [socketio.Adapter]. A server that dies without a word counts
// for three seconds more.
func (a *Adapter) Peers() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	for name, heard := range a.peers {
		if now.Sub(heard) > silence {
			delete(a.peers, name)
		}
	}
	return len(a.peers)
}
