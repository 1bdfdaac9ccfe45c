package account

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/change"
)

// maxPending is how many registrations wait for one e-mail address.
const maxPending = 5

// Register takes a wish and mails a link to its address. Whether the user name
// or the address is in use can be told neither from the result nor from the
// time it takes: if there is an account, only its mailbox learns of it.
func (s *Service) Register(ctx context.Context, w Wish, client Client) error {
	if s.closed {
		return ErrClosed
	}
	return s.register(ctx, w, Claim{}, client)
}

// register is Register, for somebody whom a provider may vouch for.
func (s *Service) register(ctx context.Context, w Wish, claim Claim, client Client) error {
	w, err := checkWish(w)
	if err != nil {
		return err
	}
	if err := checks(
		within(s.limits.registerByAddress, from(client)),
		within(s.limits.mailByRecipient, EmailKey(w.Email)),
	); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, w.Password)
	if err != nil {
		return err
	}
	token := change.NewToken()
	return s.store.Update(ctx, func(ctx context.Context) error {
		owner, err := optional(s.store.AccountByLogin(ctx, w.Email))
		if err != nil {
			return err
		}
		// The row is written in both cases. Without the mail nobody knows its
		// token.
		now := s.clock.Now()
		if err := s.store.CreateRegistration(ctx, Registration{
			ID: s.ids.Next(), TokenHash: hashToken(token), Username: w.Username, Name: w.Name, Email: w.Email,
			PasswordHash: hash, Language: w.Language, Claim: claim, CreatedAt: now, ExpiresAt: now + change.Ms(RegistrationLife),
		}); err != nil {
			return err
		}
		if err := s.store.DeleteRegistrations(ctx, w.Email, maxPending); err != nil {
			return err
		}
		letter := Letter{Kind: LetterActivation, To: w.Email, Language: w.Language, Token: token, Valid: RegistrationLife}
		if owner.ID != 0 {
			letter = Letter{Kind: LetterExists, To: owner.Email, Language: owner.Language, Name: owner.Name}
		}
		s.mail(ctx, letter)
		return nil
	})
}

// checkWish checks what does not depend on anything stored.
func checkWish(w Wish) (Wish, error) {
	w, err := checkWho(w)
	if err != nil {
		return w, err
	}
	return w, checkPassword("password", w.Password, w.Username, w.Email)
}

// checkWho is checkWish without the password.
func checkWho(w Wish) (Wish, error) {
	var err error
	if w.Username, err = checkUsername("username", w.Username); err != nil {
		return w, err
	}
	if w.Email, err = checkEmail("email", w.Email); err != nil {
		return w, err
	}
	if w.Name, err = checkName("name", w.Name); err != nil {
		return w, err
	}
	return w, checkLanguage("language", w.Language)
}

// ResendActivation mails a new link for the newest registration of an address;
// the link before ends. The result does not tell whether there is one.
func (s *Service) ResendActivation(ctx context.Context, email string, client Client) error {
	email, err := s.checkMailed(email, client)
	if err != nil {
		return err
	}
	token, now := change.NewToken(), s.clock.Now()
	return s.store.Update(ctx, func(ctx context.Context) error {
		owner, err := optional(s.store.AccountByLogin(ctx, email))
		if err != nil {
			return err
		}
		waiting, err := s.store.RegistrationsByLogin(ctx, email, now)
		if err != nil {
			return err
		}
		if owner.ID != 0 || len(waiting) == 0 {
			return s.putDecoy(ctx)
		}
		r := waiting[0]
		s.mail(ctx, Letter{Kind: LetterActivation, To: r.Email, Language: r.Language, Token: token, Valid: RegistrationLife})
		return s.store.RenewRegistration(ctx, r.ID, hashToken(token), now+change.Ms(RegistrationLife))
	})
}

// checkMailed checks an address that somebody asks to be mailed to.
func (s *Service) checkMailed(email string, client Client) (string, error) {
	email, err := checkEmail("email", email)
	if err != nil {
		return "", err
	}
	return email, checks(
		within(s.limits.mailByAddress, from(client)),
		within(s.limits.mailByRecipient, EmailKey(email)),
	)
}

// putDecoy writes as much as a one-time token would be.
func (s *Service) putDecoy(ctx context.Context) error {
	now := s.clock.Now()
	return s.store.CreateToken(ctx, Token{Hash: hashToken(change.NewToken()), Purpose: decoy, CreatedAt: now, ExpiresAt: now + change.Ms(ResetLife)})
}

