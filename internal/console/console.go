// Package console is what the owners of an installation see and do: people,
// groups, feedback, sign-ins, counts, and the log of what was done here. It
// asks the other nouns' services, and writes everything that changes something
// into the audit log, in the same transaction.
package console

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Limits.
const (
	// MaxPage is the most rows in one answer, DefaultPage what comes unasked.
	MaxPage, DefaultPage = 100, 50
	// MaxDays is the longest time that counts are given for.
	MaxDays = 366
)

// Person is an account as owners see it.
type Person struct {
	Account    account.Account
	Sessions   int
	Friends    int
	Groups     int
	LastUsedAt int64 // of the session used last; 0 if there is none
}

// PeopleFilter chooses among accounts. Zero values choose all.
type PeopleFilter struct {
	Query string // in user name, name or e-mail address, without regard to case
	State account.State
	Role  account.Role
	// Before continues a list, the newest account first.
	Before change.ID
	Limit  int
}

// Group is a group as owners see it: nothing of what is said in it.
type Group struct {
	ID             change.ID
	Name           string
	Number         string
	Owner          account.Card
	MemberCount    int
	Messages       int64
	CreatedAt      int64
	LastActivityAt int64
}

// GroupFilter chooses among groups that are not dissolved.
type GroupFilter struct {
	Query  string // in the name, or the whole number
	Before change.ID
	Limit  int
}

// SignIn is an entry of the sign-in log.
type SignIn struct {
	SessionID change.ID
	Account   account.Card
	At        int64
	Device    string
	Address   string
}

// SignInFilter chooses among sign-ins.
type SignInFilter struct {
	AccountID change.ID
	Before    change.ID
	Limit     int
}

// Action is what an entry of the audit log says was done.
type Action string

const (
	Disabled         Action = "account.disabled"
	Enabled          Action = "account.enabled"
	SignedOut        Action = "account.signed_out"
	ResetSent        Action = "account.reset_sent"
	MadeOwner        Action = "account.made_owner"
	MadeUser         Action = "account.made_user"
	Created          Action = "account.created"
	Activated        Action = "account.activated"
	PasswordSet      Action = "account.password_set"
	EmailSet         Action = "account.email_set"
	FactorsReset     Action = "account.factors_reset"
	Deleted          Action = "account.deleted"
	GroupDissolved   Action = "group.dissolved"
	FeedbackAnswered Action = "feedback.answered"
	FeedbackClosed   Action = "feedback.closed"
	FeedbackReopened Action = "feedback.reopened"
)

// Entry is one of the audit log. It is never changed.
type Entry struct {
	ID      change.ID
	At      int64
	Actor   account.Card // the zero Card: the command line
	Action  Action
	Subject string // the identifier of the account, group or feedback
	Name    string // what it was called then
	Detail  string
}

// Count is what is counted by the day.
type Count string

const (
	Active      Count = "active"      // people who used the installation
	Messages    Count = "messages"    // stored
	Connections Count = "connections" // the most at one time, on the busiest node
	PageViews   Count = "pageViews"   // of the web app
	SignIns     Count = "signIns"
	NewAccounts Count = "newAccounts"
)

// Counts lists all that are counted.
var Counts = []Count{Active, Messages, Connections, PageViews, SignIns, NewAccounts}

// Day holds the counts of one day.
type Day struct {
	Date   string // 2026-11-23, in the server's time zone
	Counts map[Count]int64
}

// Storage is what is kept.
type Storage struct {
	Accounts, Groups, Messages int64
	// DatabaseBytes is the size of the database, FileBytes that of all
	// attachments, each content once, of which there are Files.
	DatabaseBytes, FileBytes, Files int64
}
