package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// Group is what a conversation has that is one.
type Group struct {
	Name         string        `json:"name" example:"乐聊一家人"`
	Number       string        `json:"number" doc:"Eight digits, by which it is found" example:"10293847"`
	Avatar       string        `json:"avatar,omitempty" doc:"The attachment that shows it, for /avatars/{avatar}/{size}"`
	Announcement *Announcement `json:"announcement,omitempty"`
	JoinPolicy   string        `json:"joinPolicy" enum:"request,invite" doc:"request: whoever finds it may ask, and members add their friends; invite: it is not found, and only owner and admins add"`
	Muted        bool          `json:"muted" doc:"Only owner and admins may write"`
	JoinRequests int           `json:"joinRequests" doc:"How many wait for owner and admins to answer"`
	State        string        `json:"state" enum:"active,dissolved"`
}

// Announcement is shown once to every member.
type Announcement struct {
	Number    int64  `json:"number" doc:"Of this announcement in the group; see announcementSeen"`
	Body      string `json:"body"`
	AuthorID  ID     `json:"authorId"`
	CreatedAt int64  `json:"createdAt"`
}

func newGroup(g conversation.Group) *Group {
	out := &Group{
		Name: g.Name, Number: g.Number, Avatar: g.Avatar, JoinPolicy: string(g.JoinPolicy), Muted: g.Muted,
		JoinRequests: g.JoinRequests, State: string(g.State),
	}
	if a := g.Announcement; a.Body != "" {
		out.Announcement = &Announcement{Number: a.Number, Body: a.Body, AuthorID: ID(a.AuthorID), CreatedAt: a.CreatedAt}
	}
	return out
}

// Notice tells what happened in a group.
type Notice struct {
	Event      string `json:"event" enum:"group.created,group.renamed,group.avatar,group.muted,group.unmuted,group.dissolved,member.added,member.joined,member.removed,member.quit,member.muted,member.unmuted,role.changed,owner.changed,announcement.changed"`
	AccountIDs []ID   `json:"accountIds" doc:"Whom it concerns: at most 20 of count"`
	Count      int    `json:"count" doc:"How many it concerns"`
	Text       string `json:"text,omitempty" doc:"The new name, the announcement"`
	Role       string `json:"role,omitempty" enum:"owner,admin,member"`
	Until      int64  `json:"until,omitempty" doc:"Until when a member is muted"`
	Via        string `json:"via,omitempty" enum:"link,request,invitation" doc:"How a member joined"`
}

func newNotice(h conversation.Happening) *Notice {
	return &Notice{
		Event: string(h.Event), AccountIDs: append([]ID{}, list(h.Accounts, newID)...), Count: h.Count, Text: h.Text,
		Role: string(h.Role), Until: h.Until, Via: string(h.Via),
	}
}

// GroupCard is what somebody sees of a group who is not in it.
type GroupCard struct {
	ID          ID     `json:"id"`
	Name        string `json:"name"`
	Number      string `json:"number"`
	Avatar      string `json:"avatar,omitempty"`
	MemberCount int    `json:"memberCount"`
}

// NewGroupCard makes the shape.
func NewGroupCard(c conversation.GroupCard) GroupCard {
	return GroupCard{ID: ID(c.ID), Name: c.Name, Number: c.Number, Avatar: c.Avatar, MemberCount: c.MemberCount}
}

// NewGroup asks for a group.
type NewGroup struct {
	ClientID     string `json:"clientId,omitempty" doc:"Your own name for it: the same again gives the same group"`
	Name         string `json:"name"`
	Avatar       string `json:"avatar,omitempty" doc:"An image that you uploaded"`
	Announcement string `json:"announcement,omitempty"`
	Members      []ID   `json:"members" doc:"Friends; they are in at once"`
}

// Domain gives what is asked for.
func (g NewGroup) Domain() conversation.NewGroup {
	return conversation.NewGroup{ClientID: g.ClientID, Name: g.Name, Avatar: g.Avatar, Announcement: g.Announcement, Members: list(g.Members, ID.Domain)}
}

// TransformSchema implements huma.SchemaTransformer.
func (NewGroup) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "clientId", conversation.MinClientID, conversation.MaxClientID)
	limit(s, "name", 1, conversation.MaxGroupName)
	limit(s, "avatar", 0, maxToken)
	limit(s, "announcement", 0, conversation.MaxAnnouncement)
	most(s, "members", conversation.MaxGroupMembers)
	return s
}

