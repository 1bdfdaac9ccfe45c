package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// large measures starts, memory at rest and pages of the history, with an empty
// database and with a large one.
func large(dir string) error {
	fmt.Printf("\n%-44s %10s %10s %12s\n", "start and rest", "ready ms", "MiB at rest", "of it anonymous")
	if err := atRest("  empty database", filepath.Join(dir, "empty")); err != nil {
		return err
	}
	data := filepath.Join(dir, "large")
	a, err := open(data)
	if err != nil {
		return err
	}
	list, err := people(a, 1000, false)
	if err != nil {
		return err
	}
	elapsed, err := fill(a, list)
	if err != nil {
		return err
	}
	if err := closeApp(a); err != nil {
		return err
	}
	if err := atRest(fmt.Sprintf("  %d messages", *messages), data); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(data, "happychat.db"))
	if err != nil {
		return err
	}
	fmt.Printf("\nfilling it: %.0f durable sends a second, %d bytes on disk for each message of %d\n",
		float64(*messages)/elapsed.Seconds(), info.Size()/int64(*messages), len(text))

	if a, err = open(data); err != nil {
		return err
	}
	fmt.Printf("\n%-44s %10s %10s\n", fmt.Sprintf("history at %d messages", *messages), "p50 ms", "p99 ms")
	for _, page := range []struct {
		what   string
		before func(last int64, k int) int64
	}{
		{"  newest 50", func(int64, int) int64 { return 0 }},
		{"  50 from the middle", func(last int64, k int) int64 { return last/4 + int64(k)%(last/2) }},
	} {
		if err := history(a, list, page.what, page.before); err != nil {
			return err
		}
	}
	return closeApp(a)
}

// atRest starts the program, and looks at it when it has come to rest.
func atRest(what, dir string) error {
	var ready []time.Duration
	var all, anonymous float64
	for range 5 {
		s, err := startServer(dir)
		if err != nil {
			return err
		}
		ready = append(ready, s.ready)
		time.Sleep(2 * time.Second)
		all, anonymous = s.resident()
		s.stop()
	}
	slices.Sort(ready)
	fmt.Printf("%-44s %10.0f %10.1f %12.1f\n", what, float64(ready[len(ready)/2].Microseconds())/1000, all, anonymous)
	return nil
}

func fill(a *app.App, list []person) (time.Duration, error) {
	var n atomic.Int64
	var firstErr atomic.Pointer[error]
	var wg sync.WaitGroup
	began := time.Now()
	for _, p := range list {
		wg.Go(func() {
			for {
				k := n.Add(1)
				if k > int64(*messages) || firstErr.Load() != nil {
					return
				}
				if _, err := a.Conversations.Send(context.Background(), p.id, p.conversation, conversation.Draft{ClientID: fmt.Sprintf("fill-%012d", k), Body: text}); err != nil {
					firstErr.Store(&err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := firstErr.Load(); err != nil {
		return 0, *err
	}
	return time.Since(began), nil
}

// history reads pages of all conversations in turn, one at a time.
func history(a *app.App, list []person, what string, before func(last int64, k int) int64) error {
	last := map[change.ID]int64{}
	var took []time.Duration
	for k := range 4000 {
		p := list[k*7%len(list)]
		if last[p.conversation] == 0 {
			c, err := a.Store.Conversation(context.Background(), p.conversation)
			if err != nil {
				return err
			}
			last[p.conversation] = c.LastSeq
		}
		began := time.Now()
		page, err := a.Conversations.History(context.Background(), p.id, p.conversation, 0, before(last[p.conversation], k), 50)
		if err != nil {
			return err
		}
		took = append(took, time.Since(began))
		if len(page.Messages) != 50 {
			return fmt.Errorf("a page of %d messages", len(page.Messages))
		}
	}
	slices.Sort(took)
	fmt.Printf("%-44s %10.3f %10.3f\n", what, float64(took[len(took)/2].Nanoseconds())/1e6, float64(took[len(took)*99/100].Nanoseconds())/1e6)
	return nil
}
