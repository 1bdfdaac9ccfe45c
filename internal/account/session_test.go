package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ratelimit"
)

func TestEverySignInIsNew(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	one, two := f.signIn("lan"), f.signIn("lan")
	if one.Token == two.Token || one.Session.ID == two.Session.ID {
		t.Error("two sign-ins share a token or a session")
	}
	if one.Session.TokenHash == one.Token || strings.Contains(one.Session.TokenHash, one.Token) {
		t.Error("the token is stored as it is")
	}
	for _, token := range []string{"", "x", one.Session.TokenHash, one.Token + "x", one.Token[1:], "\xff\x00"} {
		if f.alive(token) {
			t.Errorf("%q is a session", token)
		}
	}
	a := f.actor(one.Token)
	if a.AccountID != one.Account.ID || a.SessionID != one.Session.ID || a.Role != account.User || a.Language != "en" {
		t.Errorf("actor: %+v", a)
	}
}

func TestSlidingExpiry(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	for _, c := range []struct {
		remember bool
		life     time.Duration
	}{{true, 90 * 24 * time.Hour}, {false, 24 * time.Hour}} {
		in, err := f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret, Remember: c.remember}, phone)
		f.must(err)
		f.clock.advance(c.life - time.Millisecond)
		if !f.alive(in.Token) {
			t.Fatalf("remember %v: ended before its time", c.remember)
		}
		f.must(f.FlushUses(f.ctx))
		f.clock.advance(c.life - time.Millisecond)
		if !f.alive(in.Token) {
			t.Fatalf("remember %v: being used did not make it last", c.remember)
		}
		f.must(f.FlushUses(f.ctx))
		f.clock.advance(c.life)
		if f.alive(in.Token) {
			t.Fatalf("remember %v: lasts too long", c.remember)
		}
		f.must(f.Purge(f.ctx))
		got := f.ended()
		if len(got) != 1 || got[0].reason != account.Expired || !slices.Equal(got[0].sessions, []change.ID{in.Session.ID}) {
			t.Errorf("announced: %+v", got)
		}
	}
}

func TestLastUseIsNotedRarely(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	in := f.signIn("lan")
	noted := func() int64 {
		t.Helper()
		f.must(f.FlushUses(f.ctx))
		list, err := f.Sessions(f.ctx, f.actor(in.Token))
		f.must(err)
		return list[0].LastUsedAt
	}
	start := f.clock.Now()
	f.clock.advance(5*time.Minute - time.Millisecond)
	f.actor(in.Token)
	if got := noted(); got != start {
		t.Errorf("noted after %d ms", got-start)
	}
	f.clock.advance(time.Millisecond)
	f.actor(in.Token)
	if got := noted(); got != f.clock.Now() {
		t.Errorf("not noted after five minutes: %d", got-start)
	}
	actor := f.actor(in.Token)
	f.clock.advance(time.Minute)
	f.StillUsed(actor)
	if got := noted(); got != f.clock.Now() {
		t.Error("a connection that is open was not noted")
	}
	// What ended stays so, whatever waits to be noted.
	f.clock.advance(time.Hour)
	f.actor(in.Token)
	f.must(f.SignOut(f.ctx, actor))
	f.must(f.FlushUses(f.ctx))
	if f.alive(in.Token) {
		t.Error("noting a use brought an ended session back")
	}
}

// Run notes uses and removes what has expired, without being asked.
func TestRun(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	in := f.signIn("lan")
	f.clock.advance(time.Hour)
	f.signIn("lan")
	f.clock.advance(time.Hour)
	ctx, cancel := context.WithCancel(f.ctx)
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	f.actor(in.Token)
	for {
		list, err := f.store.Sessions(f.ctx, in.Account.ID, 0)
		f.must(err)
		if list[0].ID == in.Session.ID && list[0].LastUsedAt == f.clock.Now() {
			break // before the other, which was used earlier
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the use was never noted")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	<-done
}

func TestPurgeEveryHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &purged{}
		s := account.NewService(account.Options{Store: store, Clock: change.SystemClock{}, Hasher: account.NewHasher(account.HashCost{Memory: 64, Passes: 1, Threads: 1})})
		ctx, cancel := context.WithCancel(t.Context())
		go s.Run(ctx)
		synctest.Wait()
		first := store.n.Load()
		time.Sleep(3*time.Hour + time.Minute) //nolint:forbidigo // the bubble's clock
		synctest.Wait()
		if n := store.n.Load(); first != 1 || n != 4 {
			t.Errorf("purged %d times at the start and %d in three hours", first, n-first)
		}
		cancel()
	})
}

// purged counts purges; nothing else is asked of it.
type purged struct {
	account.Store
	n atomic.Int64
}

func (p *purged) Update(context.Context, func(context.Context) error) error {
	p.n.Add(1)
	return nil
}

