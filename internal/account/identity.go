package account

import (
	"context"
	"time"

	"github.com/happychat/happychat/internal/change"
)

// Identity is an account that somebody has at a provider, by which they sign in
// here. Issuer and subject say which it is; the e-mail address never does.
type Identity struct {
	ID         change.ID
	AccountID  change.ID
	Provider   string // its key
	Issuer     string
	Subject    string
	Label      string // what it is called there, to tell one from another
	CreatedAt  int64
	LastUsedAt int64
}

// Claim is what a provider says of somebody.
type Claim struct {
	Provider string // its key
	Issuer   string
	Subject  string
	Label    string // what they are called there
	Username string // what they might be called here; may be empty, as all below
	Name     string
	Email    string
	// EmailVerified: the provider knows that they read the mail of the address.
	EmailVerified bool
}

// Provider is somebody else whose word about who somebody is counts here.
type Provider struct {
	Key     string // in addresses and rows
	Name    string // on buttons
	Voucher Voucher
}

// Voucher asks a provider who somebody is. Nothing that it is told is believed
// before it is checked.
type Voucher interface {
	// Address gives where to send the browser, so that it comes back with a
	// code.
	Address(ctx context.Context, p Proof) (string, error)
	// Redeem gives who it is that came back. It returns ErrProvider if the
	// provider can not be reached or does not know its own protocol, and
	// ErrNotProven if what it says is not for this visit: another code, nonce,
	// audience or issuer, a false signature, or too old.
	Redeem(ctx context.Context, a Arrival, p Proof) (Claim, error)
}

// Proof ties what a provider says to one visit. Its parts are random and
// tell nothing of each other.
type Proof struct {
	State    string // comes back with the browser
	Nonce    string // comes back inside of what the provider signs
	Verifier string // of the code (RFC 7636); only we know it
}

// Errors of identities.
var (
	ErrNoProvider       = change.Errorf(change.NotFound, "identity.no_provider", "Nobody signs in here in this way.")
	ErrNoIdentity       = change.Errorf(change.NotFound, "identity.not_found", "This is not linked to your account; it may have been unlinked already.")
	ErrIdentityTaken    = change.Errorf(change.Conflict, "identity.taken", "This is linked to another account here. Unlink it there first.")
	ErrIdentityDisabled = change.Errorf(change.Forbidden, "identity.disabled", "This account was disabled. Ask whoever runs this server.")
	ErrLastWay          = change.Errorf(change.Conflict, "identity.last_way", "This is the only way in which you sign in. Set a password first.")
	ErrNotFresh         = change.Errorf(change.Forbidden, "identity.not_fresh", "You signed in a while ago. Sign out and in again, and do this within a quarter of an hour.")
	ErrProvider         = change.Errorf(change.Unavailable, "visit.unreachable", "The other side does not answer as it should just now. Try again in a moment, or sign in with your password.")
	ErrNotProven        = change.Errorf(change.Forbidden, "visit.not_proven", "What the other side said of you could not be checked, so nothing was done. Try again.")
	ErrDenied           = change.Errorf(change.Forbidden, "visit.denied", "You did not agree on the other side, so nothing was done here.")
	ErrVisit            = change.Errorf(change.Gone, "visit.gone", "This was begun in another window or took too long. Begin again.")
	ErrEmailKnown       = change.Errorf(change.Conflict, "visit.email_known", "There is an account with your e-mail address here already. Sign in with its password to link the two.")
)

// FreshLife is how long somebody who has no password counts as just having
// shown who they are, after they signed in.
const FreshLife = 15 * time.Minute

// mayUnlink tells whether an account keeps a way to sign in when one identity
// goes. others is how many it has besides, of providers that are there.
func mayUnlink(a Account, others int) error {
	if a.PasswordHash == "" && others == 0 {
		return ErrLastWay
	}
	return nil
}

// provider finds one by its key.
func (s *Service) provider(key string) (Provider, error) {
	for _, p := range s.providers {
		if p.Key == key {
			return p, nil
		}
	}
	return Provider{}, ErrNoProvider
}

// confirmed tells whether the actor has just shown who they are: with the
// password, or, if the account has none, by having signed in.
func (s *Service) confirmed(ctx context.Context, actor Actor, password string) (Account, error) {
	a, err := s.Current(ctx, actor)
	if err != nil {
		return a, err
	}
	if a.PasswordHash != "" {
		return s.checkOwnPassword(ctx, actor, password)
	}
	if err := s.limits.password.Check(actor.AccountID.String()); err != nil {
		return a, err
	}
	since, err := s.signedInAt(ctx, actor)
	if err == nil && s.clock.Now()-since > change.Ms(FreshLife) {
		err = ErrNotFresh
	}
	return a, err
}

// signedInAt tells when the actor's session began.
func (s *Service) signedInAt(ctx context.Context, actor Actor) (int64, error) {
	list, err := s.store.Sessions(ctx, actor.AccountID, s.clock.Now())
	for _, session := range list {
		if session.ID == actor.SessionID {
			return session.CreatedAt, err
		}
	}
	if err == nil {
		err = ErrSignedOut
	}
	return 0, err
}

// Identities lists those of the actor, the oldest first.
func (s *Service) Identities(ctx context.Context, actor Actor) ([]Identity, error) {
	return s.store.Identities(ctx, actor.AccountID)
}

// link gives an account one more way to sign in, and tells its mailbox. It
// returns ErrIdentityTaken if it is another account's.
func (s *Service) link(ctx context.Context, a Account, c Claim) (Identity, error) {
	have, err := optional(s.store.Identity(ctx, c.Issuer, c.Subject))
	if err != nil {
		return have, err
	}
	if have.ID != 0 {
		if have.AccountID != a.ID {
			return Identity{}, ErrIdentityTaken
		}
		have.Label, have.Provider = c.Label, c.Provider
		return have, s.store.PutIdentity(ctx, have)
	}
	now := s.clock.Now()
	i := Identity{
		ID: s.ids.Next(), AccountID: a.ID, Provider: c.Provider, Issuer: c.Issuer, Subject: c.Subject, Label: c.Label,
		CreatedAt: now, LastUsedAt: now,
	}
	if err := s.store.PutIdentity(ctx, i); err != nil {
		return i, err
	}
	s.mailIdentity(ctx, LetterLinked, a, i)
	return i, nil
}

func (s *Service) mailIdentity(ctx context.Context, kind LetterKind, a Account, i Identity) {
	if a.Email == "" {
		return
	}
	with := i.Provider
	if p, err := s.provider(i.Provider); err == nil {
		with = p.Name
	}
	if i.Label != "" {
		with += " (" + i.Label + ")"
	}
	s.mail(ctx, Letter{Kind: kind, To: a.Email, Language: a.Language, Name: a.Name, With: with})
}

// Unlink takes a way to sign in from the actor's account, unless it is the
// last.
func (s *Service) Unlink(ctx context.Context, actor Actor, id change.ID) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return instead(err, ErrSignedOut)
		}
		list, err := s.store.Identities(ctx, a.ID)
		if err != nil {
			return err
		}
		var gone Identity
		others := 0
		for _, i := range list {
			if i.ID == id {
				gone = i
			} else if _, err := s.provider(i.Provider); err == nil {
				others++
			}
		}
		if gone.ID == 0 {
			return ErrNoIdentity
		}
		if err := mayUnlink(a, others); err != nil {
			return err
		}
		if err := s.store.DeleteIdentity(ctx, gone.ID); err != nil {
			return err
		}
		s.mailIdentity(ctx, LetterUnlinked, a, gone)
		return nil
	})
}
