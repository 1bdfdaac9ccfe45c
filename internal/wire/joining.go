package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/conversation"
)

// JoinRequest asks to be let into a group.
type JoinRequest struct {
	ID           ID        `json:"id"`
	Conversation GroupCard `json:"conversation" doc:"The group as it was when this last changed"`
	From         *Card     `json:"from,omitempty" doc:"Who asks; left out of one's own"`
	Greeting     string    `json:"greeting"`
	Via          string    `json:"via" enum:"link,number"`
	State        string    `json:"state" enum:"pending,accepted,declined,withdrawn"`
	CreatedAt    int64     `json:"createdAt"`
	AnsweredAt   int64     `json:"answeredAt,omitempty"`
	Version      int64     `json:"version" doc:"In the user scope of whoever asks"`
}

// NewJoinRequest makes the shape for whoever asks.
func NewJoinRequest(r conversation.JoinRequest) JoinRequest {
	return JoinRequest{
		ID: ID(r.ID), Conversation: NewGroupCard(r.Group), Greeting: r.Greeting, Via: string(r.Via), State: string(r.State),
		CreatedAt: r.CreatedAt, AnsweredAt: r.AnsweredAt, Version: r.Version,
	}
}

// NewJoinRequestOf makes the shape for owner and admins.
func NewJoinRequestOf(r conversation.JoinRequest) JoinRequest {
	out, from := NewJoinRequest(r), NewCard(r.From)
	out.From = &from
	return out
}

// JoinRequests lists those that wait, the oldest first.
type JoinRequests struct {
	JoinRequests []JoinRequest `json:"joinRequests"`
}

// NewJoinRequests makes the shape for owner and admins.
func NewJoinRequests(l []conversation.JoinRequest) JoinRequests {
	return JoinRequests{JoinRequests: append([]JoinRequest{}, list(l, NewJoinRequestOf)...)}
}

// AskToJoin asks to be let in.
type AskToJoin struct {
	Greeting string `json:"greeting,omitempty"`
}

// TransformSchema implements huma.SchemaTransformer.
func (AskToJoin) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "greeting", 0, conversation.MaxGreeting)
	return s
}

// AskToJoinIn is AskToJoin on the socket.
type AskToJoinIn struct {
	ConversationID ID `json:"conversationId"`
	AskToJoin
}

// JoinRequestIn names a request on the socket.
type JoinRequestIn struct {
	ConversationID ID `json:"conversationId"`
	RequestID      ID `json:"requestId"`
}

// Invitation asks me into a group.
type Invitation struct {
	ID           ID        `json:"id"`
	Conversation GroupCard `json:"conversation" doc:"The group as it was when this last changed"`
	From         Card      `json:"from"`
	State        string    `json:"state" enum:"pending,accepted,declined,withdrawn"`
	CreatedAt    int64     `json:"createdAt"`
	AnsweredAt   int64     `json:"answeredAt,omitempty"`
	Version      int64     `json:"version"`
}

// NewInvitation makes the shape.
func NewInvitation(i conversation.Invitation) Invitation {
	return Invitation{
		ID: ID(i.ID), Conversation: NewGroupCard(i.Group), From: NewCard(i.From), State: string(i.State),
		CreatedAt: i.CreatedAt, AnsweredAt: i.AnsweredAt, Version: i.Version,
	}
}

// InvitationIn names an invitation on the socket.
type InvitationIn struct {
	InvitationID ID `json:"invitationId"`
}

// NewLink asks for a link into a group.
type NewLink struct {
	ExpiresIn int  `json:"expiresIn,omitempty" doc:"In how many seconds it ends; left out: never"`
	MaxUses   int  `json:"maxUses,omitempty" doc:"How often it can be used; left out: any number"`
	Approval  bool `json:"approval" doc:"Whoever uses it asks, and owner or admins answer"`
}

// TransformSchema implements huma.SchemaTransformer.
func (NewLink) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	between(s, "expiresIn", conversation.MinLinkLife, conversation.MaxLinkLife)
	between(s, "maxUses", 1, conversation.MaxLinkUses)
	return s
}

