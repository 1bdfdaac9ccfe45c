package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

// Card is what others see of an account.
type Card struct {
	ID       ID     `json:"id"`
	Username string `json:"username" example:"lan"`
	Name     string `json:"name" example:"小兰"`
	Kind     string `json:"kind" enum:"person,robot"`
	Avatar   string `json:"avatar,omitempty" doc:"The attachment that shows them, for /avatars/{avatar}/{size}"`
	Deleted  bool   `json:"deleted,omitempty" doc:"The account is gone: user name and name are empty"`
}

// NewCard makes the shape.
func NewCard(c account.Card) Card {
	return Card{ID: ID(c.ID), Username: c.Username, Name: c.Name, Kind: string(c.Kind), Avatar: c.Avatar, Deleted: c.Deleted}
}

// Contact is an entry in my list.
type Contact struct {
	Account Card   `json:"account"`
	State   string `json:"state" enum:"friend,none" doc:"none and blocked: somebody blocked who is no friend; none and not blocked: gone"`
	Remark  string `json:"remark" doc:"What I call them; nobody else sees it"`
	Blocked bool   `json:"blocked"`
	Since   int64  `json:"since" doc:"When we became friends; 0 if we are not"`
	Version int64  `json:"version"`
}

// NewContact makes the shape.
func NewContact(c contact.Contact) Contact {
	return Contact{Account: NewCard(c.Account), State: string(c.State), Remark: c.Remark, Blocked: c.Blocked, Since: c.Since, Version: c.Version}
}

// FriendRequest is one that I sent or was sent.
type FriendRequest struct {
	ID         ID     `json:"id"`
	From       Card   `json:"from"`
	To         Card   `json:"to"`
	Greeting   string `json:"greeting"`
	State      string `json:"state" enum:"pending,accepted,declined,withdrawn"`
	CreatedAt  int64  `json:"createdAt"`
	AnsweredAt int64  `json:"answeredAt,omitempty"`
	Version    int64  `json:"version"`
}

// NewFriendRequest makes the shape as the viewer, who is one of the two, sees
// it.
func NewFriendRequest(r contact.Request, viewer change.ID) FriendRequest {
	version := r.FromVersion
	if viewer == r.To.ID {
		version = r.ToVersion
	}
	return FriendRequest{
		ID: ID(r.ID), From: NewCard(r.From), To: NewCard(r.To), Greeting: r.Greeting,
		State: string(r.State), CreatedAt: r.CreatedAt, AnsweredAt: r.AnsweredAt, Version: version,
	}
}

// AccountLookup asks for one person.
type AccountLookup struct {
	Query string `json:"query" doc:"The whole user name or e-mail address"`
}

// TransformSchema implements huma.SchemaTransformer.
func (AccountLookup) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "query", 1, 254)
	return s
}

// AccountFound is the answer to AccountLookup.
type AccountFound struct {
	Account Card `json:"account"`
}

// Contacts lists my contacts, those that I blocked included.
type Contacts struct {
	Contacts []Contact `json:"contacts"`
}

// FriendRequests lists my newest requests, both ways.
type FriendRequests struct {
	FriendRequests []FriendRequest `json:"friendRequests"`
}

// AskFriend sends a friend request.
type AskFriend struct {
	AccountID ID     `json:"accountId"`
	Greeting  string `json:"greeting,omitempty"`
	Remark    string `json:"remark,omitempty" doc:"What I will call them"`
}

// TransformSchema implements huma.SchemaTransformer.
func (AskFriend) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "greeting", 0, contact.MaxGreeting)
	limit(s, "remark", 0, contact.MaxRemark)
	return s
}

// Remark sets what I call somebody.
type Remark struct {
	Remark string `json:"remark" doc:"Empty removes it"`
}

// TransformSchema implements huma.SchemaTransformer.
func (Remark) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "remark", 0, contact.MaxRemark)
	return s
}

// AcceptFriend accepts a friend request.
type AcceptFriend struct {
	Remark string `json:"remark,omitempty" doc:"What I will call them"`
}

// TransformSchema implements huma.SchemaTransformer.
func (AcceptFriend) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "remark", 0, contact.MaxRemark)
	return s
}

// NewContacts makes the shape.
func NewContacts(l []contact.Contact) Contacts {
	return Contacts{Contacts: some(l, NewContact)}
}

// NewFriendRequests makes the shape as the viewer sees it.
func NewFriendRequests(l []contact.Request, viewer change.ID) FriendRequests {
	out := FriendRequests{FriendRequests: []FriendRequest{}}
	for _, r := range l {
		out.FriendRequests = append(out.FriendRequests, NewFriendRequest(r, viewer))
	}
	return out
}
