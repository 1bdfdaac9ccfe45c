package account

import (
	"context"
	"encoding/base32"
	"strings"

	"github.com/happychat/happychat/internal/change"
)

// TOTP is the app of an account that shows codes. One that is not confirmed was
// never shown to work, and asks nobody for anything.
type TOTP struct {
	AccountID change.ID
	Secret    string // base32 without padding
	Confirmed bool
	LastStep  int64 // of the newest code that was used
	CreatedAt int64
}

// Challenge stands for somebody who knew the password and has to show the
// second factor.
type Challenge struct {
	TokenHash string
	AccountID change.ID
	Remember  bool
	Tries     int // codes that were wrong
	ExpiresAt int64
}

// Factors are what an account has besides its password.
type Factors struct {
	TOTP          bool
	Passkeys      int
	RecoveryCodes int // that are left
}

const (
	// recoveryCodeCount is how many codes are made at once.
	recoveryCodeCount = 10
	// recoveryCodeSize is random bytes: guessing stays hopeless even for whoever
	// has the hashes, so a plain hash is enough.
	recoveryCodeSize = 10
	// challengeTries is how many codes one challenge takes.
	challengeTries = 5
)

// FactorNeeded is the error of a sign-in whose password was right, where a
// second factor is asked for.
type FactorNeeded struct {
	Token     string // of the challenge
	Methods   []Method
	ExpiresAt int64
}

// Method is a way to do the second step.
type Method string

const (
	ByPasskey  Method = "passkey"
	ByTOTP     Method = "totp"
	ByRecovery Method = "recovery"
)

// Error implements error.
func (*FactorNeeded) Error() string { return ErrSecondFactor.Error() }

// Unwrap gives the error to be shown.
func (*FactorNeeded) Unwrap() error { return ErrSecondFactor }

// methods are the ways in which an account can do the second step, the most
// convenient first; none: it has no second step.
func (s *Service) methods(ctx context.Context, id change.ID) ([]Method, error) {
	keys, err := s.store.Passkeys(ctx, id)
	if err != nil {
		return nil, err
	}
	t, err := optional(s.store.TOTP(ctx, id))
	if err != nil || len(keys) == 0 && !t.Confirmed {
		return nil, err
	}
	var list []Method
	if len(keys) > 0 && s.passkeys != nil {
		list = append(list, ByPasskey)
	}
	if t.Confirmed {
		list = append(list, ByTOTP)
	}
	return append(list, ByRecovery), nil
}

// challenge begins the second step of a sign-in if the account has one.
func (s *Service) challenge(ctx context.Context, a Account, remember bool) (*FactorNeeded, error) {
	methods, err := s.methods(ctx, a.ID)
	if err != nil || len(methods) == 0 {
		return nil, err
	}
	out := &FactorNeeded{Token: change.NewToken(), Methods: methods, ExpiresAt: s.clock.Now() + change.Ms(ChallengeLife)}
	return out, s.store.PutChallenge(ctx, Challenge{TokenHash: hashToken(out.Token), AccountID: a.ID, Remember: remember, ExpiresAt: out.ExpiresAt})
}

// challenged gives a challenge that still counts, and its account.
func (s *Service) challenged(ctx context.Context, token string) (Challenge, Account, error) {
	c, err := s.store.Challenge(ctx, hashToken(token))
	if err != nil {
		return c, Account{}, instead(err, ErrChallenge)
	}
	if s.clock.Now() >= c.ExpiresAt || c.Tries >= challengeTries {
		return c, Account{}, ErrChallenge
	}
	a, err := s.store.Account(ctx, c.AccountID)
	if err == nil && a.State != Active {
		err = ErrChallenge
	}
	return c, a, instead(err, ErrChallenge)
}

// SignInFactor is the second step of a sign-in: with a code of the app, or with
// a recovery code. Either works once.
func (s *Service) SignInFactor(ctx context.Context, token, code string, client Client) (SignedIn, error) {
	return s.second(ctx, token, client, ErrBadCode, func(ctx context.Context, a Account) (bool, error) {
		return s.useCode(ctx, a.ID, code)
	})
}

