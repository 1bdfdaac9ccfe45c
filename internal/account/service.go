package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ratelimit"
)

// Store is what accounts need from storage. Reads return change.ErrNotFound
// when there is none. All that writes needs a transaction.
type Store interface {
	change.Transactor
	Account(ctx context.Context, id change.ID) (Account, error)
	// AccountByLogin finds by user name or e-mail address, without regard to
	// case.
	AccountByLogin(ctx context.Context, login string) (Account, error)
	// Accounts lists those with id > after, ascending, at most limit.
	Accounts(ctx context.Context, after change.ID, limit int) ([]Account, error)
	// Owners counts the accounts that are owners and active.
	Owners(ctx context.Context) (int, error)
	// CreateAccount stores a new account, puts it into the change of its user
	// scope, and returns ErrTaken if the user name or the address is another
	// account's, or the user name rests.
	CreateAccount(ctx context.Context, a Account) (Account, error)
	// PutAccount stores what can change of an account (name, address, password,
	// role, state, language, picture, profile) and puts it into the change of
	// its user scope. The address must be nobody else's. If its
	// card is another one now, every row that shows the card (contacts, friend
	// requests, members) gets the new version of its scope and is put into
	// that scope's change.
	PutAccount(ctx context.Context, a Account) (Account, error)
	// EraseAccount makes an account Deleted as PutAccount would, without user
	// name, name, address, password, picture and profile, removes its one-time
	// tokens and whatever else it signs in with, and lets nobody have its user
	// name before the time given.
	EraseAccount(ctx context.Context, id change.ID, usernameUntil int64) error

	// EmailChange gives the one of an account.
	EmailChange(ctx context.Context, account change.ID) (EmailChange, error)
	// PutEmailChange stores the one of an account in place of the one before.
	PutEmailChange(ctx context.Context, c EmailChange) error
	DeleteEmailChange(ctx context.Context, account change.ID) error

	// TOTP gives the one of an account.
	TOTP(ctx context.Context, account change.ID) (TOTP, error)
	// PutTOTP stores the one of an account in place of the one before.
	PutTOTP(ctx context.Context, t TOTP) error
	DeleteTOTP(ctx context.Context, account change.ID) error
	// RecoveryCodes counts those that are left.
	RecoveryCodes(ctx context.Context, account change.ID) (int, error)
	// PutRecoveryCodes replaces those of an account.
	PutRecoveryCodes(ctx context.Context, account change.ID, hashes []string) error
	// TakeRecoveryCode removes one, and tells whether it was there.
	TakeRecoveryCode(ctx context.Context, account change.ID, hash string) (bool, error)
	// DeleteFactors removes TOTP, passkeys, recovery codes and challenges.
	DeleteFactors(ctx context.Context, account change.ID) error

	// Passkeys lists those of an account, the oldest first.
	Passkeys(ctx context.Context, account change.ID) ([]Passkey, error)
	// Passkey finds by CredentialID.
	Passkey(ctx context.Context, credentialID string) (Passkey, error)
	// CreatePasskey stores a new one, and returns ErrPasskeyKnown if some
	// account has one of this CredentialID.
	CreatePasskey(ctx context.Context, p Passkey) error
	// PutPasskey stores what can change of one: name, counter, whether it is
	// backed up or doubted, and when it was last used. It returns
	// change.ErrNotFound if it is gone.
	PutPasskey(ctx context.Context, p Passkey) error
	// DeletePasskey removes one of an account, and returns change.ErrNotFound
	// if it has none of this ID.
	DeletePasskey(ctx context.Context, account, id change.ID) error

	Challenge(ctx context.Context, hash string) (Challenge, error)
	// PutChallenge stores a new one, or the tries of one that there is.
	PutChallenge(ctx context.Context, c Challenge) error
	DeleteChallenges(ctx context.Context, account change.ID) error

	// Identity finds one by who it is at its provider.
	Identity(ctx context.Context, issuer, subject string) (Identity, error)
	// Identities lists those of an account, the oldest first.
	Identities(ctx context.Context, account change.ID) ([]Identity, error)
	// PutIdentity stores a new one, or provider, label and last use of one that
	// there is. It returns ErrIdentityTaken if issuer and subject are those of
	// another.
	PutIdentity(ctx context.Context, i Identity) error
	DeleteIdentity(ctx context.Context, id change.ID) error
	CreateVisit(ctx context.Context, v Visit) error
	Visit(ctx context.Context, hash string) (Visit, error)
	// TakeVisit removes a visit and returns it: of many who try, one succeeds.
	TakeVisit(ctx context.Context, hash string) (Visit, error)

	CreateRegistration(ctx context.Context, r Registration) error
	RegistrationByToken(ctx context.Context, hash string) (Registration, error)
	// RegistrationsByLogin lists those that expire after now and ask for the
	// user name, or are for the e-mail address, the newest first.
	RegistrationsByLogin(ctx context.Context, login string, now int64) ([]Registration, error)
	// Registrations lists all that expire after now, the oldest first.
	Registrations(ctx context.Context, now int64) ([]Registration, error)
	// RenewRegistration replaces token and expiry.
	RenewRegistration(ctx context.Context, id change.ID, hash string, expiresAt int64) error
	// DeleteRegistrations removes those for an e-mail address but the newest
	// `keep`.
	DeleteRegistrations(ctx context.Context, email string, keep int) error

	CreateToken(ctx context.Context, t Token) error
	Token(ctx context.Context, hash string) (Token, error)
	// TakeToken removes a token and returns it: of many who try, one succeeds.
	TakeToken(ctx context.Context, hash string) (Token, error)
	DeleteTokens(ctx context.Context, account change.ID, purpose Purpose) error

	// CreateSession stores a session, and who signed in when and from where,
	// which outlasts it.
	CreateSession(ctx context.Context, s Session) error
	// SessionByToken gives the session, expired or not, with its account.
	SessionByToken(ctx context.Context, hash string) (Session, Account, error)
	// Sessions lists those of an account that expire after now, the last used
	// first.
	Sessions(ctx context.Context, account change.ID, now int64) ([]Session, error)
	// DeleteSessions removes those of the account that are named and exist, and
	// returns them.
	DeleteSessions(ctx context.Context, account change.ID, ids []change.ID) ([]change.ID, error)
	// NoteUses stores when sessions were last used. Those that are
	// gone stay so, and none goes back in time.
	NoteUses(ctx context.Context, uses []Use) error

	// DeleteExpired removes registrations, tokens, changes of address, rests of
	// user names, challenges, visits and sessions that expired before or at now, and returns the sessions by account.
	DeleteExpired(ctx context.Context, now int64) (map[change.ID][]change.ID, error)
}

