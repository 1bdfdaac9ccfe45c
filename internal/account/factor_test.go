package account_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
)

// app is somebody's app: it shows the code of a secret.
func (f *fixture) app(secret string) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		f.t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, f.clock.Now()/30_000)
	sum := mac.Sum(nil)
	at := sum[19] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// twoSteps turns the second step of somebody on.
func (f *fixture) twoSteps(name string) (actor account.Actor, totp string, recovery []string) {
	f.t.Helper()
	actor = f.actor(f.signIn(name).Token)
	t, _, err := f.BeginTOTP(f.ctx, actor, secret)
	f.must(err)
	recovery, err = f.ConfirmTOTP(f.ctx, actor, f.app(t.Secret))
	f.must(err)
	f.clock.advance(time.Minute) // the next code is another one
	return actor, t.Secret, recovery
}

// first does the first step and gives the challenge.
func (f *fixture) first(name string) string {
	f.t.Helper()
	_, err := f.SignIn(f.ctx, account.Credentials{Login: name, Password: secret, Remember: true}, phone)
	var needed *account.FactorNeeded
	if !errors.As(err, &needed) || !errors.Is(err, account.ErrSecondFactor) {
		f.t.Fatalf("first step: %v", err)
	}
	return needed.Token
}

func TestSecondStep(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	actor := f.actor(f.signIn("lan").Token)
	_, _, err := f.BeginTOTP(f.ctx, actor, "wrong-"+secret)
	wants(t, "begin with a wrong password", err, account.ErrWrongPassword)
	_, err = f.ConfirmTOTP(f.ctx, actor, "000000")
	wants(t, "confirm what was not begun", err, account.ErrNoFactor)
	begun, _, err := f.BeginTOTP(f.ctx, actor, secret)
	f.must(err)
	f.signIn("lan") // asks nothing until it is confirmed
	_, err = f.ConfirmTOTP(f.ctx, actor, "abcdef")
	wants(t, "confirm with a wrong code", err, account.ErrBadCode)
	codes, err := f.ConfirmTOTP(f.ctx, actor, " "+f.app(begun.Secret)[:3]+" "+f.app(begun.Secret)[3:])
	f.must(err)
	f.letter(account.LetterTOTPOn, "lan@example.org")
	if len(codes) != 10 || len(codes[0]) != 19 {
		t.Errorf("codes: %q", codes)
	}
	if got, err := f.Factors(f.ctx, actor); err != nil || got != (account.Factors{TOTP: true, RecoveryCodes: 10}) {
		t.Errorf("%+v %v", got, err)
	}
	_, _, err = f.BeginTOTP(f.ctx, actor, secret)
	wants(t, "begin again", err, account.ErrFactorOn)

	challenge := f.first("lan")
	_, err = f.SignInFactor(f.ctx, challenge, f.app(begun.Secret), phone)
	wants(t, "the code that confirmed", err, account.ErrBadCode)
	f.clock.advance(time.Minute)
	in, err := f.SignInFactor(f.ctx, challenge, f.app(begun.Secret), phone)
	f.must(err)
	if !f.alive(in.Token) || !in.Session.Remember {
		t.Errorf("%+v", in.Session)
	}
	_, err = f.SignInFactor(f.ctx, challenge, codes[0], phone)
	wants(t, "the challenge again", err, account.ErrChallenge)
	_, err = f.SignInFactor(f.ctx, f.first("lan"), f.app(begun.Secret), phone)
	wants(t, "the code again", err, account.ErrBadCode)

	_, err = f.SignInFactor(f.ctx, f.first("lan"), codes[3], phone)
	wants(t, "a recovery code", err, nil)
	_, err = f.SignInFactor(f.ctx, f.first("lan"), codes[3], phone)
	wants(t, "the recovery code again", err, account.ErrBadCode)
	fresh, err := f.NewRecoveryCodes(f.ctx, actor, secret)
	f.must(err)
	f.letter(account.LetterRecoveryCodes, "lan@example.org")
	_, err = f.SignInFactor(f.ctx, f.first("lan"), codes[4], phone)
	wants(t, "a recovery code from before", err, account.ErrBadCode)
	_, err = f.SignInFactor(f.ctx, f.first("lan"), fresh[0], phone)
	wants(t, "a new one", err, nil)

	wants(t, "turn off with a wrong password", f.RemoveTOTP(f.ctx, actor, "wrong-"+secret), account.ErrWrongPassword)
	if list := f.mail(); len(list) != 0 {
		t.Errorf("letters for nothing: %+v", list)
	}
	f.must(f.RemoveTOTP(f.ctx, actor, secret))
	if l := f.letter(account.LetterTOTPOff, "lan@example.org"); !l.Alone || l.Name != "lan" || l.Language != "en" {
		t.Errorf("%+v", l)
	}
	f.must(f.RemoveTOTP(f.ctx, actor, secret)) // again: nothing to tell
	f.signIn("lan")
	_, err = f.NewRecoveryCodes(f.ctx, actor, secret)
	wants(t, "codes for nothing", err, account.ErrNoFactor)
}

