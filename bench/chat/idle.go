package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/happychat/happychat/bench/wsload"
)

// idle measures what signed-in sockets cost that have fetched what there is and
// do nothing: memory, and how soon a message reaches one of them.
func idle(dir string) error {
	a, err := open(dir)
	if err != nil {
		return err
	}
	list, err := people(a, *sockets, true)
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
	time.Sleep(time.Second)
	before, _ := server.resident()

	crowd := make([]*listener, len(list))
	var next, lost atomic.Int64
	var closing atomic.Bool
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	began, cpu := time.Now(), server.cpu()
	for range 32 {
		wg.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(list) {
					return
				}
				l, err := listen(server.address, list[i])
				if err != nil {
					err = fmt.Errorf("socket %d: %w", i, err)
					failed.Store(&err)
					return
				}
				crowd[i] = l
				go func() {
					l.run()
					if !closing.Load() {
						lost.Add(1)
					}
				}()
			}
		})
	}
	wg.Wait()
	took, used := time.Since(began), server.cpu()-cpu
	defer func() {
		closing.Store(true)
		for _, l := range crowd {
			if l != nil {
				_ = l.conn.Close()
			}
		}
	}()
	if err := failed.Load(); err != nil {
		return *err
	}

	time.Sleep(10 * time.Second) // until the garbage is gone
	after, _ := server.resident()
	fmt.Printf("\n%d signed-in idle sockets: %.2f KiB each, %.0f a second came and fetched all, %.0f for a CPU second\n",
		len(list), (after-before)*1024/float64(len(list)), float64(len(list))/took.Seconds(), float64(len(list))/used.Seconds())

	var waits []time.Duration
	for range 200 {
		i := rand.IntN(len(list))
		sent := time.Now()
		if err := crowd[i].send(list[i].conversation.String()); err != nil {
			return err
		}
		select {
		case at := <-crowd[i^1].told:
			waits = append(waits, at.Sub(sent))
		case <-time.After(10 * time.Second):
			return fmt.Errorf("a message did not arrive within 10 s")
		}
		time.Sleep(10 * time.Millisecond)
	}
	slices.Sort(waits)
	after, _ = server.resident()
	fmt.Printf("  a message to one of them: p50 %.2f ms, worst of %d %.2f ms; lost %d; %.2f KiB each after that\n",
		float64(waits[len(waits)/2].Microseconds())/1000, len(waits), float64(waits[len(waits)-1].Microseconds())/1000,
		lost.Load(), (after-before)*1024/float64(len(list)))
	return nil
}

// listener is a signed-in client that waits for messages.
type listener struct {
	conn *wsload.Conn
	told chan time.Time
	sent int
}

// listen connects and fetches all there is.
func listen(address string, p person) (*listener, error) {
	conn, err := wsload.Dial(address, "/socket.io/?EIO=4&transport=websocket", "")
	if err != nil {
		return nil, err
	}
	l := &listener{conn: conn, told: make(chan time.Time, 16)}
	if err := conn.Send([]byte(`40{"token":"` + p.token + `"}`)); err != nil {
		return nil, err
	}
	for asked := false; ; {
		m, err := conn.Next()
		switch {
		case err != nil:
			return nil, err
		case bytes.HasPrefix(m, []byte("44")), bytes.Contains(m, []byte(`"error"`)):
			return nil, fmt.Errorf("refused: %s", m)
		case bytes.HasPrefix(m, []byte("40")) && !asked:
			asked = true
			if err := conn.Send([]byte(`420["sync",{"user":0,"conversations":[],"messages":20}]`)); err != nil {
				return nil, err
			}
		case bytes.HasPrefix(m, []byte("430")):
			return l, nil
		}
	}
}

// run answers heartbeats until the connection ends.
func (l *listener) run() {
	_ = l.conn.Each(make([]byte, 4<<10), func(m []byte) {
		switch {
		case len(m) == 1 && m[0] == '2':
			_ = l.conn.Send([]byte("3"))
		case bytes.HasPrefix(m, []byte("431")) && bytes.Contains(m, []byte(`"error"`)):
			fmt.Printf("refused: %s\n", m)
		case bytes.HasPrefix(m, []byte(`42["conversation.changed"`)):
			select {
			case l.told <- time.Now():
			default:
			}
		}
	})
}

func (l *listener) send(conversation string) error {
	for len(l.told) > 0 {
		<-l.told
	}
	l.sent++
	return l.conn.Send(fmt.Appendf(nil, `421["message.send",{"conversationId":"%s","clientId":"idle-socket-%d","body":"%s"}]`, conversation, l.sent, text))
}
