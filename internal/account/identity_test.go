package account_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
)

// there is a provider whose people are in a map: their code is their name. It
// checks what ties a code to a visit, as real ones do.
type there struct {
	mu     sync.Mutex
	people map[string]account.Claim
	err    error
}

func (p *there) Address(_ context.Context, proof account.Proof) (string, error) {
	return "https://id.example/?" + url.Values{"state": {proof.State}, "verifier": {proof.Verifier}, "nonce": {proof.Nonce}}.Encode(), nil
}

func (p *there) Redeem(_ context.Context, a account.Arrival, proof account.Proof) (account.Claim, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name, verifier, _ := strings.Cut(a.Code, " ")
	c, ok := p.people[name]
	switch {
	case p.err != nil:
		return c, p.err
	case !ok || verifier != proof.Verifier:
		return c, account.ErrNotProven
	}
	return c, nil
}

// withProviders is a service to which people come from a provider.
func withProviders(t *testing.T, alter ...func(*account.Options)) (*fixture, *there) {
	p := &there{people: map[string]account.Claim{
		"lan":  {Issuer: "https://id.example", Subject: "1", Label: "lan@there", Username: "lan", Name: "小兰", Email: "lan@example.org", EmailVerified: true},
		"ming": {Issuer: "https://id.example", Subject: "2", Label: "ming@there", Username: "ming", Email: "ming@example.org"},
		"hong": {Issuer: "https://id.example", Subject: "3", Username: "hong", Email: "hong@example.org", EmailVerified: true},
	}}
	f := newFixture(t, append(alter, func(o *account.Options) {
		o.Providers = []account.Provider{{Key: "corp", Name: "Corp", Voucher: p}, {Key: "other", Name: "Other", Voucher: p}}
	})...)
	return f, p
}

// trip is somebody in front of a browser that was sent to the provider.
type trip struct {
	token   string
	arrival account.Arrival
}

func (f *fixture) goesTo(begun account.Begun, who string) trip {
	f.t.Helper()
	u, err := url.Parse(begun.Address)
	f.must(err)
	return trip{begun.Token, account.Arrival{Provider: "corp", State: u.Query().Get("state"), Code: who + " " + u.Query().Get("verifier")}}
}

// visits goes to the provider to sign in and comes back.
func (f *fixture) visits(who string) (account.Outcome, error) {
	f.t.Helper()
	begun, err := f.BeginVisit(f.ctx, "corp", true, phone)
	f.must(err)
	t := f.goesTo(begun, who)
	return f.FinishVisit(f.ctx, t.token, t.arrival, account.Actor{}, phone)
}

// joins makes an account by the word of the provider.
func (f *fixture) joins(who string) account.SignedIn {
	f.t.Helper()
	out, err := f.visits(who)
	f.must(err)
	if out.Proposal == nil {
		f.t.Fatalf("%s is known: %+v", who, out)
	}
	in, err := f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: out.Proposal.Claim.Username, Language: "en"}, phone)
	f.must(err)
	return *in
}

func TestSignUpAndInByAProvider(t *testing.T) {
	f, _ := withProviders(t)
	out, err := f.visits("lan")
	f.must(err)
	p := out.Proposal
	if p == nil || out.SignedIn != nil || p.Known || p.Closed || p.Claim.Username != "lan" || p.Claim.Name != "小兰" || !p.Claim.EmailVerified {
		t.Fatalf("outcome: %+v", out)
	}
	again, err := f.Proposal(f.ctx, out.Token)
	f.must(err)
	if again != *p {
		t.Errorf("the proposal asked for again: %+v, was %+v", again, *p)
	}
	f.person("taken")
	_, err = f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "Taken", Language: "en"}, phone)
	wants(t, "a name that is taken", err, account.ErrUsernameTaken)
	in, err := f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "lan", Name: "Lan", Language: "zh-CN", Email: "evil@example.org", Password: "ignored"}, phone)
	f.must(err)
	if a := in.Account; a.Email != "lan@example.org" || a.PasswordHash != "" || a.Name != "Lan" || a.Role != account.User || !f.alive(in.Token) || !in.Session.Remember {
		t.Errorf("account: %+v, session: %+v", in.Account, in.Session)
	}
	f.letter(account.LetterLinked, "lan@example.org")
	_, err = f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "lan2", Language: "en"}, phone)
	wants(t, "the same visit again", err, account.ErrVisit)

	back, err := f.visits("lan")
	f.must(err)
	if back.SignedIn == nil || back.SignedIn.Account.ID != in.Account.ID || back.SignedIn.Token == in.Token || !f.alive(back.SignedIn.Token) {
		t.Errorf("again: %+v", back)
	}
	for _, password := range []string{"", " ", secret} {
		_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: password}, phone)
		wants(t, "with a password", err, account.ErrBadCredentials)
	}
}