func TestEndingSessions(t *testing.T) {
	f := newFixture(t)
	lan := f.person("lan")
	f.person("ming")
	one, two, three := f.signIn("lan"), f.signIn("lan"), f.signIn("lan")
	stranger := f.signIn("ming")
	actor := f.actor(one.Token)

	list, err := f.Sessions(f.ctx, actor)
	f.must(err)
	if len(list) != 3 || list[0].ID != three.Session.ID {
		t.Fatalf("sessions: %+v", list)
	}
	wants(t, "somebody else's session", f.EndSession(f.ctx, actor, stranger.Session.ID), account.ErrNoSession)
	wants(t, "no session", f.EndSession(f.ctx, actor, 5), account.ErrNoSession)
	if got := f.ended(); len(got) != 0 || !f.alive(stranger.Token) {
		t.Fatalf("announced: %+v", got)
	}

	f.must(f.EndSession(f.ctx, actor, two.Session.ID))
	if f.alive(two.Token) || !f.alive(one.Token) || !f.alive(three.Token) {
		t.Error("another session ended than was meant")
	}
	got := f.ended()
	if len(got) != 1 || got[0].reason != account.Revoked || got[0].account != lan.ID || !slices.Equal(got[0].sessions, []change.ID{two.Session.ID}) {
		t.Errorf("announced: %+v", got)
	}
	wants(t, "again", f.EndSession(f.ctx, actor, two.Session.ID), account.ErrNoSession)

	f.must(f.EndOtherSessions(f.ctx, actor))
	if f.alive(three.Token) || !f.alive(one.Token) {
		t.Error("not the others ended")
	}
	if got := f.ended(); len(got) != 1 || got[0].reason != account.Revoked || len(got[0].sessions) != 1 {
		t.Errorf("announced: %+v", got)
	}
	f.must(f.EndOtherSessions(f.ctx, actor))
	if got := f.ended(); len(got) != 0 {
		t.Errorf("announced though nothing ended: %+v", got)
	}

	f.must(f.SignOut(f.ctx, actor))
	if f.alive(one.Token) || !f.alive(stranger.Token) {
		t.Error("signing out did something else")
	}
	if got := f.ended(); len(got) != 1 || got[0].reason != account.SignedOut {
		t.Errorf("announced: %+v", got)
	}
}

func TestTooManySessions(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	first := f.signIn("lan")
	f.clock.advance(time.Minute)
	var last account.SignedIn
	for range account.MaxSessions {
		last = f.signIn("lan")
	}
	list, err := f.Sessions(f.ctx, f.actor(last.Token))
	f.must(err)
	if len(list) != account.MaxSessions || f.alive(first.Token) {
		t.Errorf("%d sessions; the oldest lives: %v", len(list), f.alive(first.Token))
	}
	if got := f.ended(); len(got) != 1 || got[0].sessions[0] != first.Session.ID {
		t.Errorf("announced: %+v", got)
	}
}

func TestChangePassword(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	one, two := f.signIn("lan"), f.signIn("lan")
	actor := f.actor(one.Token)
	wants(t, "wrong current", f.ChangePassword(f.ctx, actor, "wrong-"+secret, "new-"+secret), account.ErrWrongPassword)
	err := f.ChangePassword(f.ctx, actor, secret, "password1")
	var e *change.Error
	if !errors.As(err, &e) || e.Code != "password.common" || e.Field != "new" {
		t.Errorf("a common one: %v", err)
	}
	f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
	token := f.letter(account.LetterReset, "lan@example.org").Token

	f.must(f.ChangePassword(f.ctx, actor, secret, "new-"+secret))
	f.letter(account.LetterPasswordChanged, "lan@example.org")
	if !f.alive(one.Token) || f.alive(two.Token) {
		t.Error("the other session had to end, and this one not")
	}
	if got := f.ended(); len(got) != 1 || got[0].reason != account.PasswordChanged || !slices.Equal(got[0].sessions, []change.ID{two.Session.ID}) {
		t.Errorf("announced: %+v", got)
	}
	_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret}, phone)
	wants(t, "the old password", err, account.ErrBadCredentials)
	_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: "new-" + secret}, phone)
	wants(t, "the new password", err, nil)
	wants(t, "a reset asked for before", f.ConfirmReset(f.ctx, token, "third-"+secret, phone), account.ErrTokenInvalid)
}

