// Package account holds who can sign in: accounts, registrations that wait for
// their mail, sessions and one-time tokens. It is not about whom somebody
// knows; that is package contact.
package account

import (
	"time"

	"github.com/happychat/happychat/internal/change"
)

// Kind is who is behind an account.
type Kind string

const (
	Person Kind = "person"
	Robot  Kind = "robot"
)

// Role is what an account may do to the installation.
type Role string

const (
	Owner Role = "owner" // runs it
	User  Role = "user"
)

// State says whether an account can be used.
type State string

const (
	Active   State = "active"
	Disabled State = "disabled"
	// Deleted is for good: nothing of the person is left but what they wrote to
	// others.
	Deleted State = "deleted"
)

// Account is somebody who can sign in. It is a row of its own user scope.
type Account struct {
	ID           change.ID
	Kind         Kind
	Username     string // as typed; unique without regard to case
	Name         string // the name that others see
	Email        string
	PasswordHash string
	Role         Role
	State        State
	Language     string // BCP 47: "zh-CN" or "en"
	// TimeZone is where the person is, by its IANA name; empty: not known.
	TimeZone string
	// Avatar is the attachment that shows the person, or empty.
	Avatar    string
	Profile   Profile
	CreatedAt int64
	Version   int64
}

// RowKey implements change.Row.
func (a Account) RowKey() any { return accountKey{} }

type accountKey struct{}

// Card is what others see of an account.
type Card struct {
	ID       change.ID
	Username string
	Name     string
	Kind     Kind
	Avatar   string // the attachment, or empty
	Deleted  bool   // user name and name are empty
}

// Card gives what others see.
func (a Account) Card() Card {
	return Card{ID: a.ID, Username: a.Username, Name: a.Name, Kind: a.Kind, Avatar: a.Avatar, Deleted: a.State == Deleted}
}

// How long things last.
const (
	RegistrationLife = 48 * time.Hour
	ResetLife        = time.Hour
	SetupLife        = 7 * 24 * time.Hour
	EmailChangeLife  = 24 * time.Hour
	// ChallengeLife is how long the second step of a sign-in may take.
	ChallengeLife = 5 * time.Minute
	// RetiredLife is how long nobody gets the user name of a deleted account.
	RetiredLife = 90 * 24 * time.Hour
	// RememberedLife and SessionLife are how long a session lasts after it was
	// last used, with and without "remember me".
	RememberedLife = 90 * 24 * time.Hour
	SessionLife    = 24 * time.Hour
	// useNoted is how old the noted last use of a session may become.
	useNoted = 5 * time.Minute
)

// MaxSessions is how many an account may have; the one unused for longest ends
// for the next.
const MaxSessions = 100

// Wish is what somebody asks for who wants an account.
type Wish struct {
	Username string
	Email    string
	Password string
	Name     string // empty: as the user name
	Language string
}

// Registration is a wish that waits for its mail to be answered. It reserves
// neither the user name nor the address, and there may be several for each.
type Registration struct {
	ID           change.ID
	TokenHash    string
	Username     string
	Name         string
	Email        string
	PasswordHash string
	Language     string
	// Claim is who asked, if they came from a provider: its provider, issuer,
	// subject and label.
	Claim     Claim
	CreatedAt int64
	ExpiresAt int64
}

// Session is a signed-in device. Its token is known to the device only.
type Session struct {
	ID         change.ID
	AccountID  change.ID
	TokenHash  string
	Device     string // as the device calls itself
	Address    string // where it signed in
	Remember   bool
	CreatedAt  int64
	LastUsedAt int64 // at most useNoted too early
	ExpiresAt  int64
}

// Life is how long the session lasts when it is not used.
func (s Session) Life() time.Duration {
	if s.Remember {
		return RememberedLife
	}
	return SessionLife
}

// Use is the news that a session was used.
type Use struct {
	SessionID change.ID
	At        int64
	ExpiresAt int64
}

// Purpose is the one thing that a one-time token can be used for.
type Purpose string

const (
	// Reset chooses a new password.
	Reset Purpose = "reset"
	// Setup makes the first owner; it belongs to no account.
	Setup Purpose = "setup"
	// EmailProve shows that a new address is the account's owner's, and
	// EmailApprove that whoever reads the old one agrees.
	EmailProve   Purpose = "email_prove"
	EmailApprove Purpose = "email_approve"
	// decoy is for nothing: it is stored where a token would be, if there were
	// an account, so that both take the same time.
	decoy Purpose = "decoy"
)

// Token is a one-time token: whoever shows the secret of this hash may do what
// it is for, once.
type Token struct {
	Hash      string
	Purpose   Purpose
	AccountID change.ID // 0: of no account
	CreatedAt int64
	ExpiresAt int64
}

// Actor is who acts: an account by one of its sessions.
type Actor struct {
	AccountID change.ID
	SessionID change.ID
	Role      Role
	Kind      Kind
	Language  string
	// Remember and ExpiresAt are the session's: a door that keeps the token in
	// a cookie keeps it as long.
	Remember  bool
	ExpiresAt int64
}

// Client is where a request comes from, as far as the door can tell.
type Client struct {
	Device  string // what to call the device
	Address string // IP address
}

// SignedIn is a new session with its token, which is not stored.
type SignedIn struct {
	Account Account
	Session Session
	Token   string
}

// EndReason tells a device why its session ended.
type EndReason string

const (
	Revoked         EndReason = "revoked"
	SignedOut       EndReason = "signed_out"
	AccountDisabled EndReason = "disabled"
	AccountDeleted  EndReason = "deleted"
	PasswordChanged EndReason = "password_changed"
	Expired         EndReason = "expired"
)
