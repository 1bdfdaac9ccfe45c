package sqlstore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sqlstore"
)

// BenchmarkSend measures durable sends by many senders at once, each waiting
// for its own before the next.
func BenchmarkSend(b *testing.B) {
	for _, senders := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(senders), func(b *testing.B) {
			ctx := context.Background()
			store, err := sqlstore.Open(ctx, sqlstore.Options{Path: filepath.Join(b.TempDir(), "happychat.db"), Publish: func([]change.Change) {}})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			clock := change.SystemClock{}
			ids := change.NewIDs(clock)
			service := conversation.NewService(conversation.Options{Store: store, IDs: ids, Clock: clock})
			type pair struct{ a, conv change.ID }
			pairs := make([]pair, 0, senders)
			for i := range (senders + 1) / 2 {
				var p [2]change.ID
				err := store.Update(ctx, func(ctx context.Context) error {
					for k := range p {
						p[k] = ids.Next()
						if _, err := store.CreateAccount(ctx, account.Account{
							ID: p[k], Kind: account.Person, Username: fmt.Sprintf("u%d-%d", i, k),
							Email: fmt.Sprintf("u%d-%d@example.org", i, k), State: account.Active, Role: account.User,
						}); err != nil {
							return err
						}
					}
					for k := range p {
						other, err := store.Account(ctx, p[1-k])
						if err != nil {
							return err
						}
						if _, err := store.PutContact(ctx, contact.Contact{Owner: p[k], Account: other.Card(), State: contact.Friend}); err != nil {
							return err
						}
					}
					c, err := service.EnsureDirect(ctx, p[0], p[1])
					pairs = append(pairs, pair{p[0], c.ID}, pair{p[1], c.ID})
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			b.ReportAllocs()
			var next atomic.Int64
			var wg sync.WaitGroup
			for i := range senders {
				wg.Go(func() {
					for {
						n := next.Add(1)
						if n > int64(b.N) {
							return
						}
						if _, err := service.Send(ctx, pairs[i].a, pairs[i].conv, conversation.Draft{ClientID: fmt.Sprintf("client-%012d", n), Body: "How are you today? This is a message of a hundred characters, which is about what people write. Yes."}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
		})
	}
}