// LetterKind says what a letter is about.
type LetterKind string

const (
	// LetterActivation carries the token with which a registration becomes an
	// account.
	LetterActivation LetterKind = "activation"
	// LetterExists answers a registration with the address of an account.
	LetterExists LetterKind = "exists"
	// LetterReset carries the token with which a new password is chosen.
	LetterReset LetterKind = "reset"
	// LetterPasswordChanged tells that the password is another one now.
	LetterPasswordChanged LetterKind = "password_changed"
	// LetterEmailProve carries the token with which a new address is confirmed,
	// to that address; LetterEmailApprove the one with which the present
	// address agrees.
	LetterEmailProve   LetterKind = "email_prove"
	LetterEmailApprove LetterKind = "email_approve"
	// LetterEmailChanged tells the address before that it is not the account's
	// any more.
	LetterEmailChanged LetterKind = "email_changed"
	// LetterDeleted tells that the account was deleted.
	LetterDeleted LetterKind = "deleted"
	// LetterTOTPOn and LetterTOTPOff tell that signing in takes a code of an app
	// now, or does not any more; LetterRecoveryCodes that there are new ones.
	LetterTOTPOn        LetterKind = "totp_on"
	LetterTOTPOff       LetterKind = "totp_off"
	LetterRecoveryCodes LetterKind = "recovery_codes"
	// LetterFactorsReset tells that whoever runs the installation turned the
	// second step off.
	LetterFactorsReset LetterKind = "factors_reset"
	// LetterPasskeyAdded and LetterPasskeyRemoved tell what happened to a
	// passkey.
	LetterPasskeyAdded   LetterKind = "passkey_added"
	LetterPasskeyRemoved LetterKind = "passkey_removed"
	// LetterLinked tells that there is one more way to sign in to the account,
	// LetterUnlinked that there is one less.
	LetterLinked   LetterKind = "linked"
	LetterUnlinked LetterKind = "unlinked"
)

// Letter is what somebody is to be mailed.
type Letter struct {
	Kind     LetterKind
	To       string
	Language string
	Name     string        // how the person is addressed; empty in letters to addresses that nobody has confirmed
	About    string        // the address that the letter is about, if it is about one
	Passkey  string        // the name of the passkey that the letter is about, if it is about one
	Alone    bool          // the password alone is enough from now on
	With     string        // the provider that it is about, and whom there, if it is about one
	Token    string        // for the link; empty if it has none
	Valid    time.Duration // how long the token is
}

// Mailer gets letters to people.
type Mailer interface {
	// Send hands a letter over. It does not block and does not fail: whether
	// the letter arrives is told by the mailer's log, and every letter can be
	// asked for again.
	Send(Letter)
}

// Avatars makes pictures of people from what they uploaded.
type Avatars interface {
	// MakeAvatar makes the square sizes of an attachment, so that it can show
	// the account. It returns an error to be shown if the attachment is not a
	// picture that the account uploaded.
	MakeAvatar(ctx context.Context, account change.ID, attachment string) error
}

