package robot_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
)

// How long the first start with the robot takes where many are. Run it with
// ROBOT_PEOPLE=50000.
func TestManyPeople(t *testing.T) {
	n := 1200
	if _, err := fmt.Sscan(os.Getenv("ROBOT_PEOPLE"), &n); err != nil && os.Getenv("ROBOT_PEOPLE") != "" {
		t.Fatal(err)
	}
	data := t.TempDir()
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Data = data })
	ids := change.NewIDs(change.SystemClock{})
	for from := 0; from < n; from += 500 {
		if err := s.Store.Update(t.Context(), func(ctx context.Context) error {
			for i := from; i < min(from+500, n); i++ {
				if _, err := s.Store.CreateAccount(ctx, account.Account{
					ID: ids.Next(), Kind: account.Person, Username: fmt.Sprint("person", i), Name: "Somebody", Email: fmt.Sprint(i, "@example.org"),
					Role: account.User, State: account.Active, Language: "en", CreatedAt: s.Clock.Now(),
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	s.Stop()
	for _, what := range []string{"the first start", "the next"} {
		began := time.Now()
		s := apptest.Start(t, func(c *config.Config, o *app.Options) {
			c.Data, c.Robot.State = data, config.RobotOn
			o.Committed = nil
		})
		t.Logf("%s with %d people took %s", what, n, time.Since(began).Round(time.Millisecond))
		again := time.NewTicker(20 * time.Millisecond)
		for list := make([]account.Account, 1); len(list) > 0; <-again.C {
			var err error
			if list, err = s.Store.Strangers(t.Context(), s.Robot.Account().ID, 0, 1); err != nil {
				t.Fatal(err)
			}
		}
		again.Stop()
		t.Logf("everybody knew the robot after %s", time.Since(began).Round(time.Millisecond))
		contacts, err := s.Contacts.List(t.Context(), s.Robot.Account().ID)
		if err != nil || len(contacts) != n {
			t.Fatalf("the robot knows %d of %d, %v", len(contacts), n, err)
		}
		s.Stop()
	}
}