// What the browser brings back counts for its own visit, once.
func TestVisitsAreBoundToABrowser(t *testing.T) {
	f, p := withProviders(t)
	f.joins("lan")
	begin := func(who string) trip {
		begun, err := f.BeginVisit(f.ctx, "corp", true, phone)
		f.must(err)
		return f.goesTo(begun, who)
	}
	mine, theirs := begin("lan"), begin("lan")
	for what, c := range map[string]struct {
		token string
		alter func(*account.Arrival)
	}{
		"no cookie":                      {"", func(*account.Arrival) {}},
		"the cookie of another visit":    {theirs.token, func(*account.Arrival) {}},
		"the state of another visit":     {mine.token, func(a *account.Arrival) { a.State = theirs.arrival.State }},
		"no state":                       {mine.token, func(a *account.Arrival) { a.State = "" }},
		"the page of another provider":   {mine.token, func(a *account.Arrival) { a.Provider = "other" }},
		"an attacker's code and state":   {mine.token, func(a *account.Arrival) { *a = theirs.arrival }},
		"a denial with a state not ours": {mine.token, func(a *account.Arrival) { a.State, a.Error = "x", "access_denied" }},
	} {
		a := mine.arrival
		c.alter(&a)
		_, err := f.FinishVisit(f.ctx, c.token, a, account.Actor{}, phone)
		wants(t, what, err, account.ErrVisit)
	}
	a := mine.arrival
	a.Provider = "nobody"
	_, err := f.FinishVisit(f.ctx, mine.token, a, account.Actor{}, phone)
	wants(t, "a provider that is not there", err, account.ErrNoProvider)
	_, err = f.Proposal(f.ctx, mine.token)
	wants(t, "a proposal before coming back", err, account.ErrVisit)
	_, err = f.SignUpVisit(f.ctx, mine.token, account.Wish{Username: "x1", Language: "en"}, phone)
	wants(t, "an account before coming back", err, account.ErrVisit)

	// None of that ended the visit; the right one does, for one of fifty.
	var in, gone atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			out, err := f.FinishVisit(f.ctx, mine.token, mine.arrival, account.Actor{}, phone)
			switch {
			case err == nil && out.SignedIn != nil:
				in.Add(1)
			case errors.Is(err, account.ErrVisit):
				gone.Add(1)
			default:
				t.Errorf("%+v %v", out, err)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 || gone.Load() != 49 {
		t.Errorf("%d signed in, %d were told that it is over", in.Load(), gone.Load())
	}

	crossed := theirs
	crossed.arrival.Code = mine.arrival.Code
	_, err = f.FinishVisit(f.ctx, crossed.token, crossed.arrival, account.Actor{}, phone)
	wants(t, "the code of another visit", err, account.ErrNotProven)
	late := begin("lan")
	f.clock.advance(account.VisitLife)
	_, err = f.FinishVisit(f.ctx, late.token, late.arrival, account.Actor{}, phone)
	wants(t, "too late", err, account.ErrVisit)

	denied := begin("lan")
	denied.arrival.Error, denied.arrival.Code = "access_denied", ""
	_, err = f.FinishVisit(f.ctx, denied.token, denied.arrival, account.Actor{}, phone)
	wants(t, "denied", err, account.ErrDenied)
	broken := begin("lan")
	broken.arrival.Error, broken.arrival.Code = "server_error", ""
	_, err = f.FinishVisit(f.ctx, broken.token, broken.arrival, account.Actor{}, phone)
	wants(t, "an error there", err, account.ErrProvider)
	p.err = fmt.Errorf("%w: it burns", account.ErrProvider)
	_, err = f.visits("lan")
	wants(t, "a provider that is down", err, account.ErrProvider)
	p.err = errors.New("something that was not thought of")
	_, err = f.visits("lan")
	wants(t, "a provider that fails somehow", err, account.ErrProvider)
}

func TestProviderAndSecondStep(t *testing.T) {
	f, _ := withProviders(t)
	in := f.joins("lan")
	f.must(f.ChangePassword(f.ctx, f.actor(in.Token), "", secret))
	_, totp, _ := f.twoSteps("lan")
	_, err := f.visits("lan")
	var needed *account.FactorNeeded
	if !errors.As(err, &needed) {
		t.Fatalf("no second step: %v", err)
	}
	done, err := f.SignInFactor(f.ctx, needed.Token, f.app(totp), phone)
	f.must(err)
	if done.Account.ID != in.Account.ID || !f.alive(done.Token) {
		t.Errorf("%+v", done)
	}
}

func TestDisabledAndDeleted(t *testing.T) {
	f, _ := withProviders(t)
	in := f.joins("lan")
	_, err := f.Disable(f.ctx, "lan")
	f.must(err)
	_, err = f.visits("lan")
	wants(t, "disabled", err, account.ErrIdentityDisabled)
	_, err = f.Enable(f.ctx, "lan")
	f.must(err)
	_, err = f.Delete(f.ctx, "lan")
	f.must(err)
	out, err := f.visits("lan")
	f.must(err)
	if out.SignedIn != nil || out.Proposal == nil || out.Proposal.Known || f.alive(in.Token) {
		t.Errorf("after it was deleted: %+v", out)
	}
	_, err = f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "lan", Language: "en"}, phone)
	wants(t, "a name that rests", err, account.ErrUsernameTaken)
}