// Options of a Service. Store, IDs and Clock are required.
type Options struct {
	Store Store
	// Mailer may be nil: letters are dropped.
	Mailer Mailer
	IDs    *change.IDs
	Clock  change.Clock
	// Hasher may be nil: a new one of standard cost.
	Hasher *Hasher
	// Ended is called after the commit that ended sessions, and must not block.
	// It may be nil.
	Ended func(account change.ID, sessions []change.ID, reason EndReason)
	// Created runs in the transaction that makes an account, and undoes it by
	// failing. It may be nil.
	Created func(ctx context.Context, a Account) error
	// Gone runs in the transaction that deletes an account, so that the other
	// nouns forget it, and undoes it by failing. It may be nil.
	Gone func(ctx context.Context, account change.ID) error
	// Avatars may be nil: nobody can have a picture.
	Avatars Avatars
	// Used is called when an account is used: at each sign-in, and every few
	// minutes while a session is in use. It must not block, and may be nil.
	Used func(account change.ID)
	// Passkeys is what passkeys are made for; the zero PasskeyParty: there are
	// none.
	Passkeys PasskeyParty
	// Closed: nobody can register.
	Closed bool
	// Providers are those by whose word people sign in, in the order in which
	// they are offered.
	Providers []Provider
	Rates     Rates
	Log       *slog.Logger
}

// Service does what a person can do with their account, and what an owner can
// do with those of others.
type Service struct {
	store   Store
	mailer  Mailer
	ids     *change.IDs
	clock   change.Clock
	hasher  *Hasher
	ended   func(account change.ID, sessions []change.ID, reason EndReason)
	created func(ctx context.Context, a Account) error
	gone    func(ctx context.Context, account change.ID) error
	// avatars and passkeys may be nil.
	avatars  Avatars
	passkeys *passkeys
	used     func(account change.ID)
	closed   bool
	// providers are in the order of their buttons.
	providers []Provider
	limits    limits
	uses      uses
	log       *slog.Logger
}

// NewService makes the service. Run keeps it going.
func NewService(o Options) *Service {
	s := &Service{
		store: o.Store, mailer: o.Mailer, ids: o.IDs, clock: o.Clock, hasher: o.Hasher,
		ended: o.Ended, created: o.Created, gone: o.Gone, used: o.Used, avatars: o.Avatars, closed: o.Closed, providers: o.Providers, log: o.Log, uses: newUses(),
	}
	if s.hasher == nil {
		s.hasher = NewHasher(HashCost{})
	}
	if s.ended == nil {
		s.ended = func(change.ID, []change.ID, EndReason) {}
	}
	if s.created == nil {
		s.created = func(context.Context, Account) error { return nil }
	}
	if s.gone == nil {
		s.gone = func(context.Context, change.ID) error { return nil }
	}
	if s.used == nil {
		s.used = func(change.ID) {}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Rates == (Rates{}) {
		o.Rates = StandardRates
	}
	s.limits = newLimits(o.Clock, o.Rates)
	if o.Passkeys != (PasskeyParty{}) {
		var err error
		if s.passkeys, err = newPasskeys(o.Passkeys); err != nil {
			s.passkeys = nil
			s.log.Warn("there are no passkeys at this address", "host", o.Passkeys.ID, "err", err)
		}
	}
	return s
}

// purgeEvery is how often what has expired is removed.
const purgeEvery = time.Hour

// Run notes uses of sessions and removes what has expired, until ctx is done.
func (s *Service) Run(ctx context.Context) {
	purge := time.NewTicker(purgeEvery)
	defer purge.Stop()
	s.tidy(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-purge.C:
			s.tidy(ctx)
		case <-s.uses.some:
			if err := s.FlushUses(ctx); err != nil {
				s.log.Warn("the last use of sessions was not noted", "err", err)
			}
		}
	}
}

func (s *Service) tidy(ctx context.Context) {
	if err := s.Purge(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("what has expired was not removed", "err", err)
	}
}

// Purge removes what has expired.
func (s *Service) Purge(ctx context.Context) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		gone, err := s.store.DeleteExpired(ctx, s.clock.Now())
		if err != nil {
			return err
		}
		for account, sessions := range gone {
			s.store.AfterCommit(ctx, func() { s.ended(account, sessions, Expired) })
		}
		return nil
	})
}

// mail hands a letter over after the commit.
func (s *Service) mail(ctx context.Context, l Letter) {
	if s.mailer != nil {
		s.store.AfterCommit(ctx, func() { s.mailer.Send(l) })
	}
}

// tell mails the owner of an account what was done to it.
func (s *Service) tell(ctx context.Context, a Account, l Letter) {
	if a.Email != "" {
		l.To, l.Language, l.Name = a.Email, a.Language, a.Name
		s.mail(ctx, l)
	}
}

// hashToken is how tokens are stored: they are random, so a plain SHA-256 is
// enough.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// optional turns ErrNotFound into the zero value.
func optional[T any](v T, err error) (T, error) {
	if errors.Is(err, change.ErrNotFound) {
		var zero T
		return zero, nil
	}
	return v, err
}

// instead turns ErrNotFound into another error.
func instead(err, other error) error {
	if errors.Is(err, change.ErrNotFound) {
		return other
	}
	return err
}

// checks does several limits, one after the other.
func checks(list ...func() error) error {
	for _, check := range list {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// within counts a try against a limit.
func within(l *ratelimit.Limiter, key string) func() error {
	return func() error { return l.Check(key) }
}

// from is what a client's address counts as.
func from(c Client) string { return ratelimit.Network(c.Address) }