// GroupIn names a conversation on the socket.
type GroupIn struct {
	ConversationID ID `json:"conversationId"`
}

// GroupMemberIn names a member on the socket.
type GroupMemberIn struct {
	ConversationID ID `json:"conversationId"`
	AccountID      ID `json:"accountId"`
}

// NewOwner names who is to own a group.
type NewOwner struct {
	AccountID ID `json:"accountId"`
}

// GroupEdit changes a group; what is left out stays.
type GroupEdit struct {
	Name       *string `json:"name,omitempty"`
	Avatar     *string `json:"avatar,omitempty" doc:"An image that you uploaded; empty: none"`
	JoinPolicy *string `json:"joinPolicy,omitempty" enum:"request,invite"`
	Muted      *bool   `json:"muted,omitempty"`
}

// TransformSchema implements huma.SchemaTransformer.
func (GroupEdit) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "name", 1, conversation.MaxGroupName)
	limit(s, "avatar", 0, maxToken)
	return s
}

// Domain gives what is changed.
func (e GroupEdit) Domain() conversation.GroupEdit {
	return conversation.GroupEdit{Name: e.Name, Avatar: e.Avatar, JoinPolicy: (*conversation.JoinPolicy)(e.JoinPolicy), Muted: e.Muted}
}

// GroupEditIn is GroupEdit on the socket.
type GroupEditIn struct {
	ConversationID ID `json:"conversationId"`
	GroupEdit
}

// SetAnnouncement sets what every member is to read.
type SetAnnouncement struct {
	Body string `json:"body" doc:"Empty takes it away"`
}

// TransformSchema implements huma.SchemaTransformer.
func (SetAnnouncement) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "body", 0, conversation.MaxAnnouncement)
	return s
}

// AnnouncementIn is SetAnnouncement on the socket.
type AnnouncementIn struct {
	ConversationID ID `json:"conversationId"`
	SetAnnouncement
}

// MemberListIn asks for a page of the members on the socket.
type MemberListIn struct {
	ConversationID ID     `json:"conversationId"`
	Cursor         string `json:"cursor,omitempty" maxLength:"100" doc:"nextCursor of the page before"`
	Limit          int    `json:"limit,omitempty" minimum:"1" maximum:"100"`
	Role           string `json:"role,omitempty" enum:"owner,admin,member"`
	Query          string `json:"query,omitempty" doc:"A part of a name, a nickname or a user name"`
}

// TransformSchema implements huma.SchemaTransformer.
func (MemberListIn) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "query", 0, conversation.MaxMemberQuery)
	return s
}

// Domain gives the accounts.
func (m MembersIn) Domain() []change.ID { return list(m.AccountIDs, ID.Domain) }

