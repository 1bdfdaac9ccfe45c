package account

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// DeleteSelf deletes the account of whoever knows its password.
func (s *Service) DeleteSelf(ctx context.Context, actor Actor, password string) error {
	before, err := s.checkOwnPassword(ctx, actor, password)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.unchanged(ctx, before)
		if err != nil {
			return err
		}
		return s.erase(ctx, a)
	})
}

// Delete deletes an account at the word of whoever runs the installation.
func (s *Service) Delete(ctx context.Context, login string) (Account, error) {
	var out Account
	err := s.store.Update(ctx, func(ctx context.Context) (err error) {
		if out, err = s.store.AccountByLogin(ctx, login); err != nil {
			return instead(err, ErrNotFound)
		}
		return s.erase(ctx, out)
	})
	return out, err
}

// erase ends an account for good. Its sessions end, its secrets and all that
// it told of itself are removed, its user name rests for RetiredLife, and the
// other nouns forget it. What it wrote to others stays theirs, under no name.
func (s *Service) erase(ctx context.Context, a Account) error {
	owners, err := s.store.Owners(ctx)
	if err != nil {
		return err
	}
	if err := mayEnd(a, owners); err != nil {
		return err
	}
	if err := s.endAll(ctx, a.ID, 0, AccountDeleted); err != nil {
		return err
	}
	if a.Email != "" {
		if err := s.store.DeleteRegistrations(ctx, a.Email, 0); err != nil {
			return err
		}
		s.mail(ctx, Letter{Kind: LetterDeleted, To: a.Email, Language: a.Language, Name: a.Name})
	}
	if err := s.store.EraseAccount(ctx, a.ID, s.clock.Now()+change.Ms(RetiredLife)); err != nil {
		return err
	}
	return s.gone(ctx, a.ID)
}
