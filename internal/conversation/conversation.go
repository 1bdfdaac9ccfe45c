// Package conversation holds conversations, their members, messages and read
// positions: the heart of the messenger.
package conversation

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sticker"
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
	// MaxSmall is how many members a conversation may have for all of them to
	// be shown to all, with their read positions and their typing: the cost
	// grows with the square. A larger one is known in part: see Delta.
	MaxSmall = 100
	// MaxChangedMembers is how many members may have changed for a delta of a
	// larger conversation to hold them.
	MaxChangedMembers = 200
	// MaxMentions is how many accounts one message may mention.
	MaxMentions = 50
	// MaxVia is the longest name of where a robot's words came from.
	MaxVia = 255
)

// Kind of a conversation.
type Kind string

const (
	// Direct is between two accounts. There is one for each pair.
	Direct Kind = "direct"
	// InGroup is between many, of whom some have rights over it.
	InGroup Kind = "group"
)

// Conversation is a row of its own scope.
type Conversation struct {
	ID    change.ID
	Kind  Kind
	Group Group // the zero Group if it is direct
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

const (
	// Owner of a group: there is always one.
	Owner Role = "owner"
	Admin Role = "admin"
	// Ordinary is a member without further rights.
	Ordinary Role = "member"
)

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
	LeftReason     LeftReason // of whoever has left
	Nickname       string     // the member's own name in this conversation
	MutedUntil     int64      // may not write before; 0: may write
	ReadSeq        int64      // everything up to here has been read
	JoinedAt       int64
	Version        int64
}

// Forever is when somebody may write again who is muted until it is lifted: the
// greatest integer that every client can hold (RFC 8259, section 6).
const Forever int64 = 1<<53 - 1

type memberKey change.ID

// RowKey implements change.Row.
func (m Member) RowKey() any { return memberKey(m.Account.ID) }

// Membership is an entry in somebody's conversation list: a row of the user
// scope. Unread is the conversation's LastSeq minus ReadSeq.
type Membership struct {
	ConversationID change.ID
	AccountID      change.ID
	State          MemberState
	LeftReason     LeftReason // of whoever has left
	ReadSeq        int64
	Remark         string // what I call a group; nobody else sees it
	Notify         Notify
	PinnedAt       int64 // when I put it at the top of my list; 0: I did not
	// AnnouncementSeen is the number of the newest announcement that I was
	// shown.
	AnnouncementSeen int64
	Version          int64
}

// LeftReason tells why somebody does not belong to a conversation any more.
type LeftReason string

const (
	Removed   LeftReason = "removed"
	Quit      LeftReason = "quit"
	Dissolved LeftReason = "dissolved"
)

// Notify tells which messages somebody wants to be called for.
type Notify string

const (
	NotifyAll  Notify = "all"
	NotifyNone Notify = "none"
)

type membershipKey change.ID

// RowKey implements change.Row.
func (m Membership) RowKey() any { return membershipKey(m.ConversationID) }

// MessageKind tells what a message is.
type MessageKind string

const (
	// Text is written by hand.
	Text MessageKind = "text"
	// OfSticker is one sticker. Its body is the emoji that says the same.
	OfSticker MessageKind = "sticker"
	// Notice tells what happened. It counts as a message.
	Notice MessageKind = "notice"
)

// Message is a row of the conversation's scope. Its seq is dense: 1, 2, 3, … in
// order of commit.
type Message struct {
	ConversationID change.ID
	Seq            int64
	SenderID       change.ID // of a notice, who did it
	// ClientID is the sender's own name for the send, unique per sender for
	// ever.
	ClientID  string
	Kind      MessageKind
	Body      string
	Happening *Happening  // of a notice
	Mentions  []change.ID // members who are called by it
	// MentionsAll: every member is called by it.
	MentionsAll bool
	// Via is where the words of a robot came from: empty for the robot itself,
	// or the name of the host that was asked.
	Via     string
	Partial bool // it is still being written
	// Attachments are those of a text message, whose body may then be empty. Of
	// a draft for AppendMessage only their ID counts.
	Attachments []attachment.Attachment
	// Sticker is that of a message of its kind. Its picture, unless it is built
	// in, is the only attachment.
	Sticker   *sticker.Sticker
	EditedAt  int64
	CreatedAt int64
	Version   int64
}

type messageKey int64

// RowKey implements change.Row.
func (m Message) RowKey() any { return messageKey(m.Seq) }

// Delta is what somebody has to know of a conversation: all of it, what
// changed since a version, or the result of a command. The doors send it in the
// shape that events have.
//
// Of a conversation of up to MaxSmall members it holds all members, or all that
// changed. Of a larger one that is new to the caller it holds the caller, the
// owner, the admins, and the senders of its messages.
type Delta struct {
	ConversationID change.ID
	Version        int64
	// Truncated: messages older than these may be missing from what the caller
	// had; the caller pages back through the history when they are wanted.
	Truncated bool
	// MembersTruncated: more members changed than are told. The caller forgets
	// those it has, and asks for those it needs.
	MembersTruncated bool
	Conversation     *Conversation
	Members          []Member
	Messages         []Message // ascending
}
