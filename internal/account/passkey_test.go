package account_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/account/passkeytest"
)

var party = account.PasskeyParty{ID: "chat.example.org", Origin: "https://chat.example.org", Name: "Family"}

func withPasskeys(o *account.Options) { o.Passkeys = party }

func attestation(k *passkeytest.Key, challenge string) account.Attestation {
	m := k.Make(challenge)
	return account.Attestation{CredentialID: k.CredentialID(), ClientData: m.ClientData, Object: m.Object, Transports: []string{"internal", "hybrid", "telepathy"}}
}

func assertion(k *passkeytest.Key, u passkeytest.Used) account.Assertion {
	return account.Assertion{CredentialID: k.CredentialID(), ClientData: u.ClientData, AuthenticatorData: u.AuthenticatorData, Signature: u.Signature, Handle: k.Handle}
}

// addPasskey makes a passkey of an actor; alter may change what the device says.
func (f *fixture) addPasskey(actor account.Actor, name string, alter func(*passkeytest.Key)) (*passkeytest.Key, account.Passkey, []string) {
	f.t.Helper()
	begun, err := f.BeginPasskey(f.ctx, actor, secret)
	f.must(err)
	k := passkeytest.New(begun.Party.ID, begun.Party.Origin, begun.Handle)
	if alter != nil {
		alter(k)
	}
	p, codes, err := f.AddPasskey(f.ctx, actor, attestation(k, begun.Challenge), name, phone)
	f.must(err)
	return k, p, codes
}

// usePasskey signs in with a key alone.
func (f *fixture) usePasskey(k *passkeytest.Key) (account.SignedIn, error) {
	f.t.Helper()
	begun, err := f.BeginPasskeySignIn(f.ctx, phone)
	f.must(err)
	return f.SignInPasskey(f.ctx, assertion(k, k.Use(begun.Challenge)), true, phone)
}

// useFactor does the second step with a key.
func (f *fixture) useFactor(token string, k *passkeytest.Key) (account.SignedIn, error) {
	f.t.Helper()
	begun, err := f.BeginPasskeyFactor(f.ctx, token, phone)
	f.must(err)
	return f.SignInPasskeyFactor(f.ctx, token, assertion(k, k.Use(begun.Challenge)), phone)
}

func TestPasskeyInsteadOfThePassword(t *testing.T) {
	f := newFixture(t, withPasskeys)
	lan := f.person("lan")
	actor := f.actor(f.signIn("lan").Token)
	_, err := f.BeginPasskey(f.ctx, actor, "wrong-"+secret)
	wants(t, "begin with a wrong password", err, account.ErrWrongPassword)

	k, first, codes := f.addPasskey(actor, " My phone ", func(k *passkeytest.Key) { k.Counter = 1 })
	if len(codes) != 10 || first.Name != "My phone" || first.Transports != "internal,hybrid" || first.AccountID != lan.ID {
		t.Errorf("%d codes, %+v", len(codes), first)
	}
	if l := f.letter(account.LetterPasskeyAdded, "lan@example.org"); l.Passkey != "My phone" || l.Name != "lan" {
		t.Errorf("%+v", l)
	}
	synced, second, none := f.addPasskey(actor, "", func(k *passkeytest.Key) { k.Flags |= passkeytest.Backupable })
	if len(none) != 0 || second.Name != phone.Device || !second.Backupable || second.BackedUp {
		t.Errorf("%d codes, %+v", len(none), second)
	}
	if got, err := f.Factors(f.ctx, actor); err != nil || got != (account.Factors{Passkeys: 2, RecoveryCodes: 10}) {
		t.Errorf("%+v %v", got, err)
	}
	begun, err := f.BeginPasskey(f.ctx, actor, secret)
	f.must(err)
	if len(begun.Have) != 2 || begun.Username != "lan" || begun.Party != party {
		t.Errorf("a device is not told what there is: %+v", begun)
	}

	f.clock.advance(time.Hour)
	in, err := f.usePasskey(k)
	f.must(err)
	if !f.alive(in.Token) || !in.Session.Remember || in.Account.ID != lan.ID || in.Session.Device != phone.Device {
		t.Errorf("%+v", in.Session)
	}
	synced.Flags |= passkeytest.BackedUp // meanwhile another device has it too
	_, err = f.usePasskey(synced)
	f.must(err)
	list, err := f.Passkeys(f.ctx, actor)
	f.must(err)
	if len(list) != 2 || list[0].Counter != 2 || list[0].LastUsedAt != f.clock.Now() || !list[1].BackedUp || list[1].Counter != 0 {
		t.Errorf("%+v", list)
	}

	renamed, err := f.RenamePasskey(f.ctx, actor, first.ID, "Old phone")
	f.must(err)
	if renamed.Name != "Old phone" || renamed.Counter != 2 {
		t.Errorf("%+v", renamed)
	}
	if _, err = f.RenamePasskey(f.ctx, actor, first.ID, " "); err == nil {
		t.Error("a passkey without a name")
	}
	f.person("ming")
	ming := f.actor(f.signIn("ming").Token)
	_, err = f.RenamePasskey(f.ctx, ming, first.ID, "Mine")
	wants(t, "rename that of another", err, account.ErrNoPasskey)
	wants(t, "remove that of another", f.RemovePasskey(f.ctx, ming, first.ID, secret), account.ErrNoPasskey)

	f.mail()
	wants(t, "remove with a wrong password", f.RemovePasskey(f.ctx, actor, first.ID, "wrong-"+secret), account.ErrWrongPassword)
	f.must(f.RemovePasskey(f.ctx, actor, first.ID, secret))
	if l := f.letter(account.LetterPasskeyRemoved, "lan@example.org"); l.Passkey != "Old phone" || l.Alone {
		t.Errorf("%+v", l)
	}
	_, err = f.usePasskey(k)
	wants(t, "with a removed one", err, account.ErrBadPasskey)
	f.must(f.RemovePasskey(f.ctx, actor, second.ID, secret))
	if l := f.letter(account.LetterPasskeyRemoved, "lan@example.org"); !l.Alone {
		t.Errorf("%+v", l)
	}
	if got, err := f.Factors(f.ctx, actor); err != nil || got != (account.Factors{}) {
		t.Errorf("%+v %v", got, err)
	}
	f.signIn("lan") // with the password alone
}

