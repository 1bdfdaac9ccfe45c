package socketio_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// TestSoak has clients come, by WebSocket or by polling and upgrade, talk while
// the server talks to them, and be cut off at any moment, also in the middle of a
// frame. Whatever was acknowledged, in either direction, must have arrived exactly
// once, and in order; nothing may have arrived twice; and in the end nothing may
// be left.
func TestSoak(t *testing.T) {
	duration := 3 * time.Second
	if testing.Short() {
		duration = 300 * time.Millisecond
	}
	f := serve(t, socketio.Options{MaxInFlight: 8, MaxPendingEvents: 16, UpgradeTimeout: time.Second})
	root := f.io.Namespace("/")
	var mu sync.Mutex
	handled := map[string]int{} // by event
	acked := map[string]bool{}  // by the client, of what the server has asked
	root.Handle("n", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		mu.Lock()
		handled[string(e.Args[0])]++
		mu.Unlock()
		e.Later()
		go func() { _ = e.Ack(e.Args[0]) }()
	})
	var asking sync.WaitGroup
	root.OnConnect(func(s *socketio.Socket) {
		asking.Go(func() {
			for i := 0; ; i++ {
				r, err := s.EmitWithAck(s.Context(), "ask", i)
				if err != nil {
					return
				}
				mu.Lock()
				acked[s.ID()+string(r.Args[0])] = true
				mu.Unlock()
			}
		})
	})

	end := time.Now().Add(duration)
	var sent, answered, upgraded atomic.Int64
	var wg sync.WaitGroup
	asked := map[string]bool{} // by the server, as the client saw it
	for w := range 16 {
		wg.Go(func() {
			for round := 0; time.Now().Before(end); round++ {
				name := fmt.Sprintf("w%d-%d", w, round)
				c, sid := comeIn(t, f, round%2 == 0)
				if round%2 == 0 {
					upgraded.Add(1)
				}
				budget := rand.IntN(60)
				for i := range budget {
					n := fmt.Sprintf(`"%s-%d"`, name, i)
					c.Text(fmt.Sprintf(`42%d["n",%s]`, i, n))
					sent.Add(1)
					if rand.IntN(3) > 0 {
						continue // let some of them pile up
					}
					fr, err := c.Next()
					if err != nil {
						t.Errorf("cut off by the server: %v", err)
						return
					}
					switch p := fr.Payload; {
					case strings.HasPrefix(p, "42"):
						id, rest, _ := strings.Cut(p[2:], "[")
						mu.Lock()
						key := sid + strings.TrimSuffix(strings.TrimPrefix(rest, `"ask",`), "]")
						if asked[key] {
							t.Errorf("the server asked %s twice", key)
						}
						asked[key] = true
						mu.Unlock()
						c.Text("43" + id + "[" + id + "]")
					case strings.HasPrefix(p, "43"):
						_, rest, _ := strings.Cut(p, "[")
						event := strings.TrimSuffix(rest, "]")
						mu.Lock()
						if handled[event] != 1 {
							t.Errorf("%s was acknowledged and handled %d times", event, handled[event])
						}
						mu.Unlock()
						answered.Add(1)
					}
				}
				if rand.IntN(2) == 0 { // in the middle of a frame
					b := wstest.Masked(0x81, `42["n","half"]`)
					c.Raw(b[:1+rand.IntN(len(b)-1)])
				}
				c.Close()
			}
		})
	}
	wg.Wait()
	wstest.Eventually(t, "all are gone", func() bool { return root.Len() == 0 && f.io.Connections() == 0 })
	asking.Wait()
	mu.Lock()
	defer mu.Unlock()
	for event, n := range handled {
		if n != 1 || event == `"half"` {
			t.Errorf("%s was handled %d times", event, n)
		}
	}
	for key := range acked {
		if !asked[key] {
			t.Errorf("%s was acknowledged, but the client has not seen it", key)
		}
	}
	t.Logf("%d events sent, %d acknowledged; %d asked and acknowledged; %d upgrades", sent.Load(), answered.Load(), len(acked), upgraded.Load())
}

// comeIn connects a client, by polling and upgrade or at once by WebSocket, and
// returns the ID of its socket.
func comeIn(t *testing.T, f *fixture, upgrade bool) (*wstest.Conn, string) {
	url := f.url + "websocket"
	if upgrade {
		url += "&sid=" + openPolling(t, f)
	}
	c := wstest.Dial(t, url)
	if upgrade {
		c.Text("2probe")
		c.Want("3probe")
		c.Text("5")
	} else {
		c.Message()
	}
	return c, f.enter(c, "", "")
}

// get makes a GET request.
func (f *fixture) get(query string) (int, string) {
	f.t.Helper()
	res, err := http.Get(f.url + query)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
