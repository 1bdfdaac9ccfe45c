package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// Conversation is what all its members see of it.
type Conversation struct {
	ID             ID     `json:"id"`
	Kind           string `json:"kind" enum:"direct,group"`
	Version        int64  `json:"version" doc:"Of this row"`
	LastSeq        int64  `json:"lastSeq" doc:"Of the newest message; 0 when there is none"`
	MemberCount    int    `json:"memberCount"`
	CreatedAt      int64  `json:"createdAt"`
	LastActivityAt int64  `json:"lastActivityAt"`
	Group          *Group `json:"group,omitempty" doc:"Of a group"`
}

// NewConversation makes the shape.
func NewConversation(c conversation.Conversation) Conversation {
	out := Conversation{
		ID: ID(c.ID), Kind: string(c.Kind), Version: c.RowVersion, LastSeq: c.LastSeq,
		MemberCount: c.MemberCount, CreatedAt: c.CreatedAt, LastActivityAt: c.LastActivityAt,
	}
	if c.Kind == conversation.InGroup {
		out.Group = newGroup(c.Group)
	}
	return out
}

// Member is an account in a conversation.
type Member struct {
	Account    Card   `json:"account"`
	Role       string `json:"role" enum:"owner,admin,member"`
	State      string `json:"state" enum:"member,left"`
	Nickname   string `json:"nickname" doc:"Their own name in this group"`
	MutedUntil int64  `json:"mutedUntil" doc:"They may not write before; 0: they may; 9007199254740991: until it is lifted"`
	ReadSeq    int64  `json:"readSeq" doc:"They have read everything up to here. Not kept up to date, but for oneself, in conversations of more than 100 members"`
	JoinedAt   int64  `json:"joinedAt"`
	Version    int64  `json:"version"`
}

// NewMember makes the shape.
func NewMember(m conversation.Member) Member {
	return Member{
		Account: NewCard(m.Account), Role: string(m.Role), State: string(m.State), Nickname: m.Nickname, MutedUntil: m.MutedUntil,
		ReadSeq: m.ReadSeq, JoinedAt: m.JoinedAt, Version: m.Version,
	}
}

// Membership is an entry in my conversation list.
type Membership struct {
	ConversationID   ID     `json:"conversationId"`
	State            string `json:"state" enum:"member,left"`
	LeftReason       string `json:"leftReason,omitempty" enum:"removed,quit,dissolved"`
	ReadSeq          int64  `json:"readSeq" doc:"I have read everything up to here. Unread: the conversation's lastSeq minus the greatest of this, my Member's readSeq and the seq of my newest message"`
	Remark           string `json:"remark" doc:"What I call the group; nobody else sees it"`
	Notify           string `json:"notify" enum:"all,none" doc:"none: do not call me for its messages"`
	PinnedAt         int64  `json:"pinnedAt" doc:"When I put it at the top of my list; 0: I did not"`
	AnnouncementSeen int64  `json:"announcementSeen" doc:"The number of the newest announcement that I was shown"`
	Version          int64  `json:"version"`
}

// NewMembership makes the shape.
func NewMembership(m conversation.Membership) Membership {
	return Membership{
		ConversationID: ID(m.ConversationID), State: string(m.State), LeftReason: string(m.LeftReason), ReadSeq: m.ReadSeq,
		Remark: m.Remark, Notify: string(m.Notify), PinnedAt: m.PinnedAt, AnnouncementSeen: m.AnnouncementSeen, Version: m.Version,
	}
}

