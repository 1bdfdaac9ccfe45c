package sqlstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
)

// hold keeps the writer busy until release is called.
func hold(s *sqlstore.Store) (release func()) {
	held, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Update(context.Background(), func(context.Context) error {
			close(held)
			<-end
			return nil
		})
	}()
	<-held
	return sync.OnceFunc(func() {
		close(end)
		<-ended
	})
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body  string
		least int // that may wait
		most  int
	}{
		"by number": {"hello", 8000, 10_000},
		"by size":   {strings.Repeat("长", 10_000), 1000, 3000},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, sqliteOptions(t))
			p := newPeople(s)
			pair := mustPair(t, p, "ann")
			release := hold(s)
			defer release()
			var waiting []<-chan sent
			for i := 0; ; i++ {
				r := p.submit(pair, i%2, fmt.Sprint("client-", i), tt.body)
				if len(r) > 0 { // at once: refused
					wantCode(t, (<-r).err, "storage.busy")
					break
				}
				waiting = append(waiting, r)
				if len(waiting) > tt.most {
					t.Fatalf("%d wait", len(waiting))
				}
			}
			if len(waiting) < tt.least {
				t.Errorf("only %d may wait", len(waiting))
			}
			release()
			for i, r := range waiting {
				if got := <-r; got.err != nil || got.message.Seq != int64(i+1) {
					t.Fatalf("draft %d: seq %d, %v", i, got.message.Seq, got.err)
				}
			}
			if _, err := p.send(pair, 0, "afterwards", tt.body); err != nil {
				t.Error(err)
			}
			if n := len(stored(t, s, pair.ID)); n != len(waiting)+1 {
				t.Errorf("%d are stored of %d", n, len(waiting)+1)
			}
		})
	}
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	t.Parallel()
	for round := range 10 {
		o := sqliteOptions(t)
		var mu sync.Mutex
		published := 0
		o.Publish = func(list []change.Change) {
			mu.Lock()
			published += len(list)
			mu.Unlock()
		}
		s, err := sqlstore.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		p := newPeople(s)
		pair := mustPair(t, p, "ann")
		before := published
		var all sync.WaitGroup
		var acked []string
		start := make(chan struct{})
		for i := range 50 {
			all.Go(func() {
				<-start
				id := fmt.Sprintf("client-%d-%d", round, i)
				var err error
				if i%2 == 0 {
					_, err = p.send(pair, 0, id, "x")
				} else {
					err = s.Update(context.Background(), func(ctx context.Context) error {
						return s.CreateToken(ctx, account.Token{Hash: id})
					})
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					if i%2 == 0 {
						acked = append(acked, id)
					}
				} else if !isCode(err, "server.stopping") {
					t.Errorf("the error is %v", err)
				}
			})
		}
		for range 2 {
			all.Go(func() {
				<-start
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		all.Wait()
		if published-before != len(acked) {
			t.Errorf("%d changes were published for %d sends", published-before, len(acked))
		}
		if _, err := p.send(pair, 0, "too-late", "x"); !isCode(err, "server.stopping") {
			t.Errorf("the error is %v", err)
		}
		again := openStore(t, o)
		found := stored(t, again, pair.ID)
		for _, id := range acked {
			if _, ok := found[id]; !ok {
				t.Errorf("%s was acknowledged and is not there", id)
			}
		}
	}
}

// cut ends every connection to a database but its own.
func cut(t *testing.T, url string) {
	t.Helper()
	name := strings.TrimPrefix(url[:strings.Index(url, "?")], "postgres://test@/")
	if _, err := fast.running.Admin().ExecContext(context.Background(),
		"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
		t.Error(err)
	}
}

func TestPostgresConnectionIsCut(t *testing.T) {
	t.Parallel()
	url := fast.database(t)
	s := openStore(t, sqlstore.Options{URL: url})
	p := newPeople(s)
	pair := mustPair(t, p, "ann")
	for round := range 3 {
		// In the middle of a transaction: nothing of it is stored.
		began := make(chan struct{})
		end := make(chan struct{})
		result := make(chan error)
		go func() {
			result <- s.Update(context.Background(), func(ctx context.Context) error {
				if err := s.CreateToken(ctx, account.Token{Hash: fmt.Sprint("lost", round)}); err != nil {
					return err
				}
				close(began)
				<-end
				return s.CreateToken(ctx, account.Token{Hash: fmt.Sprint("lost too", round)})
			})
		}()
		<-began
		waits := p.submit(pair, 0, fmt.Sprintf("client-%d-waits", round), "x") // behind it
		cut(t, url)
		close(end)
		wantCode(t, <-result, "storage.unreachable")
		if r := <-waits; r.err != nil && !isCode(r.err, "storage.unreachable") {
			t.Errorf("who waits is told %v", r.err)
		}
		if _, err := p.send(pair, 0, fmt.Sprintf("client-%d-next", round), "x"); err != nil {
			t.Errorf("the next write: %v", err)
		}
		if _, err := p.send(pair, 0, fmt.Sprintf("client-%d-waits", round), "x"); err != nil {
			t.Errorf("repeated: %v", err)
		}
		// While nothing runs: nobody notices.
		cut(t, url)
		if _, err := p.send(pair, 1, fmt.Sprintf("client-%d-idle", round), "x"); err != nil {
			t.Errorf("after an idle connection was cut: %v", err)
		}
		// Readers are told, or helped.
		for try := 0; ; try++ {
			_, err := s.Token(t.Context(), fmt.Sprint("lost", round))
			if isCode(err, "not_found") {
				break
			}
			wantCode(t, err, "storage.unreachable")
			if try > 50 {
				t.Fatal("readers do not come back")
			}
		}
	}
	if n := len(stored(t, s, pair.ID)); n != 9 {
		t.Errorf("%d messages are stored, want 9", n)
	}
}
