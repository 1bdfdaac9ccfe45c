package bustest_test

import (
	"testing"

	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/bus/bustest"
	"github.com/happychat/happychat/internal/bus/membus"
)

// An unkind bus that loses nothing keeps the contract.
func TestUnkindKeepsTheContract(t *testing.T) {
	bustest.Run(t, func(*testing.T) func() bus.Bus {
		shared := bustest.NewUnkind(&membus.Bus{}, 1)
		shared.Lose = 0
		return func() bus.Bus { return shared }
	})
}

func TestUnkind(t *testing.T) {
	b := bustest.NewUnkind(&membus.Bus{}, 7)
	boxes := []*bustest.Box{bustest.Listen(t, b), bustest.Listen(t, b)}
	const count = 1000
	for n := range count {
		b.Publish(bus.Message{Kind: bus.Changed, Number: uint64(n + 1)})
	}
	for range 20 { // one of them will come
		b.Publish(bus.Message{Kind: bus.Changed, Event: "end"})
	}
	for _, box := range boxes {
		box.Await("end")
	}
	for done := b.Done(); boxes[0].Count()+boxes[1].Count() < done.Delivered; done = b.Done() {
		boxes[0].Await("end") // those that are held come within Late
	}
	for _, box := range boxes {
		seen, lost, repeated, early := map[uint64]int{}, 0, 0, 0
		last := uint64(0)
		for _, m := range box.All() {
			if seen[m.Number]++; seen[m.Number] == 2 {
				repeated++
			}
			if m.Number < last {
				early++
			}
			last = max(last, m.Number)
		}
		for n := range count {
			if seen[uint64(n+1)] == 0 {
				lost++
			}
		}
		if lost < count/10 || repeated < count/10 || early < count/10 {
			t.Errorf("lost %d, repeated %d, out of order %d of %d", lost, repeated, early, count)
		}
	}
}
