package account

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// ChangePassword sets a new password for whoever knows the current one, or, if
// there is none, has just signed in. The other sessions of the account end.
func (s *Service) ChangePassword(ctx context.Context, actor Actor, current, password string) error {
	if err := s.limits.password.Check(actor.AccountID.String()); err != nil {
		return err
	}
	before, err := s.Current(ctx, actor)
	if err != nil {
		return err
	}
	if err := checkPassword("new", password, before.Username, before.Email); err != nil {
		return err
	}
	if before.PasswordHash == "" {
		if _, err := s.confirmed(ctx, actor, ""); err != nil {
			return err
		}
	} else if right, err := s.hasher.Verify(ctx, before.PasswordHash, current); err != nil {
		return err
	} else if !right {
		return ErrWrongPassword
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		if a.PasswordHash != before.PasswordHash || a.State != Active {
			return ErrWrongPassword // it was changed meanwhile
		}
		return s.putPassword(ctx, a, hash, actor.SessionID)
	})
}

// putPassword stores a new hash, ends all sessions but one and whatever could
// set a password, and tells the owner of the mailbox.
func (s *Service) putPassword(ctx context.Context, a Account, hash string, keep change.ID) error {
	a.PasswordHash = hash
	a, err := s.store.PutAccount(ctx, a)
	if err != nil {
		return err
	}
	if err := s.endAll(ctx, a.ID, keep, PasswordChanged); err != nil {
		return err
	}
	for _, purpose := range []Purpose{Reset, PasskeyAdd, PasskeyFactor} {
		if err := s.store.DeleteTokens(ctx, a.ID, purpose); err != nil {
			return err
		}
	}
	if err := s.dropEmailChange(ctx, a.ID); err != nil {
		return err
	}
	if err := s.store.DeleteChallenges(ctx, a.ID); err != nil {
		return err
	}
	if a.Email != "" {
		s.mail(ctx, Letter{Kind: LetterPasswordChanged, To: a.Email, Language: a.Language, Name: a.Name})
	}
	return nil
}

// RequestReset mails a link with which a new password is chosen, if the address
// is that of an account. The result does not tell whether it is.
func (s *Service) RequestReset(ctx context.Context, email string, client Client) error {
	email, err := s.checkMailed(email, client)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := optional(s.store.AccountByLogin(ctx, email))
		if err != nil {
			return err
		}
		if a.ID == 0 || a.State != Active || a.Kind != Person {
			return s.putDecoy(ctx)
		}
		return s.sendReset(ctx, a)
	})
}

// ConfirmReset sets a new password for whoever shows a mailed token. All
// sessions of the account end.
func (s *Service) ConfirmReset(ctx context.Context, token, password string, client Client) error {
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return err
	}
	t, err := s.store.Token(ctx, hashToken(token))
	if err != nil {
		return instead(err, ErrTokenInvalid)
	}
	if err := mayRedeem(t, Reset, s.clock.Now()); err != nil {
		return err
	}
	a, err := s.store.Account(ctx, t.AccountID)
	if err != nil {
		return instead(err, ErrTokenInvalid)
	}
	if err := checkPassword("password", password, a.Username, a.Email); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		t, err := s.store.TakeToken(ctx, hashToken(token))
		if err != nil {
			return instead(err, ErrTokenInvalid)
		}
		if err := mayRedeem(t, Reset, s.clock.Now()); err != nil {
			return err
		}
		a, err := s.store.Account(ctx, t.AccountID)
		if err != nil {
			return instead(err, ErrTokenInvalid)
		}
		if a.State != Active {
			return ErrTokenInvalid
		}
		return s.putPassword(ctx, a, hash, 0)
	})
}
