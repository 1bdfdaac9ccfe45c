package wire

import (
	"fmt"
	"reflect"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sticker"
)

// Commands of the socket: what a client may ask. Each is acknowledged with one
// Result.
const (
	CommandSync   = "sync"
	CommandOpen   = "conversation.open"
	CommandRead   = "conversation.read"
	CommandTyping = "conversation.typing"
	CommandSend   = "message.send"
	CommandList   = "message.list"

	CommandGroupCreate   = "group.create"
	CommandGroupUpdate   = "group.update"
	CommandGroupHandOver = "group.hand_over"
	CommandGroupLeave    = "group.leave"
	CommandGroupDissolve = "group.dissolve"
	CommandGroupLookup   = "group.lookup"
	CommandGroupCommon   = "group.common"
	CommandAnnounce      = "announcement.set"
	CommandMemberList    = "member.list"
	CommandMemberGet     = "member.get"
	CommandMemberAdd     = "member.add"
	CommandMemberUpdate  = "member.update"
	CommandMemberRename  = "member.rename"
	CommandMemberRemove  = "member.remove"
	CommandMembership    = "membership.update"

	CommandJoinRequestCreate   = "join_request.create"
	CommandJoinRequestList     = "join_request.list"
	CommandJoinRequestAccept   = "join_request.accept"
	CommandJoinRequestDecline  = "join_request.decline"
	CommandJoinRequestWithdraw = "join_request.withdraw"
	CommandInvitationAccept    = "invitation.accept"
	CommandInvitationDecline   = "invitation.decline"
	CommandLinkCreate          = "group_link.create"
	CommandLinkList            = "group_link.list"
	CommandLinkRevoke          = "group_link.revoke"
	CommandLinkLookup          = "group_link.lookup"
	CommandLinkUse             = "group_link.use"
)

// Events of the socket: what a client is told.
const (
	EventUser         = "user.changed"
	EventConversation = "conversation.changed"
	EventPresence     = "presence.changed"
	EventTyping       = "typing"
	EventMissed       = "changes.missed"
	EventSessionEnded = "session.ended"
)

// Result acknowledges a command: one of the two is set.
type Result struct {
	Result any      `json:"result,omitempty"`
	Error  *Problem `json:"error,omitempty"`
}

// Presence tells that somebody came or went.
type Presence struct {
	AccountID ID   `json:"accountId"`
	Online    bool `json:"online"`
}

// Typing tells that a member types.
type Typing struct {
	ConversationID ID `json:"conversationId"`
	AccountID      ID `json:"accountId"`
}

// Missed tells that events may have been lost on their way.
type Missed struct {
	Within int64 `json:"within" minimum:"0" doc:"Milliseconds: sync at some time within these, drawn at random, so that not everybody asks at once"`
}

// SessionEnded tells why the connection is about to end for good.
type SessionEnded struct {
	Reason string `json:"reason" enum:"revoked,signed_out,disabled,deleted,password_changed,expired"`
}

// Shape says what a command takes and gives, or what an event carries.
type Shape struct {
	Name    string
	Event   bool
	In, Out reflect.Type // Out is nil for events
	Summary string
}