// MemberList is a page of the members: the owner, the admins, the others, each
// as long as they have been there.
type MemberList struct {
	Members    []Member `json:"members"`
	NextCursor string   `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
	Total      int      `json:"total" doc:"How many there are of what was asked for"`
}

// NewMemberList makes the shape.
func NewMemberList(l conversation.MemberList) MemberList {
	return MemberList{Members: append([]Member{}, list(l.Members, NewMember)...), NextCursor: l.NextCursor, Total: l.Total}
}

// MembersIn asks for members by their accounts.
type MembersIn struct {
	ConversationID ID   `json:"conversationId"`
	AccountIDs     []ID `json:"accountIds"`
}

// TransformSchema implements huma.SchemaTransformer.
func (MembersIn) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	most(s, "accountIds", conversation.MaxMemberIDs)
	return s
}

// Members are those that were asked for, former ones too.
type Members struct {
	Members []Member `json:"members"`
}

// NewMembers makes the shape.
func NewMembers(l []conversation.Member) Members {
	return Members{Members: append([]Member{}, list(l, NewMember)...)}
}

// AddMembers brings people into a group.
type AddMembers struct {
	AccountIDs []ID `json:"accountIds"`
}

// TransformSchema implements huma.SchemaTransformer.
func (AddMembers) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	least := 1
	s.Properties["accountIds"].MinItems = &least
	most(s, "accountIds", conversation.MaxGroupMembers)
	return s
}

// Domain gives the accounts.
func (a AddMembers) Domain() []change.ID { return list(a.AccountIDs, ID.Domain) }

// AddMembersIn is AddMembers on the socket.
type AddMembersIn struct {
	ConversationID ID `json:"conversationId"`
	AddMembers
}

// MembersAdded tells what became of them.
type MembersAdded struct {
	Added   []ID `json:"added" doc:"My friends, who are in now"`
	Invited []ID `json:"invited" doc:"All others, and friends who once quit: they are asked"`
}

// NewMembersAdded makes the shape.
func NewMembersAdded(a conversation.Addition) MembersAdded {
	return MembersAdded{Added: append([]ID{}, list(a.Added, newID)...), Invited: append([]ID{}, list(a.Invited, newID)...)}
}

// MemberEdit changes what a member may do; what is left out stays.
type MemberEdit struct {
	Role       *string `json:"role,omitempty" enum:"admin,member" doc:"Only the owner changes it"`
	MutedUntil *int64  `json:"mutedUntil,omitempty" minimum:"0" maximum:"9007199254740991" doc:"0: they may write again; 9007199254740991: until it is lifted"`
}

// Domain gives what is changed.
func (e MemberEdit) Domain() conversation.MemberEdit {
	return conversation.MemberEdit{Role: (*conversation.Role)(e.Role), MutedUntil: e.MutedUntil}
}

// MemberEditIn is MemberEdit on the socket.
type MemberEditIn struct {
	ConversationID ID `json:"conversationId"`
	AccountID      ID `json:"accountId"`
	MemberEdit
}

// Nickname sets one's own name in a group.
type Nickname struct {
	Nickname string `json:"nickname" doc:"Empty removes it"`
}

// TransformSchema implements huma.SchemaTransformer.
func (Nickname) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "nickname", 0, conversation.MaxNickname)
	return s
}

// NicknameIn is Nickname on the socket.
type NicknameIn struct {
	ConversationID ID `json:"conversationId"`
	Nickname
}

// Settings change what is mine of a conversation; what is left out stays.
type Settings struct {
	Remark           *string `json:"remark,omitempty" doc:"What I call a group; empty removes it"`
	Notify           *string `json:"notify,omitempty" enum:"all,none"`
	Pinned           *bool   `json:"pinned,omitempty"`
	AnnouncementSeen *int64  `json:"announcementSeen,omitempty" minimum:"0" doc:"The number of the announcement that I was shown; it never goes back"`
}

// TransformSchema implements huma.SchemaTransformer.
func (Settings) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "remark", 0, conversation.MaxGroupRemark)
	return s
}

// Domain gives what is set.
func (e Settings) Domain() conversation.Settings {
	return conversation.Settings{Remark: e.Remark, Notify: (*conversation.Notify)(e.Notify), Pinned: e.Pinned, AnnouncementSeen: e.AnnouncementSeen}
}

// SettingsIn is Settings on the socket.
type SettingsIn struct {
	ConversationID ID `json:"conversationId"`
	Settings
}

// GroupLookup asks for groups.
type GroupLookup struct {
	Query string `json:"query" doc:"The whole name or number"`
}

// TransformSchema implements huma.SchemaTransformer.
func (GroupLookup) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "query", 1, conversation.MaxGroupName)
	return s
}

// CommonGroupsIn asks for the groups that I have in common with somebody, on the
// socket.
type CommonGroupsIn struct {
	AccountID ID     `json:"accountId"`
	Cursor    string `json:"cursor,omitempty" maxLength:"100" doc:"nextCursor of the page before"`
	Limit     int    `json:"limit,omitempty" minimum:"1" maximum:"100"`
}

// CommonGroups is a page of them, those that were made last first.
type CommonGroups struct {
	Groups     []GroupCard `json:"groups"`
	NextCursor string      `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewCommonGroups makes the shape.
func NewCommonGroups(l conversation.GroupList) CommonGroups {
	return CommonGroups{Groups: append([]GroupCard{}, list(l.Groups, NewGroupCard)...), NextCursor: l.NextCursor}
}

// GroupsFound is the answer to GroupLookup, those with the most members first.
type GroupsFound struct {
	Groups []GroupCard `json:"groups"`
}

// NewGroupsFound makes the shape.
func NewGroupsFound(l []conversation.GroupCard) GroupsFound {
	return GroupsFound{Groups: append([]GroupCard{}, list(l, NewGroupCard)...)}
}
