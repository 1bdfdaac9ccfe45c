// Package adaptertest checks that an implementation of socketio.Adapter keeps its
// promises, and holds the one for servers in the same process.
package adaptertest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
)

// Run tests the adapters of one cluster. join returns the adapter of one more
// server of a cluster that is the same for all calls within one subtest; fresh is
// called at the start of each and returns such a join.
func Run(t *testing.T, fresh func(t *testing.T) (join func() socketio.Adapter)) {
	t.Run("a message reaches all others and not the one that publishes", func(t *testing.T) {
		boxes := cluster(t, fresh(t), 3)
		publish(t, boxes[0], "hello")
		boxes[1].want(t, "hello")
		boxes[2].want(t, "hello")
		publish(t, boxes[1], "again")
		boxes[0].want(t, "again")
		if got := boxes[0].all(); slices.Contains(got, "hello") {
			t.Errorf("its own message came back: %q", got)
		}
	})
	t.Run("bytes arrive as they are, and the slice is not kept", func(t *testing.T) {
		boxes := cluster(t, fresh(t), 2)
		b := make([]byte, 100_000)
		for i := range b {
			b[i] = byte(i)
		}
		want := string(b)
		if err := boxes[0].adapter.Publish(b); err != nil {
			t.Fatal(err)
		}
		copy(b, bytes.Repeat([]byte{'x'}, len(b)))
		boxes[1].want(t, want)
	})
	t.Run("nothing comes after stop has returned", func(t *testing.T) {
		boxes := cluster(t, fresh(t), 3)
		publish(t, boxes[0], "before")
		boxes[1].want(t, "before")
		boxes[1].stop()
		publish(t, boxes[0], "after")
		boxes[2].want(t, "after")
		if got := boxes[1].all(); slices.Contains(got, "after") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("peers are the others", func(t *testing.T) {
		boxes := cluster(t, fresh(t), 3)
		eventually(t, "two peers", func() bool { return boxes[0].adapter.Peers() == 2 })
		boxes[2].stop()
		eventually(t, "one peer", func() bool { return boxes[0].adapter.Peers() == 1 })
	})
	t.Run("many at once", func(t *testing.T) {
		boxes := cluster(t, fresh(t), 3)
		var wg sync.WaitGroup
		for _, b := range boxes {
			for g := range 4 {
				wg.Go(func() {
					for i := range 50 {
						_ = b.adapter.Publish(fmt.Appendf(nil, "%p-%d-%d", b, g, i))
					}
				})
			}
		}
		wg.Wait()
		publish(t, boxes[0], "end")
		boxes[1].want(t, "end")
	})
}

// box is a server that remembers what it has received.
type box struct {
	adapter socketio.Adapter
	stop    func()
	mu      sync.Mutex
	got     []string
}

func cluster(t *testing.T, join func() socketio.Adapter, n int) []*box {
	t.Helper()
	boxes := make([]*box, n)
	for i := range boxes {
		b := &box{adapter: join()}
		stop, err := b.adapter.Subscribe(func(m []byte) {
			b.mu.Lock()
			b.got = append(b.got, string(m))
			b.mu.Unlock()
		})
		if err != nil {
			t.Fatal(err)
		}
		b.stop = sync.OnceFunc(stop)
		t.Cleanup(b.stop)
		boxes[i] = b
	}
	return boxes
}

func (b *box) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

func (b *box) want(t *testing.T, message string) {
	t.Helper()
	eventually(t, "a message", func() bool { return slices.Contains(b.all(), message) })
}

func publish(t *testing.T, b *box, message string) {
	t.Helper()
	if err := b.adapter.Publish([]byte(message)); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(time.Millisecond) //nolint:forbidigo // between two looks at the condition
	}
}