// An address makes nobody somebody else.
func TestKnownAddressIsNotLinkedSilently(t *testing.T) {
	f, _ := withProviders(t)
	lan, ming := f.person("lan"), f.person("ming")
	out, err := f.visits("lan")
	f.must(err)
	if out.SignedIn != nil || out.Proposal == nil || !out.Proposal.Known {
		t.Fatalf("a verified address of an account: %+v", out)
	}
	_, err = f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "lan3", Language: "en"}, phone)
	wants(t, "a second account for it", err, account.ErrEmailKnown)

	// Whoever was signed in before is asked for the password; who signs in now
	// has shown it.
	before := f.actor(f.signIn("lan").Token)
	f.clock.advance(time.Second)
	out, err = f.visits("lan")
	f.must(err)
	_, err = f.LinkVisit(f.ctx, before, out.Token, "")
	wants(t, "an old session", err, account.ErrWrongPassword)
	_, err = f.LinkVisit(f.ctx, account.Actor{AccountID: ming.ID, SessionID: before.SessionID}, out.Token, "")
	wants(t, "a session of another", err, account.ErrSignedOut)
	f.mail()
	i, err := f.LinkVisit(f.ctx, f.actor(f.signIn("lan").Token), out.Token, "")
	f.must(err)
	if i.AccountID != lan.ID || i.Label != "lan@there" {
		t.Errorf("linked: %+v", i)
	}
	if l := f.letter(account.LetterLinked, lan.Email); l.With != "Corp (lan@there)" {
		t.Errorf("letter: %+v", l)
	}
	_, err = f.LinkVisit(f.ctx, before, out.Token, secret)
	wants(t, "the same visit again", err, account.ErrVisit)
	out, err = f.visits("lan")
	f.must(err)
	if out.SignedIn == nil || out.SignedIn.Account.ID != lan.ID {
		t.Errorf("after linking: %+v", out)
	}

	// An address that is not verified says nothing about accounts here.
	out, err = f.visits("ming")
	f.must(err)
	if out.Proposal == nil || out.Proposal.Known {
		t.Errorf("an address that is not verified: %+v", out)
	}
	in, err := f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "ming2", Email: ming.Email, Password: secret, Language: "en"}, phone)
	f.must(err)
	if in != nil {
		t.Error("signed in with an address that is not verified")
	}
	f.letter(account.LetterExists, ming.Email)
}

