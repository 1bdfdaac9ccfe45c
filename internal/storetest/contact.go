package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

func (w *world) putContact(c contact.Contact) contact.Contact {
	w.t.Helper()
	w.update(func(ctx context.Context) (err error) {
		c, err = w.PutContact(ctx, c)
		return err
	})
	return c
}

func (w *world) putRequest(r contact.Request) contact.Request {
	w.t.Helper()
	w.update(func(ctx context.Context) (err error) {
		r, err = w.PutRequest(ctx, r)
		return err
	})
	return r
}

func (w *world) request(from, to account.Account) contact.Request {
	return contact.Request{
		ID: w.ids.Next(), From: from.Card(), To: to.Card(), Greeting: "Hello, it is me", Remark: "the one from school",
		State: contact.Pending, CreatedAt: w.clock.Now(), ToVersion: 1,
	}
}

func requestIDs(list []contact.Request) []change.ID {
	return names(list, func(r contact.Request) change.ID { return r.ID })
}

var contacts = map[string]func(*testing.T, *world){
	"a contact is the owner's row": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		c := w.putContact(contact.Contact{Owner: ann.ID, Account: bob.Card(), State: contact.Friend, Remark: "Bobby 🐻", Since: 42})
		wantEqual(t, "version", c.Version, 2)
		wantEqual(t, "stored", must(w.Contact(t.Context(), ann.ID, bob.ID))(t), c)
		wantErr(t, second(w.Contact(t.Context(), bob.ID, ann.ID)), change.ErrNotFound)
		wantEqual(t, "published", w.log.of(userScope(ann.ID))[1], change.Change{Scope: userScope(ann.ID), Version: 2, Rows: []change.Row{c}})
		c.State, c.Remark, c.Blocked, c.Since = contact.None, "", true, 0
		c = w.putContact(c)
		wantEqual(t, "version", c.Version, 3)
		wantEqual(t, "stored", must(w.Contact(t.Context(), ann.ID, bob.ID))(t), c)
		wantEqual(t, "the other's scope", w.userVersion(bob), 1)
	},

	"contacts since a version": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var people []account.Account
		for i := range 4 {
			people = append(people, w.person(fmt.Sprint("friend", i)))
		}
		w.putContact(contact.Contact{Owner: ann.ID, Account: people[0].Card(), State: contact.Friend})                // 2
		w.putContact(contact.Contact{Owner: ann.ID, Account: people[1].Card(), State: contact.None, Blocked: true})   // 3
		w.putContact(contact.Contact{Owner: ann.ID, Account: people[2].Card(), State: contact.None})                  // 4
		w.putContact(contact.Contact{Owner: ann.ID, Account: people[3].Card(), State: contact.Friend, Blocked: true}) // 5
		ids := func(since int64) []change.ID {
			return names(must(w.Contacts(t.Context(), ann.ID, since))(t), func(c contact.Contact) change.ID { return c.Account.ID })
		}
		wantEqual(t, "all", ids(0), []change.ID{people[0].ID, people[1].ID, people[3].ID})
		wantEqual(t, "since 1", ids(1), []change.ID{people[0].ID, people[1].ID, people[2].ID, people[3].ID})
		wantEqual(t, "since 3", ids(3), []change.ID{people[2].ID, people[3].ID})
		wantEqual(t, "since 5", ids(5), []change.ID{})
		wantEqual(t, "of another", len(must(w.Contacts(t.Context(), people[0].ID, 0))(t)), 0)
	},

	"friends are those of both sides that block neither way": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var want []change.ID
		for i, tt := range []struct {
			mine, theirs          contact.State
			iBlocked, theyBlocked bool
		}{
			{contact.Friend, contact.Friend, false, false},
			{contact.Friend, contact.Friend, true, false},
			{contact.Friend, contact.Friend, false, true},
			{contact.None, contact.None, false, false},
			{contact.Friend, contact.Friend, false, false},
		} {
			p := w.person(fmt.Sprint("friend", i))
			w.putContact(contact.Contact{Owner: ann.ID, Account: p.Card(), State: tt.mine, Blocked: tt.iBlocked})
			w.putContact(contact.Contact{Owner: p.ID, Account: ann.Card(), State: tt.theirs, Blocked: tt.theyBlocked})
			if i == 0 || i == 4 {
				want = append(want, p.ID)
			}
		}
		wantEqual(t, "friends", must(w.Friends(t.Context(), ann.ID))(t), want)
	},

	"a request is a row of both, unless the asked is not shown it": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		r := w.putRequest(w.request(ann, bob))
		if r.FromVersion != 2 || r.ToVersion != 2 {
			t.Errorf("versions of %+v", r)
		}
		ctx := t.Context()
		wantEqual(t, "stored", must(w.Request(ctx, r.ID))(t), r)
		for _, a := range []account.Account{ann, bob} {
			wantEqual(t, "published", w.log.of(userScope(a.ID))[1], change.Change{Scope: userScope(a.ID), Version: 2, Rows: []change.Row{r}})
		}
		r.State, r.AnsweredAt = contact.Declined, 77
		r = w.putRequest(r)
		wantEqual(t, "stored", must(w.Request(ctx, r.ID))(t), r)
		hidden := w.request(ann, bob)
		hidden.ToVersion = 0
		hidden = w.putRequest(hidden)
		wantEqual(t, "hidden", must(w.Request(ctx, hidden.ID))(t), hidden)
		if hidden.ToVersion != 0 || w.userVersion(bob) != 3 || w.userVersion(ann) != 4 {
			t.Errorf("the asked is shown %+v", hidden)
		}
		wantEqual(t, "last", must(w.LastRequest(ctx, ann.ID, bob.ID))(t), hidden)
		wantErr(t, second(w.LastRequest(ctx, bob.ID, ann.ID)), change.ErrNotFound)
		wantErr(t, second(w.Request(ctx, w.ids.Next())), change.ErrNotFound)
		wantEqual(t, "of the asker", requestIDs(must(w.Requests(ctx, ann.ID, 0))(t)), []change.ID{hidden.ID, r.ID})
		wantEqual(t, "of the asked", requestIDs(must(w.Requests(ctx, bob.ID, 0))(t)), []change.ID{r.ID})
		err := w.Update(ctx, func(ctx context.Context) error {
			_, err := w.PutRequest(ctx, w.request(ann, bob))
			return err
		})
		if err == nil {
			t.Error("two requests wait between the same two")
		}
	},

	"a new device is shown all requests that wait, and the newest of the others": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var waiting, answered []change.ID
		for i := range contact.MaxAnswered + 3 {
			other := w.person(fmt.Sprint("other", i))
			r := w.request(ann, other)
			if i < 2 {
				waiting = append(waiting, w.putRequest(r).ID)
				continue
			}
			r.State = contact.Withdrawn
			answered = append(answered, w.putRequest(r).ID)
		}
		want := append(slices.Clone(waiting), answered[1:]...) // but the oldest answered one
		slices.Reverse(want)
		wantEqual(t, "shown", requestIDs(must(w.Requests(t.Context(), ann.ID, 0))(t)), want)
	},

	"requests since a version, the newest first": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var want []change.ID
		var all []contact.Request
		for i := range 6 {
			other := w.person(fmt.Sprint("other", i))
			r := w.request(ann, other)
			if i%2 == 1 {
				r = w.request(other, ann)
			}
			all = append(all, w.putRequest(r)) // version 2+i of ann
			want = append([]change.ID{r.ID}, want...)
		}
		ctx := t.Context()
		wantEqual(t, "all", requestIDs(must(w.Requests(ctx, ann.ID, 0))(t)), want)
		wantEqual(t, "since", requestIDs(must(w.Requests(ctx, ann.ID, 4))(t)), want[:3])
		all[0].State = contact.Withdrawn
		w.putRequest(all[0])
		wantEqual(t, "since", requestIDs(must(w.Requests(ctx, ann.ID, 7))(t)), []change.ID{all[0].ID})
		wantEqual(t, "waiting", must(w.PendingRequests(ctx, ann.ID))(t), 2)
	},

	"a new name reaches every row that shows it": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var friends []account.Account
		var talks []conversation.Conversation
		for i := range 20 { // more than one statement holds
			friends = append(friends, w.person(fmt.Sprint("friend", i)))
			talks = append(talks, w.befriend(ann, friends[i]))
		}
		blocker, asker, asked, hidden, former := w.person("blocker"), w.person("asker"), w.person("asked"), w.person("hidden"), w.person("former")
		w.putContact(contact.Contact{Owner: blocker.ID, Account: ann.Card(), State: contact.None, Blocked: true})
		w.putContact(contact.Contact{Owner: former.ID, Account: ann.Card(), State: contact.None})
		in, out := w.putRequest(w.request(asker, ann)), w.putRequest(w.request(ann, asked))
		unseen := w.request(ann, hidden)
		unseen.ToVersion = 0
		unseen = w.putRequest(unseen)

		before := len(w.log.all())
		ann.Name = "Ann 改名"
		w.update(func(ctx context.Context) (err error) {
			ann, err = w.PutAccount(ctx, ann)
			return err
		})
		byScope := map[change.Scope][]change.Row{}
		for _, c := range w.log.all()[before:] {
			if byScope[c.Scope] != nil {
				t.Errorf("scope %v was changed twice", c.Scope)
			}
			byScope[c.Scope] = c.Rows
		}
		ctx := t.Context()
		in, out, unseen = must(w.Request(ctx, in.ID))(t), must(w.Request(ctx, out.ID))(t), must(w.Request(ctx, unseen.ID))(t)
		want := map[change.Scope][]change.Row{
			userScope(blocker.ID): {must(w.Contact(ctx, blocker.ID, ann.ID))(t)},
			userScope(asker.ID):   {in},
			userScope(asked.ID):   {out},
		}
		for i, f := range friends {
			want[userScope(f.ID)] = []change.Row{must(w.Contact(ctx, f.ID, ann.ID))(t)}
			want[talkScope(talks[i].ID)] = []change.Row{must(w.Member(ctx, talks[i].ID, ann.ID))(t)}
		}
		for scope, rows := range want {
			wantEqual(t, fmt.Sprintf("scope %v", scope), byScope[scope], rows)
			for _, r := range rows {
				if card, version := cardOf(r, ann.ID), versionIn(r, scope); card != ann.Card() || version == 0 {
					t.Errorf("scope %v holds %+v", scope, r)
				}
			}
			delete(byScope, scope)
		}
		mine := byScope[userScope(ann.ID)]
		if len(mine) != 4 || fmt.Sprint(mine[0]) != fmt.Sprint(ann) {
			t.Errorf("of the renamed: %+v", mine)
		}
		delete(byScope, userScope(ann.ID))
		if len(byScope) != 0 {
			t.Errorf("also changed: %+v", byScope)
		}
		if unseen.ToVersion != 0 || w.userVersion(hidden) != 1 || w.userVersion(former) != 2 {
			t.Error("who is not shown the account was told")
		}

		// What is not on the card is nobody else's.
		before = len(w.log.all())
		ann.PasswordHash, ann.Language, ann.Role, ann.State = "another hash", "zh-CN", account.Owner, account.Disabled
		w.update(func(ctx context.Context) (err error) {
			ann, err = w.PutAccount(ctx, ann)
			return err
		})
		if n := len(w.log.all()) - before; n != 1 {
			t.Errorf("%d changes", n)
		}
		wantEqual(t, "account", must(w.Account(ctx, ann.ID))(t), ann)
	},
}

func cardOf(r change.Row, id change.ID) account.Card {
	switch r := r.(type) {
	case contact.Contact:
		return r.Account
	case conversation.Member:
		return r.Account
	case contact.Request:
		if r.From.ID == id {
			return r.From
		}
		return r.To
	}
	return account.Card{}
}

// versionIn gives a row's version in a scope.
func versionIn(r change.Row, scope change.Scope) int64 {
	switch r := r.(type) {
	case account.Account:
		return r.Version
	case contact.Contact:
		return r.Version
	case conversation.Member:
		return r.Version
	case conversation.Membership:
		return r.Version
	case conversation.Message:
		return r.Version
	case conversation.Conversation:
		return r.RowVersion
	case contact.Request:
		if r.From.ID == scope.ID {
			return r.FromVersion
		}
		return r.ToVersion
	}
	return 0
}
