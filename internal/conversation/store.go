package conversation

import (
	"context"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/sticker"
)

// Since names a conversation and a version of it.
type Since struct {
	Conversation change.ID
	Version      int64
}

// Entry is a conversation in somebody's list.
type Entry struct {
	ID                      change.ID
	Version, LastActivityAt int64
}

// Place is an account in a conversation.
type Place struct{ Conversation, Account change.ID }

// Span names messages of a conversation: those with seq > After and version >
// Version and, if Version is not 0, those that were edited since then.
type Span struct {
	Conversation   change.ID
	After, Version int64
}

// MemberPosition is that of a member in the list: owner, admins, the others,
// each as long as they have been there. The zero MemberPosition is before all.
type MemberPosition struct {
	Role     Role
	JoinedAt int64
	Account  change.ID
}

// Store is what conversations need from storage. Reads return
// change.ErrNotFound when there is none. Puts stamp the row with the new
// version of its scope, put it into the transaction's change, and need a
// transaction.
type Store interface {
	change.Transactor
	Messages
	Roster
	Joining

	Conversation(ctx context.Context, id change.ID) (Conversation, error)
	// DirectConversation finds that of a pair, in any order.
	DirectConversation(ctx context.Context, a, b change.ID) (Conversation, error)
	// CreateDirect stores a direct conversation and its two members.
	CreateDirect(ctx context.Context, c Conversation, a, b change.ID) (Conversation, error)
	// CreateGroup stores a group that has no members yet, or returns
	// change.ErrNotFound and stores nothing if its number is taken.
	CreateGroup(ctx context.Context, c Conversation) (Conversation, error)
	// PutGroup changes all of what a group has but its number and how many wait
	// to be let in, which the store counts.
	PutGroup(ctx context.Context, id change.ID, g Group) (Conversation, error)
	// FindGroups lists active groups of that name, without regard to case, or
	// that number, whose JoinPolicy is JoinByRequest.
	FindGroups(ctx context.Context, query string, limit int) ([]Conversation, error)
	// CommonGroups lists active groups that both accounts belong to, those that
	// were made last first, of those made before one; 0 is for all.
	CommonGroups(ctx context.Context, a, b, before change.ID, limit int) ([]Conversation, error)
	// Joined lists the conversations that the account belongs to, those with
	// the newest activity first.
	Joined(ctx context.Context, account change.ID) ([]Conversation, error)

	// Entries lists what Joined does, as far as it takes to choose from it: those
	// behind one of them, all behind the zero Entry, and at most limit, all for 0.
	Entries(ctx context.Context, account change.ID, behind Entry, limit int) ([]Entry, error)
	// ConversationsAt lists those of the conversations that there are, in no
	// order.
	ConversationsAt(ctx context.Context, ids []change.ID) ([]Conversation, error)

	// UserVersion is that of the account's user scope.
	UserVersion(ctx context.Context, account change.ID) (int64, error)
	Account(ctx context.Context, id change.ID) (account.Account, error)
	// AccountsOf lists those of the accounts that there are.
	AccountsOf(ctx context.Context, ids []change.ID) ([]account.Account, error)
	Contact(ctx context.Context, owner, other change.ID) (contact.Contact, error)
	Contacts(ctx context.Context, owner change.ID, since int64) ([]contact.Contact, error)
	Requests(ctx context.Context, account change.ID, since int64) ([]contact.Request, error)
	// Sticker finds one that somebody made, also when it is in no pack any more.
	Sticker(ctx context.Context, id attachment.ID) (sticker.Sticker, error)
	// Packs and Favourites are those of sticker.Store.
	Packs(ctx context.Context, account change.ID, since int64) ([]sticker.Pack, error)
	Favourites(ctx context.Context, account change.ID, since int64) ([]sticker.Favourite, error)
	// Friends lists the accounts that are friends of the account, where
	// neither has blocked the other.
	Friends(ctx context.Context, account change.ID) ([]change.ID, error)
}

// Messages is what conversations need from storage for messages.
type Messages interface {
	// AppendMessage gives the draft the next seq and version of its
	// conversation, in a transaction of its own, and moves the sender's read
	// position to it. admit is called with the sender's standing as of the
	// commit, and its error refuses the draft. A draft whose sender has used
	// its ClientID before is not stored: the message stored then is the
	// result, whatever admit says, whatever else differs. done is called once
	// with the result when the commit is durable, perhaps before AppendMessage
	// returns, and must not block. Drafts given one after the other get
	// ascending seqs; drafts that wait together share a commit.
	AppendMessage(ctx context.Context, draft Message, admit func(Standing) error, done func(Message, error))
	// AddMessage is AppendMessage in a transaction, for what tells of the other
	// changes of that transaction. It asks nobody's leave.
	AddMessage(ctx context.Context, m Message) (Message, error)
	// PutMessage changes body, Via, Partial and EditedAt, which must not be 0,
	// of a stored message.
	PutMessage(ctx context.Context, m Message) (Message, error)
	Message(ctx context.Context, conversation change.ID, seq int64) (Message, error)
	// MessageSent finds what the sender sent under a name.
	MessageSent(ctx context.Context, sender change.ID, clientID string) (Message, error)
	// PartialMessages lists those of the sender that are still being written.
	PartialMessages(ctx context.Context, sender change.ID) ([]Message, error)
	// Messages lists ascending those with after < seq < before, at most limit,
	// the newest of them if newest, else the oldest.
	Messages(ctx context.Context, conversation change.ID, after, before int64, limit int, newest bool) ([]Message, error)
	// MessagesIn lists the messages of spans, each conversation's ascending.
	MessagesIn(ctx context.Context, spans []Span) ([]Message, error)
}

