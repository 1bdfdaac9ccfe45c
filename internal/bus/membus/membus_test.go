package membus_test

import (
	"testing"

	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/bus/bustest"
	"github.com/happychat/happychat/internal/bus/membus"
)

func TestMembus(t *testing.T) {
	bustest.Run(t, func(*testing.T) func() bus.Bus {
		shared := &membus.Bus{}
		return func() bus.Bus { return shared }
	})
}

// What waits for a subscriber that does not come back is bounded.
func TestBound(t *testing.T) {
	var b membus.Bus
	free := make(chan struct{})
	box := bustest.NewBox(t)
	t.Cleanup(b.Subscribe(func(m bus.Message) {
		<-free
		box.Put(m)
	}))
	const most = 1 << 14
	for range 2 * most {
		b.Publish(bus.Message{Kind: bus.Changed, Event: "flood"})
	}
	close(free)
	for !box.Has("end") {
		b.Publish(bus.Message{Kind: bus.Changed, Event: "end"})
	}
	flood := 0
	for _, m := range box.All() {
		if m.Event == "flood" {
			flood++
		}
	}
	if flood > most+1 {
		t.Errorf("%d of %d were kept", flood, 2*most)
	}
}
