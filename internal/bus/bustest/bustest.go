// Package bustest proves that a bus keeps the contract of bus.Bus, sentence by
// sentence, and makes one that is as unkind as the contract allows.
package bustest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
)

// Run proves the contract. fresh is called at the start of each test and
// returns join, which gives the bus of one more node of an installation that is
// the same for all calls within the test.
func Run(t *testing.T, fresh func(t *testing.T) (join func() bus.Bus)) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, join func() bus.Bus)
	}{
		{"a message reaches the subscribers of all nodes, its own included", reachesAll},
		{"each hears of it as it is", asItIs},
		{"large messages arrive", large},
		{"one at a time", oneAtATime},
		{"from now on: what was published before does not come", fromNowOn},
		{"after cancel has returned deliver is not called", cancelled},
		{"cancel waits for a delivery that runs", cancelWaits},
		{"deliver may publish", publishWithin},
		{"publish waits for nobody, and the bus works afterwards", waitsForNobody},
		{"many at once", manyAtOnce},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, fresh(t)) })
	}
}

func reachesAll(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	boxes := []*Box{Listen(t, a), Listen(t, b), Listen(t, b)}
	settle(t, a, boxes...)
	settle(t, b, boxes...)
	if !a.Connected() || !b.Connected() {
		t.Error("messages travel, and it does not know")
	}
	a.Publish(bus.Message{Kind: bus.Changed, Event: "one"})
	b.Publish(bus.Message{Kind: bus.Changed, Event: "two"})
	for _, box := range boxes {
		box.Await("one")
		box.Await("two")
	}
}

func asItIs(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	box := Listen(t, b)
	settle(t, a, box)
	for i, m := range []bus.Message{
		{
			Kind: bus.Changed, From: "node", Number: 1<<64 - 1, Scope: change.Scope{Kind: change.Conversation, ID: 1<<63 - 1}, MembersVersion: -1,
			Payload: json.RawMessage(`{"body":"你好 <b>&amp;</b> \u0000 \ud83d\ude00 🎈","n":9007199254740993}`), Except: 7,
		},
		{Kind: bus.Ended, Scope: change.Scope{Kind: change.User, ID: 5}, Sessions: []change.ID{1, 1<<63 - 1}, Reason: "revoked"},
		{Kind: bus.Reviewed, Pair: [2]change.ID{3, 4}},
		{Kind: bus.Present, From: "x", Revision: 12, Part: 1, Parts: 3, Presence: []bus.Presence{{Account: 9, Online: true, Friends: []change.ID{1, 2}}, {Account: 10}}},
		{Kind: bus.Present, Came: []change.ID{1, 2}, Went: []change.ID{3}},
		{Kind: bus.Asked, To: "y"},
		{Kind: bus.Called, Sessions: []change.ID{7}},
		{Kind: 200},
	} {
		m.Event = fmt.Sprint("message ", i)
		a.Publish(m)
		if got := box.Await(m.Event); !reflect.DeepEqual(got, m) {
			t.Errorf("got  %+v\nwant %+v", got, m)
		}
	}
}

func large(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	box := Listen(t, b)
	settle(t, a, box)
	payload := json.RawMessage(`"` + strings.Repeat("字", 200_000) + `"`)
	a.Publish(bus.Message{Kind: bus.Changed, Event: "large", Payload: payload})
	if got := box.Await("large"); string(got.Payload) != string(payload) {
		t.Errorf("%d bytes came of %d", len(got.Payload), len(payload))
	}
}

func oneAtATime(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	var inside, most atomic.Int32
	box := NewBox(t)
	t.Cleanup(a.Subscribe(func(m bus.Message) {
		most.Store(max(most.Load(), inside.Add(1)))
		box.Put(m)
		inside.Add(-1)
	}))
	settle(t, a, box)
	settle(t, b, box)
	var publishers sync.WaitGroup
	for i := range 4 {
		publishers.Go(func() {
			for n := range 200 {
				[]bus.Bus{a, b}[i%2].Publish(bus.Message{Kind: bus.Changed, Event: fmt.Sprint(i, "-", n)})
			}
		})
	}
	publishers.Wait()
	settle(t, a, box)
	if most.Load() != 1 {
		t.Errorf("called %d times at once", most.Load())
	}
}

func fromNowOn(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	first := Listen(t, b)
	settle(t, a, first)
	a.Publish(bus.Message{Kind: bus.Changed, Event: "before"})
	first.Await("before")
	late := Listen(t, b)
	settle(t, a, late)
	if late.Has("before") {
		t.Error("it came")
	}
}

func cancelled(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	box := NewBox(t)
	cancel := b.Subscribe(box.Put)
	other := Listen(t, b)
	settle(t, a, box, other)
	stop := make(chan struct{})
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				a.Publish(bus.Message{Kind: bus.Changed, Event: fmt.Sprint("stream", n)})
				if n%64 == 0 {
					other.Await(fmt.Sprint("stream", n))
				}
			}
		}
	})
	box.Await("stream100")
	cancel()
	count := box.Count()
	close(stop)
	publisher.Wait()
	settle(t, a, other)
	if now := box.Count(); now != count {
		t.Errorf("called %d times more", now-count)
	}
	cancel() // once more does no harm
}