// Activate makes the account that a mailed token stands for and signs in. The
// password is the one that was chosen when signing up: a stranger who signed up
// with an address of another knows it, and the reader of the mail does not.
// username, if not empty, is another one than was asked for; it is asked for
// with ErrUsernameTaken, after which the token is still good. Of many who use
// the same token, one succeeds.
func (s *Service) Activate(ctx context.Context, token, password, username string, client Client) (SignedIn, error) {
	if username != "" {
		var err error
		if username, err = checkUsername("username", username); err != nil {
			return SignedIn{}, err
		}
	}
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return SignedIn{}, err
	}
	waiting := func(ctx context.Context) (Registration, error) {
		r, err := s.store.RegistrationByToken(ctx, hashToken(token))
		if err != nil {
			return r, instead(err, ErrTokenInvalid)
		}
		if s.clock.Now() >= r.ExpiresAt {
			return r, ErrTokenInvalid
		}
		return r, nil
	}
	before, err := waiting(ctx)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.limits.password.Check(before.TokenHash); err != nil {
		return SignedIn{}, err
	}
	right, err := s.hasher.Verify(ctx, before.PasswordHash, password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, ErrWrongActivation
	}
	var out SignedIn
	err = s.store.Update(ctx, func(ctx context.Context) error {
		r, err := waiting(ctx)
		if err != nil {
			return err
		}
		if username != "" {
			r.Username = username
		}
		a, err := s.activate(ctx, r)
		if err != nil {
			return err
		}
		out, err = s.open(ctx, a, true, client)
		return err
	})
	return out, err
}

// activate makes an account of a registration, and removes all that wait for
// the same address.
func (s *Service) activate(ctx context.Context, r Registration) (Account, error) {
	for _, check := range []struct {
		login string
		taken error
	}{{r.Email, ErrTaken}, {r.Username, ErrUsernameTaken}} {
		_, err := s.store.AccountByLogin(ctx, check.login)
		if err == nil {
			return Account{}, check.taken
		}
		if !errors.Is(err, change.ErrNotFound) {
			return Account{}, err
		}
	}
	a, err := s.create(ctx, Wish{Username: r.Username, Email: r.Email, Name: r.Name, Language: r.Language}, r.PasswordHash, User)
	if err != nil {
		return a, err
	}
	if r.Claim.Issuer != "" {
		// Whoever signed up came from a provider. Meanwhile they may have linked
		// it to another account, and then that stays so.
		if _, err := s.link(ctx, a, r.Claim); err != nil && !errors.Is(err, ErrIdentityTaken) {
			return a, err
		}
	}
	return a, s.store.DeleteRegistrations(ctx, r.Email, 0)
}

// create stores an active account.
func (s *Service) create(ctx context.Context, w Wish, hash string, role Role) (Account, error) {
	if w.Name == "" {
		w.Name = w.Username
	}
	a, err := s.store.CreateAccount(ctx, Account{
		ID: s.ids.Next(), Kind: Person, Username: w.Username, Name: w.Name, Email: w.Email, PasswordHash: hash,
		Role: role, State: Active, Language: w.Language, Profile: Profile{Visibility: StandardVisibility}, CreatedAt: s.clock.Now(),
	})
	if err == nil {
		err = s.created(ctx, a)
	}
	return a, err
}

// NeedsSetup tells that there is no owner yet.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := s.store.Owners(ctx)
	return n == 0, err
}

// NewSetupToken makes the token with which the first owner is made, and ends
// the one before. It is empty when there is an owner.
func (s *Service) NewSetupToken(ctx context.Context) (string, error) {
	needed, err := s.NeedsSetup(ctx)
	if err != nil || !needed {
		return "", err
	}
	token, now := change.NewToken(), s.clock.Now()
	return token, s.store.Update(ctx, func(ctx context.Context) error {
		if err := s.store.DeleteTokens(ctx, 0, Setup); err != nil {
			return err
		}
		return s.store.CreateToken(ctx, Token{Hash: hashToken(token), Purpose: Setup, CreatedAt: now, ExpiresAt: now + change.Ms(SetupLife)})
	})
}

// Setup makes the first owner, without a mail, and signs in.
func (s *Service) Setup(ctx context.Context, token string, w Wish, client Client) (SignedIn, error) {
	w, err := checkWish(w)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return SignedIn{}, err
	}
	if t, err := s.store.Token(ctx, hashToken(token)); err != nil {
		return SignedIn{}, instead(err, ErrTokenInvalid)
	} else if err := mayRedeem(t, Setup, s.clock.Now()); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.hasher.Hash(ctx, w.Password)
	if err != nil {
		return SignedIn{}, err
	}
	var out SignedIn
	err = s.store.Update(ctx, func(ctx context.Context) error {
		t, err := s.store.TakeToken(ctx, hashToken(token))
		if err != nil {
			return instead(err, ErrTokenInvalid)
		}
		if err := mayRedeem(t, Setup, s.clock.Now()); err != nil {
			return err
		}
		if needed, err := s.NeedsSetup(ctx); err != nil {
			return err
		} else if !needed {
			return ErrSetUp
		}
		a, err := s.create(ctx, w, hash, Owner)
		if err != nil {
			return err
		}
		if err := s.store.DeleteRegistrations(ctx, w.Email, 0); err != nil {
			return err
		}
		out, err = s.open(ctx, a, true, client)
		return err
	})
	return out, err
}