// Without a verified address the usual letter goes out, and both its reader and
// whoever came from the provider are needed.
func TestUnverifiedAddressIsConfirmedByMail(t *testing.T) {
	f, _ := withProviders(t)
	out, err := f.visits("ming")
	f.must(err)
	_, err = f.SignUpVisit(f.ctx, out.Token, account.Wish{Username: "ming", Email: "ming@example.org", Language: "en"}, phone)
	wants(t, "without a password", err, account.ErrPasswordShort)
	in, err := f.SignUpVisit(f.ctx, out.Token, wish("ming"), phone)
	f.must(err)
	if in != nil {
		t.Fatal("signed in")
	}
	l := f.letter(account.LetterActivation, "ming@example.org")
	if again, err := f.visits("ming"); err != nil || again.SignedIn != nil {
		t.Errorf("before the letter is answered: %+v %v", again, err)
	}
	_, err = f.Activate(f.ctx, l.Token, "not the password", "", phone)
	wants(t, "the reader of the mail alone", err, account.ErrWrongActivation)
	made, err := f.Activate(f.ctx, l.Token, secret, "", phone)
	f.must(err)
	again, err := f.visits("ming")
	f.must(err)
	if again.SignedIn == nil || again.SignedIn.Account.ID != made.Account.ID {
		t.Errorf("after: %+v", again)
	}
}

// A registration does not take an identity from whoever has it by then.
func TestIdentityTakenMeanwhile(t *testing.T) {
	f, _ := withProviders(t)
	out, err := f.visits("ming")
	f.must(err)
	_, err = f.SignUpVisit(f.ctx, out.Token, wish("ming"), phone)
	f.must(err)
	l := f.letter(account.LetterActivation, "ming@example.org")
	other := f.person("other")
	_, err = f.LinkVisit(f.ctx, f.actor(f.signIn("other").Token), out.Token, "")
	f.must(err)
	_, err = f.Activate(f.ctx, l.Token, secret, "", phone)
	f.must(err)
	again, err := f.visits("ming")
	f.must(err)
	if again.SignedIn == nil || again.SignedIn.Account.ID != other.ID {
		t.Errorf("%+v", again)
	}
}

func TestClosedToProviders(t *testing.T) {
	f, _ := withProviders(t, func(o *account.Options) { o.Closed = true })
	lan := f.person("lan")
	out, err := f.visits("ming")
	f.must(err)
	if out.Proposal == nil || !out.Proposal.Closed {
		t.Errorf("%+v", out)
	}
	_, err = f.SignUpVisit(f.ctx, out.Token, wish("ming"), phone)
	wants(t, "sign up", err, account.ErrClosed)
	out, err = f.visits("lan")
	f.must(err)
	_, err = f.LinkVisit(f.ctx, f.actor(f.signIn("lan").Token), out.Token, "")
	f.must(err)
	if out, err = f.visits("lan"); err != nil || out.SignedIn == nil || out.SignedIn.Account.ID != lan.ID {
		t.Errorf("%+v %v", out, err)
	}
}

func TestLinkAndUnlink(t *testing.T) {
	f, _ := withProviders(t)
	f.person("lan")
	lan, hong := f.actor(f.signIn("lan").Token), f.joins("hong")
	f.mail()
	_, err := f.BeginLink(f.ctx, lan, "corp", "not "+secret)
	wants(t, "a wrong password", err, account.ErrWrongPassword)
	_, err = f.BeginLink(f.ctx, lan, "nobody", secret)
	wants(t, "no such provider", err, account.ErrNoProvider)
	link := func(who string, as account.Actor) (account.Outcome, error) {
		begun, err := f.BeginLink(f.ctx, lan, "corp", secret)
		f.must(err)
		trip := f.goesTo(begun, who)
		return f.FinishVisit(f.ctx, trip.token, trip.arrival, as, phone)
	}
	_, err = link("lan", account.Actor{})
	wants(t, "nobody is signed in any more", err, account.ErrVisit)
	_, err = link("lan", f.actor(f.signIn("lan").Token))
	wants(t, "another session", err, account.ErrVisit)
	out, err := link("lan", lan)
	f.must(err)
	f.letter(account.LetterLinked, "lan@example.org")
	if out.Linked == nil || out.SignedIn != nil {
		t.Fatalf("%+v", out)
	}
	if out, err = link("lan", lan); err != nil || out.Linked == nil || len(f.mail()) != 0 {
		t.Errorf("once more: %+v %v", out, err)
	}
	_, err = link("hong", lan)
	wants(t, "what is another's", err, account.ErrIdentityTaken)
	list, err := f.Identities(f.ctx, lan)
	f.must(err)
	if len(list) != 1 || list[0].ID != out.Linked.ID {
		t.Fatalf("list: %+v", list)
	}
	wants(t, "another's", f.Unlink(f.ctx, f.actor(hong.Token), list[0].ID), account.ErrNoIdentity)
	f.must(f.Unlink(f.ctx, lan, list[0].ID))
	f.letter(account.LetterUnlinked, "lan@example.org")
	wants(t, "again", f.Unlink(f.ctx, lan, list[0].ID), account.ErrNoIdentity)
	if out, err := f.visits("lan"); err != nil || out.SignedIn != nil {
		t.Errorf("signed in with what was unlinked: %+v %v", out, err)
	}
}

