package account_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
)

// two takes the letters to both mailboxes of a change of address.
func (f *fixture) two() (prove, approve string) {
	f.t.Helper()
	for _, l := range f.mail() {
		switch l.Kind {
		case account.LetterEmailProve:
			prove = l.Token
		case account.LetterEmailApprove:
			approve = l.Token
		default:
			f.t.Fatalf("a letter %+v", l)
		}
	}
	return prove, approve
}

func TestEmailChangeNeedsBothMailboxes(t *testing.T) {
	for _, order := range []string{"new first", "old first"} {
		f := newFixture(t)
		lan := f.person("lan")
		actor := f.actor(f.signIn("lan").Token)
		_, err := f.RequestEmailChange(f.ctx, actor, "new@example.org", "wrong-"+secret, phone)
		wants(t, "a wrong password", err, account.ErrWrongPassword)
		_, err = f.RequestEmailChange(f.ctx, actor, lan.Email, secret, phone)
		wants(t, "the same address", err, account.ErrEmailSame)
		_, err = f.RequestEmailChange(f.ctx, actor, "nonsense", secret, phone)
		wants(t, "no address", err, account.ErrEmail)
		c, err := f.RequestEmailChange(f.ctx, actor, "new@example.org", secret, phone)
		f.must(err)
		if pending, err := f.EmailChange(f.ctx, actor); err != nil || pending != c || c.Proved || c.Approved {
			t.Errorf("%+v %v", pending, err)
		}
		letters := f.mail()
		if len(letters) != 2 || letters[0].To != "new@example.org" || letters[0].Name != "" || letters[1].To != lan.Email || letters[1].About != "new@example.org" {
			t.Fatalf("%+v", letters)
		}
		first, second := letters[0].Token, letters[1].Token
		if order == "old first" {
			first, second = second, first
		}
		c, err = f.ConfirmEmail(f.ctx, first, phone)
		f.must(err)
		if c.Proved == c.Approved || c.Complete() {
			t.Errorf("after the first: %+v", c)
		}
		_, err = f.ConfirmEmail(f.ctx, first, phone)
		wants(t, "the first again", err, account.ErrTokenInvalid)
		if a, _ := f.Current(f.ctx, actor); a.Email != lan.Email {
			t.Errorf("one mailbox was enough: %s", a.Email)
		}
		f.must(f.RequestReset(f.ctx, lan.Email, phone))
		reset := f.letter(account.LetterReset, lan.Email)
		c, err = f.ConfirmEmail(f.ctx, second, phone)
		f.must(err)
		if !c.Complete() {
			t.Errorf("after both: %+v", c)
		}
		if a, _ := f.Current(f.ctx, actor); a.Email != "new@example.org" {
			t.Errorf("%s", a.Email)
		}
		if l := f.letter(account.LetterEmailChanged, lan.Email); l.About != "new@example.org" {
			t.Errorf("%+v", l)
		}
		wants(t, "a reset mailed to the old address", f.ConfirmReset(f.ctx, reset.Token, "another-"+secret, phone), account.ErrTokenInvalid)
		if pending, _ := f.EmailChange(f.ctx, actor); pending != (account.EmailChange{}) {
			t.Errorf("still waits: %+v", pending)
		}
	}
}

func TestEmailChangeEnds(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	f.person("ming")
	actor := f.actor(f.signIn("lan").Token)
	ask := func(email string) (prove, approve string) {
		t.Helper()
		_, err := f.RequestEmailChange(f.ctx, actor, email, secret, phone)
		f.must(err)
		return f.two()
	}
	gone := func(what, token string) {
		t.Helper()
		_, err := f.ConfirmEmail(f.ctx, token, phone)
		wants(t, what, err, account.ErrTokenInvalid)
	}

	prove, approve := ask("a@example.org")
	ask("b@example.org")
	gone("after another was asked for", prove)
	gone("after another was asked for", approve)

	prove, _ = ask("c@example.org")
	f.must(f.CancelEmailChange(f.ctx, actor))
	gone("after it was cancelled", prove)

	prove, _ = ask("d@example.org")
	f.clock.advance(account.EmailChangeLife)
	gone("after a day", prove)
	if c, _ := f.EmailChange(f.ctx, actor); c != (account.EmailChange{}) {
		t.Errorf("%+v", c)
	}

	_, approve = ask("e@example.org")
	f.must(f.ChangePassword(f.ctx, actor, secret, "another-"+secret))
	f.mail()
	gone("after the password changed", approve)
	f.must(f.ChangePassword(f.ctx, actor, "another-"+secret, secret))
	f.mail()

	// The address of another: nothing tells, and nothing comes of it.
	prove, approve = ask("ming@example.org")
	if prove != "" || approve == "" {
		t.Errorf("letters: %q %q", prove, approve)
	}
	c, err := f.ConfirmEmail(f.ctx, approve, phone)
	if err != nil || c.Complete() {
		t.Errorf("%+v %v", c, err)
	}

	// Taken between asking and confirming.
	prove, approve = ask("late@example.org")
	_, err = f.ConfirmEmail(f.ctx, prove, phone)
	f.must(err)
	_, err = f.SetEmail(f.ctx, "ming", "late@example.org")
	f.must(err)
	_, err = f.ConfirmEmail(f.ctx, approve, phone)
	wants(t, "taken meanwhile", err, account.ErrTaken)

	f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
	for _, l := range f.mail() {
		if l.Kind == account.LetterReset {
			gone("a token of another purpose", l.Token)
			f.must(f.ConfirmReset(f.ctx, l.Token, "third-"+secret, phone))
		}
	}
}

