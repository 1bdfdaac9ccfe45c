package robot_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/robot"
	"github.com/happychat/happychat/internal/sqlstore"
)

// pieces watches how a robot gets to know people.
type pieces struct {
	*sqlstore.Store
	between   func() // called before every piece
	committed func(n int)

	mu   sync.Mutex
	sets []int
}

// Strangers implements robot.Store.
func (p *pieces) Strangers(ctx context.Context, id, after change.ID, limit int) ([]account.Account, error) {
	if limit == 1 {
		p.between()
	}
	return p.Store.Strangers(ctx, id, after, limit)
}

// Introduce implements robot.Store.
func (p *pieces) Introduce(ctx context.Context, who account.Account, list []robot.Acquaintance) error {
	p.AfterCommit(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sets = append(p.sets, len(list))
		p.committed(len(p.sets))
	})
	return p.Store.Introduce(ctx, who, list)
}

// A start does not wait for the robot to know everybody; others write between
// the pieces, and the next start goes on where one was stopped.
func TestTheRobotMeetsPeopleWhileTheServerRuns(t *testing.T) {
	s := apptest.Start(t, nil)
	const n = 250
	people := make([]account.Account, n)
	ids := change.NewIDs(s.Clock)
	update := func(fn func(ctx context.Context) error) {
		t.Helper()
		if err := s.Store.Update(t.Context(), fn); err != nil {
			t.Error(err)
		}
	}
	update(func(ctx context.Context) (err error) {
		for i := range people {
			if people[i], err = s.Store.CreateAccount(ctx, account.Account{
				ID: ids.Next(), Kind: account.Person, Username: fmt.Sprint("person", i), Name: "Somebody", Email: fmt.Sprint(i, "@example.org"),
				Role: account.User, State: account.Active, Language: "en", CreatedAt: s.Clock.Now(),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	written := 0
	store := &pieces{Store: s.Store, between: func() {
		update(func(ctx context.Context) error {
			written++
			_, err := s.Store.PutAccount(ctx, people[written])
			return err
		})
	}}
	run := func(committed func(n int, stop func())) *robot.Service {
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		store.committed = func(n int) { committed(n, stop) }
		r := robot.NewService(robot.Options{Store: store, Contacts: s.Contacts, Conversations: s.Conversations, IDs: ids, Clock: s.Clock})
		before := len(store.sets)
		if err := r.Prepare(ctx); err != nil || len(store.sets) != before {
			t.Fatalf("preparing wrote %v, %v", store.sets, err)
		}
		r.Run(ctx)
		return r
	}
	run(func(n int, stop func()) {
		if n == 2 {
			stop()
		}
	})
	if got := fmt.Sprint(store.sets); got != "[100 100]" {
		t.Fatalf("pieces until it was stopped: %s", got)
	}
	r := run(func(n int, stop func()) {
		if n == 3 {
			stop()
		}
	})
	if got := fmt.Sprint(store.sets); got != "[100 100 50]" || written < 3 {
		t.Errorf("pieces: %s, and others wrote %d times", got, written)
	}
	if contacts, err := s.Contacts.List(t.Context(), r.Account().ID); err != nil || len(contacts) != n {
		t.Errorf("the robot knows %d of %d, %v", len(contacts), n, err)
	}
}
