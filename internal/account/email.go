package account

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// EmailChange is a new address that waits until both mailboxes have agreed. An
// account has at most one.
type EmailChange struct {
	AccountID change.ID
	Email     string
	Proved    bool // from the new mailbox
	Approved  bool // from the old one
	CreatedAt int64
	ExpiresAt int64
}

// Complete tells that nothing is open any more.
func (c EmailChange) Complete() bool { return c.Proved && c.Approved }

// checkOwnPassword tells whether the actor knows the password of their account.
func (s *Service) checkOwnPassword(ctx context.Context, actor Actor, password string) (Account, error) {
	if err := s.limits.password.Check(actor.AccountID.String()); err != nil {
		return Account{}, err
	}
	a, err := s.Current(ctx, actor)
	if err != nil {
		return Account{}, err
	}
	if a.PasswordHash == "" {
		return Account{}, ErrNoPassword
	}
	right, err := s.hasher.Verify(ctx, a.PasswordHash, password)
	if err != nil {
		return Account{}, err
	}
	if !right {
		return Account{}, ErrWrongPassword.On("password")
	}
	return a, nil
}

// unchanged tells whether an account whose password was just compared is still
// the same. The store says what it is now.
func (s *Service) unchanged(ctx context.Context, before Account) (Account, error) {
	a, err := s.store.Account(ctx, before.ID)
	if err != nil {
		return a, instead(err, ErrSignedOut)
	}
	if a.State != Active || a.PasswordHash != before.PasswordHash {
		return a, ErrWrongPassword.On("password")
	}
	return a, nil
}

// RequestEmailChange mails a link to the new and one to the present address of
// whoever knows the password. One that was asked for before ends. Whether the
// new address is another account's is not told: then its mailbox gets nothing,
// and the change never completes.
func (s *Service) RequestEmailChange(ctx context.Context, actor Actor, email, password string, client Client) (EmailChange, error) {
	email, err := checkEmail("email", email)
	if err != nil {
		return EmailChange{}, err
	}
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return EmailChange{}, err
	}
	if email == before.Email {
		return EmailChange{}, ErrEmailSame
	}
	if err := checks(
		within(s.limits.mailByAddress, from(client)),
		within(s.limits.mailByRecipient, EmailKey(email)),
	); err != nil {
		return EmailChange{}, err
	}
	now := s.clock.Now()
	c := EmailChange{
		AccountID: actor.AccountID, Email: email, Approved: before.Email == "", CreatedAt: now, ExpiresAt: now + change.Ms(EmailChangeLife),
	}
	return c, s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.unchanged(ctx, before)
		if err != nil {
			return err
		}
		if err := s.dropEmailChange(ctx, a.ID); err != nil {
			return err
		}
		if err := s.store.PutEmailChange(ctx, c); err != nil {
			return err
		}
		other, err := optional(s.store.AccountByLogin(ctx, email))
		if err != nil {
			return err
		}
		if other.ID != 0 && other.ID != a.ID {
			err = s.putDecoy(ctx)
		} else {
			err = s.mailEmailChange(ctx, a, EmailProve, Letter{Kind: LetterEmailProve, To: email, Language: a.Language})
		}
		if err != nil || c.Approved {
			return err
		}
		return s.mailEmailChange(ctx, a, EmailApprove, Letter{Kind: LetterEmailApprove, To: a.Email, Language: a.Language, Name: a.Name, About: email})
	})
}

// mailEmailChange makes a token for one side of a change and mails it.
func (s *Service) mailEmailChange(ctx context.Context, a Account, purpose Purpose, l Letter) error {
	now := s.clock.Now()
	l.Token, l.Valid = change.NewToken(), EmailChangeLife
	s.mail(ctx, l)
	return s.store.CreateToken(ctx, Token{
		Hash: hashToken(l.Token), Purpose: purpose, AccountID: a.ID, CreatedAt: now, ExpiresAt: now + change.Ms(EmailChangeLife),
	})
}

