// Package conversation holds conversations, their members, messages and read
// positions: the heart of the messenger.
package conversation

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Limits.
const (
	// MaxBody is the longest message, in code points.
	MaxBody = 10_000
	// MinClientID and MaxClientID bound the client's own name of a send, which
	// is of ClientIDPattern.
	MinClientID, MaxClientID = 8, 64
	ClientIDPattern          = "^[A-Za-z0-9_-]+$"
	// MaxPage is the most messages in one answer.
	MaxPage = 100
	// DefaultPage is how many there are when nothing is asked for.
	DefaultPage = 50
	// MaxReadMarks is how many members a conversation may have for its read
	// positions to be shown to all: the cost grows with the square.
	MaxReadMarks = 100
)

// Kind of a conversation.
type Kind string

// Direct is between two accounts. There is one for each pair.
const Direct Kind = "direct"

// Conversation is a row of its own scope.
type Conversation struct {
	ID   change.ID
	Kind Kind
	// Version is that of the scope, RowVersion that of this row.
	Version, RowVersion int64
	// MembersVersion is the version at which somebody last came or went.
	MembersVersion int64
	MemberCount    int
	LastSeq        int64 // of the newest message; 0 when there is none
	CreatedAt      int64
	LastActivityAt int64 // when the newest message came, or it was made
}

type conversationKey struct{}

// RowKey implements change.Row.
func (Conversation) RowKey() any { return conversationKey{} }

// Role of a member.
type Role string

// Ordinary is a member without further rights.
const Ordinary Role = "member"

// MemberState tells whether somebody belongs to a conversation.
type MemberState string

const (
	Joined MemberState = "member"
	Left   MemberState = "left"
)

// Member is an account in a conversation: a row of the conversation's scope.
type Member struct {
	ConversationID change.ID
	Account        account.Card
	Role           Role
	State          MemberState
	ReadSeq        int64 // everything up to here has been read
	JoinedAt       int64
	Version        int64
}

type memberKey change.ID

// RowKey implements change.Row.
func (m Member) RowKey() any { return memberKey(m.Account.ID) }

// Membership is an entry in somebody's conversation list: a row of the user
// scope. Unread is the conversation's LastSeq minus ReadSeq.
type Membership struct {
	ConversationID change.ID
	AccountID      change.ID
	State          MemberState
	ReadSeq        int64
	Version        int64
}

type membershipKey change.ID

// RowKey implements change.Row.
func (m Membership) RowKey() any { return membershipKey(m.ConversationID) }

// MessageKind tells what a message is.
type MessageKind string

// Text is written by hand.
const Text MessageKind = "text"

// Message is a row of the conversation's scope. Its seq is dense: 1, 2, 3, … in
// order of commit.
type Message struct {
	ConversationID change.ID
	Seq            int64
	SenderID       change.ID
	// ClientID is the sender's own name for the send, unique per sender for
	// ever.
	ClientID  string
	Kind      MessageKind
	Body      string
	CreatedAt int64
	Version   int64
}

type messageKey int64

// RowKey implements change.Row.
func (m Message) RowKey() any { return messageKey(m.Seq) }

// Delta is what somebody has to know of a conversation: all of it, what
// changed since a version, or the result of a command. The doors send it in the
// shape that events have.
type Delta struct {
	ConversationID change.ID
	Version        int64
	// Truncated: messages older than these may be missing from what the caller
	// had; the caller pages back through the history when they are wanted.
	Truncated    bool
	Conversation *Conversation
	Members      []Member
	Messages     []Message // ascending
}
