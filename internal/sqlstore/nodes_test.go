package sqlstore_test

import (
	"context"
	"slices"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sqlstore"
)

func TestSessionsGone(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]func(t *testing.T) sqlstore.Options{
		"SQLite":     sqliteOptions,
		"PostgreSQL": func(t *testing.T) sqlstore.Options { return sqlstore.Options{URL: fast.database(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, options(t))
			p := newPeople(s)
			who := mustPair(t, p, "lan").sides[0]
			var all, ended []change.ID
			err := s.Update(t.Context(), func(ctx context.Context) error {
				for i := range 700 { // more than one set
					id := change.ID(1000 + i)
					all = append(all, id)
					if i%3 == 0 {
						ended = append(ended, id)
						continue
					}
					v := account.Session{ID: id, AccountID: who, TokenHash: id.String(), CreatedAt: 1, LastUsedAt: 1, ExpiresAt: 2}
					if err := s.CreateSession(ctx, v); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			gone, err := s.SessionsGone(t.Context(), all)
			if slices.Sort(gone); err != nil || !slices.Equal(gone, ended) {
				t.Errorf("%d of %d are gone, %v", len(gone), len(ended), err)
			}
			if gone, err := s.SessionsGone(t.Context(), nil); err != nil || len(gone) > 0 {
				t.Errorf("of none %v are gone, %v", gone, err)
			}
		})
	}
}
