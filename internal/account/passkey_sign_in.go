package account

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// What one-time tokens are for that are the challenges of passkeys.
const (
	PasskeyAdd    Purpose = "passkey_add"
	PasskeySignIn Purpose = "passkey_sign_in"
	PasskeyFactor Purpose = "passkey_factor"
)

// newPasskeyChallenge makes a challenge for one purpose and account, bound to
// whoever asked for it: a session, or the first step of a sign-in. Stored is a
// hash of both.
func (s *Service) newPasskeyChallenge(ctx context.Context, purpose Purpose, account change.ID, bound string) (string, error) {
	now, challenge := s.clock.Now(), change.NewToken()
	return challenge, s.store.CreateToken(ctx, Token{
		Hash: hashToken(challenge + " " + bound), Purpose: purpose, AccountID: account, CreatedAt: now, ExpiresAt: now + change.Ms(ChallengeLife),
	})
}

// takePasskeyChallenge uses a challenge up, and tells whether it was one. Only a
// committed transaction uses it up.
func (s *Service) takePasskeyChallenge(ctx context.Context, purpose Purpose, account change.ID, challenge, bound string) (bool, error) {
	t, err := optional(s.store.TakeToken(ctx, hashToken(challenge+" "+bound)))
	if err != nil || t.Hash == "" {
		return false, err
	}
	return t.AccountID == account && mayRedeem(t, purpose, s.clock.Now()) == nil, nil
}

// BeginPasskeySignIn gives anybody what a browser needs to sign in with a
// passkey. It does not depend on who asks.
func (s *Service) BeginPasskeySignIn(ctx context.Context, client Client) (PasskeyRequest, error) {
	if s.passkeys == nil {
		return PasskeyRequest{}, ErrNoPasskeys
	}
	if err := s.limits.passkeyByAddress.Check(from(client)); err != nil {
		return PasskeyRequest{}, err
	}
	out := PasskeyRequest{Party: s.passkeys.party, Verify: true}
	return out, s.store.Update(ctx, func(ctx context.Context) (err error) {
		out.Challenge, err = s.newPasskeyChallenge(ctx, PasskeySignIn, 0, "")
		return err
	})
}

// SignInPasskey makes a new session for whoever has a passkey and whose device
// has verified them: nothing else is asked. Whatever is wrong gets the same
// error.
func (s *Service) SignInPasskey(ctx context.Context, used Assertion, remember bool, client Client) (SignedIn, error) {
	if s.passkeys == nil {
		return SignedIn{}, ErrNoPasskeys
	}
	if err := s.limits.signInByAddress.Check(from(client)); err != nil {
		return SignedIn{}, err
	}
	answer, err := used.read()
	if err != nil || len(used.Handle) == 0 {
		return SignedIn{}, ErrBadPasskey
	}
	key, fits, err := s.checkPasskey(ctx, used, answer, true)
	if err != nil {
		return SignedIn{}, err
	}
	var out SignedIn
	var wrong error // told after the commit: the challenge is used up
	err = s.store.Update(ctx, func(ctx context.Context) error {
		fresh, err := s.takePasskeyChallenge(ctx, PasskeySignIn, 0, answer.challenge, "")
		if err != nil {
			return err
		}
		if !fresh || !fits {
			wrong = ErrBadPasskey
			return nil
		}
		a, err := optional(s.store.Account(ctx, key.AccountID))
		if err != nil {
			return err
		}
		right := a.State == Active && a.Kind == Person
		if right {
			if right, err = s.usePasskey(ctx, key, answer); err != nil {
				return err
			}
		}
		if !right {
			wrong = ErrBadPasskey
			return nil
		}
		out, err = s.open(ctx, a, remember, client)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err == nil {
		s.limits.signInByAddress.Return(from(client))
	}
	return out, err
}

// checkPasskey finds the passkey of an answer and tells whether the answer fits
// it, before a transaction has to wait for that.
func (s *Service) checkPasskey(ctx context.Context, used Assertion, a answer, verify bool) (Passkey, bool, error) {
	p, err := optional(s.store.Passkey(ctx, used.CredentialID))
	if err != nil || p.ID == 0 {
		return p, false, err
	}
	p, wrong := s.passkeys.used(p, a, verify)
	return p, wrong == nil, nil
}

// usePasskey notes that a passkey was used, if it is still there and its
// counter has not gone back.
func (s *Service) usePasskey(ctx context.Context, used Passkey, a answer) (bool, error) {
	p, err := optional(s.store.Passkey(ctx, used.CredentialID))
	if err != nil || p.ID != used.ID || p.ID == 0 {
		return false, err
	}
	if a.wentBack(p.Counter) {
		p.Doubted = true
		return false, s.store.PutPasskey(ctx, p)
	}
	p.Counter, p.BackedUp, p.LastUsedAt = int64(a.parsed.Response.AuthenticatorData.Counter), used.BackedUp, s.clock.Now()
	return true, s.store.PutPasskey(ctx, p)
}

// BeginPasskeyFactor gives whoever knew the password what a browser needs to
// use a passkey of the account as second step.
func (s *Service) BeginPasskeyFactor(ctx context.Context, token string, client Client) (PasskeyRequest, error) {
	if s.passkeys == nil {
		return PasskeyRequest{}, ErrNoPasskeys
	}
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return PasskeyRequest{}, err
	}
	out := PasskeyRequest{Party: s.passkeys.party}
	return out, s.store.Update(ctx, func(ctx context.Context) error {
		c, _, err := s.challenged(ctx, token)
		if err != nil {
			return err
		}
		if out.Allowed, err = s.store.Passkeys(ctx, c.AccountID); err != nil {
			return err
		}
		if len(out.Allowed) == 0 {
			return ErrChallenge
		}
		out.Challenge, err = s.newPasskeyChallenge(ctx, PasskeyFactor, c.AccountID, token)
		return err
	})
}

// SignInPasskeyFactor is the second step of a sign-in, with a passkey.
func (s *Service) SignInPasskeyFactor(ctx context.Context, token string, used Assertion, client Client) (SignedIn, error) {
	if s.passkeys == nil {
		return SignedIn{}, ErrNoPasskeys
	}
	answer, err := used.read()
	key, fits := Passkey{}, err == nil
	if fits {
		if key, fits, err = s.checkPasskey(ctx, used, answer, false); err != nil {
			return SignedIn{}, err
		}
	}
	return s.second(ctx, token, client, ErrBadPasskey, func(ctx context.Context, a Account) (bool, error) {
		fresh, err := s.takePasskeyChallenge(ctx, PasskeyFactor, a.ID, answer.challenge, token)
		if err != nil || !fresh || !fits || key.AccountID != a.ID {
			return false, err
		}
		return s.usePasskey(ctx, key, answer)
	})
}