func TestChallengeEnds(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	actor, totp, codes := f.twoSteps("lan")

	challenge := f.first("lan")
	f.clock.advance(account.ChallengeLife)
	_, err := f.SignInFactor(f.ctx, challenge, f.app(totp), phone)
	wants(t, "too late", err, account.ErrChallenge)

	challenge = f.first("lan")
	for range 5 {
		_, err = f.SignInFactor(f.ctx, challenge, "wrong", phone)
		wants(t, "a wrong code", err, account.ErrBadCode)
	}
	_, err = f.SignInFactor(f.ctx, challenge, f.app(totp), phone)
	wants(t, "after five wrong codes", err, account.ErrChallenge)
	_, err = f.SignInFactor(f.ctx, "nonsense", f.app(totp), phone)
	wants(t, "no challenge", err, account.ErrChallenge)

	challenge = f.first("lan")
	f.must(f.ChangePassword(f.ctx, actor, secret, "another-"+secret))
	_, err = f.SignInFactor(f.ctx, challenge, codes[0], phone)
	wants(t, "after the password changed", err, account.ErrChallenge)

	// A new password by mail signs nobody in, and the second step stays.
	f.must(f.RequestReset(f.ctx, "lan@example.org", phone))
	for _, l := range f.mail() {
		if l.Kind == account.LetterReset {
			f.must(f.ConfirmReset(f.ctx, l.Token, secret, phone))
		}
	}
	challenge = f.first("lan")
	_, err = f.Disable(f.ctx, "lan")
	f.must(err)
	_, err = f.SignInFactor(f.ctx, challenge, codes[0], phone)
	wants(t, "of a disabled account", err, account.ErrChallenge)
	_, err = f.Enable(f.ctx, "lan")
	f.must(err)

	f.mail()
	_, err = f.ResetFactors(f.ctx, "lan")
	f.must(err)
	f.letter(account.LetterFactorsReset, "lan@example.org")
	f.signIn("lan")
	_, err = f.ResetFactors(f.ctx, "nobody")
	wants(t, "of nobody", err, account.ErrNotFound)
}

func TestOneCodeFiftyTimes(t *testing.T) {
	f := newFixture(t)
	f.person("lan")
	_, totp, codes := f.twoSteps("lan")
	for name, code := range map[string]string{"of the app": f.app(totp), "for recovery": codes[0]} {
		var challenges []string
		for range 50 {
			challenges = append(challenges, f.first("lan"))
		}
		var wg sync.WaitGroup
		var succeeded atomic.Int32
		for _, c := range challenges {
			wg.Go(func() {
				if _, err := f.SignInFactor(f.ctx, c, code, phone); err == nil {
					succeeded.Add(1)
				}
			})
		}
		wg.Wait()
		if succeeded.Load() != 1 {
			t.Errorf("a code %s worked %d times", name, succeeded.Load())
		}
	}
}
