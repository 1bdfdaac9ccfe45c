// Package feedback holds what people tell those who run the installation: what
// they think of it, and what they report of others; and what they are answered.
package feedback

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Limits.
const (
	// MaxBody and MaxAnswer are the longest texts, in code points.
	MaxBody, MaxAnswer = 2000, 2000
	// MaxOpen is how much of one person may wait for an answer.
	MaxOpen = 20
	// MaxPage is the most in one answer.
	MaxPage = 100
)

// Kind says what somebody has to tell.
type Kind string

const (
	// Opinion is about the installation.
	Opinion Kind = "feedback"
	// Report is about somebody, or something that they wrote.
	Report Kind = "report"
)

// State tells how far the operators are with it.
type State string

const (
	Open     State = "open"
	Answered State = "answered"
	Closed   State = "closed"
)

// Subject is what a report is about. The zero Subject is that of an Opinion.
type Subject struct {
	AccountID      change.ID
	ConversationID change.ID // 0: the account as such
	Seq            int64     // of a message there; 0: the conversation as such
	// Quote is what the message said when it was reported: the operators see
	// this one message of a conversation that is not theirs, because a member
	// showed it to them.
	Quote string
}

// Feedback is one thing that somebody told.
type Feedback struct {
	ID         change.ID
	Kind       Kind
	Author     account.Card
	Body       string
	Picture    string // an attachment of the author's; empty if there is none
	Subject    Subject
	State      State
	Answer     string
	AnsweredBy change.ID
	AnsweredAt int64
	CreatedAt  int64
}

// Filter chooses among all that was told. Zero values choose all.
type Filter struct {
	Author change.ID
	Kind   Kind
	State  State
	// Before continues a list: only what is older than this one.
	Before change.ID
	Limit  int
}
