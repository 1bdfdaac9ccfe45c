package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

func (w *world) create(username, email string) (account.Account, error) {
	a := account.Account{
		ID: w.ids.Next(), Kind: account.Person, Username: username, Name: username, Email: email,
		Role: account.User, State: account.Active, Language: "en", CreatedAt: w.clock.Now(),
	}
	err := w.Update(w.t.Context(), func(ctx context.Context) (err error) {
		a, err = w.CreateAccount(ctx, a)
		return err
	})
	return a, err
}

func (w *world) session(a account.Account, token string, used, expires int64) account.Session {
	w.t.Helper()
	s := account.Session{
		ID: w.ids.Next(), AccountID: a.ID, TokenHash: token, Device: "Firefox on Debian", Address: "192.0.2.1",
		Remember: used%2 == 0, CreatedAt: used, LastUsedAt: used, ExpiresAt: expires,
	}
	w.update(func(ctx context.Context) error { return w.CreateSession(ctx, s) })
	return s
}

func sessionIDs(list []account.Session) []change.ID {
	return names(list, func(s account.Session) change.ID { return s.ID })
}

var accounts = map[string]func(*testing.T, *world){
	"an account is found by name and by address, whatever the case and width": func(t *testing.T, w *world) {
		ann := must(w.create("Ännchen.Straße", "Ann.Example@Example.ORG"))(t)
		wantEqual(t, "version", ann.Version, 1)
		wantEqual(t, "published", w.log.all(), []change.Change{{Scope: userScope(ann.ID), Version: 1, Rows: []change.Row{ann}}})
		ctx := t.Context()
		wantEqual(t, "by id", must(w.Account(ctx, ann.ID))(t), ann)
		for _, login := range []string{"Ännchen.Straße", "ännchen.straße", "ÄNNCHEN.STRASSE", "A\u0308nnchen.Straße", "Ａ\u0308ｎｎchen．Straße", " ännchen.straße ", "ann.example@example.org", "ANN.EXAMPLE@EXAMPLE.ORG"} {
			got, err := w.AccountByLogin(ctx, login)
			if err != nil || got != ann {
				t.Errorf("%q: %+v, %v", login, got, err)
			}
		}
		for _, login := range []string{"", "@", "ännchen", "ann.example@example.or", "%", "_nnchen.straße"} {
			wantErr(t, second(w.AccountByLogin(ctx, login)), change.ErrNotFound)
		}
		wantErr(t, second(w.Account(ctx, w.ids.Next())), change.ErrNotFound)
	},

	"a name or address that is another's is taken": func(t *testing.T, w *world) {
		must(w.create("Ann", "ann@example.org"))(t)
		for _, tt := range [][2]string{{"Ann", "x@example.org"}, {"aNN", "x@example.org"}, {"Ａｎｎ", "x@example.org"}, {"bob", "ann@example.org"}, {"bob", "ANN@example.ORG"}} {
			_, err := w.create(tt[0], tt[1])
			wantErr(t, err, account.ErrTaken)
		}
		must(w.create("bob", "x@example.org"))(t)
		// Any number have no address.
		must(w.create("robot-1", ""))(t)
		must(w.create("robot-2", ""))(t)
		if n := len(w.log.all()); n != 4 {
			t.Errorf("%d changes were published for 4 accounts", n)
		}
	},

	"a profile is kept, and a card tells whose picture it is": func(t *testing.T, w *world) {
		ann, bob := must(w.create("ann", "ann@example.org"))(t), must(w.create("bob", "bob@example.org"))(t)
		w.putContact(contact.Contact{Owner: bob.ID, Account: ann.Card(), State: contact.Friend})
		ann.Email, ann.Avatar = "Ann@Example.net", string(w.attach(ann, "hash", 1).ID)
		ann.Profile = account.Profile{
			About: "Sails 🚣", Gender: account.Female, Place: "Riga", Website: "https://ann.example", GitHub: "ann",
			Visibility: account.Visibility{About: account.Everyone, Gender: account.Nobody, Place: account.Friends, Website: account.Everyone, GitHub: account.Nobody, Email: account.Friends},
		}
		w.update(func(ctx context.Context) (err error) {
			ann, err = w.PutAccount(ctx, ann)
			return err
		})
		wantEqual(t, "by id", must(w.Account(t.Context(), ann.ID))(t), ann)
		wantEqual(t, "by the new address", must(w.AccountByLogin(t.Context(), "ann@example.net"))(t), ann)
		wantErr(t, second(w.AccountByLogin(t.Context(), "ann@example.org")), change.ErrNotFound)
		list := must(w.Contacts(t.Context(), bob.ID, 0))(t)
		if len(list) != 1 || list[0].Account != ann.Card() || list[0].Account.Avatar != ann.Avatar {
			t.Errorf("%+v", list)
		}
		s := w.session(ann, "token", 1, 100)
		_, through, err := w.SessionByToken(t.Context(), s.TokenHash)
		if err != nil || through != ann {
			t.Errorf("by session: %+v %v", through, err)
		}
	},

	"an erased account leaves a card without a name, and its user name rests": func(t *testing.T, w *world) {
		ann, bob := must(w.create("Ann", "ann@example.org"))(t), must(w.create("bob", "bob@example.org"))(t)
		w.putContact(contact.Contact{Owner: bob.ID, Account: ann.Card(), State: contact.Friend})
		ctx := t.Context()
		rests := w.clock.Now() + 1000
		w.update(func(ctx context.Context) error {
			for _, err := range []error{
				w.CreateToken(ctx, account.Token{Hash: "h", Purpose: account.Reset, AccountID: ann.ID, ExpiresAt: rests}),
				w.PutEmailChange(ctx, account.EmailChange{AccountID: ann.ID, Email: "x@example.org", ExpiresAt: rests}),
				w.EraseAccount(ctx, ann.ID, rests),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		got := must(w.Account(ctx, ann.ID))(t)
		wantEqual(t, "what is left", got, account.Account{
			ID: ann.ID, Kind: account.Person, Role: account.User, State: account.Deleted, Language: "en", CreatedAt: ann.CreatedAt, Version: got.Version,
		})
		for _, login := range []string{"ann", "ann@example.org", ""} {
			wantErr(t, second(w.AccountByLogin(ctx, login)), change.ErrNotFound)
		}
		wantErr(t, second(w.Token(ctx, "h")), change.ErrNotFound)
		wantErr(t, second(w.EmailChange(ctx, ann.ID)), change.ErrNotFound)
		list := must(w.Contacts(ctx, bob.ID, 0))(t)
		if len(list) != 1 || list[0].Account != (account.Card{ID: ann.ID, Kind: account.Person, Deleted: true}) {
			t.Errorf("%+v", list)
		}
		again := account.Account{ID: w.ids.Next(), Kind: account.Person, Username: "ANN", Email: "ann@example.org", Role: account.User, State: account.Active, CreatedAt: rests - 1}
		create := func() error {
			return w.Update(ctx, func(ctx context.Context) error { return second(w.CreateAccount(ctx, again)) })
		}
		wantErr(t, create(), account.ErrTaken)
		again.CreatedAt = rests
		if err := create(); err != nil {
			t.Error("after its rest:", err)
		}
		// Any number can be erased.
		w.update(func(ctx context.Context) error { return w.EraseAccount(ctx, again.ID, rests) })
	},

	"the second step is kept, and goes with the account": func(t *testing.T, w *world) {
		ann, bob := must(w.create("ann", ""))(t), must(w.create("bob", ""))(t)
		ctx := t.Context()
		wantErr(t, second(w.TOTP(ctx, ann.ID)), change.ErrNotFound)
		for _, want := range []account.TOTP{
			{AccountID: ann.ID, Secret: "ABC", CreatedAt: 1},
			{AccountID: ann.ID, Secret: "ABC", Confirmed: true, LastStep: 7, CreatedAt: 1},
		} {
			w.update(func(ctx context.Context) error { return w.PutTOTP(ctx, want) })
			wantEqual(t, "TOTP", must(w.TOTP(ctx, ann.ID))(t), want)
		}
		for _, id := range []change.ID{ann.ID, bob.ID} {
			w.update(func(ctx context.Context) error { return w.PutRecoveryCodes(ctx, id, []string{"old"}) })
			w.update(func(ctx context.Context) error { return w.PutRecoveryCodes(ctx, id, []string{"one", "two"}) })
			wantEqual(t, "codes", must(w.RecoveryCodes(ctx, id))(t), 2)
		}
		take := func(hash string) (ok bool) {
			w.update(func(ctx context.Context) (err error) {
				ok, err = w.TakeRecoveryCode(ctx, ann.ID, hash)
				return err
			})
			return ok
		}
		if !take("one") || take("one") || take("old") {
			t.Error("a code is not taken once")
		}
		c := account.Challenge{TokenHash: "h", AccountID: ann.ID, Remember: true, ExpiresAt: 100}
		w.update(func(ctx context.Context) error { return w.PutChallenge(ctx, c) })
		c.Tries = 3
		w.update(func(ctx context.Context) error { return w.PutChallenge(ctx, c) })
		wantEqual(t, "challenge", must(w.Challenge(ctx, "h"))(t), c)
		w.update(func(ctx context.Context) error { return second(w.DeleteExpired(ctx, 99)) })
		must(w.Challenge(ctx, "h"))(t)
		w.update(func(ctx context.Context) error { return second(w.DeleteExpired(ctx, 100)) })
		wantErr(t, second(w.Challenge(ctx, "h")), change.ErrNotFound)
		w.update(func(ctx context.Context) error { return w.PutChallenge(ctx, c) })
		w.update(func(ctx context.Context) error { return w.DeleteChallenges(ctx, ann.ID) })
		wantErr(t, second(w.Challenge(ctx, "h")), change.ErrNotFound)

		w.update(func(ctx context.Context) error { return w.DeleteTOTP(ctx, ann.ID) })
		wantErr(t, second(w.TOTP(ctx, ann.ID)), change.ErrNotFound)
		wantEqual(t, "codes beside it", must(w.RecoveryCodes(ctx, ann.ID))(t), 1)
		w.update(func(ctx context.Context) error { return w.PutTOTP(ctx, account.TOTP{AccountID: ann.ID, Secret: "D"}) })
		w.update(func(ctx context.Context) error { return w.EraseAccount(ctx, ann.ID, 1) })
		wantErr(t, second(w.TOTP(ctx, ann.ID)), change.ErrNotFound)
		wantEqual(t, "codes left", must(w.RecoveryCodes(ctx, ann.ID))(t), 0)
		wantEqual(t, "codes of another", must(w.RecoveryCodes(ctx, bob.ID))(t), 2)
		w.update(func(ctx context.Context) error { return w.DeleteFactors(ctx, bob.ID) })
		wantEqual(t, "codes of another", must(w.RecoveryCodes(ctx, bob.ID))(t), 0)
	},

	"passkeys are found by what devices know them by, and go with the account": func(t *testing.T, w *world) {
		ann, bob := must(w.create("ann", ""))(t), must(w.create("bob", ""))(t)
		ctx := t.Context()
		made := func(a account.Account, credential string) account.Passkey {
			p := account.Passkey{
				ID: w.ids.Next(), AccountID: a.ID, CredentialID: credential, PublicKey: "key", Counter: 1 << 31, Transports: "usb,nfc",
				Backupable: true, Name: "Phone 手机", CreatedAt: 5,
			}
			w.update(func(ctx context.Context) error { return w.CreatePasskey(ctx, p) })
			return p
		}
		one, two, other := made(ann, "one"), made(ann, "two"), made(bob, "other")
		wantErr(t, w.Update(ctx, func(ctx context.Context) error {
			return w.CreatePasskey(ctx, account.Passkey{ID: w.ids.Next(), AccountID: bob.ID, CredentialID: "one"})
		}), account.ErrPasskeyKnown)
		wantEqual(t, "of ann", must(w.Passkeys(ctx, ann.ID))(t), []account.Passkey{one, two})
		wantEqual(t, "one", must(w.Passkey(ctx, "one"))(t), one)
		wantErr(t, second(w.Passkey(ctx, "ONE")), change.ErrNotFound)

		one.Name, one.Counter, one.BackedUp, one.Doubted, one.LastUsedAt = "Laptop", 1<<32-1, true, true, 7
		w.update(func(ctx context.Context) error { return w.PutPasskey(ctx, one) })
		wantEqual(t, "changed", must(w.Passkey(ctx, "one"))(t), one)
		wantEqual(t, "unchanged", must(w.Passkey(ctx, "two"))(t), two)
		gone := func(owner, id change.ID) error {
			return w.Update(ctx, func(ctx context.Context) error { return w.DeletePasskey(ctx, owner, id) })
		}
		wantErr(t, gone(ann.ID, other.ID), change.ErrNotFound)
		wantErr(t, gone(ann.ID, one.ID), nil)
		wantErr(t, gone(ann.ID, one.ID), change.ErrNotFound)
		wantErr(t, w.Update(ctx, func(ctx context.Context) error { return w.PutPasskey(ctx, one) }), change.ErrNotFound)
		wantEqual(t, "left", must(w.Passkeys(ctx, ann.ID))(t), []account.Passkey{two})

		w.update(func(ctx context.Context) error { return w.EraseAccount(ctx, ann.ID, 1) })
		wantErr(t, second(w.Passkey(ctx, "two")), change.ErrNotFound)
		wantEqual(t, "of bob", must(w.Passkeys(ctx, bob.ID))(t), []account.Passkey{other})
		w.update(func(ctx context.Context) error { return w.DeleteFactors(ctx, bob.ID) })
		wantEqual(t, "of bob", len(must(w.Passkeys(ctx, bob.ID))(t)), 0)
	},

	"an account has one change of address": func(t *testing.T, w *world) {
		ann := must(w.create("ann", "ann@example.org"))(t)
		ctx := t.Context()
		wantErr(t, second(w.EmailChange(ctx, ann.ID)), change.ErrNotFound)
		for _, c := range []account.EmailChange{
			{AccountID: ann.ID, Email: "A@example.org", CreatedAt: 1, ExpiresAt: 100},
			{AccountID: ann.ID, Email: "b@example.org", Proved: true, Approved: true, CreatedAt: 2, ExpiresAt: 200},
		} {
			w.update(func(ctx context.Context) error { return w.PutEmailChange(ctx, c) })
			wantEqual(t, "it", must(w.EmailChange(ctx, ann.ID))(t), c)
		}
		w.update(func(ctx context.Context) error { return second(w.DeleteExpired(ctx, 199)) })
		must(w.EmailChange(ctx, ann.ID))(t)
		w.update(func(ctx context.Context) error { return second(w.DeleteExpired(ctx, 200)) })
		wantErr(t, second(w.EmailChange(ctx, ann.ID)), change.ErrNotFound)
		w.update(func(ctx context.Context) error { return w.DeleteEmailChange(ctx, ann.ID) })
	},

	"the contacts of an account are found, and those it has removed": func(t *testing.T, w *world) {
		ann, bob, eve := must(w.create("ann", ""))(t), must(w.create("bob", ""))(t), must(w.create("eve", ""))(t)
		w.putContact(contact.Contact{Owner: ann.ID, Account: bob.Card(), State: contact.Friend})
		friend := w.putContact(contact.Contact{Owner: bob.ID, Account: ann.Card(), State: contact.Friend})
		blocker := w.putContact(contact.Contact{Owner: eve.ID, Account: ann.Card(), State: contact.None, Blocked: true})
		wantEqual(t, "of ann", must(w.ContactsOf(t.Context(), ann.ID))(t), []contact.Contact{friend, blocker})
		n := len(w.log.all())
		w.update(func(ctx context.Context) error { return w.DeleteContacts(ctx, ann.ID) })
		if list := must(w.Contacts(t.Context(), ann.ID, 0))(t); len(list) != 0 || len(w.log.all()) != n {
			t.Errorf("left: %+v", list)
		}
		wantEqual(t, "of ann", must(w.ContactsOf(t.Context(), ann.ID))(t), []contact.Contact{friend, blocker})
	},

	"of many who want a name at once, one gets it": func(t *testing.T, w *world) {
		var got atomic.Int64
		spellings := []string{"Carol", "carol", "CAROL", "Ｃarol"}
		parallel(50, func(i int) {
			_, err := w.create(spellings[i%4], fmt.Sprintf("carol%d@example.org", i))
			if err == nil {
				got.Add(1)
			} else if !errors.Is(err, account.ErrTaken) {
				t.Error(err)
			}
		})
		wantEqual(t, "who got it", got.Load(), 1)
	},

	"accounts in pages, and owners that are active": func(t *testing.T, w *world) {
		var ids []change.ID
		for i := range 7 {
			ids = append(ids, w.person(fmt.Sprint("person", i)).ID)
		}
		page := func(after change.ID, limit int) []change.ID {
			return names(must(w.Accounts(t.Context(), after, limit))(t), func(a account.Account) change.ID { return a.ID })
		}
		wantEqual(t, "first", page(0, 3), ids[:3])
		wantEqual(t, "next", page(ids[2], 3), ids[3:6])
		wantEqual(t, "last", page(ids[5], 3), ids[6:])
		wantEqual(t, "none", page(ids[6], 3), nil)
		set := func(i int, role account.Role, state account.State) {
			w.update(func(ctx context.Context) error {
				a, err := w.Account(ctx, ids[i])
				if err != nil {
					return err
				}
				a.Role, a.State = role, state
				_, err = w.PutAccount(ctx, a)
				return err
			})
		}
		wantEqual(t, "owners", must(w.Owners(t.Context()))(t), 0)
		set(0, account.Owner, account.Active)
		set(1, account.Owner, account.Disabled)
		set(2, account.User, account.Disabled)
		set(3, account.Owner, account.Active)
		wantEqual(t, "owners", must(w.Owners(t.Context()))(t), 2)
		err := w.Update(t.Context(), func(ctx context.Context) error {
			_, err := w.PutAccount(ctx, account.Account{ID: w.ids.Next()})
			return err
		})
		wantErr(t, err, change.ErrNotFound)
	},

	"registrations": func(t *testing.T, w *world) {
		ctx := t.Context()
		make := func(i int, username, email string, expires int64) account.Registration {
			r := account.Registration{
				ID: w.ids.Next(), TokenHash: fmt.Sprint("hash", i), Username: username, Name: "Name 名", Email: email,
				PasswordHash: "secret", Language: "zh-CN", CreatedAt: int64(i), ExpiresAt: expires,
			}
			w.update(func(ctx context.Context) error { return w.CreateRegistration(ctx, r) })
			return r
		}
		a := make(1, "Ann", "ann@example.org", 100)
		b := make(2, "ann", "other@example.org", 200)
		c := make(3, "bob", "ANN@example.org", 300)
		d := make(4, "ann", "ann@example.org", 400)
		wantEqual(t, "by token", must(w.RegistrationByToken(ctx, "hash2"))(t), b)
		wantErr(t, second(w.RegistrationByToken(ctx, "hash")), change.ErrNotFound)
		wantEqual(t, "by name", must(w.RegistrationsByLogin(ctx, "ANN", 0))(t), []account.Registration{d, b, a})
		wantEqual(t, "by address", must(w.RegistrationsByLogin(ctx, "Ann@Example.org", 0))(t), []account.Registration{d, c, a})
		wantEqual(t, "not expired", must(w.RegistrationsByLogin(ctx, "ann", 100))(t), []account.Registration{d, b})
		wantEqual(t, "none", len(must(w.RegistrationsByLogin(ctx, "carl", 0))(t)), 0)
		wantEqual(t, "all", must(w.Registrations(ctx, 200))(t), []account.Registration{c, d})
		w.update(func(ctx context.Context) error { return w.RenewRegistration(ctx, a.ID, "renewed", 1000) })
		wantErr(t, second(w.RegistrationByToken(ctx, "hash1")), change.ErrNotFound)
		a.TokenHash, a.ExpiresAt = "renewed", 1000
		wantEqual(t, "renewed", must(w.RegistrationByToken(ctx, "renewed"))(t), a)
		wantErr(t, w.Update(ctx, func(ctx context.Context) error { return w.RenewRegistration(ctx, w.ids.Next(), "x", 1) }), change.ErrNotFound)
		w.update(func(ctx context.Context) error { return w.DeleteRegistrations(ctx, "ann@EXAMPLE.org", 1) })
		wantEqual(t, "kept", must(w.Registrations(ctx, 0))(t), []account.Registration{b, d})
		w.update(func(ctx context.Context) error { return w.DeleteRegistrations(ctx, "ann@example.org", 0) })
		wantEqual(t, "kept", must(w.Registrations(ctx, 0))(t), []account.Registration{b})
		if n := len(w.log.all()); n != 0 {
			t.Errorf("%d changes were published", n)
		}
	},

	"a token is taken once, by one of fifty": func(t *testing.T, w *world) {
		ann := w.person("ann")
		token := account.Token{Hash: "hash", Purpose: account.Reset, AccountID: ann.ID, CreatedAt: 5, ExpiresAt: 100}
		w.update(func(ctx context.Context) error { return w.CreateToken(ctx, token) })
		wantEqual(t, "token", must(w.Token(t.Context(), "hash"))(t), token)
		var taken atomic.Int64
		parallel(50, func(int) {
			var got account.Token
			err := w.Update(t.Context(), func(ctx context.Context) (err error) {
				got, err = w.TakeToken(ctx, "hash")
				return err
			})
			switch {
			case err == nil && got == token:
				taken.Add(1)
			case !errors.Is(err, change.ErrNotFound):
				t.Errorf("%+v, %v", got, err)
			}
		})
		wantEqual(t, "taken", taken.Load(), 1)
		wantErr(t, second(w.Token(t.Context(), "hash")), change.ErrNotFound)
	},

	"a token that was taken in vain is still there": func(t *testing.T, w *world) {
		token := account.Token{Hash: "hash", Purpose: account.Setup, ExpiresAt: 100}
		w.update(func(ctx context.Context) error { return w.CreateToken(ctx, token) })
		err := w.Update(t.Context(), func(ctx context.Context) error {
			if _, err := w.TakeToken(ctx, "hash"); err != nil {
				return err
			}
			return errOwn
		})
		wantErr(t, err, errOwn)
		wantEqual(t, "token", must(w.Token(t.Context(), "hash"))(t), token)
	},

	"tokens of an account go by purpose": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		w.update(func(ctx context.Context) error {
			return errors.Join(
				w.CreateToken(ctx, account.Token{Hash: "a1", Purpose: account.Reset, AccountID: ann.ID}),
				w.CreateToken(ctx, account.Token{Hash: "a2", Purpose: account.Reset, AccountID: ann.ID}),
				w.CreateToken(ctx, account.Token{Hash: "a3", Purpose: account.Setup, AccountID: ann.ID}),
				w.CreateToken(ctx, account.Token{Hash: "b1", Purpose: account.Reset, AccountID: bob.ID}),
			)
		})
		w.update(func(ctx context.Context) error { return w.DeleteTokens(ctx, ann.ID, account.Reset) })
		for hash, there := range map[string]bool{"a1": false, "a2": false, "a3": true, "b1": true} {
			if _, err := w.Token(t.Context(), hash); (err == nil) != there {
				t.Errorf("%s: %v", hash, err)
			}
		}
	},

	"sessions": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		ctx := t.Context()
		one, two, three := w.session(ann, "t1", 10, 100), w.session(ann, "t2", 30, 200), w.session(ann, "t3", 20, 300)
		bobs := w.session(bob, "t4", 10, 100)
		s, a, err := w.SessionByToken(ctx, "t2")
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "session", s, two)
		wantEqual(t, "account", a, ann)
		_, _, err = w.SessionByToken(ctx, "t")
		wantErr(t, err, change.ErrNotFound)
		wantEqual(t, "the last used first", sessionIDs(must(w.Sessions(ctx, ann.ID, 0))(t)), []change.ID{two.ID, three.ID, one.ID})
		wantEqual(t, "not expired", sessionIDs(must(w.Sessions(ctx, ann.ID, 100))(t)), []change.ID{two.ID, three.ID})

		w.update(func(ctx context.Context) error {
			return w.NoteUses(ctx, []account.Use{
				{SessionID: one.ID, At: 50, ExpiresAt: 150},
				{SessionID: two.ID, At: 5, ExpiresAt: 10}, // back in time
				{SessionID: w.ids.Next(), At: 60, ExpiresAt: 160},
			})
		})
		one.LastUsedAt, one.ExpiresAt = 50, 150
		wantEqual(t, "used", must(w.Sessions(ctx, ann.ID, 0))(t), []account.Session{one, two, three})

		// Only those of the account go.
		var gone []change.ID
		w.update(func(ctx context.Context) (err error) {
			gone, err = w.DeleteSessions(ctx, ann.ID, []change.ID{one.ID, bobs.ID, w.ids.Next(), one.ID})
			return err
		})
		wantEqual(t, "gone", gone, []change.ID{one.ID})
		_, _, err = w.SessionByToken(ctx, "t1")
		wantErr(t, err, change.ErrNotFound)
		if _, _, err = w.SessionByToken(ctx, "t4"); err != nil {
			t.Errorf("the session of another account: %v", err)
		}
		w.update(func(ctx context.Context) error {
			return w.NoteUses(ctx, []account.Use{{SessionID: one.ID, At: 500, ExpiresAt: 600}})
		})
		wantEqual(t, "left", sessionIDs(must(w.Sessions(ctx, ann.ID, 0))(t)), []change.ID{two.ID, three.ID})
	},

	"a session is ended by one of many": func(t *testing.T, w *world) {
		ann := w.person("ann")
		s := w.session(ann, "t", 1, 100)
		var mu sync.Mutex
		var all []change.ID
		parallel(20, func(int) {
			err := w.Update(t.Context(), func(ctx context.Context) error {
				gone, err := w.DeleteSessions(ctx, ann.ID, []change.ID{s.ID})
				mu.Lock()
				defer mu.Unlock()
				all = append(all, gone...)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		wantEqual(t, "ended", all, []change.ID{s.ID})
	},

	"what has expired goes": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		want := map[change.ID][]change.ID{}
		for i := range 6 {
			a := ann
			if i%2 == 1 {
				a = bob
			}
			expires := int64(97 + i)
			s := w.session(a, fmt.Sprint("t", i), 1, expires)
			if expires <= 100 {
				want[a.ID] = append(want[a.ID], s.ID)
			}
			w.update(func(ctx context.Context) error {
				return errors.Join(
					w.CreateToken(ctx, account.Token{Hash: fmt.Sprint("t", i), Purpose: account.Reset, AccountID: a.ID, ExpiresAt: expires}),
					w.CreateRegistration(ctx, account.Registration{ID: w.ids.Next(), TokenHash: fmt.Sprint("t", i), Username: fmt.Sprint("u", i), Email: fmt.Sprintf("u%d@example.org", i), ExpiresAt: expires}))
			})
		}
		var gone map[change.ID][]change.ID
		w.update(func(ctx context.Context) (err error) {
			gone, err = w.DeleteExpired(ctx, 100)
			return err
		})
		for _, ids := range gone {
			slices.Sort(ids)
		}
		wantEqual(t, "gone", gone, want)
		for i := range 6 {
			hash := fmt.Sprint("t", i)
			_, _, session := w.SessionByToken(t.Context(), hash)
			_, token := w.Token(t.Context(), hash)
			_, registration := w.RegistrationByToken(t.Context(), hash)
			for _, err := range []error{session, token, registration} {
				if (err == nil) != (97+i > 100) {
					t.Errorf("%s: %v", hash, err)
				}
			}
		}
	},
}