func TestReset(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	one := f.signIn("lan")
	f.must(f.RequestReset(f.ctx, " LAN@example.org", phone))
	l := f.letter(account.LetterReset, "lan@example.org")
	if l.Valid != time.Hour || l.Name != "lan" {
		t.Errorf("letter: %+v", l)
	}
	wants(t, "no token", f.ConfirmReset(f.ctx, "x", "new-"+secret, phone), account.ErrTokenInvalid)
	if err := f.ConfirmReset(f.ctx, l.Token, "password1", phone); change.KindOf(err) != change.Invalid {
		t.Errorf("a common password: %v", err)
	}
	f.must(f.ConfirmReset(f.ctx, l.Token, "new-"+secret, phone))
	f.letter(account.LetterPasswordChanged, "lan@example.org")
	if f.alive(one.Token) {
		t.Error("a session outlived the reset")
	}
	if got := f.ended(); len(got) != 1 || got[0].reason != account.PasswordChanged {
		t.Errorf("announced: %+v", got)
	}
	wants(t, "again", f.ConfirmReset(f.ctx, l.Token, "third-"+secret, phone), account.ErrTokenInvalid)

	f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
	l = f.letter(account.LetterReset, "lan@example.org")
	f.clock.advance(time.Hour)
	wants(t, "expired", f.ConfirmReset(f.ctx, l.Token, "third-"+secret, phone), account.ErrTokenInvalid)
}

func TestDisable(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	in := f.signIn("lan")
	f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
	token := f.letter(account.LetterReset, "lan@example.org").Token
	a, err := f.Disable(f.ctx, "LAN")
	f.must(err)
	if a.State != account.Disabled || f.alive(in.Token) {
		t.Error("a disabled account is signed in")
	}
	if got := f.ended(); len(got) != 1 || got[0].reason != account.AccountDisabled {
		t.Errorf("announced: %+v", got)
	}
	_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret}, phone)
	wants(t, "sign in", err, account.ErrBadCredentials)
	wants(t, "reset", f.ConfirmReset(f.ctx, token, "new-"+secret, phone), account.ErrTokenInvalid)
	_, err = f.Enable(f.ctx, "lan@example.org")
	f.must(err)
	f.signIn("lan")
	_, err = f.Disable(f.ctx, "nobody")
	wants(t, "nobody", err, account.ErrNotFound)

	_, err = f.MakeOwner(f.ctx, "lan")
	f.must(err)
	_, err = f.Disable(f.ctx, "lan")
	wants(t, "the only owner", err, account.ErrLastOwner)
	f.person("ming")
	_, err = f.MakeOwner(f.ctx, "ming")
	f.must(err)
	_, err = f.Disable(f.ctx, "lan")
	f.must(err)
}

func TestManaging(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	f.must(f.Register(f.ctx, wish("ming"), phone))
	a, err := f.ActivateByName(f.ctx, "MING@example.org")
	f.must(err)
	if a.Username != "ming" {
		t.Errorf("%+v", a)
	}
	_, err = f.ActivateByName(f.ctx, "ming")
	wants(t, "again", err, account.ErrNoRegistration)
	for i := range 2 {
		w := wish("wei")
		w.Email = fmt.Sprintf("wei%d@example.org", i)
		f.must(f.Register(f.ctx, w, phone))
	}
	_, err = f.ActivateByName(f.ctx, "wei")
	wants(t, "which of two", err, account.ErrAmbiguous)
	_, err = f.ActivateByName(f.ctx, "wei1@example.org")
	f.must(err)

	_, err = f.Create(f.ctx, wish("LAN"), account.User)
	wants(t, "a name in use", err, account.ErrTaken)
	in := f.signIn("lan")
	f.mail()
	_, err = f.SetPassword(f.ctx, "lan", "new-"+secret)
	f.must(err)
	f.letter(account.LetterPasswordChanged, "lan@example.org")
	if f.alive(in.Token) {
		t.Error("a session outlived the password")
	}
	var names []string
	f.must(f.All(f.ctx, func(a account.Account) error { names = append(names, a.Username); return nil }))
	if got := strings.Join(names, " "); got != "lan ming wei" {
		t.Errorf("accounts: %s", got)
	}
}

// A password stored at another cost is stored anew when it is used.
func TestOutdatedHash(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	dearer := newFixtureOn(f, account.NewHasher(account.HashCost{Memory: 128, Passes: 1, Threads: 1}))
	for range 2 {
		if _, err := dearer.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret}, phone); err != nil {
			t.Fatal(err)
		}
	}
	a, err := f.store.AccountByLogin(f.ctx, "lan")
	f.must(err)
	if !strings.Contains(a.PasswordHash, "m=128,") {
		t.Errorf("still %s", a.PasswordHash)
	}
}

func newFixtureOn(f *fixture, h *account.Hasher) *account.Service {
	return account.NewService(account.Options{Store: f.store, IDs: change.NewIDs(f.clock), Clock: f.clock, Hasher: h, Rates: wide})
}