// second does the second step of a sign-in. prove tells, in the transaction,
// whether what was shown is right; if not, the try is counted, what prove wrote
// stays, and the answer is bad.
func (s *Service) second(ctx context.Context, token string, client Client, bad error, prove func(ctx context.Context, a Account) (bool, error)) (SignedIn, error) {
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return SignedIn{}, err
	}
	before, err := s.store.Challenge(ctx, hashToken(token))
	if err != nil {
		return SignedIn{}, instead(err, ErrChallenge)
	}
	account := before.AccountID.String()
	if err := s.limits.factor.Check(account); err != nil {
		return SignedIn{}, err
	}
	var out SignedIn
	var wrong error // told after the commit: the try is counted
	err = s.store.Update(ctx, func(ctx context.Context) error {
		c, a, err := s.challenged(ctx, token)
		if err != nil {
			return err
		}
		right, err := prove(ctx, a)
		if err != nil {
			return err
		}
		if !right {
			wrong = bad
			c.Tries++
			return s.store.PutChallenge(ctx, c)
		}
		if err := s.store.DeleteChallenges(ctx, a.ID); err != nil {
			return err
		}
		out, err = s.open(ctx, a, c.Remember, client)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err == nil {
		s.limits.factor.Return(account)
	}
	return out, err
}

// useCode uses a code of the app or a recovery code up.
func (s *Service) useCode(ctx context.Context, id change.ID, code string) (bool, error) {
	code = plainCode(code)
	if len(code) != codeDigits {
		return s.store.TakeRecoveryCode(ctx, id, hashToken(code))
	}
	t, err := optional(s.store.TOTP(ctx, id))
	if err != nil || !t.Confirmed {
		return false, err
	}
	step := t.usable(code, s.clock.Now())
	if step == 0 {
		return false, nil
	}
	t.LastStep = step
	return true, s.store.PutTOTP(ctx, t)
}

// plainCode leaves out what people type between the characters.
func plainCode(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u3000", "").Replace(code))
}

// Factors tells what the actor's account has.
func (s *Service) Factors(ctx context.Context, actor Actor) (Factors, error) {
	var out Factors
	err := s.store.View(ctx, func(ctx context.Context) error {
		t, err := optional(s.store.TOTP(ctx, actor.AccountID))
		if err != nil {
			return err
		}
		keys, err := s.store.Passkeys(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		out.TOTP, out.Passkeys = t.Confirmed, len(keys)
		out.RecoveryCodes, err = s.store.RecoveryCodes(ctx, actor.AccountID)
		return err
	})
	return out, err
}

// BeginTOTP gives whoever knows the password a secret for their app. It counts
// for nothing until ConfirmTOTP.
func (s *Service) BeginTOTP(ctx context.Context, actor Actor, password string) (TOTP, Account, error) {
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return TOTP{}, before, err
	}
	t := TOTP{AccountID: actor.AccountID, Secret: secretText.EncodeToString(random(secretSize)), CreatedAt: s.clock.Now()}
	return t, before, s.store.Update(ctx, func(ctx context.Context) error {
		if _, err := s.unchanged(ctx, before); err != nil {
			return err
		}
		have, err := optional(s.store.TOTP(ctx, t.AccountID))
		if err != nil {
			return err
		}
		if have.Confirmed {
			return ErrFactorOn
		}
		return s.store.PutTOTP(ctx, t)
	})
}

// ConfirmTOTP turns the second step on, with a code that shows that the app
// works. If it is the first thing of a second step, there are recovery codes,
// which are not stored.
func (s *Service) ConfirmTOTP(ctx context.Context, actor Actor, code string) ([]string, error) {
	if err := s.limits.factor.Check(actor.AccountID.String()); err != nil {
		return nil, err
	}
	var codes []string
	err := s.store.Update(ctx, func(ctx context.Context) error {
		t, err := optional(s.store.TOTP(ctx, actor.AccountID))
		if err != nil {
			return err
		}
		switch {
		case t.AccountID == 0:
			return ErrNoFactor
		case t.Confirmed:
			return ErrFactorOn
		}
		if t.LastStep = t.usable(plainCode(code), s.clock.Now()); t.LastStep == 0 {
			return ErrBadCode.On("code")
		}
		methods, err := s.methods(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		t.Confirmed = true
		if err := s.store.PutTOTP(ctx, t); err != nil {
			return err
		}
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		s.tell(ctx, a, Letter{Kind: LetterTOTPOn})
		if len(methods) == 0 {
			codes, err = s.newRecoveryCodes(ctx, actor.AccountID)
		}
		return err
	})
	return codes, err
}

// newRecoveryCodes replaces those of an account.
func (s *Service) newRecoveryCodes(ctx context.Context, id change.ID) ([]string, error) {
	codes, hashes := make([]string, recoveryCodeCount), make([]string, recoveryCodeCount)
	for i := range codes {
		// Letters and digits that are told apart when written by hand.
		text := recoveryText.EncodeToString(random(recoveryCodeSize))
		hashes[i] = hashToken(text)
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	}
	return codes, s.store.PutRecoveryCodes(ctx, id, hashes)
}

var recoveryText = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// NewRecoveryCodes gives whoever knows the password new codes; those before end.
func (s *Service) NewRecoveryCodes(ctx context.Context, actor Actor, password string) ([]string, error) {
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return nil, err
	}
	var codes []string
	err = s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.unchanged(ctx, before)
		if err != nil {
			return err
		}
		methods, err := s.methods(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(methods) == 0 {
			return ErrNoFactor
		}
		s.tell(ctx, a, Letter{Kind: LetterRecoveryCodes})
		codes, err = s.newRecoveryCodes(ctx, actor.AccountID)
		return err
	})
	return codes, err
}

// RemoveTOTP lets whoever knows the password sign in without codes of an app.
// Without passkeys the second step is off then.
func (s *Service) RemoveTOTP(ctx context.Context, actor Actor, password string) error {
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.unchanged(ctx, before)
		if err != nil {
			return err
		}
		t, err := optional(s.store.TOTP(ctx, a.ID))
		if err != nil {
			return err
		}
		keys, err := s.store.Passkeys(ctx, a.ID)
		if err != nil {
			return err
		}
		if t.Confirmed {
			s.tell(ctx, a, Letter{Kind: LetterTOTPOff, Alone: len(keys) == 0})
		}
		if len(keys) > 0 {
			return s.store.DeleteTOTP(ctx, a.ID)
		}
		return s.store.DeleteFactors(ctx, a.ID)
	})
}

// ResetFactors turns the second step of an account off at the word of whoever
// runs the installation: its owner has lost the app, the passkeys and the
// recovery codes. The passkeys go too: one that is left would still be asked
// for, and whoever found the phone would sign in with it.
func (s *Service) ResetFactors(ctx context.Context, login string) (Account, error) {
	var out Account
	err := s.store.Update(ctx, func(ctx context.Context) (err error) {
		if out, err = s.store.AccountByLogin(ctx, login); err != nil {
			return instead(err, ErrNotFound)
		}
		methods, err := s.methods(ctx, out.ID)
		if err != nil {
			return err
		}
		if len(methods) > 0 {
			s.tell(ctx, out, Letter{Kind: LetterFactorsReset, Alone: true})
		}
		return s.store.DeleteFactors(ctx, out.ID)
	})
	return out, err
}