func TestPasskeyAsSecondStep(t *testing.T) {
	f := newFixture(t, withPasskeys)
	f.person("lan")
	actor, totp, codes := f.twoSteps("lan")
	k, p, none := f.addPasskey(actor, "Key", func(k *passkeytest.Key) { k.Counter = 7 })
	if len(none) != 0 {
		t.Error("recovery codes for the second thing")
	}
	_, err := f.SignIn(f.ctx, account.Credentials{Login: "lan", Password: secret}, phone)
	var needed *account.FactorNeeded
	if !errors.As(err, &needed) || !slices.Equal(needed.Methods, []account.Method{account.ByPasskey, account.ByTOTP, account.ByRecovery}) {
		t.Fatalf("%+v", needed)
	}
	begun, err := f.BeginPasskeyFactor(f.ctx, needed.Token, phone)
	f.must(err)
	if begun.Verify || len(begun.Allowed) != 1 || begun.Allowed[0].CredentialID != k.CredentialID() {
		t.Errorf("%+v", begun)
	}
	k.Flags = passkeytest.Present // touched, by whoever knows the password
	said := assertion(k, k.Use(begun.Challenge))
	said.Handle = nil // a device that was told which key needs not say whose
	in, err := f.SignInPasskeyFactor(f.ctx, needed.Token, said, phone)
	f.must(err)
	if !f.alive(in.Token) || in.Session.Remember {
		t.Errorf("%+v", in.Session)
	}
	_, err = f.SignInPasskeyFactor(f.ctx, needed.Token, said, phone)
	wants(t, "the same again", err, account.ErrChallenge)
	_, err = f.BeginPasskeyFactor(f.ctx, needed.Token, phone)
	wants(t, "begin after the end", err, account.ErrChallenge)

	// The others still work.
	_, err = f.SignInFactor(f.ctx, f.first("lan"), f.app(totp), phone)
	f.must(err)
	_, err = f.SignInFactor(f.ctx, f.first("lan"), codes[0], phone)
	f.must(err)
	f.mail()
	f.must(f.RemoveTOTP(f.ctx, actor, secret))
	if l := f.letter(account.LetterTOTPOff, "lan@example.org"); l.Alone {
		t.Errorf("%+v", l)
	}
	_, err = f.useFactor(f.first("lan"), k)
	f.must(err)
	_, err = f.SignInFactor(f.ctx, f.first("lan"), codes[1], phone)
	wants(t, "recovery codes stay with the passkey", err, nil)
	_, err = f.NewRecoveryCodes(f.ctx, actor, secret)
	f.must(err)

	// An app beside a passkey brings no new codes.
	app, _, err := f.BeginTOTP(f.ctx, actor, secret)
	f.must(err)
	again, err := f.ConfirmTOTP(f.ctx, actor, f.app(app.Secret))
	if err != nil || len(again) != 0 {
		t.Errorf("%q %v", again, err)
	}
	f.must(f.RemovePasskey(f.ctx, actor, p.ID, secret))
	token := f.first("lan")
	_, err = f.BeginPasskeyFactor(f.ctx, token, phone)
	wants(t, "begin without a passkey", err, account.ErrChallenge)

	// Whoever runs the server takes passkeys away too.
	k, _, _ = f.addPasskey(actor, "", nil)
	f.mail()
	_, err = f.ResetFactors(f.ctx, "lan")
	f.must(err)
	f.letter(account.LetterFactorsReset, "lan@example.org")
	_, err = f.usePasskey(k)
	wants(t, "after a reset", err, account.ErrBadPasskey)
	f.signIn("lan")
}

