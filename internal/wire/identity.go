package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
)

// Provider is somebody else by whose word people sign in.
type Provider struct {
	Key  string `json:"key" doc:"For POST /visits; browsers come back to /sign-in/{key}" enum:"github,oidc"`
	Name string `json:"name" doc:"For the button" example:"GitHub"`
}

// VisitBegin sends somebody to a provider.
type VisitBegin struct {
	Provider string `json:"provider" doc:"Its key"`
	Remember bool   `json:"remember,omitempty" doc:"As of POST /sessions"`
}

// TransformSchema implements huma.SchemaTransformer.
func (VisitBegin) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "provider", 1, maxToken)
	return s
}

// IdentityBegin sends whoever is signed in to a provider, to link what they have
// there.
type IdentityBegin struct {
	Provider string `json:"provider" doc:"Its key"`
	Password string `json:"password,omitempty" format:"password" doc:"Mine, if I have one; otherwise I must have signed in within the last 15 minutes"`
}

// TransformSchema implements huma.SchemaTransformer.
func (IdentityBegin) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "provider", 1, maxToken)
	limit(s, "password", 0, account.MaxPassword)
	return s
}

// Visit is where to send the browser.
type Visit struct {
	Address string `json:"address" doc:"The browser that has the cookie of this answer goes there, and comes back to /sign-in/{key}"`
}

// Arrival is what a browser brings back from a provider, in the query of the
// page it came back to.
type Arrival struct {
	Provider string `json:"provider" doc:"The key in the path of that page"`
	State    string `json:"state"`
	Code     string `json:"code,omitempty"`
	Issuer   string `json:"iss,omitempty"`
	Error    string `json:"error,omitempty"`
	Use
}

// maxArrival bounds what providers put into an address.
const maxArrival = 4000

// TransformSchema implements huma.SchemaTransformer.
func (Arrival) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "provider", 1, maxToken)
	for _, property := range []string{"state", "code", "iss", "error"} {
		limit(s, property, 0, maxArrival)
	}
	return s
}

// Domain gives the arrival itself.
func (a Arrival) Domain() account.Arrival {
	return account.Arrival{Provider: a.Provider, State: a.State, Code: a.Code, Issuer: a.Issuer, Error: a.Error}
}

// Outcome is what came of a visit: one of the three.
type Outcome struct {
	SignedIn *SignedIn `json:"signedIn,omitempty" doc:"I have a session now"`
	Linked   *Identity `json:"linked,omitempty" doc:"It is linked to my account now"`
	Proposal *Proposal `json:"proposal,omitempty" doc:"Nobody here signs in with this yet: make an account of it, or sign in and link it"`
}

// NewOutcome makes the shape.
func NewOutcome(o account.Outcome, bearer bool) Outcome {
	var out Outcome
	if o.SignedIn != nil {
		in := NewSignedIn(*o.SignedIn, bearer)
		out.SignedIn = &in
	}
	if o.Linked != nil {
		i := NewIdentity(*o.Linked)
		out.Linked = &i
	}
	if o.Proposal != nil {
		p := NewProposal(*o.Proposal)
		out.Proposal = &p
	}
	return out
}

// Proposal is for somebody who came from a provider and is not known here.
type Proposal struct {
	Provider      string `json:"provider" doc:"Its key"`
	Label         string `json:"label,omitempty" doc:"What they are called there"`
	Username      string `json:"username,omitempty" doc:"A suggestion"`
	Name          string `json:"name,omitempty" doc:"A suggestion"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"emailVerified" doc:"The provider has shown that they read its mail: the account needs no password and no letter"`
	Known         bool   `json:"known" doc:"There is an account with this verified address: sign in to it, and link"`
	Closed        bool   `json:"closed" doc:"Nobody can register here"`
}

// NewProposal makes the shape.
func NewProposal(p account.Proposal) Proposal {
	c := p.Claim
	return Proposal{
		Provider: c.Provider, Label: c.Label, Username: c.Username, Name: c.Name, Email: c.Email, EmailVerified: c.EmailVerified,
		Known: p.Known, Closed: p.Closed,
	}
}

// VisitSignUp makes an account for somebody who came from a provider.
type VisitSignUp struct {
	Username string `json:"username" example:"lan"`
	Name     string `json:"name,omitempty" doc:"What others see; as the user name if left out" example:"小兰"`
	Language string `json:"language" enum:"zh-CN,en"`
	Email    string `json:"email,omitempty" doc:"If the provider has verified none"`
	Password string `json:"password,omitempty" doc:"If the provider has verified no address"`
	Use
}

// Wish gives what is asked for.
func (v VisitSignUp) Wish() account.Wish {
	return account.Wish{Username: v.Username, Email: v.Email, Password: v.Password, Name: v.Name, Language: v.Language}
}

// TransformSchema implements huma.SchemaTransformer.
func (VisitSignUp) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	username(s)
	password(s, "password")
	limit(s, "email", 0, account.MaxEmail)
	limit(s, "name", 0, account.MaxName)
	return s
}

// VisitSignedUp is one of the two.
type VisitSignedUp struct {
	SignedIn *SignedIn `json:"signedIn,omitempty" doc:"There is the account, and I am signed in"`
	Delivery string    `json:"delivery,omitempty" enum:"smtp,outbox" doc:"A mail tells how to go on, as of POST /registrations"`
}

// VisitLink links what somebody has at a provider to the account that they
// signed in to meanwhile.
type VisitLink struct {
	Password string `json:"password,omitempty" format:"password" doc:"Needed if I signed in before I went to the provider"`
}

// TransformSchema implements huma.SchemaTransformer.
func (VisitLink) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "password", 0, account.MaxPassword)
	return s
}

// Identity is what I have at a provider and sign in here with.
type Identity struct {
	ID         ID     `json:"id"`
	Provider   string `json:"provider" doc:"Its key"`
	Label      string `json:"label,omitempty" doc:"What I am called there" example:"octocat"`
	Issuer     string `json:"issuer" example:"https://github.com"`
	CreatedAt  int64  `json:"createdAt"`
	LastUsedAt int64  `json:"lastUsedAt"`
}

// NewIdentity makes the shape.
func NewIdentity(i account.Identity) Identity {
	return Identity{ID: ID(i.ID), Provider: i.Provider, Label: i.Label, Issuer: i.Issuer, CreatedAt: i.CreatedAt, LastUsedAt: i.LastUsedAt}
}

// Identities lists mine, the oldest first.
type Identities struct {
	Identities []Identity `json:"identities"`
}

// NewIdentities makes the shape.
func NewIdentities(list []account.Identity) Identities {
	out := Identities{Identities: make([]Identity, len(list))}
	for i, v := range list {
		out.Identities[i] = NewIdentity(v)
	}
	return out
}