// Shapes is the registry of commands and events, for the description of the
// API.
var Shapes = []Shape{
	command[SyncIn, SyncResult](CommandSync, "What changed since the versions that the client has"),
	command[OpenConversation, ConversationDelta](CommandOpen, "The direct conversation with a friend"),
	command[SendMessageIn, ConversationDelta](CommandSend, "Send a message; acknowledged when it is durable"),
	command[ListMessagesIn, MessagePage](CommandList, "A part of the history"),
	command[ReadIn, Membership](CommandRead, "Move my read position forward"),
	command[TypingIn, None](CommandTyping, "Tell the others that I type"),

	command[NewGroup, ConversationDelta](CommandGroupCreate, "Make a group of friends"),
	command[GroupEditIn, ConversationDelta](CommandGroupUpdate, "Change a group"),
	command[GroupMemberIn, ConversationDelta](CommandGroupHandOver, "Make another member the owner"),
	command[GroupIn, None](CommandGroupLeave, "Quit a group"),
	command[GroupIn, None](CommandGroupDissolve, "End a group for everybody"),
	command[GroupLookup, GroupsFound](CommandGroupLookup, "Find groups by their whole name or number"),
	command[AnnouncementIn, ConversationDelta](CommandAnnounce, "Set the announcement"),
	command[CommonGroupsIn, CommonGroups](CommandGroupCommon, "The groups that I have in common with somebody"),
	command[MemberListIn, MemberList](CommandMemberList, "A page of the members"),
	command[MembersIn, Members](CommandMemberGet, "Members by their accounts"),
	command[AddMembersIn, MembersAdded](CommandMemberAdd, "Bring friends into a group, and invite others"),
	command[MemberEditIn, ConversationDelta](CommandMemberUpdate, "Change what a member may do"),
	command[NicknameIn, ConversationDelta](CommandMemberRename, "Set my own name in a group"),
	command[GroupMemberIn, None](CommandMemberRemove, "Remove a member"),
	command[SettingsIn, Membership](CommandMembership, "Change my own settings for a conversation"),
	command[AskToJoinIn, JoinRequest](CommandJoinRequestCreate, "Ask to be let into a group"),
	command[GroupIn, JoinRequests](CommandJoinRequestList, "Who asks to be let in"),
	command[JoinRequestIn, JoinRequest](CommandJoinRequestAccept, "Let somebody in"),
	command[JoinRequestIn, JoinRequest](CommandJoinRequestDecline, "Do not let somebody in"),
	command[JoinRequestIn, JoinRequest](CommandJoinRequestWithdraw, "Take my own request back"),
	command[InvitationIn, ConversationDelta](CommandInvitationAccept, "Come into a group that I was invited into"),
	command[InvitationIn, Invitation](CommandInvitationDecline, "Say no to an invitation"),
	command[NewLinkIn, GroupLink](CommandLinkCreate, "Make a link into a group"),
	command[GroupIn, GroupLinks](CommandLinkList, "The links into a group"),
	command[LinkIn, None](CommandLinkRevoke, "Take a link back"),
	command[LinkLookup, LinkFound](CommandLinkLookup, "Where a link leads"),
	command[LinkUse, LinkUsed](CommandLinkUse, "Come into a group by a link, or ask to"),

	event[UserDelta](EventUser, "Something of mine changed"),
	event[ConversationDelta](EventConversation, "Something in one of my conversations changed"),
	event[Presence](EventPresence, "A friend came online or went"),
	event[Typing](EventTyping, "A member types; forget it after six seconds"),
	event[Missed](EventMissed, "Something may have changed that was not told: sync"),
	event[SessionEnded](EventSessionEnded, "This session is over; the server disconnects"),
}

func command[In, Out any](name, summary string) Shape {
	return Shape{Name: name, In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out](), Summary: summary}
}

func event[In any](name, summary string) Shape {
	return Shape{Name: name, Event: true, In: reflect.TypeFor[In](), Summary: summary}
}

// Event gives the name and the payload of what a change is announced with. The
// payload is the same for everybody who is told: the one account of a user
// scope, the members of a conversation.
func Event(c change.Change) (name string, payload any) {
	if c.Scope.Kind == change.User {
		d := UserDelta{Version: c.Version}
		for _, row := range c.Rows {
			switch r := row.(type) {
			case account.Account:
				a := NewAccount(r)
				d.Account = &a
			case contact.Contact:
				d.Contacts = append(d.Contacts, NewContact(r))
			case contact.Request:
				d.FriendRequests = append(d.FriendRequests, NewFriendRequest(r, c.Scope.ID))
			case conversation.Membership:
				d.Memberships = append(d.Memberships, NewMembership(r))
			case conversation.JoinRequest:
				d.JoinRequests = append(d.JoinRequests, NewJoinRequest(r))
			case conversation.Invitation:
				d.Invitations = append(d.Invitations, NewInvitation(r))
			case sticker.Pack:
				d.StickerPacks = append(d.StickerPacks, NewStickerPack(r))
			case sticker.Favourite:
				d.FavouriteStickers = append(d.FavouriteStickers, NewFavouriteSticker(r))
			default:
				panic(fmt.Sprintf("wire: %T has no shape in the user scope", row))
			}
		}
		return EventUser, d
	}
	d := ConversationDelta{ConversationID: ID(c.Scope.ID), Version: c.Version, MembersTruncated: tooManyMembers(c)}
	for _, row := range c.Rows {
		switch r := row.(type) {
		case conversation.Conversation:
			shape := NewConversation(r)
			d.Conversation = &shape
		case conversation.Member:
			if !d.MembersTruncated || r.State == conversation.Joined && r.Role != conversation.Ordinary {
				d.Members = append(d.Members, NewMember(r))
			}
		case conversation.Message:
			d.Messages = append(d.Messages, NewMessage(r))
		default:
			panic(fmt.Sprintf("wire: %T has no shape in the conversation scope", row))
		}
	}
	return EventConversation, d
}

// tooManyMembers tells whether more members changed than an event holds.
func tooManyMembers(c change.Change) bool {
	n := 0
	for _, row := range c.Rows {
		if _, ok := row.(conversation.Member); ok {
			n++
		}
	}
	return n > conversation.MaxChangedMembers
}