// Who has no password sets one before the last way to sign in goes: at once if
// they have just signed in, or by mail.
func TestFirstPassword(t *testing.T) {
	f, p := withProviders(t)
	in := f.joins("lan")
	actor := f.actor(in.Token)
	list, err := f.Identities(f.ctx, actor)
	f.must(err)
	wants(t, "the last way", f.Unlink(f.ctx, actor, list[0].ID), account.ErrLastWay)
	wants(t, "delete without a password", f.DeleteSelf(f.ctx, actor, ""), account.ErrNoPassword)

	// A second identity is another way; of a provider that is gone it is none.
	c := p.people["lan"]
	c.Subject = "1b"
	p.people["lan-b"] = c
	begun, err := f.BeginLink(f.ctx, actor, "corp", "")
	f.must(err)
	trip := f.goesTo(begun, "lan-b")
	_, err = f.FinishVisit(f.ctx, trip.token, trip.arrival, actor, phone)
	f.must(err)
	f.must(f.Unlink(f.ctx, actor, list[0].ID))
	if list, err = f.Identities(f.ctx, actor); err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}

	f.clock.advance(account.FreshLife + time.Second)
	wants(t, "a password long after signing in", f.ChangePassword(f.ctx, actor, "", secret), account.ErrNotFresh)
	_, err = f.BeginLink(f.ctx, actor, "corp", "")
	wants(t, "linking long after signing in", err, account.ErrNotFresh)
	f.mail()
	f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
	l := f.letter(account.LetterReset, "lan@example.org")
	f.must(f.ConfirmReset(f.ctx, l.Token, secret+"1", phone))
	_, err = f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret + "1"}, phone)
	f.must(err)

	out, err := f.visits("lan-b")
	f.must(err)
	actor = f.actor(out.SignedIn.Token)
	wants(t, "a new one without the first", f.ChangePassword(f.ctx, actor, "", secret), account.ErrWrongPassword)
	f.must(f.Unlink(f.ctx, actor, list[0].ID))
}

// What a provider says is text of a stranger.
func TestClaimsAreNotBelieved(t *testing.T) {
	f, p := withProviders(t)
	claim := func(c account.Claim) (account.Outcome, error) {
		if c.Issuer == "" {
			c.Issuer = "https://id.example"
		}
		p.people["x"] = c
		return f.visits("x")
	}
	for _, c := range []account.Claim{{Subject: ""}, {Subject: strings.Repeat("x", 300)}, {Subject: "a\x00b"}, {Subject: "\xff"}} {
		_, err := claim(c)
		wants(t, fmt.Sprintf("subject %q", c.Subject), err, account.ErrProvider)
	}
	for i, c := range []struct {
		claim                   account.Claim
		username, name, address string
	}{
		{account.Claim{}, "", "", ""},
		{account.Claim{Username: "7 Ann Ünal (she)!"}, "Ann-Ünal-she", "", ""},
		{account.Claim{Email: "ann.b+chat@example.org", EmailVerified: true}, "ann.b-chat", "", "ann.b+chat@example.org"},
		{account.Claim{Email: "Ann <ann@example.org>", EmailVerified: true}, "", "", ""},
		{account.Claim{Email: "ann@example.org\r\nBcc: x@example.org", EmailVerified: true}, "", "", ""},
		{account.Claim{Username: "\u0430dmin", Name: "a\u202eb\x00c\n d"}, "", "a bc d", ""},
		{account.Claim{Username: strings.Repeat("长", 80), Name: strings.Repeat("n", 80)}, strings.Repeat("长", account.MaxUsername), strings.Repeat("n", account.MaxName), ""},
	} {
		c.claim.Subject = fmt.Sprint("s", i)
		out, err := claim(c.claim)
		f.must(err)
		got := out.Proposal.Claim
		if got.Username != c.username || got.Name != c.name || got.Email != c.address || got.EmailVerified != (c.address != "") {
			t.Errorf("%+v became %+v", c.claim, got)
		}
	}
}
