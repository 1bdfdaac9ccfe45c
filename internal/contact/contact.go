// Package contact holds who is in whose list: friend requests, friendships with
// private remarks, and blocks.
package contact

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Limits, in code points.
const (
	MaxRemark   = 50
	MaxGreeting = 200
	// MaxPending is how many requests of one account may wait for an answer.
	MaxPending = 100
	// MaxAnswered is how many answered requests somebody is shown who knows
	// none yet.
	MaxAnswered = 100
)

// State of a contact.
type State string

const (
	Friend State = "friend"
	None   State = "none" // was a friend, or is only blocked
)

// Contact is what the owner has noted of another account. It is a row of the
// owner's user scope.
type Contact struct {
	Owner   change.ID
	Account account.Card
	State   State
	Remark  string // what the owner calls the other; nobody else sees it
	Blocked bool   // by the owner
	Since   int64  // when they became friends
	Version int64
}

type contactKey struct{ owner, account change.ID }

// RowKey implements change.Row.
func (c Contact) RowKey() any { return contactKey{c.Owner, c.Account.ID} }

// RequestState of a friend request.
type RequestState string

const (
	Pending   RequestState = "pending"
	Accepted  RequestState = "accepted"
	Declined  RequestState = "declined"
	Withdrawn RequestState = "withdrawn"
)

// Request is a friend request. It is a row of the user scopes of both, each
// with a version of its own.
type Request struct {
	ID         change.ID
	From, To   account.Card
	Greeting   string
	Remark     string // what From will call To; only From sees it
	State      RequestState
	CreatedAt  int64
	AnsweredAt int64 // 0 while pending
	// FromVersion and ToVersion are the versions in the two user scopes. A
	// ToVersion of 0 means that To is not shown it.
	FromVersion, ToVersion int64
}

type requestKey change.ID

// RowKey implements change.Row.
func (r Request) RowKey() any { return requestKey(r.ID) }