func TestEmailTokenUsedFiftyTimes(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	actor := f.actor(f.signIn("lan").Token)
	_, err := f.RequestEmailChange(f.ctx, actor, "new@example.org", secret, phone)
	f.must(err)
	prove, _ := f.two()
	var wg sync.WaitGroup
	var succeeded atomic.Int32
	for range 50 {
		wg.Go(func() {
			if _, err := f.ConfirmEmail(f.ctx, prove, phone); err == nil {
				succeeded.Add(1)
			}
		})
	}
	wg.Wait()
	if succeeded.Load() != 1 {
		t.Errorf("%d succeeded", succeeded.Load())
	}
}

func TestActivationAsksForThePassword(t *testing.T) {
	f := newFixture(t)
	f.must(f.Register(f.ctx, wish("lan"), phone))
	token := f.letter(account.LetterActivation, "lan@example.org").Token
	_, err := f.Activate(f.ctx, token, "not-"+secret, "", phone)
	wants(t, "another password", err, account.ErrWrongActivation)
	_, err = f.Activate(f.ctx, token, "", "", phone)
	wants(t, "no password", err, account.ErrWrongActivation)
	_, err = f.Activate(f.ctx, token, secret, "", phone)
	wants(t, "the one that was chosen", err, nil)
}

func TestDeleteSelf(t *testing.T) {
	f := newFixture(t)
	_, err := f.Create(f.ctx, wish("owner"), account.Owner)
	f.must(err)
	lan := f.person("lan")
	in, other := f.signIn("lan"), f.signIn("lan")
	actor := f.actor(in.Token)
	owner := f.actor(f.signIn("owner").Token)

	wants(t, "the last owner", f.DeleteSelf(f.ctx, owner, secret), account.ErrLastOwner)
	wants(t, "a wrong password", f.DeleteSelf(f.ctx, actor, "wrong-"+secret), account.ErrWrongPassword)
	if !f.alive(in.Token) {
		t.Fatal("signed out by a wrong password")
	}
	f.must(f.RequestReset(f.ctx, lan.Email, phone))
	reset := f.letter(account.LetterReset, lan.Email).Token
	f.ended()
	f.must(f.DeleteSelf(f.ctx, actor, secret))
	f.letter(account.LetterDeleted, lan.Email)
	if f.alive(in.Token) || f.alive(other.Token) {
		t.Error("still signed in")
	}
	if e := f.ended(); len(e) != 1 || len(e[0].sessions) != 2 || e[0].reason != account.AccountDeleted {
		t.Errorf("endings: %+v", e)
	}
	for _, login := range []string{"lan", lan.Email} {
		_, err := f.SignIn(f.ctx, account.Credentials{Login: login, Password: secret}, phone)
		wants(t, "sign in as "+login, err, account.ErrBadCredentials)
	}
	wants(t, "a reset from before", f.ConfirmReset(f.ctx, reset, "another-"+secret, phone), account.ErrTokenInvalid)
	wants(t, "again", f.DeleteSelf(f.ctx, actor, secret), account.ErrNoPassword)

	_, err = f.Create(f.ctx, wish("lan"), account.User)
	wants(t, "the same name the next day", err, account.ErrTaken)
	f.clock.advance(account.RetiredLife + time.Second)
	_, err = f.Create(f.ctx, wish("lan"), account.User)
	wants(t, "the same name after its rest", err, nil)
}
