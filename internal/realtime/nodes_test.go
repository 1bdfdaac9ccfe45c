package realtime

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/bus"
	"github.com/happychat/happychat/internal/change"
)

// A story is what a node hears of another, and what its beats bring to light.
// "1" is a message with that number, "b1" a beat that says it was the last,
// "l1" a goodbye, "t" typing, "." a beat of our own, "e" the echo of one.
func TestNodesNoticeWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		name, story string
		want        string // what came to light, in order, and what was told again
	}{
		{"all in order", "1 2 b2 . e 3 . e b3 . e", ""},
		{"a little out of order", "1 3 2 b3 . e . e", ""},
		{"late, but within a beat", "1 3 . e 2 . e b3 . e", ""},
		{"lost in between", "1 3 . e . e . e", "lost"},
		{"lost at the end", "1 b2 . e . e", "lost"},
		{"lost once, told once", "1 b3 . e . e . e 4 b4 . e . e", "lost"},
		{"late after it was given up", "1 3 . e . e 2 b3 . e . e", "lost again2"},
		{"told twice", "1 1 2 3 2 . e . e", "again1 again2"},
		{"early and twice", "3 3 1 2 . e . e", "again3"},
		{"typing counts nothing", "1 t t t b1 . e . e", ""},
		{"a node that is new to us from the start", "1 b1 . e", ""},
		{"a node that is new and has spoken", "7 b7 . e . e", "lost"},
		{"a goodbye with everything told", "1 2 l2 . e . e", "left"},
		{"a goodbye with something missing", "1 l2 . e . e", "lost left"},
		{"a goodbye of somebody unknown", "l9 . e . e", ""},
		{"silence", "1 " + strings.Repeat(". e ", 14) + ". e", ""},
		{"silence for too long", "1 " + strings.Repeat(". e ", 16), "lost dead"},
		{"no echo", "1 . . . . . .", "deaf"},
		{"too much overtakes one", "1 " + numbers(3, 3+maxEarly+1) + " . e . e", "lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			n := newNodes(time.Second, start)
			now := start.Add(youngFor * time.Second)
			n.echoed(now)
			var got []string
			for word := range strings.FieldsSeq(c.story) {
				switch word {
				case ".":
					now = now.Add(time.Second)
					r := n.review(now)
					for light, on := range map[string]bool{"lost": r.lost, "dead": len(r.dead) > 0, "left": len(r.left) > 0, "deaf": r.deaf} {
						if on {
							got = append(got, light)
						}
					}
				case "e":
					n.echoed(now)
				default:
					m := message(word)
					if !n.hear(m, now) {
						got = append(got, "again"+word)
					}
				}
			}
			want := strings.Fields(c.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

func message(word string) bus.Message {
	m := bus.Message{From: "other", Kind: bus.Changed}
	switch word[0] {
	case 'b':
		m.Kind, word = bus.Beat, word[1:]
	case 'l':
		m.Kind, word = bus.Left, word[1:]
	case 't':
		return bus.Message{From: "other", Kind: bus.Typed}
	}
	for _, digit := range word {
		m.Number = 10*m.Number + uint64(digit-'0')
	}
	return m
}

func numbers(from, to int) string {
	var words []string
	for n := from; n < to; n++ {
		words = append(words, change.ID(n).String())
	}
	return strings.Join(words, " ")
}

// A node that was just started takes others as they are: nobody was connected
// to it when they said what it did not hear.
func TestYoungNode(t *testing.T) {
	now := time.Now()
	n := newNodes(time.Second, now)
	n.hear(message("7"), now)
	n.hear(message("8"), now)
	for range 4 {
		now = now.Add(time.Second)
		n.echoed(now)
		if r := n.review(now); r.lost {
			t.Error("it thinks that it missed something")
		}
	}
}

// Who was removed is told nothing, however old the list of members is that a
// node remembers, and though it never heard of the removal.
func TestAudienceIsNeverStale(t *testing.T) {
	stored, version, reads := []change.ID{1, 2}, int64(5), 0
	a := audiences{load: func(context.Context, change.ID) ([]change.ID, int64, error) {
		reads++
		return stored, version, nil
	}}
	told := func(at int64) []change.ID {
		t.Helper()
		ids, err := a.of(9, at)
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := told(5); !slices.Equal(got, []change.ID{1, 2}) {
		t.Errorf("told %v", got)
	}
	if told(5); reads != 1 {
		t.Errorf("read %d times", reads)
	}
	stored, version = []change.ID{1}, 8
	if got := told(8); !slices.Equal(got, []change.ID{1}) {
		t.Errorf("after the removal told %v", got)
	}
	// A message from before the removal that comes late.
	if got := told(5); !slices.Equal(got, []change.ID{1}) || reads != 2 {
		t.Errorf("later told %v, read %d times", got, reads)
	}
}

// Sessions that were made one after the other are spread over all shares.
func TestSharesAreEven(t *testing.T) {
	for name, id := range map[string]func(i int) change.ID{
		"counted":           func(i int) change.ID { return change.ID(2<<40 + i) },
		"one a millisecond": func(i int) change.ID { return change.ID(1<<60 + i<<22) },
	} {
		var counts [stillUsedShares]int
		for i := range 100 * stillUsedShares {
			counts[shareOf(id(i))]++
		}
		if least, most := slices.Min(counts[:]), slices.Max(counts[:]); least < 50 || most > 200 {
			t.Errorf("%s: between %d and %d of 100", name, least, most)
		}
	}
}
