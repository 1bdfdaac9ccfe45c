package engineio_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
)

// TestMemoryIsReleasedAfterAStorm has clients come, until there are enough of
// them, and go.
func TestMemoryIsReleasedAfterAStorm(t *testing.T) {
	s := serve(t, engineio.Options{})
	released := make(chan bool)
	engineio.WatchStorms(s.engine, 20*time.Millisecond, func() { released <- true })
	come := func(n int) {
		for range n {
			r := httptest.NewRequest("GET", "/engine.io/?EIO=4&transport=polling", nil)
			s.engine.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	come(engineio.StormSize - 1)
	select {
	case <-released:
		t.Fatal("without a storm")
	case <-time.After(50 * time.Millisecond):
	}
	come(1)
	<-released
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.sessions {
		e.s.Close(engineio.ReasonForced)
	}
	<-released
}
