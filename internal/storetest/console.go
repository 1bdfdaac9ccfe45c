package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/console"
)

var consoles = map[string]func(*testing.T, *world){
	"people are found by a part of any name": func(t *testing.T, w *world) {
		ann := must(w.create("Ännchen", "ann@example.org"))(t)
		bob := must(w.create("bob_100%", "bob@sub.example.org"))(t)
		cy := must(w.create("cy", "cy@example.com"))(t)
		w.update(func(ctx context.Context) (err error) {
			cy.Name, cy.State, cy.Role = "小 Cy!", account.Disabled, account.Owner
			cy, err = w.PutAccount(ctx, cy)
			return err
		})
		w.befriend(ann, bob)
		w.session(bob, "token-1", 10, 1<<50)
		w.session(bob, "token-2", 30, 1<<50)

		list := must(w.People(t.Context(), console.PeopleFilter{Query: "BOB_1", Limit: 5}))(t)
		wantEqual(t, "bob", list, []console.Person{{Account: bob, Sessions: 2, Friends: 1, LastUsedAt: 30}})
		for _, tt := range []struct {
			filter console.PeopleFilter
			want   []change.ID
		}{
			{console.PeopleFilter{}, []change.ID{cy.ID, bob.ID, ann.ID}},
			{console.PeopleFilter{Query: "ÄNN"}, []change.ID{ann.ID}},
			{console.PeopleFilter{Query: "example.org"}, []change.ID{bob.ID, ann.ID}},
			{console.PeopleFilter{Query: "小"}, []change.ID{cy.ID}},
			{console.PeopleFilter{Query: "!"}, []change.ID{cy.ID}},
			{console.PeopleFilter{Query: "%"}, []change.ID{bob.ID}},
			{console.PeopleFilter{Query: "b%b"}, nil},
			{console.PeopleFilter{Query: "b_b"}, nil},
			{console.PeopleFilter{State: account.Disabled}, []change.ID{cy.ID}},
			{console.PeopleFilter{Role: account.User}, []change.ID{bob.ID, ann.ID}},
			{console.PeopleFilter{Before: bob.ID}, []change.ID{ann.ID}},
		} {
			f := tt.filter
			if f.Before == 0 {
				wantEqual(t, fmt.Sprintf("count of %+v", f), must(w.CountPeople(t.Context(), f))(t), len(tt.want))
			}
			f.Limit = 10
			got := names(must(w.People(t.Context(), f))(t), func(p console.Person) change.ID { return p.Account.ID })
			wantEqual(t, fmt.Sprintf("%+v", tt.filter), got, append([]change.ID{}, tt.want...))
		}
		wantEqual(t, "count", must(w.CountPeople(t.Context(), console.PeopleFilter{Query: "example.org", Before: ann.ID}))(t), 2)
	},

	"sign-ins outlast their sessions": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		one := w.session(ann, "token-1", 10, 1<<50)
		two := w.session(bob, "token-2", 20, 1<<50)
		three := w.session(ann, "token-3", 30, 1<<50)
		w.update(func(ctx context.Context) error {
			return second(w.DeleteSessions(ctx, ann.ID, []change.ID{one.ID, three.ID}))
		})
		ids := func(f console.SignInFilter) []change.ID {
			return names(must(w.SignIns(t.Context(), f))(t), func(s console.SignIn) change.ID { return s.SessionID })
		}
		wantEqual(t, "all", ids(console.SignInFilter{Limit: 10}), []change.ID{three.ID, two.ID, one.ID})
		wantEqual(t, "of Ann", ids(console.SignInFilter{Limit: 1, AccountID: ann.ID}), []change.ID{three.ID})
		wantEqual(t, "before", ids(console.SignInFilter{Limit: 10, AccountID: ann.ID, Before: three.ID}), []change.ID{one.ID})
		wantEqual(t, "entry", must(w.SignIns(t.Context(), console.SignInFilter{Limit: 1}))(t)[0],
			console.SignIn{SessionID: three.ID, Account: ann.Card(), At: 30, Device: "Firefox on Debian", Address: "192.0.2.1"})
	},

	"the audit log names who did it": func(t *testing.T, w *world) {
		ann := w.person("ann")
		entries := []console.Entry{
			{ID: w.ids.Next(), At: 1, Actor: ann.Card(), Action: console.Disabled, Subject: "7", Name: "bob", Detail: "…"},
			{ID: w.ids.Next(), At: 2, Action: console.Created, Subject: "8", Name: "cy"},
		}
		w.update(func(ctx context.Context) error {
			for _, e := range entries {
				if err := w.AddAudit(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
		wantEqual(t, "all", must(w.Audit(t.Context(), 0, 10))(t), []console.Entry{entries[1], entries[0]})
		wantEqual(t, "older", must(w.Audit(t.Context(), entries[1].ID, 10))(t), entries[:1])
		wantEqual(t, "a page", must(w.Audit(t.Context(), 0, 1))(t), entries[1:])
	},

	"counts add up, peaks stay": func(t *testing.T, w *world) {
		add := func(day string, n, peak int64) {
			t.Helper()
			w.update(func(ctx context.Context) error {
				return w.AddCounts(ctx, day, map[console.Count]int64{console.Messages: n}, map[console.Count]int64{console.Connections: peak})
			})
		}
		add("2026-01-01", 3, 5)
		add("2026-01-02", 1, 9)
		add("2026-01-02", 4, 2)
		days := must(w.DayCounts(t.Context(), "2026-01-01"))(t)
		wantEqual(t, "days", days, map[string]map[console.Count]int64{
			"2026-01-01": {console.Messages: 3, console.Connections: 5}, "2026-01-02": {console.Messages: 5, console.Connections: 9},
		})
		wantEqual(t, "from", len(must(w.DayCounts(t.Context(), "2026-01-02"))(t)), 1)
	},

	"who was there is counted once a day, and forgotten": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		note := func(day string, ids ...change.ID) {
			w.update(func(ctx context.Context) error { return w.NoteActive(ctx, day, ids) })
		}
		note("2026-01-01", ann.ID)
		note("2026-01-01", ann.ID, bob.ID)
		note("2026-01-02", bob.ID)
		session := w.session(ann, "token", 5, 1<<50)
		count := func(day string, since int64) []int64 {
			t.Helper()
			active, signIns, accounts, err := w.CountDay(t.Context(), day, since)
			if err != nil {
				t.Fatal(err)
			}
			return []int64{active, signIns, accounts}
		}
		wantEqual(t, "first day", count("2026-01-01", 0), []int64{2, 1, 2})
		wantEqual(t, "second day, much later", count("2026-01-02", 1<<41), []int64{1, 0, 0})
		w.update(func(ctx context.Context) error { return w.ForgetDays(ctx, "2026-01-02", 0) })
		wantEqual(t, "first day", count("2026-01-01", 0), []int64{0, 1, 2})
		wantEqual(t, "second day", count("2026-01-02", 0), []int64{1, 1, 2})
		w.update(func(ctx context.Context) error { return w.ForgetDays(ctx, "2026-01-02", 1<<41) })
		wantEqual(t, "sign-ins", len(must(w.SignIns(t.Context(), console.SignInFilter{Limit: 9}))(t)), 0)
		wantEqual(t, "the session stays", sessionIDs(must(w.Sessions(t.Context(), ann.ID, 0))(t)), []change.ID{session.ID})
	},

	"storage is told": func(t *testing.T, w *world) {
		a, _, c := w.pair("x")
		w.send(c, a, "client-1", "hello")
		u := must(w.StorageUse(t.Context()))(t)
		if u.Accounts != 2 || u.Messages != 1 || u.DatabaseBytes < 4096 || u.Files != 0 || u.FileBytes != 0 {
			t.Errorf("%+v", u)
		}
		one := w.attach(a, "hash-1", 1<<50)
		w.attach(a, "hash-1", 1<<50) // the same content once more
		two := w.attach(a, "hash-2", 1<<50)
		u = must(w.StorageUse(t.Context()))(t)
		if u.Files != 2 || u.FileBytes != one.Size+two.Size {
			t.Errorf("%+v", u)
		}
	},
}