// Message is one message.
type Message struct {
	ConversationID ID           `json:"conversationId"`
	Seq            int64        `json:"seq" doc:"1, 2, 3, … in order of commit"`
	SenderID       ID           `json:"senderId" doc:"Of a notice, who did it"`
	ClientID       string       `json:"clientId" doc:"The sender's own name for the send"`
	Kind           string       `json:"kind" enum:"text,sticker,notice"`
	Body           string       `json:"body" doc:"The text, or what is said of the attachments; of a sticker, the emoji that says the same"`
	Sticker        *Sticker     `json:"sticker,omitempty" doc:"Of a sticker"`
	Notice         *Notice      `json:"notice,omitempty" doc:"Of a notice: what happened"`
	Mentions       []ID         `json:"mentions,omitempty" doc:"Members who are called by it"`
	MentionsAll    bool         `json:"mentionsAll,omitempty" doc:"Every member is called by it"`
	Via            string       `json:"via,omitempty" doc:"Where the words of a robot came from: left out for the robot itself, or the name of the host that was asked"`
	Partial        bool         `json:"partial,omitempty" doc:"It is still being written"`
	Attachments    []Attachment `json:"attachments,omitempty" doc:"In the sender's order; several are an album"`
	EditedAt       int64        `json:"editedAt,omitempty"`
	CreatedAt      int64        `json:"createdAt"`
	Version        int64        `json:"version"`
}

// NewMessage makes the shape.
func NewMessage(m conversation.Message) Message {
	out := Message{
		ConversationID: ID(m.ConversationID), Seq: m.Seq, SenderID: ID(m.SenderID), ClientID: m.ClientID,
		Kind: string(m.Kind), Body: m.Body, Mentions: list(m.Mentions, newID), MentionsAll: m.MentionsAll,
		Via: m.Via, Partial: m.Partial, Sticker: sentSticker(m.Sticker, m.Attachments), EditedAt: m.EditedAt, CreatedAt: m.CreatedAt, Version: m.Version,
	}
	if m.Sticker == nil {
		out.Attachments = list(m.Attachments, NewAttachment)
	}
	if m.Happening != nil {
		out.Notice = newNotice(*m.Happening)
	}
	return out
}

func newID(id change.ID) ID { return ID(id) }

// ConversationDelta is what there is to know of a conversation: an event, a
// catch-up answer or the result of a command. With version N+1 it follows on N;
// one up to N repeats what is known; a gap is filled by sync.
type ConversationDelta struct {
	ConversationID   ID            `json:"conversationId"`
	Version          int64         `json:"version" doc:"Of the conversation's scope"`
	Truncated        bool          `json:"truncated,omitempty" doc:"Older messages than these may be missing from what you have: page back when they are wanted"`
	MembersTruncated bool          `json:"membersTruncated,omitempty" doc:"More members changed than are told: forget those that you have but yourself, then apply these, and ask for others when you need them"`
	Conversation     *Conversation `json:"conversation,omitempty"`
	Members          []Member      `json:"members,omitempty" doc:"All that changed. Of a conversation of more than 100 members that is new to you: you, the owner, the admins, and the senders of its messages"`
	Messages         []Message     `json:"messages,omitempty" doc:"Ascending by seq"`
}

// NewConversationDelta makes the shape.
func NewConversationDelta(d conversation.Delta) ConversationDelta {
	out := ConversationDelta{
		ConversationID: ID(d.ConversationID), Version: d.Version, Truncated: d.Truncated, MembersTruncated: d.MembersTruncated,
		Members: list(d.Members, NewMember), Messages: list(d.Messages, NewMessage),
	}
	if d.Conversation != nil {
		c := NewConversation(*d.Conversation)
		out.Conversation = &c
	}
	return out
}

// list makes shapes of all of them; of none it makes nil.
func list[From, To any](from []From, shape func(From) To) []To {
	if len(from) == 0 {
		return nil
	}
	to := make([]To, len(from))
	for i, v := range from {
		to[i] = shape(v)
	}
	return to
}

// some makes shapes of all of them; of none it makes an empty list.
func some[From, To any](from []From, shape func(From) To) []To {
	to := list(from, shape)
	if to == nil {
		to = []To{}
	}
	return to
}