// dropEmailChange ends a change that waits, and its links.
func (s *Service) dropEmailChange(ctx context.Context, id change.ID) error {
	for _, purpose := range []Purpose{EmailProve, EmailApprove} {
		if err := s.store.DeleteTokens(ctx, id, purpose); err != nil {
			return err
		}
	}
	return s.store.DeleteEmailChange(ctx, id)
}

// EmailChange gives the one of the actor that waits; zero if none does.
func (s *Service) EmailChange(ctx context.Context, actor Actor) (EmailChange, error) {
	c, err := optional(s.store.EmailChange(ctx, actor.AccountID))
	if s.clock.Now() >= c.ExpiresAt {
		return EmailChange{}, err
	}
	return c, err
}

// CancelEmailChange ends the one of the actor that waits, if one does.
func (s *Service) CancelEmailChange(ctx context.Context, actor Actor) error {
	return s.store.Update(ctx, func(ctx context.Context) error { return s.dropEmailChange(ctx, actor.AccountID) })
}

// ConfirmEmail notes the agreement of the mailbox that a token was mailed to.
// With the second of the two the account has the new address. Of many who use
// the same token, one succeeds.
func (s *Service) ConfirmEmail(ctx context.Context, token string, client Client) (EmailChange, error) {
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return EmailChange{}, err
	}
	var c EmailChange
	err := s.store.Update(ctx, func(ctx context.Context) error {
		t, err := s.store.TakeToken(ctx, hashToken(token))
		if err != nil {
			return instead(err, ErrTokenInvalid)
		}
		purpose := EmailProve
		if t.Purpose == EmailApprove {
			purpose = EmailApprove
		}
		now := s.clock.Now()
		if err := mayRedeem(t, purpose, now); err != nil {
			return err
		}
		if c, err = s.store.EmailChange(ctx, t.AccountID); err != nil {
			return instead(err, ErrTokenInvalid)
		}
		if now >= c.ExpiresAt {
			return ErrTokenInvalid
		}
		c.Proved = c.Proved || purpose == EmailProve
		c.Approved = c.Approved || purpose == EmailApprove
		if !c.Complete() {
			return s.store.PutEmailChange(ctx, c)
		}
		a, err := s.store.Account(ctx, t.AccountID)
		if err != nil {
			return instead(err, ErrTokenInvalid)
		}
		if a.State != Active {
			return ErrTokenInvalid
		}
		_, err = s.putEmail(ctx, a, c.Email)
		return err
	})
	return c, err
}

// putEmail gives an account another address, ends whatever was mailed to the
// one before, and tells it.
func (s *Service) putEmail(ctx context.Context, a Account, email string) (Account, error) {
	other, err := optional(s.store.AccountByLogin(ctx, email))
	if err != nil {
		return a, err
	}
	if other.ID != 0 && other.ID != a.ID {
		return a, ErrTaken
	}
	if a.Email != "" {
		s.mail(ctx, Letter{Kind: LetterEmailChanged, To: a.Email, Language: a.Language, Name: a.Name, About: email})
	}
	if err := s.dropEmailChange(ctx, a.ID); err != nil {
		return a, err
	}
	if err := s.store.DeleteTokens(ctx, a.ID, Reset); err != nil {
		return a, err
	}
	if err := s.store.DeleteRegistrations(ctx, email, 0); err != nil {
		return a, err
	}
	a.Email = email
	return s.store.PutAccount(ctx, a)
}

// SetEmail gives an account another address at the word of whoever runs the
// installation.
func (s *Service) SetEmail(ctx context.Context, login, email string) (Account, error) {
	email, err := checkEmail("email", email)
	if err != nil {
		return Account{}, err
	}
	var out Account
	err = s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.AccountByLogin(ctx, login)
		if err != nil {
			return instead(err, ErrNotFound)
		}
		out, err = s.putEmail(ctx, a, email)
		return err
	})
	return out, err
}
