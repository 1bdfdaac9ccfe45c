package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

func (w *world) identity(a account.Account, subject string) account.Identity {
	w.t.Helper()
	i := account.Identity{
		ID: w.ids.Next(), AccountID: a.ID, Provider: "oidc", Issuer: "https://id.example", Subject: subject, Label: subject + "@there",
		CreatedAt: 1, LastUsedAt: 2,
	}
	w.update(func(ctx context.Context) error { return w.PutIdentity(ctx, i) })
	return i
}

func visit(hash string, expires int64) account.Visit {
	return account.Visit{TokenHash: hash, Provider: "oidc", Remember: true, CreatedAt: 1, ExpiresAt: expires}
}

var identities = map[string]func(*testing.T, *world){
	"an identity is found by issuer and subject, to the letter": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		one, two, bobs := w.identity(ann, "one"), w.identity(ann, "two"), w.identity(bob, "ONE")
		ctx := t.Context()
		wantEqual(t, "ann's", must(w.Identity(ctx, one.Issuer, "one"))(t), one)
		wantEqual(t, "bob's", must(w.Identity(ctx, one.Issuer, "ONE"))(t), bobs)
		for _, who := range [][2]string{{one.Issuer, "On"}, {one.Issuer + "/", "one"}, {"HTTPS://id.example", "one"}, {"", ""}} {
			wantErr(t, second(w.Identity(ctx, who[0], who[1])), change.ErrNotFound)
		}
		wantEqual(t, "list", must(w.Identities(ctx, ann.ID))(t), []account.Identity{one, two})
		wantEqual(t, "nobody's", len(must(w.Identities(ctx, w.ids.Next()))(t)), 0)
	},

	"an identity is one account's, and keeps whose": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		one := w.identity(ann, "one")
		put := func(i account.Identity) error {
			return w.Update(t.Context(), func(ctx context.Context) error { return w.PutIdentity(ctx, i) })
		}
		another := one
		another.ID, another.AccountID = w.ids.Next(), bob.ID
		wantErr(t, put(another), account.ErrIdentityTaken)
		another.AccountID = ann.ID
		wantErr(t, put(another), account.ErrIdentityTaken)
		used := one
		used.Label, used.Provider, used.LastUsedAt = "renamed", "corp", 9
		if err := put(used); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "used", must(w.Identities(t.Context(), ann.ID))(t), []account.Identity{used})
		w.update(func(ctx context.Context) error {
			return errors.Join(w.DeleteIdentity(ctx, one.ID), w.DeleteIdentity(ctx, w.ids.Next()))
		})
		wantErr(t, second(w.Identity(t.Context(), one.Issuer, "one")), change.ErrNotFound)
		if err := put(another); err != nil {
			t.Error("after it was deleted:", err)
		}
	},

	"of many who link the same identity, one does": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var linked atomic.Int64
		parallel(20, func(int) {
			err := w.Update(t.Context(), func(ctx context.Context) error {
				return w.PutIdentity(ctx, account.Identity{ID: w.ids.Next(), AccountID: ann.ID, Issuer: "https://id.example", Subject: "one"})
			})
			switch {
			case err == nil:
				linked.Add(1)
			case !errors.Is(err, account.ErrIdentityTaken):
				t.Error(err)
			}
		})
		wantEqual(t, "linked", linked.Load(), 1)
	},

	"a visit keeps what it is told, and is taken by one of many": func(t *testing.T, w *world) {
		ann := w.person("ann")
		plain, full := visit("plain", 100), visit("full", 100)
		full.AccountID, full.SessionID, full.Remember = ann.ID, w.ids.Next(), false
		full.Claim = account.Claim{
			Provider: "oidc", Issuer: "https://id.example", Subject: "one", Label: "ann@there", Username: "ann", Name: "Ann 安", Email: "ann@example.org", EmailVerified: true,
		}
		w.update(func(ctx context.Context) error {
			return errors.Join(w.CreateVisit(ctx, plain), w.CreateVisit(ctx, full))
		})
		wantEqual(t, "plain", must(w.Visit(t.Context(), "plain"))(t), plain)
		wantEqual(t, "full", must(w.Visit(t.Context(), "full"))(t), full)
		wantErr(t, second(w.Visit(t.Context(), "FULL")), change.ErrNotFound)
		var taken atomic.Int64
		parallel(20, func(int) {
			err := w.Update(t.Context(), func(ctx context.Context) error {
				got, err := w.TakeVisit(ctx, "full")
				if err == nil && got != full {
					t.Errorf("taken: %+v", got)
				}
				return err
			})
			switch {
			case err == nil:
				taken.Add(1)
			case !errors.Is(err, change.ErrNotFound):
				t.Error(err)
			}
		})
		wantEqual(t, "taken", taken.Load(), 1)
		wantErr(t, second(w.Visit(t.Context(), "full")), change.ErrNotFound)
	},

	"visits expire": func(t *testing.T, w *world) {
		for i := range 4 {
			w.update(func(ctx context.Context) error { return w.CreateVisit(ctx, visit(fmt.Sprint(i), int64(98+i))) })
		}
		w.update(func(ctx context.Context) error { return second(w.DeleteExpired(ctx, 100)) })
		for i := range 4 {
			_, err := w.Visit(t.Context(), fmt.Sprint(i))
			if (err == nil) != (98+i > 100) {
				t.Errorf("%d: %v", i, err)
			}
		}
	},

	"identities and visits go with the account": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		one, two := w.identity(ann, "one"), w.identity(bob, "two")
		v := visit("v", 100)
		v.AccountID = ann.ID
		w.update(func(ctx context.Context) error {
			return errors.Join(w.CreateVisit(ctx, v), w.EraseAccount(ctx, ann.ID, 0))
		})
		wantErr(t, second(w.Identity(t.Context(), one.Issuer, one.Subject)), change.ErrNotFound)
		wantErr(t, second(w.Visit(t.Context(), "v")), change.ErrNotFound)
		wantEqual(t, "another's", must(w.Identity(t.Context(), two.Issuer, two.Subject))(t), two)
	},

	"a registration keeps whom a provider vouched for": func(t *testing.T, w *world) {
		r := account.Registration{
			ID: w.ids.Next(), TokenHash: "h", Username: "ann", Name: "Ann", Email: "ann@example.org", PasswordHash: "p", Language: "en",
			Claim: account.Claim{Provider: "github", Issuer: "https://github.com", Subject: "7", Label: "octo"}, CreatedAt: 1, ExpiresAt: 100,
		}
		w.update(func(ctx context.Context) error { return w.CreateRegistration(ctx, r) })
		wantEqual(t, "by token", must(w.RegistrationByToken(t.Context(), "h"))(t), r)
		wantEqual(t, "by login", must(w.RegistrationsByLogin(t.Context(), "ann@example.org", 1))(t), []account.Registration{r})
	},
}
