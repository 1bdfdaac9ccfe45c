package account

import "context"

// Edit is what somebody changes of their account; nil leaves it as it is.
type Edit struct {
	Name     *string
	Language *string
}

// Edit changes the actor's account. A new name reaches everybody who sees it.
func (s *Service) Edit(ctx context.Context, actor Actor, e Edit) (Account, error) {
	if e.Name == nil && e.Language == nil {
		return Account{}, errNothingToChange
	}
	if e.Name != nil {
		name, err := checkName("name", *e.Name)
		if err != nil {
			return Account{}, err
		}
		e.Name = &name
	}
	if e.Language != nil {
		if err := checkLanguage("language", *e.Language); err != nil {
			return Account{}, err
		}
	}
	if err := s.limits.edit.Check(actor.AccountID.String()); err != nil {
		return Account{}, err
	}
	var out Account
	err := s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return instead(err, ErrSignedOut)
		}
		before := a
		if e.Name != nil {
			if a.Name = *e.Name; a.Name == "" {
				a.Name = a.Username
			}
		}
		if e.Language != nil {
			a.Language = *e.Language
		}
		if out = a; a == before {
			return nil
		}
		out, err = s.store.PutAccount(ctx, a)
		return err
	})
	return out, err
}