// What a forger, a thief or a broken browser would say.
func TestForgedPasskeys(t *testing.T) {
	f := newFixture(t, withPasskeys)
	f.person("lan")
	f.person("eve")
	actor, evil := f.actor(f.signIn("lan").Token), f.actor(f.signIn("eve").Token)
	k, _, _ := f.addPasskey(actor, "", func(k *passkeytest.Key) { k.Counter = 100 })
	hers, _, _ := f.addPasskey(evil, "", nil)
	challenge := func() string {
		begun, err := f.BeginPasskeySignIn(f.ctx, phone)
		f.must(err)
		return begun.Challenge
	}
	for what, say := range map[string]func(k *passkeytest.Key) account.Assertion{
		"another origin": func(k *passkeytest.Key) account.Assertion {
			k.Origin = "https://chat.example.org.evil.example"
			return assertion(k, k.Use(challenge()))
		},
		"the origin without HTTPS": func(k *passkeytest.Key) account.Assertion {
			k.Origin = "http://chat.example.org"
			return assertion(k, k.Use(challenge()))
		},
		"another port": func(k *passkeytest.Key) account.Assertion {
			k.Origin = "https://chat.example.org:8443"
			return assertion(k, k.Use(challenge()))
		},
		"a frame of another site": func(k *passkeytest.Key) account.Assertion { k.Cross = true; return assertion(k, k.Use(challenge())) },
		"another party": func(k *passkeytest.Key) account.Assertion {
			k.Party = "example.org"
			return assertion(k, k.Use(challenge()))
		},
		"nobody was there": func(k *passkeytest.Key) account.Assertion {
			k.Flags &^= passkeytest.Present
			return assertion(k, k.Use(challenge()))
		},
		"nobody was verified": func(k *passkeytest.Key) account.Assertion {
			k.Flags &^= passkeytest.Verified
			return assertion(k, k.Use(challenge()))
		},
		"backup where there was none": func(k *passkeytest.Key) account.Assertion {
			k.Flags |= passkeytest.Backupable
			return assertion(k, k.Use(challenge()))
		},
		"a challenge of nobody": func(k *passkeytest.Key) account.Assertion {
			return assertion(k, k.Use("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
		},
		"no challenge": func(k *passkeytest.Key) account.Assertion { return assertion(k, k.Use("")) },
		"a challenge that is too old": func(k *passkeytest.Key) account.Assertion {
			c := challenge()
			f.clock.advance(account.ChallengeLife)
			return assertion(k, k.Use(c))
		},
		"a challenge for making": func(k *passkeytest.Key) account.Assertion {
			begun, err := f.BeginPasskey(f.ctx, actor, secret)
			f.must(err)
			return assertion(k, k.Use(begun.Challenge))
		},
		"a challenge for the second step": func(k *passkeytest.Key) account.Assertion {
			begun, err := f.BeginPasskeyFactor(f.ctx, f.first("lan"), phone)
			f.must(err)
			return assertion(k, k.Use(begun.Challenge))
		},
		"the words of making": func(k *passkeytest.Key) account.Assertion {
			return assertion(k, k.Sign([]byte(fmt.Sprintf(`{"type":"webauthn.create","challenge":%q,"origin":%q}`, challenge(), party.Origin))))
		},
		"another signature": func(k *passkeytest.Key) account.Assertion {
			a := assertion(k, k.Use(challenge()))
			a.Signature = k.Use(challenge()).Signature
			return a
		},
		"the key of another": func(k *passkeytest.Key) account.Assertion {
			a := assertion(hers, hers.Use(challenge()))
			a.CredentialID = k.CredentialID()
			return a
		},
		"the account of another": func(k *passkeytest.Key) account.Assertion {
			a := assertion(hers, hers.Use(challenge()))
			a.Handle = k.Handle
			return a
		},
		"no account": func(k *passkeytest.Key) account.Assertion {
			a := assertion(k, k.Use(challenge()))
			a.Handle = nil
			return a
		},
		"a key that nobody has": func(k *passkeytest.Key) account.Assertion {
			other := passkeytest.New(party.ID, party.Origin, k.Handle)
			return assertion(other, other.Use(challenge()))
		},
		"nothing": func(*passkeytest.Key) account.Assertion { return account.Assertion{} },
		"noise": func(k *passkeytest.Key) account.Assertion {
			return account.Assertion{CredentialID: k.CredentialID(), ClientData: []byte("{}"), AuthenticatorData: []byte("x"), Signature: []byte("y"), Handle: k.Handle}
		},
	} {
		forged := *k
		_, err := f.SignInPasskey(f.ctx, say(&forged), true, phone)
		k.Counter = max(k.Counter, forged.Counter)
		if !errors.Is(err, account.ErrBadPasskey) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := f.usePasskey(k)
	wants(t, "the true one", err, nil)

	// What was used is used up, also where it was refused.
	c := challenge()
	said := assertion(k, k.Use(c))
	_, err = f.SignInPasskey(f.ctx, said, true, phone)
	wants(t, "once", err, nil)
	_, err = f.SignInPasskey(f.ctx, said, true, phone)
	wants(t, "twice", err, account.ErrBadPasskey)
	_, err = f.SignInPasskey(f.ctx, assertion(k, k.Use(c)), true, phone)
	wants(t, "the same challenge", err, account.ErrBadPasskey)
	c = challenge()
	broken := assertion(k, k.Use(c))
	broken.Signature = []byte("broken")
	_, err = f.SignInPasskey(f.ctx, broken, true, phone)
	wants(t, "broken", err, account.ErrBadPasskey)
	_, err = f.SignInPasskey(f.ctx, assertion(k, k.Use(c)), true, phone)
	wants(t, "the challenge of something broken", err, account.ErrBadPasskey)

	_, err = f.Disable(f.ctx, "lan")
	f.must(err)
	_, err = f.usePasskey(k)
	wants(t, "of a disabled account", err, account.ErrBadPasskey)
	_, err = f.Enable(f.ctx, "lan")
	f.must(err)
	_, err = f.usePasskey(k)
	wants(t, "enabled again", err, nil)
}

// The second step takes the passkeys of that account only, for that sign-in
// only, and as few tries as for codes.
func TestForgedSecondStep(t *testing.T) {
	f := newFixture(t, withPasskeys)
	f.person("lan")
	f.person("eve")
	k, _, codes := f.addPasskey(f.actor(f.signIn("lan").Token), "", nil)
	hers, _, _ := f.addPasskey(f.actor(f.signIn("eve").Token), "", nil)
	begin := func(token string) string {
		begun, err := f.BeginPasskeyFactor(f.ctx, token, phone)
		f.must(err)
		return begun.Challenge
	}
	mine, other, another := f.first("lan"), f.first("lan"), f.first("eve")
	_, err := f.SignInPasskeyFactor(f.ctx, mine, assertion(hers, hers.Use(begin(mine))), phone)
	wants(t, "the passkey of another", err, account.ErrBadPasskey)
	_, err = f.SignInPasskeyFactor(f.ctx, mine, assertion(k, k.Use(begin(another))), phone)
	wants(t, "the challenge of another", err, account.ErrBadPasskey)
	_, err = f.SignInPasskeyFactor(f.ctx, mine, assertion(k, k.Use(begin(other))), phone)
	wants(t, "the challenge of another sign-in", err, account.ErrBadPasskey)
	begun, err := f.BeginPasskeySignIn(f.ctx, phone)
	f.must(err)
	_, err = f.SignInPasskeyFactor(f.ctx, mine, assertion(k, k.Use(begun.Challenge)), phone)
	wants(t, "a challenge for signing in alone", err, account.ErrBadPasskey)
	_, err = f.SignInPasskeyFactor(f.ctx, mine, account.Assertion{}, phone)
	wants(t, "nothing", err, account.ErrBadPasskey)
	_, err = f.SignInFactor(f.ctx, mine, codes[0], phone)
	wants(t, "after five wrong ones", err, account.ErrChallenge)
	_, err = f.SignInPasskeyFactor(f.ctx, "nonsense", assertion(k, k.Use("x")), phone)
	wants(t, "no first step", err, account.ErrChallenge)
	_, err = f.useFactor(other, k)
	wants(t, "the true one", err, nil)
}

func TestForgedNewPasskeys(t *testing.T) {
	f := newFixture(t, withPasskeys)
	f.person("lan")
	f.person("eve")
	session, evil := f.signIn("lan"), f.actor(f.signIn("eve").Token)
	actor := f.actor(session.Token)
	for what, c := range map[string]struct {
		alter func(*passkeytest.Key)
		want  error
	}{
		"another origin":      {func(k *passkeytest.Key) { k.Origin = "https://evil.example" }, account.ErrPasskey},
		"another party":       {func(k *passkeytest.Key) { k.Party = "evil.example" }, account.ErrPasskey},
		"nobody was verified": {func(k *passkeytest.Key) { k.Flags = passkeytest.Present }, account.ErrPasskey},
		"backed up, never":    {func(k *passkeytest.Key) { k.Flags |= passkeytest.BackedUp }, account.ErrPasskey},
	} {
		begun, err := f.BeginPasskey(f.ctx, actor, secret)
		f.must(err)
		k := passkeytest.New(party.ID, party.Origin, begun.Handle)
		c.alter(k)
		_, _, err = f.AddPasskey(f.ctx, actor, attestation(k, begun.Challenge), "", phone)
		wants(t, what, err, c.want)
		good := passkeytest.New(party.ID, party.Origin, begun.Handle)
		_, _, err = f.AddPasskey(f.ctx, actor, attestation(good, begun.Challenge), "", phone)
		wants(t, "the challenge after "+what, err, account.ErrPasskeyLate)
	}
	begun, err := f.BeginPasskey(f.ctx, actor, secret)
	f.must(err)
	k := passkeytest.New(party.ID, party.Origin, begun.Handle)
	_, _, err = f.AddPasskey(f.ctx, evil, attestation(k, begun.Challenge), "", phone)
	wants(t, "the challenge of another", err, account.ErrPasskeyLate)
	_, _, err = f.AddPasskey(f.ctx, f.actor(f.signIn("lan").Token), attestation(k, begun.Challenge), "", phone)
	wants(t, "the challenge of another session", err, account.ErrPasskeyLate)
	_, _, err = f.AddPasskey(f.ctx, actor, account.Attestation{CredentialID: k.CredentialID(), ClientData: []byte("{}"), Object: []byte("x")}, "", phone)
	wants(t, "noise", err, account.ErrPasskeyLate)
	said := attestation(k, begun.Challenge)
	said.CredentialID = passkeytest.New(party.ID, party.Origin, begun.Handle).CredentialID()
	_, _, err = f.AddPasskey(f.ctx, actor, said, "", phone)
	wants(t, "another credential than was made", err, account.ErrPasskey)

	begun, err = f.BeginPasskey(f.ctx, actor, secret)
	f.must(err)
	f.clock.advance(account.ChallengeLife)
	_, _, err = f.AddPasskey(f.ctx, actor, attestation(k, begun.Challenge), "", phone)
	wants(t, "too late", err, account.ErrPasskeyLate)
	begun, err = f.BeginPasskey(f.ctx, actor, secret)
	f.must(err)
	f.must(f.ChangePassword(f.ctx, actor, secret, "another-"+secret))
	_, _, err = f.AddPasskey(f.ctx, actor, attestation(k, begun.Challenge), "", phone)
	wants(t, "after the password changed", err, account.ErrPasskeyLate)
	f.must(f.ChangePassword(f.ctx, actor, "another-"+secret, secret))

	if list, err := f.Passkeys(f.ctx, actor); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	f.signIn("lan") // the password is still enough
	have, _, _ := f.addPasskey(actor, "", nil)
	begun, err = f.BeginPasskey(f.ctx, evil, secret)
	f.must(err)
	stolen := *have
	stolen.Handle = begun.Handle
	_, _, err = f.AddPasskey(f.ctx, evil, attestation(&stolen, begun.Challenge), "", phone)
	wants(t, "one that somebody has", err, account.ErrPasskeyKnown)
	for range account.MaxPasskeys - 1 {
		f.addPasskey(actor, "", nil)
	}
	_, err = f.BeginPasskey(f.ctx, actor, secret)
	wants(t, "one too many", err, account.ErrTooManyPasskeys)
}

// Somebody copied a key with its counter, and both are in use.
func TestCopiedPasskey(t *testing.T) {
	f := newFixture(t, withPasskeys)
	f.person("lan")
	actor := f.actor(f.signIn("lan").Token)
	k, _, _ := f.addPasskey(actor, "", func(k *passkeytest.Key) { k.Counter = 5 })
	stolen := *k
	_, err := f.usePasskey(k)
	f.must(err)
	doubted := func() bool {
		list, err := f.Passkeys(f.ctx, actor)
		f.must(err)
		return list[0].Doubted
	}
	if doubted() {
		t.Error("doubted for nothing")
	}
	_, err = f.usePasskey(&stolen)
	wants(t, "the copy counts as far as the key did", err, account.ErrBadPasskey)
	if !doubted() {
		t.Error("nobody is told")
	}
	_, err = f.useFactor(f.first("lan"), k)
	wants(t, "the key itself goes on", err, nil)
	stolen.Counter = 1
	_, err = f.useFactor(f.first("lan"), &stolen)
	wants(t, "the copy as second step", err, account.ErrBadPasskey)
	stolen.Counter = 0
	_, err = f.usePasskey(&stolen)
	wants(t, "a copy that does not count", err, account.ErrBadPasskey)
}

func TestOnePasskeyFiftyTimes(t *testing.T) {
	f := newFixture(t, withPasskeys)
	f.person("lan")
	k, _, _ := f.addPasskey(f.actor(f.signIn("lan").Token), "", nil)
	begun, err := f.BeginPasskeySignIn(f.ctx, phone)
	f.must(err)
	said := assertion(k, k.Use(begun.Challenge))
	var wg sync.WaitGroup
	var succeeded atomic.Int32
	for range 50 {
		wg.Go(func() {
			if _, err := f.SignInPasskey(f.ctx, said, true, phone); err == nil {
				succeeded.Add(1)
			} else if !errors.Is(err, account.ErrBadPasskey) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if succeeded.Load() != 1 {
		t.Errorf("it worked %d times", succeeded.Load())
	}
}

func TestWhereThereArePasskeys(t *testing.T) {
	for base, want := range map[string]string{
		"https://chat.example.org":      "chat.example.org https://chat.example.org",
		"https://Chat.Example.org:443":  "chat.example.org https://chat.example.org",
		"https://chat.example.org:8443": "chat.example.org https://chat.example.org:8443",
		"http://localhost:8080":         "localhost http://localhost:8080",
		"http://localhost:80":           "localhost http://localhost",
		"http://chat.localhost:8080":    "chat.localhost http://chat.localhost:8080",
		"http://chat.example.org":       "",
		"http://localhost.example.org":  "",
		"http://127.0.0.1:8080":         "",
		"https://192.0.2.1":             "",
		"https://[2001:db8::1]":         "",
	} {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := account.PasskeyPartyAt(u, "Family")
		if got := strings.TrimSpace(p.ID + " " + p.Origin); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", base, got, ok, want)
		}
	}
	f := newFixture(t)
	f.person("lan")
	actor := f.actor(f.signIn("lan").Token)
	_, err := f.BeginPasskey(f.ctx, actor, secret)
	wants(t, "begin to make", err, account.ErrNoPasskeys)
	_, _, err = f.AddPasskey(f.ctx, actor, account.Attestation{}, "", phone)
	wants(t, "add", err, account.ErrNoPasskeys)
	_, err = f.BeginPasskeySignIn(f.ctx, phone)
	wants(t, "begin to sign in", err, account.ErrNoPasskeys)
	_, err = f.SignInPasskey(f.ctx, account.Assertion{}, true, phone)
	wants(t, "sign in", err, account.ErrNoPasskeys)
	_, err = f.BeginPasskeyFactor(f.ctx, "x", phone)
	wants(t, "begin the second step", err, account.ErrNoPasskeys)
	_, err = f.SignInPasskeyFactor(f.ctx, "x", account.Assertion{}, phone)
	wants(t, "the second step", err, account.ErrNoPasskeys)
}
