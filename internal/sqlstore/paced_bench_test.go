package sqlstore_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
)

// BenchmarkPaced measures how long a send takes to be durable when 2,000 come
// in a second, whether or not those before are done.
func BenchmarkPaced(b *testing.B) {
	store, err := sqlstore.Open(b.Context(), sqlstore.Options{Path: b.TempDir() + "/happychat.db", Publish: func([]change.Change) {}})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	p := newPeople(store)
	pairs := make([]talk, 500)
	for i := range pairs {
		if pairs[i], err = p.pair(fmt.Sprint("pair", i)); err != nil {
			b.Fatal(err)
		}
	}
	body := strings.Repeat("How are you? ", 8)
	took := make([]time.Duration, b.N)
	var all sync.WaitGroup
	all.Add(b.N)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	b.ResetTimer()
	began := time.Now()
	for i := 0; i < b.N; <-tick.C {
		for due := int(time.Since(began).Seconds() * 2000); i < min(due, b.N); i++ {
			at, sent := &took[i], time.Now()
			r := p.submit(pairs[rand.IntN(len(pairs))], i%2, fmt.Sprintf("client-%012d", i), body)
			go func() {
				defer all.Done()
				if got := <-r; got.err != nil {
					b.Error(got.err)
				}
				*at = time.Since(sent)
			}()
		}
	}
	all.Wait()
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[b.N/2]), "p50-ms")
	b.ReportMetric(ms(took[b.N*99/100]), "p99-ms")
	b.ReportMetric(ms(took[b.N-1]), "max-ms")
}
