package conversation

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Limits of groups; lengths in code points.
const (
	MaxGroupMembers     = 10_000
	MaxGroupName        = 50
	MaxAnnouncement     = 2000
	MaxNickname         = 50
	MaxGroupRemark      = 50
	MaxGreeting         = 200
	MaxLinkUses         = 10_000
	MinLinkLife         = 60              // seconds
	MaxLinkLife         = 365 * 24 * 3600 // seconds
	MaxLinks            = 50              // of a group at a time
	MaxPendingAsked     = 100             // requests of one account that wait
	MaxPendingInvited   = 1000            // invitations by one account that wait
	MaxAnswered         = 100             // answered ones that a new device is told
	MaxListedRequests   = 200
	MaxFoundGroups      = 20
	MaxMemberIDs        = 100 // asked for by identifier at a time
	MaxMemberQuery      = 50
	AvatarPattern       = "^[A-Za-z0-9_-]{22,64}$"
	groupNumberDigits   = 8
	maxLinkToken        = 100
	maxNumberAttempts   = 20
	noticeClientIDStart = "." // no client's own name begins so: see ClientIDPattern
)

// Group is what a conversation has that is one.
type Group struct {
	Name         string
	Number       string // eight digits, by which it is found
	Avatar       string // of the attachment; empty: none
	Announcement Announcement
	JoinPolicy   JoinPolicy
	Muted        bool // only owner and admins may write
	JoinRequests int  // how many wait for an answer
	State        GroupState
}

// Announcement is what owner and admins want every member to have read. The
// zero Announcement is none.
type Announcement struct {
	// Number counts the announcements of the group; it goes on when one is
	// taken away.
	Number    int64
	Body      string
	AuthorID  change.ID
	CreatedAt int64
}

// JoinPolicy tells how somebody comes into a group.
type JoinPolicy string

const (
	// JoinByRequest: whoever finds it may ask; members add their friends.
	JoinByRequest JoinPolicy = "request"
	// JoinByInvitation: it is not found, and only owner and admins add.
	JoinByInvitation JoinPolicy = "invite"
)

// GroupState tells whether a group is still there.
type GroupState string

const (
	GroupActive    GroupState = "active"
	GroupDissolved GroupState = "dissolved"
)

// GroupCard is what somebody sees of a group who is not in it.
type GroupCard struct {
	ID          change.ID
	Name        string
	Number      string
	Avatar      string
	MemberCount int
}

// Card gives what somebody sees of it who is not in it.
func (c Conversation) Card() GroupCard {
	return GroupCard{ID: c.ID, Name: c.Group.Name, Number: c.Group.Number, Avatar: c.Group.Avatar, MemberCount: c.MemberCount}
}

// Occurrence is what a notice tells of.
type Occurrence string

const (
	GroupCreated        Occurrence = "group.created"
	GroupRenamed        Occurrence = "group.renamed"
	GroupPictured       Occurrence = "group.avatar"
	GroupMuted          Occurrence = "group.muted"
	GroupUnmuted        Occurrence = "group.unmuted"
	GroupWasDissolved   Occurrence = "group.dissolved"
	MemberAdded         Occurrence = "member.added"
	MemberJoined        Occurrence = "member.joined"
	MemberRemoved       Occurrence = "member.removed"
	MemberQuit          Occurrence = "member.quit"
	MemberMuted         Occurrence = "member.muted"
	MemberUnmuted       Occurrence = "member.unmuted"
	RoleChanged         Occurrence = "role.changed"
	OwnerChanged        Occurrence = "owner.changed"
	AnnouncementChanged Occurrence = "announcement.changed"
)

// Via tells how somebody came into a group, or to asking for it.
type Via string

const (
	ViaLink       Via = "link"
	ViaRequest    Via = "request"
	ViaInvitation Via = "invitation"
	ViaNumber     Via = "number"
)

// MaxNamedInNotice is how many accounts a notice names; it counts the others.
const MaxNamedInNotice = 20

// Happening is what a notice holds. Who did it is the sender of the message.
type Happening struct {
	Event    Occurrence
	Accounts []change.ID // whom it concerns, at most MaxNamedInNotice of Count
	Count    int
	Text     string // the new name, the announcement
	Role     Role
	Until    int64
	Via      Via
}

// AnswerState of what waits for an answer.
type AnswerState string

const (
	Pending   AnswerState = "pending"
	Accepted  AnswerState = "accepted"
	Declined  AnswerState = "declined"
	Withdrawn AnswerState = "withdrawn"
)

// JoinRequest asks owner and admins of a group to be let in. It is a row of the
// user scope of whoever asks; how many wait is in the conversation.
type JoinRequest struct {
	ID         change.ID
	Group      GroupCard
	From       account.Card
	Greeting   string
	Via        Via // ViaLink or ViaNumber
	State      AnswerState
	CreatedAt  int64
	AnsweredAt int64 // 0 while pending
	Version    int64
}

type joinRequestKey change.ID

// RowKey implements change.Row.
func (r JoinRequest) RowKey() any { return joinRequestKey(r.ID) }

// Invitation asks somebody into a group. It is a row of the user scope of
// whoever is asked.
type Invitation struct {
	ID         change.ID
	Group      GroupCard
	From       account.Card
	To         change.ID
	State      AnswerState
	CreatedAt  int64
	AnsweredAt int64 // 0 while pending
	// Version in the user scope of To; 0 means that To is not shown it.
	Version int64
}

type invitationKey change.ID

// RowKey implements change.Row.
func (i Invitation) RowKey() any { return invitationKey(i.ID) }

// Link lets whoever has its token into a group, or lets them ask.
type Link struct {
	ID             change.ID
	ConversationID change.ID
	TokenHash      string
	CreatedBy      account.Card
	CreatedAt      int64
	ExpiresAt      int64 // 0: never
	MaxUses        int   // 0: any number
	Uses           int
	Approval       bool // using it asks
}
