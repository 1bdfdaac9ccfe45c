package jstest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
)

// echo sends back what it gets, and tells of the last thing that it has got.
type echo struct {
	s    *engineio.Session
	last chan<- string
}

func (e echo) Message(data []byte, binary bool) error {
	switch {
	case binary:
		e.s.Send(engineio.NewBinary(data))
	case string(data) == "last words":
		e.last <- string(data)
	default:
		e.s.Send(engineio.NewText(data))
	}
	return nil
}

func (e echo) Closed(r engineio.Reason) { e.last <- string(r) }

// TestEngineClients has the clients of the layer below talk to a bare Engine.IO
// server.
func TestEngineClients(t *testing.T) {
	installed(t)
	for _, generation := range []string{"4", "3", "2"} {
		for _, mode := range []string{"polling", "upgrade", "websocket"} {
			t.Run(generation+".x "+mode, func(t *testing.T) {
				last := make(chan string, 2)
				server := engineio.NewServer(engineio.Options{AllowEIO3: true}, func(s *engineio.Session, _ *http.Request) engineio.Handler {
					s.Accept()
					return echo{s, last}
				})
				web := httptest.NewServer(server)
				defer web.Close()
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
				defer cancel()
				if out, err := exec.CommandContext(ctx, "node", "engine.mjs", web.URL, generation, mode).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if words, reason := <-last, <-last; words != "last words" || reason != string(engineio.ReasonTransportClose) {
					t.Errorf("the server has seen %q and %q", words, reason)
				}
			})
		}
	}
}
