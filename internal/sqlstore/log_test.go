package sqlstore_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestLogBeginsAnew writes several times what the log may hold, while somebody
// reads all the time.
func TestLogBeginsAnew(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	s := openStore(t, o)
	p := newPeople(s)
	pair := mustPair(t, p, "ann")
	ctx, stop := context.WithCancel(t.Context())
	reader := make(chan struct{})
	go func() {
		defer close(reader)
		for ctx.Err() == nil {
			_ = s.View(ctx, func(ctx context.Context) error {
				_, err := s.Messages(ctx, pair.ID, 0, 1<<62, 100, true)
				return err
			})
		}
	}()
	body := strings.Repeat("长", 8000) // 24 kB
	const batch, batches = 200, 30
	for i := range batches {
		waiting := make([]<-chan sent, batch)
		for k := range waiting {
			waiting[k] = p.submit(pair, k%2, fmt.Sprintf("client-%d-%d", i, k), body)
		}
		for _, r := range waiting {
			if got := <-r; got.err != nil {
				t.Fatal(got.err)
			}
		}
	}
	stop()
	<-reader
	info, err := os.Stat(o.Path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if written := batch * batches * len(body); info.Size() > 96<<20 {
		t.Errorf("the log has grown to %d MB, of %d MB written", info.Size()>>20, written>>20)
	}
}