// Conversations is a page of my conversation list, newest activity first.
type Conversations struct {
	Conversations []ConversationDelta `json:"conversations" doc:"Each with its members and its newest message"`
	Memberships   []Membership        `json:"memberships"`
	NextCursor    string              `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewConversationIn asks for a conversation: one of the two is given.
type NewConversationIn struct {
	AccountID *ID       `json:"accountId,omitempty" doc:"A friend, for the direct conversation with them"`
	Group     *NewGroup `json:"group,omitempty" doc:"For a new group"`
}

// OpenConversation asks for the direct conversation with a friend.
type OpenConversation struct {
	AccountID ID `json:"accountId"`
}

// SendMessage sends a text message, or a sticker.
type SendMessage struct {
	ClientID    string         `json:"clientId" doc:"Your own name for this send. Repeating it, at any later time, gives the first result and stores nothing. A UUIDv7 is a good one"`
	Body        string         `json:"body,omitempty" doc:"The text, kept as typed; it may be left out where there are attachments"`
	Attachments []AttachmentID `json:"attachments,omitempty" doc:"My own, and those that I was shown in some conversation, in the order in which they are to be shown"`
	Sticker     StickerName    `json:"sticker,omitempty" doc:"A sticker, which is sent by itself: a built-in one, one of a pack that I may see, a favourite, or one that I received"`
	Mentions    []ID           `json:"mentions,omitempty" doc:"Members to call"`
	MentionsAll bool           `json:"mentionsAll,omitempty" doc:"Call every member; for owner and admins of a group"`
}

// TransformSchema implements huma.SchemaTransformer.
func (SendMessage) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "clientId", conversation.MinClientID, conversation.MaxClientID)
	s.Properties["clientId"].Pattern = conversation.ClientIDPattern
	s.Properties["clientId"].PrecomputeMessages()
	limit(s, "body", 0, conversation.MaxBody)
	most(s, "attachments", attachment.MaxPerMessage)
	most(s, "mentions", conversation.MaxMentions)
	return s
}

// Domain gives what is sent.
func (m SendMessage) Domain() conversation.Draft {
	return conversation.Draft{ClientID: m.ClientID, Body: m.Body, Attachments: list(m.Attachments, AttachmentID.Domain), Sticker: string(m.Sticker), Mentions: list(m.Mentions, ID.Domain), MentionsAll: m.MentionsAll}
}

// SendMessageIn is SendMessage on the socket.
type SendMessageIn struct {
	ConversationID ID `json:"conversationId"`
	SendMessage
}

// ListMessagesIn asks for a part of the history on the socket.
type ListMessagesIn struct {
	ConversationID ID    `json:"conversationId"`
	Before         int64 `json:"before,omitempty" minimum:"1" doc:"Messages with a smaller seq"`
	After          int64 `json:"after,omitempty" minimum:"1" doc:"Messages with a greater seq"`
	Limit          int   `json:"limit,omitempty" minimum:"1" maximum:"100"`
}

// MessagePage is a part of the history.
type MessagePage struct {
	Messages []Message `json:"messages" doc:"Ascending by seq"`
	LastSeq  int64     `json:"lastSeq" doc:"Of the conversation, as of this answer"`
	Version  int64     `json:"version" doc:"Of the conversation's scope, as of this answer"`
}

// NewMessagePage makes the shape.
func NewMessagePage(p conversation.Page) MessagePage {
	return MessagePage{Messages: some(p.Messages, NewMessage), LastSeq: p.LastSeq, Version: p.Version}
}

// Read moves my read position.
type Read struct {
	Seq int64 `json:"seq" minimum:"0" doc:"Everything up to here has been read; it never goes back"`
}

// ReadIn is Read on the socket.
type ReadIn struct {
	ConversationID ID `json:"conversationId"`
	Read
}

// TypingIn tells the others that I type.
type TypingIn struct {
	ConversationID ID `json:"conversationId"`
}

// None is an empty result.
type None struct{}

// UserDelta is what there is to know of me; see ConversationDelta.
type UserDelta struct {
	Version           int64              `json:"version" doc:"Of the user scope"`
	Account           *Account           `json:"account,omitempty"`
	Contacts          []Contact          `json:"contacts,omitempty"`
	FriendRequests    []FriendRequest    `json:"friendRequests,omitempty"`
	Memberships       []Membership       `json:"memberships,omitempty"`
	JoinRequests      []JoinRequest      `json:"joinRequests,omitempty" doc:"Mine, to be let into groups"`
	Invitations       []Invitation       `json:"invitations,omitempty" doc:"To me, into groups"`
	StickerPacks      []StickerPack      `json:"stickerPacks,omitempty" doc:"Those that I keep"`
	FavouriteStickers []FavouriteSticker `json:"favouriteStickers,omitempty"`
}

// KnownConversation is a version that the client has.
type KnownConversation struct {
	ID      ID    `json:"id"`
	Version int64 `json:"version" minimum:"0"`
}

// SyncIn asks for what changed since the versions that the client has.
type SyncIn struct {
	User          int64               `json:"user" minimum:"0" doc:"Version of the user scope; 0: a new device"`
	Conversations []KnownConversation `json:"conversations" doc:"Those the client has; others come as new"`
	Messages      int                 `json:"messages,omitempty" minimum:"1" maximum:"100" doc:"How many of the newest messages come with a conversation that is new"`
}

// TransformSchema implements huma.SchemaTransformer.
func (SyncIn) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	most(s, "conversations", conversation.SyncKnown)
	return s
}

// Domain gives what is known.
func (in SyncIn) Domain() conversation.Known {
	known := conversation.Known{User: in.User, Conversations: make(map[change.ID]int64, len(in.Conversations))}
	for _, c := range in.Conversations {
		known.Conversations[c.ID.Domain()] = c.Version
	}
	return known
}

// SyncResult is what the client missed.
type SyncResult struct {
	AccountID     ID                  `json:"accountId" doc:"Whose answer this is"`
	User          UserDelta           `json:"user"`
	Conversations []ConversationDelta `json:"conversations" doc:"Newest activity first"`
	More          bool                `json:"more" doc:"There is more: apply this, and ask again with the versions you have then"`
	Online        []ID                `json:"online" doc:"Those of my friends who are online"`
	ServerTime    int64               `json:"serverTime"`
}

// NewSyncResult makes the shape as the viewer sees it.
func NewSyncResult(c conversation.CatchUp, viewer change.ID, online []change.ID, now int64) SyncResult {
	out := SyncResult{
		AccountID: ID(viewer),
		User: UserDelta{
			Version: c.UserVersion, Contacts: list(c.Contacts, NewContact),
			Memberships: list(c.Memberships, NewMembership), JoinRequests: list(c.JoinRequests, NewJoinRequest), Invitations: list(c.Invitations, NewInvitation),
			StickerPacks: list(c.Packs, NewStickerPack), FavouriteStickers: list(c.Favourites, NewFavouriteSticker),
		},
		Conversations: make([]ConversationDelta, 0, len(c.Conversations)),
		More:          c.More, Online: make([]ID, 0, len(online)), ServerTime: now,
	}
	if c.Account != nil {
		a := NewAccount(*c.Account)
		out.User.Account = &a
	}
	for _, r := range c.Requests {
		out.User.FriendRequests = append(out.User.FriendRequests, NewFriendRequest(r, viewer))
	}
	for _, d := range c.Conversations {
		out.Conversations = append(out.Conversations, NewConversationDelta(d))
	}
	for _, id := range online {
		out.Online = append(out.Online, ID(id))
	}
	return out
}

// NewConversations makes the shape.
func NewConversations(l conversation.ListPage) Conversations {
	out := Conversations{Conversations: []ConversationDelta{}, Memberships: []Membership{}, NextCursor: l.NextCursor}
	for _, d := range l.Conversations {
		out.Conversations = append(out.Conversations, NewConversationDelta(d))
	}
	for _, m := range l.Memberships {
		out.Memberships = append(out.Memberships, NewMembership(m))
	}
	return out
}
