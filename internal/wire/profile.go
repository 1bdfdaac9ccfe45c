package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/contact"
)

// Profile is what I may see of somebody; what I may not see is left out, as is
// what they do not tell.
type Profile struct {
	Account Card `json:"account"`
	ProfileFields
	Email string `json:"email,omitempty"`
	Since int64  `json:"since,omitempty" doc:"When we became friends"`
}

// NewProfile makes the shape.
func NewProfile(p contact.Profile) Profile {
	return Profile{
		Account:       NewCard(p.Card),
		ProfileFields: ProfileFields{About: p.About, Gender: string(p.Gender), Place: p.Place, Website: p.Website, GitHub: p.GitHub},
		Email:         p.Email, Since: p.Since,
	}
}

// EmailChange is a new address that waits until both mailboxes have agreed.
type EmailChange struct {
	Email     string `json:"email" doc:"The new one"`
	Proved    bool   `json:"proved" doc:"The link that was mailed to the new address was followed"`
	Approved  bool   `json:"approved" doc:"The link that was mailed to the present address was followed"`
	ExpiresAt int64  `json:"expiresAt"`
}

func newEmailChange(c account.EmailChange) *EmailChange {
	if c.AccountID == 0 {
		return nil
	}
	return &EmailChange{Email: c.Email, Proved: c.Proved, Approved: c.Approved, ExpiresAt: c.ExpiresAt}
}

// PendingEmailChange is what waits, if anything does.
type PendingEmailChange struct {
	Change   *EmailChange `json:"change,omitempty"`
	Delivery string       `json:"delivery" enum:"smtp,outbox" doc:"outbox: into a folder of the server, whose owner passes the links on"`
}

// NewPendingEmailChange makes the shape.
func NewPendingEmailChange(c account.EmailChange, delivery string) PendingEmailChange {
	return PendingEmailChange{Change: newEmailChange(c), Delivery: delivery}
}

// EmailConfirmed tells what a mailed link did.
type EmailConfirmed struct {
	EmailChange
	Done bool `json:"done" doc:"The account has the new address now"`
}

// NewEmailConfirmed makes the shape.
func NewEmailConfirmed(c account.EmailChange) EmailConfirmed {
	return EmailConfirmed{EmailChange: *newEmailChange(c), Done: c.Complete()}
}

// NewEmail asks for another address.
type NewEmail struct {
	Email    string `json:"email" example:"lan@example.org"`
	Password string `json:"password" format:"password" doc:"My present one"`
}

// TransformSchema implements huma.SchemaTransformer.
func (NewEmail) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "email", 0, account.MaxEmail)
	limit(s, "password", 1, account.MaxPassword)
	return s
}

// MailedToken is that of a mailed link.
type MailedToken struct {
	Token string `json:"token" doc:"From the mailed link"`
}

// TransformSchema implements huma.SchemaTransformer.
func (MailedToken) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "token", 1, maxToken)
	return s
}

// OwnPassword shows that it is me.
type OwnPassword struct {
	Password string `json:"password" format:"password" doc:"My present one"`
}

// TransformSchema implements huma.SchemaTransformer.
func (OwnPassword) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "password", 1, account.MaxPassword)
	return s
}
