package account

import (
	"context"

	"github.com/happychat/happychat/internal/change"
)

// What whoever runs the installation does with accounts. Nothing here asks for
// leave: the door does.

// listPage is how many accounts are read at once.
const listPage = 500

// All calls fn with every account that is not deleted, in the order of their
// making.
func (s *Service) All(ctx context.Context, fn func(Account) error) error {
	after := change.ID(0)
	for {
		page, err := s.store.Accounts(ctx, after, listPage)
		if err != nil {
			return err
		}
		for _, a := range page {
			after = a.ID
			if a.State == Deleted {
				continue
			}
			if err := fn(a); err != nil {
				return err
			}
		}
		if len(page) < listPage {
			return nil
		}
	}
}

// Waiting lists the registrations that wait for their mail to be answered.
func (s *Service) Waiting(ctx context.Context) ([]Registration, error) {
	return s.store.Registrations(ctx, s.clock.Now())
}

// Create makes an active account without a mail.
func (s *Service) Create(ctx context.Context, w Wish, role Role) (Account, error) {
	w, err := checkWish(w)
	if err != nil {
		return Account{}, err
	}
	hash, err := s.hasher.Hash(ctx, w.Password)
	if err != nil {
		return Account{}, err
	}
	var out Account
	err = s.store.Update(ctx, func(ctx context.Context) error {
		if out, err = s.create(ctx, w, hash, role); err != nil {
			return err
		}
		return s.store.DeleteRegistrations(ctx, w.Email, 0)
	})
	return out, err
}

// ActivateByName makes an account of a registration that waits, found by its
// e-mail address or, if only one asks for it, by its user name.
func (s *Service) ActivateByName(ctx context.Context, login string) (Account, error) {
	var out Account
	err := s.store.Update(ctx, func(ctx context.Context) error {
		waiting, err := s.store.RegistrationsByLogin(ctx, login, s.clock.Now())
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			return ErrNoRegistration
		}
		for _, r := range waiting {
			if EmailKey(r.Email) != EmailKey(waiting[0].Email) {
				return ErrAmbiguous
			}
		}
		out, err = s.activate(ctx, waiting[0])
		return err
	})
	return out, err
}

// alter changes the account of a user name or e-mail address. Nothing is
// written when nothing changes.
func (s *Service) alter(ctx context.Context, login string, fn func(ctx context.Context, a *Account) error) (Account, error) {
	var out Account
	err := s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.AccountByLogin(ctx, login)
		if err != nil {
			return instead(err, ErrNotFound)
		}
		before := a
		if err := fn(ctx, &a); err != nil {
			return err
		}
		if out = a; a == before {
			return nil
		}
		out, err = s.store.PutAccount(ctx, a)
		return err
	})
	return out, err
}

// Disable ends all sessions of an account and keeps it from signing in.
func (s *Service) Disable(ctx context.Context, login string) (Account, error) {
	return s.alter(ctx, login, func(ctx context.Context, a *Account) error {
		owners, err := s.store.Owners(ctx)
		if err != nil {
			return err
		}
		if err := mayEnd(*a, owners); err != nil {
			return err
		}
		a.State = Disabled
		return s.endAll(ctx, a.ID, 0, AccountDisabled)
	})
}

// Enable lets a disabled account sign in again.
func (s *Service) Enable(ctx context.Context, login string) (Account, error) {
	return s.alter(ctx, login, func(_ context.Context, a *Account) error {
		a.State = Active
		return nil
	})
}

// MakeOwner lets an account run the installation.
func (s *Service) MakeOwner(ctx context.Context, login string) (Account, error) {
	return s.alter(ctx, login, func(_ context.Context, a *Account) error {
		if a.Kind == Robot {
			return ErrRobot
		}
		a.Role = Owner
		return nil
	})
}

// SetPassword sets a password without asking for the current one. All sessions
// of the account end.
func (s *Service) SetPassword(ctx context.Context, login, password string) (Account, error) {
	a, err := s.store.AccountByLogin(ctx, login)
	if err != nil {
		return Account{}, instead(err, ErrNotFound)
	}
	if a.Kind == Robot {
		return Account{}, ErrRobot
	}
	if err := checkPassword("password", password, a.Username, a.Email); err != nil {
		return Account{}, err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return Account{}, err
	}
	err = s.store.Update(ctx, func(ctx context.Context) error {
		if a, err = s.store.Account(ctx, a.ID); err != nil {
			return instead(err, ErrNotFound)
		}
		return s.putPassword(ctx, a, hash, 0)
	})
	return a, err
}
