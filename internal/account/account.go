// Package account holds who can sign in: accounts, registrations that wait for
// their mail, sessions and one-time tokens.
package account

import "github.com/happychat/happychat/internal/change"

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
	CreatedAt    int64
	Version      int64
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
}

// Card gives what others see.
func (a Account) Card() Card {
	return Card{ID: a.ID, Username: a.Username, Name: a.Name, Kind: a.Kind}
}