func TestRates(t *testing.T) {
	two := ratelimit.Rate{Burst: 2, Every: time.Minute}
	limited := func(t *testing.T, what string, err error) {
		t.Helper()
		var e *change.Error
		if !errors.As(err, &e) || e.Kind != change.RateLimited || e.Code != "request.too_many" || e.RetryAfter <= 0 {
			t.Errorf("%s: %v; want it limited", what, err)
		}
	}
	elsewhere := account.Client{Address: "198.51.100.9"}
	t.Run("sign in by name and address", func(t *testing.T) {
		f := newFixture(t, func(o *account.Options) { o.Rates.SignInByBoth = two })
		f.person("lan")
		try := func(login, password string, c account.Client) error {
			_, err := f.SignIn(f.ctx, account.Credentials{Login: login, Password: password}, c)
			return err
		}
		for range 5 { // right ones are no guesses
			f.must(try("lan", secret, phone))
		}
		for range 2 {
			wants(t, "wrong", try("lan", "wrong-"+secret, phone), account.ErrBadCredentials)
		}
		before := f.hasher.Count()
		limited(t, "the third", try("lan", "wrong-"+secret, phone))
		limited(t, "even the right one", try("LAN", secret, phone))
		if f.hasher.Count() != before {
			t.Error("what is limited was hashed")
		}
		f.must(try("lan", secret, elsewhere))
		wants(t, "another name", try("nobody", secret, phone), account.ErrBadCredentials)
		f.clock.advance(time.Minute)
		f.must(try("lan", secret, phone))
	})
	t.Run("sign in by name", func(t *testing.T) {
		f := newFixture(t, func(o *account.Options) { o.Rates.SignInByLogin = two })
		for i := range 3 {
			_, err := f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret}, account.Client{Address: fmt.Sprintf("192.0.2.%d", i)})
			if i < 2 {
				wants(t, "unknown", err, account.ErrBadCredentials)
			} else {
				limited(t, "the third", err)
			}
		}
	})
	t.Run("sign in by address", func(t *testing.T) {
		f := newFixture(t, func(o *account.Options) { o.Rates.SignInByAddress = two })
		for i := range 3 {
			_, err := f.SignIn(f.ctx, account.Credentials{Login: fmt.Sprintf("lan%d", i), Password: secret}, account.Client{Address: fmt.Sprintf("2001:db8::%d", i)})
			if i < 2 {
				wants(t, "unknown", err, account.ErrBadCredentials)
			} else {
				limited(t, "the third from one /64", err)
			}
		}
	})
	t.Run("mail", func(t *testing.T) {
		f := newFixture(t, func(o *account.Options) { o.Rates.MailByRecipient = two })
		f.person("lan")
		for _, name := range []string{"lan", "nobody"} { // and equally so
			email := name + "@example.org"
			f.must(f.RequestReset(f.ctx, email, phone))
			w := wish("neu")
			w.Email = strings.ToUpper(email)
			f.must(f.Register(f.ctx, w, elsewhere))
			limited(t, "reset for "+name, f.RequestReset(f.ctx, email, elsewhere))
			limited(t, "resend for "+name, f.ResendActivation(f.ctx, email, phone))
			limited(t, "register for "+name, f.Register(f.ctx, w, phone))
		}
	})
	t.Run("by address", func(t *testing.T) {
		f := newFixture(t, func(o *account.Options) {
			o.Rates.RegisterByAddress, o.Rates.MailByAddress, o.Rates.TokenByAddress = two, two, two
		})
		for i := range 3 {
			register := f.Register(f.ctx, wish(fmt.Sprintf("lan%d", i)), phone)
			reset := f.RequestReset(f.ctx, fmt.Sprintf("r%d@example.org", i), phone)
			_, activate := f.Activate(f.ctx, "x", secret, "", phone)
			if i < 2 {
				f.must(register)
				f.must(reset)
				wants(t, "activate", activate, account.ErrTokenInvalid)
				continue
			}
			limited(t, "register", register)
			limited(t, "reset", reset)
			limited(t, "activate", activate)
			f.must(f.Register(f.ctx, wish("lan9"), elsewhere))
		}
	})
	t.Run("by account", func(t *testing.T) {
		f := newFixture(t, func(o *account.Options) { o.Rates.Password, o.Rates.Edit, o.Rates.Lookup = two, two, two })
		f.person("lan")
		actor := f.actor(f.signIn("lan").Token)
		for i := range 3 {
			name := fmt.Sprint("Lan ", i)
			_, edit := f.Edit(f.ctx, actor, account.Edit{Name: &name})
			password := f.ChangePassword(f.ctx, actor, "wrong-"+secret, "new-"+secret)
			lookup := f.AllowLookup(f.ctx, actor)
			if i < 2 {
				f.must(edit)
				f.must(lookup)
				wants(t, "password", password, account.ErrWrongPassword)
				continue
			}
			limited(t, "edit", edit)
			limited(t, "password", password)
			limited(t, "lookup", lookup)
		}
	})
}
