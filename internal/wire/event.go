package wire

import (
	"fmt"
	"reflect"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
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
)

// Events of the socket: what a client is told.
const (
	EventUser         = "user.changed"
	EventConversation = "conversation.changed"
	EventPresence     = "presence.changed"
	EventTyping       = "typing"
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
	command[SendMessageIn, ConversationDelta](CommandSend, "Send a text message; acknowledged when it is durable"),
	command[ListMessagesIn, MessagePage](CommandList, "A part of the history"),
	command[ReadIn, Membership](CommandRead, "Move my read position forward"),
	command[TypingIn, None](CommandTyping, "Tell the others that I type"),
	event[UserDelta](EventUser, "Something of mine changed"),
	event[ConversationDelta](EventConversation, "Something in one of my conversations changed"),
	event[Presence](EventPresence, "A friend came online or went"),
	event[Typing](EventTyping, "A member types; forget it after six seconds"),
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
			default:
				panic(fmt.Sprintf("wire: %T has no shape in the user scope", row))
			}
		}
		return EventUser, d
	}
	d := ConversationDelta{ConversationID: ID(c.Scope.ID), Version: c.Version}
	for _, row := range c.Rows {
		switch r := row.(type) {
		case conversation.Conversation:
			shape := NewConversation(r)
			d.Conversation = &shape
		case conversation.Member:
			d.Members = append(d.Members, NewMember(r))
		case conversation.Message:
			d.Messages = append(d.Messages, NewMessage(r))
		default:
			panic(fmt.Sprintf("wire: %T has no shape in the conversation scope", row))
		}
	}
	return EventConversation, d
}