// Domain gives what is asked for.
func (l NewLink) Domain() conversation.NewLink {
	return conversation.NewLink{ExpiresIn: l.ExpiresIn, MaxUses: l.MaxUses, Approval: l.Approval}
}

// NewLinkIn is NewLink on the socket.
type NewLinkIn struct {
	ConversationID ID `json:"conversationId"`
	NewLink
}

// GroupLink lets whoever has its token into a group.
type GroupLink struct {
	ID        ID     `json:"id"`
	Token     string `json:"token,omitempty" doc:"Only in the answer to making it"`
	URL       string `json:"url,omitempty" doc:"Only in the answer to making it"`
	ExpiresAt int64  `json:"expiresAt,omitempty"`
	MaxUses   int    `json:"maxUses,omitempty"`
	Uses      int    `json:"uses"`
	Approval  bool   `json:"approval"`
	CreatedBy Card   `json:"createdBy"`
	CreatedAt int64  `json:"createdAt"`
}

// NewGroupLink makes the shape, without the token.
func NewGroupLink(l conversation.Link) GroupLink {
	return GroupLink{
		ID: ID(l.ID), ExpiresAt: l.ExpiresAt, MaxUses: l.MaxUses, Uses: l.Uses, Approval: l.Approval,
		CreatedBy: NewCard(l.CreatedBy), CreatedAt: l.CreatedAt,
	}
}

// NewGroupLinkWith makes the shape for whoever made it; base is where the web
// app is.
func NewGroupLinkWith(l conversation.Link, token, base string) GroupLink {
	out := NewGroupLink(l)
	out.Token, out.URL = token, base+"/join#"+token
	return out
}

// GroupLinks lists the links into a group, the newest first.
type GroupLinks struct {
	Links []GroupLink `json:"links"`
}

// NewGroupLinks makes the shape.
func NewGroupLinks(l []conversation.Link) GroupLinks {
	return GroupLinks{Links: append([]GroupLink{}, list(l, NewGroupLink)...)}
}

// LinkIn names a link on the socket.
type LinkIn struct {
	ConversationID ID `json:"conversationId"`
	LinkID         ID `json:"linkId"`
}

// LinkLookup asks where a link leads.
type LinkLookup struct {
	Token string `json:"token"`
}

// TransformSchema implements huma.SchemaTransformer.
func (LinkLookup) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "token", 1, maxToken)
	return s
}

// LinkFound tells where a link leads.
type LinkFound struct {
	Group    GroupCard `json:"group"`
	Approval bool      `json:"approval" doc:"Using it asks"`
	Member   bool      `json:"member" doc:"I am in the group already"`
}

// NewLinkFound makes the shape.
func NewLinkFound(l conversation.FoundLink) LinkFound {
	return LinkFound{Group: NewGroupCard(l.Group), Approval: l.Approval, Member: l.Member}
}

// LinkUse uses a link.
type LinkUse struct {
	Token    string `json:"token"`
	Greeting string `json:"greeting,omitempty" doc:"For owner and admins, if the link asks"`
}

// TransformSchema implements huma.SchemaTransformer.
func (LinkUse) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "token", 1, maxToken)
	limit(s, "greeting", 0, conversation.MaxGreeting)
	return s
}

// LinkUsed is what came of it: one of the two.
type LinkUsed struct {
	Delta       *ConversationDelta `json:"delta,omitempty" doc:"I am in"`
	JoinRequest *JoinRequest       `json:"joinRequest,omitempty" doc:"Owner or admins are asked"`
}

// NewLinkUsed makes the shape.
func NewLinkUsed(u conversation.LinkUse) LinkUsed {
	var out LinkUsed
	if u.Delta != nil {
		d := NewConversationDelta(*u.Delta)
		out.Delta = &d
	}
	if u.JoinRequest != nil {
		r := NewJoinRequest(*u.JoinRequest)
		out.JoinRequest = &r
	}
	return out
}

// between bounds a property that is a number.
func between(s *huma.Schema, property string, least, greatest float64) {
	p := s.Properties[property]
	p.Minimum, p.Maximum = &least, &greatest
	p.PrecomputeMessages()
}