// Roster is what conversations need from storage for members.
type Roster interface {
	Member(ctx context.Context, conversation, account change.ID) (Member, error)
	// MembersAt lists the members, former ones too, that there are.
	MembersAt(ctx context.Context, places []Place) ([]Member, error)
	// Members lists, of each conversation, those with a greater version; with
	// version 0, only those who are members now.
	Members(ctx context.Context, since []Since) ([]Member, error)
	// ChangedMembers lists, of each conversation, those of whom something but
	// the read position changed since the version. Of a conversation where
	// that are more than MaxChangedMembers it lists none, and names it in many.
	ChangedMembers(ctx context.Context, since []Since) (list []Member, many []change.ID, err error)
	// Leaders lists the owners and admins.
	Leaders(ctx context.Context, conversations []change.ID) ([]Member, error)
	// MemberPage lists members in the order of MemberPosition, of a role if one
	// is given.
	MemberPage(ctx context.Context, conversation change.ID, role Role, after MemberPosition, limit int) ([]Member, error)
	CountMembers(ctx context.Context, conversation change.ID, role Role) (int, error)
	// MemberIDs lists who belongs to a conversation, and the version at which
	// that last changed.
	MemberIDs(ctx context.Context, conversation change.ID) ([]change.ID, int64, error)
	// Join brings accounts that are no members into a group, with the read
	// position at its newest message. What they had set for it before is
	// forgotten. If they are more than MaxChangedMembers, owner and admins are
	// put too, for those who then forget the members they know.
	Join(ctx context.Context, conversation change.ID, members []Member) error
	// Leave ends membership in a group. When a large group becomes a small one
	// by it, all who stay are put, since nobody else may know them all.
	Leave(ctx context.Context, conversation change.ID, accounts []change.ID, reason LeftReason) error
	// PutMember changes role, nickname and MutedUntil of a member. The read
	// position is put as it is, for this and the next.
	PutMember(ctx context.Context, m Member) (Member, error)

	Membership(ctx context.Context, conversation, account change.ID) (Membership, error)
	// Memberships lists the rows of the account with version > since; with
	// since 0, only those of conversations that it belongs to now.
	Memberships(ctx context.Context, account change.ID, since int64) ([]Membership, error)
	// MembershipsAt lists the rows of the account that there are for
	// conversations, in no order.
	MembershipsAt(ctx context.Context, account change.ID, conversations []change.ID) ([]Membership, error)
	// PutMembership changes what somebody has set for a conversation.
	PutMembership(ctx context.Context, m Membership) (Membership, error)
	// SetReadSeq moves a member's read position, in the user scope and, if
	// shown, in the conversation's.
	SetReadSeq(ctx context.Context, conversation, account change.ID, seq int64, shown bool) (Membership, error)
}

// Joining is what conversations need from storage for the ways into a group.
type Joining interface {
	JoinRequest(ctx context.Context, id change.ID) (JoinRequest, error)
	// LastJoinRequest is the newest of an account to a group.
	LastJoinRequest(ctx context.Context, conversation, from change.ID) (JoinRequest, error)
	// JoinRequests lists those of the account with version > since, the newest
	// first; with since 0, all that are pending and the newest MaxAnswered of
	// the others.
	JoinRequests(ctx context.Context, from change.ID, since int64) ([]JoinRequest, error)
	// PendingJoinRequests lists those to a group that wait, the oldest first.
	PendingJoinRequests(ctx context.Context, conversation change.ID, limit int) ([]JoinRequest, error)
	CountJoinRequests(ctx context.Context, from change.ID) (pending int, err error)
	// PutJoinRequest also counts anew, in the group, how many wait. From is
	// kept as an account, the group as its card is now.
	PutJoinRequest(ctx context.Context, r JoinRequest) (JoinRequest, error)

	Invitation(ctx context.Context, id change.ID) (Invitation, error)
	// Invitations lists those that the account is shown, as JoinRequests does.
	Invitations(ctx context.Context, to change.ID, since int64) ([]Invitation, error)
	// PendingInvitations lists those into a group that wait.
	PendingInvitations(ctx context.Context, conversation change.ID) ([]Invitation, error)
	CountInvitations(ctx context.Context, from change.ID) (pending int, err error)
	// PutInvitation puts it into the scope of To unless Version is 0.
	PutInvitation(ctx context.Context, i Invitation) (Invitation, error)

	Link(ctx context.Context, id change.ID) (Link, error)
	LinkByHash(ctx context.Context, tokenHash string) (Link, error)
	// Links lists those of a group, the newest first.
	Links(ctx context.Context, conversation change.ID) ([]Link, error)
	PutLink(ctx context.Context, l Link) error
	DeleteLink(ctx context.Context, id change.ID) error
}
