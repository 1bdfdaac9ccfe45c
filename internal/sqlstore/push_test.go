package sqlstore

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/push"
)

// Nothing is left of where a session was called, whatever ended it.
func TestSubscriptionsAreNotLeftBehind(t *testing.T) {
	s, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "happychat.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for id := change.ID(1); id <= 2; id++ {
		err := s.Update(t.Context(), func(ctx context.Context) error {
			if err := s.CreateSession(ctx, account.Session{ID: id, AccountID: 9, TokenHash: id.String(), ExpiresAt: 100}); err != nil {
				return err
			}
			return s.PutSubscription(ctx, push.Subscription{SessionID: id, AccountID: 9, Endpoint: id.String()})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	left := func() (n int) {
		t.Helper()
		if err := s.one(t.Context(), `SELECT count(*) FROM push_subscription`, nil, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := s.Update(t.Context(), func(ctx context.Context) error {
		_, err := s.DeleteSessions(ctx, 9, []change.ID{1})
		return err
	}); err != nil || left() != 1 {
		t.Errorf("one session was ended, and %d are left: %v", left(), err)
	}
	if err := s.Update(t.Context(), func(ctx context.Context) error {
		_, err := s.DeleteExpired(ctx, 100)
		return err
	}); err != nil || left() != 0 {
		t.Errorf("the other expired, and %d are left: %v", left(), err)
	}
}
