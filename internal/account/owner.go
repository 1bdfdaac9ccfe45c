package account

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// What owners do with accounts of others besides what manage.go has.

// MakeUser takes the right to run the installation from an account, unless it
// is the last that has it.
func (s *Service) MakeUser(ctx context.Context, login string) (Account, error) {
	return s.alter(ctx, login, func(ctx context.Context, a *Account) error {
		owners, err := s.store.Owners(ctx)
		if err != nil {
			return err
		}
		if err := mayEnd(*a, owners); err != nil {
			return err
		}
		a.Role = User
		return nil
	})
}

// EndSessions ends all sessions of an account.
func (s *Service) EndSessions(ctx context.Context, id change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		return s.endAll(ctx, id, 0, Revoked)
	})
}

// SendReset mails a link with which somebody chooses a new password.
func (s *Service) SendReset(ctx context.Context, id change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.Account(ctx, id)
		if err != nil {
			return instead(err, ErrNotFound)
		}
		if a.State != Active || a.Email == "" {
			return ErrNoReset
		}
		return s.sendReset(ctx, a)
	})
}

// ErrNoReset is returned for accounts that no reset can be mailed to.
var ErrNoReset = change.Errorf(change.Conflict, "account.no_reset", "This account is disabled or has no e-mail address, so no link was sent.")

func (s *Service) sendReset(ctx context.Context, a Account) error {
	token, now := change.NewToken(), s.clock.Now()
	s.mail(ctx, Letter{Kind: LetterReset, To: a.Email, Language: a.Language, Name: a.Name, Token: token, Valid: ResetLife})
	return s.store.CreateToken(ctx, Token{
		Hash: hashToken(token), Purpose: Reset, AccountID: a.ID, CreatedAt: now, ExpiresAt: now + change.Ms(ResetLife),
	})
}