func cancelWaits(t *testing.T, join func() bus.Bus) {
	b := join()
	entered, free := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var finished atomic.Bool
	cancel := b.Subscribe(func(bus.Message) {
		once.Do(func() {
			close(entered)
			<-free
			finished.Store(true)
		})
	})
	box := Listen(t, b)
	settle(t, b, box)
	<-entered
	time.AfterFunc(20*time.Millisecond, func() { close(free) })
	cancel()
	if !finished.Load() {
		t.Error("it did not")
	}
}

func publishWithin(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	box := NewBox(t)
	for _, node := range []bus.Bus{a, b} {
		t.Cleanup(node.Subscribe(func(m bus.Message) {
			box.Put(m)
			if n, ok := strings.CutPrefix(m.Event, "question "); ok {
				node.Publish(bus.Message{Kind: bus.Changed, Event: "answer " + n})
			}
		}))
	}
	settle(t, a, box)
	settle(t, b, box)
	for n := range 100 {
		a.Publish(bus.Message{Kind: bus.Changed, Event: fmt.Sprint("question ", n)})
	}
	box.Await("answer 99")
}

func waitsForNobody(t *testing.T, join func() bus.Bus) {
	a, b := join(), join()
	free := make(chan struct{})
	entered := make(chan struct{}, 1)
	t.Cleanup(b.Subscribe(func(bus.Message) {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-free
	}))
	box := Listen(t, a)
	open := sync.OnceFunc(func() { close(free) })
	t.Cleanup(open) // before the subscription is cancelled
	settle(t, a, box)
	eventually(t, "the slow one has something", func() bool {
		a.Publish(bus.Message{Kind: bus.Changed, Event: "first"})
		return len(entered) > 0
	})
	began := time.Now()
	for range 70_000 {
		a.Publish(bus.Message{Kind: bus.Changed, Event: "flood"})
	}
	if took := time.Since(began); took > patience/2 {
		t.Errorf("publishing took %v", took)
	}
	open()
	settle(t, a, box)
}

func manyAtOnce(t *testing.T, join func() bus.Bus) {
	nodes := []bus.Bus{join(), join(), join()}
	var boxes []*Box
	for _, b := range nodes {
		boxes = append(boxes, Listen(t, b))
	}
	for _, b := range nodes {
		settle(t, b, boxes...)
	}
	var publishers sync.WaitGroup
	for i, b := range nodes {
		for g := range 3 {
			publishers.Go(func() {
				for n := range 100 {
					b.Publish(bus.Message{Kind: bus.Changed, Event: fmt.Sprint(i, " ", g, " ", n)})
				}
			})
		}
	}
	publishers.Wait()
	for _, b := range nodes {
		settle(t, b, boxes...)
	}
}

// patience bounds every wait for something that should come.
const patience = 20 * time.Second

// Box keeps what was delivered.
type Box struct {
	t   testing.TB
	mu  sync.Mutex
	got []bus.Message
}

// NewBox makes an empty one.
func NewBox(t testing.TB) *Box { return &Box{t: t} }

// Listen keeps all that b delivers until the test ends.
func Listen(t testing.TB, b bus.Bus) *Box {
	box := NewBox(t)
	t.Cleanup(b.Subscribe(box.Put))
	return box
}

// Put keeps a message.
func (b *Box) Put(m bus.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, m)
}

// All gives what came, in order.
func (b *Box) All() []bus.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]bus.Message(nil), b.got...)
}

// Count tells how many came.
func (b *Box) Count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

// Has tells whether a message with that event came.
func (b *Box) Has(event string) bool {
	_, ok := b.find(event)
	return ok
}

func (b *Box) find(event string) (bus.Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range slices.Backward(b.got) {
		if m.Event == event {
			return m, true
		}
	}
	return bus.Message{}, false
}

// Await waits for the message with that event.
func (b *Box) Await(event string) (m bus.Message) {
	b.t.Helper()
	eventually(b.t, event+" comes", func() (ok bool) {
		m, ok = b.find(event)
		return ok
	})
	return m
}

var settled atomic.Int64

// settle publishes until one of the messages has come to all: what was
// published before has then come too, or never will. A subscription may take a
// while until all nodes know of it.
func settle(t *testing.T, b bus.Bus, boxes ...*Box) {
	t.Helper()
	event := fmt.Sprint("settle ", settled.Add(1))
	last := time.Time{}
	eventually(t, event, func() bool {
		if time.Since(last) > 50*time.Millisecond {
			last = time.Now()
			b.Publish(bus.Message{Kind: bus.Changed, Event: event})
		}
		for _, box := range boxes {
			if !box.Has(event) {
				return false
			}
		}
		return true
	})
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(time.Millisecond) //nolint:forbidigo // between two looks at the condition
	}
}
