package wire

import (
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Account is oneself.
type Account struct {
	ID          ID     `json:"id"`
	Username    string `json:"username"`
	Name        string `json:"name"`
	Email       string `json:"email"`
	Kind        string `json:"kind" enum:"person,robot"`
	Role        string `json:"role" enum:"owner,user"`
	Language    string `json:"language" enum:"zh-CN,en"`
	HasPassword bool   `json:"hasPassword" doc:"Whether I have a password; whoever came from a provider may have none"`
	TimeZone    string `json:"timeZone,omitempty" doc:"Where I am, such as Asia/Shanghai; left out while it is not known"`
	CreatedAt   int64  `json:"createdAt"`
	Version     int64  `json:"version"`
	ProfileFields
	Avatar     string      `json:"avatar,omitempty" doc:"The attachment that shows me, for /avatars/{avatar}/{size}"`
	Visibility *Visibility `json:"visibility,omitempty"`
}

// ProfileFields are what somebody tells of themselves; left out when empty.
type ProfileFields struct {
	About   string `json:"about,omitempty"`
	Gender  string `json:"gender,omitempty" enum:"female,male,other"`
	Place   string `json:"place,omitempty"`
	Website string `json:"website,omitempty" doc:"An http or https address"`
	GitHub  string `json:"github,omitempty" doc:"A user name of GitHub"`
}

// Visibility says who may see which part of a profile.
type Visibility struct {
	About   string `json:"about,omitempty" enum:"everyone,friends,nobody"`
	Gender  string `json:"gender,omitempty" enum:"everyone,friends,nobody"`
	Place   string `json:"place,omitempty" enum:"everyone,friends,nobody"`
	Website string `json:"website,omitempty" enum:"everyone,friends,nobody"`
	GitHub  string `json:"github,omitempty" enum:"everyone,friends,nobody"`
	Email   string `json:"email,omitempty" enum:"everyone,friends,nobody"`
}

func newVisibility(v account.Visibility) *Visibility {
	return &Visibility{
		About: string(v.About), Gender: string(v.Gender), Place: string(v.Place),
		Website: string(v.Website), GitHub: string(v.GitHub), Email: string(v.Email),
	}
}

// Domain gives the visibility itself.
func (v Visibility) Domain() account.Visibility {
	return account.Visibility{
		About: account.Audience(v.About), Gender: account.Audience(v.Gender), Place: account.Audience(v.Place),
		Website: account.Audience(v.Website), GitHub: account.Audience(v.GitHub), Email: account.Audience(v.Email),
	}
}

// NewAccount makes the shape.
func NewAccount(a account.Account) Account {
	return Account{
		ID: ID(a.ID), Username: a.Username, Name: a.Name, Email: a.Email, Kind: string(a.Kind),
		Role: string(a.Role), Language: a.Language, HasPassword: a.PasswordHash != "", TimeZone: a.TimeZone, CreatedAt: a.CreatedAt, Version: a.Version,
		ProfileFields: ProfileFields{
			About: a.Profile.About, Gender: string(a.Profile.Gender), Place: a.Profile.Place, Website: a.Profile.Website, GitHub: a.Profile.GitHub,
		},
		Avatar: a.Avatar, Visibility: newVisibility(a.Profile.Visibility),
	}
}

// Registration asks for an account.
type Registration struct {
	Username string `json:"username" example:"lan"`
	Email    string `json:"email" example:"lan@example.org"`
	Password string `json:"password"`
	Name     string `json:"name,omitempty" doc:"What others see; as the user name if left out" example:"小兰"`
	Language string `json:"language" enum:"zh-CN,en"`
}

// Wish gives what is asked for.
func (r Registration) Wish() account.Wish {
	return account.Wish{Username: r.Username, Email: r.Email, Password: r.Password, Name: r.Name, Language: r.Language}
}

// TransformSchema implements huma.SchemaTransformer.
func (Registration) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	username(s)
	password(s, "password")
	limit(s, "email", 0, account.MaxEmail)
	limit(s, "name", 0, account.MaxName)
	return s
}

// username describes a property that is a user name. What the schema does not
// check is checked with a sentence of its own.
func username(s *huma.Schema) {
	limit(s, "username", 0, account.MaxUsername)
	s.Properties["username"].Description = fmt.Sprintf("%d to %d characters of the form %s; unique without regard to case", account.MinUsername, account.MaxUsername, account.UsernamePattern)
}

// password describes a property that is a new password.
func password(s *huma.Schema, property string) {
	limit(s, property, 0, account.MaxPassword)
	s.Properties[property].Description = fmt.Sprintf("At least %d characters, and not one that many people use", account.MinPassword)
	s.Properties[property].Format = "password"
}

// Delivery tells where mails go.
type Delivery struct {
	Delivery string `json:"delivery" enum:"smtp,outbox" doc:"outbox: into a folder of the server, whose owner passes the links on"`
}

// Mailed asks for something to be mailed.
type Mailed struct {
	Email string `json:"email" example:"lan@example.org"`
}

// TransformSchema implements huma.SchemaTransformer.
func (Mailed) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "email", 0, account.MaxEmail)
	return s
}

// maxToken bounds one-time tokens, which are shorter.
const maxToken = 100

// Use is how the token of a new session is kept.
type Use struct {
	Use string `json:"use,omitempty" enum:"cookie,bearer" default:"cookie" doc:"cookie: in a cookie that scripts can not read; bearer: in the answer, for the Authorization header"`
}

// Bearer tells whether the caller keeps the token.
func (u Use) Bearer() bool { return u.Use == "bearer" }

// Setup makes the first owner.
type Setup struct {
	Token string `json:"token" doc:"From the link that the server printed when it started"`
	Use
	Registration
}

// TransformSchema implements huma.SchemaTransformer.
func (Setup) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "token", 1, maxToken)
	return Registration{}.TransformSchema(r, s)
}

// Activation makes an account of a registration.
type Activation struct {
	Token    string `json:"token" doc:"From the mailed link"`
	Password string `json:"password" format:"password" doc:"The one that was chosen when signing up"`
	Username string `json:"username,omitempty" doc:"Another user name than was asked for, after registration.username_taken"`
	Use
}

// TransformSchema implements huma.SchemaTransformer.
func (Activation) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "token", 1, maxToken)
	limit(s, "password", 1, account.MaxPassword)
	limit(s, "username", 0, account.MaxUsername)
	return s
}

// SignIn opens a session.
type SignIn struct {
	Login    string `json:"login" doc:"User name or e-mail address" example:"lan"`
	Password string `json:"password" format:"password"`
	Remember bool   `json:"remember,omitempty" doc:"The session lasts 90 days after its last use, otherwise 24 hours or until the browser is closed"`
	Use
}

// TransformSchema implements huma.SchemaTransformer.
func (SignIn) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "login", 1, account.MaxLogin)
	limit(s, "password", 1, account.MaxPassword)
	return s
}

// SignedIn is a new session.
type SignedIn struct {
	Account Account `json:"account"`
	Session Session `json:"session"`
	Token   string  `json:"token,omitempty" doc:"Only with use: bearer"`
}

// NewSignedIn makes the shape; the token is in it if the caller keeps it.
func NewSignedIn(in account.SignedIn, bearer bool) SignedIn {
	out := SignedIn{Account: NewAccount(in.Account), Session: NewSession(in.Session, in.Session.ID)}
	if bearer {
		out.Token = in.Token
	}
	return out
}

// Session is a signed-in device.
type Session struct {
	ID         ID     `json:"id"`
	Device     string `json:"device" example:"Firefox, Linux"`
	Address    string `json:"address" doc:"Where it signed in" example:"192.0.2.7"`
	CreatedAt  int64  `json:"createdAt"`
	LastUsedAt int64  `json:"lastUsedAt" doc:"To five minutes"`
	ExpiresAt  int64  `json:"expiresAt" doc:"If it is not used before"`
	Remember   bool   `json:"remember"`
	Current    bool   `json:"current" doc:"The one that asks"`
}

// NewSession makes the shape; current is the session that asks.
func NewSession(s account.Session, current change.ID) Session {
	return Session{
		ID: ID(s.ID), Device: s.Device, Address: s.Address, CreatedAt: s.CreatedAt, LastUsedAt: s.LastUsedAt,
		ExpiresAt: s.ExpiresAt, Remember: s.Remember, Current: s.ID == current,
	}
}

// Sessions lists signed-in devices, the last used first.
type Sessions struct {
	Sessions []Session `json:"sessions"`
}

// NewSessions makes the shape.
func NewSessions(list []account.Session, current change.ID) Sessions {
	out := Sessions{Sessions: make([]Session, len(list))}
	for i, s := range list {
		out.Sessions[i] = NewSession(s, current)
	}
	return out
}

// AccountEdit changes oneself; what is left out stays.
type AccountEdit struct {
	Name       *string     `json:"name,omitempty" doc:"What others see; empty: as the user name"`
	Language   *string     `json:"language,omitempty" enum:"zh-CN,en"`
	TimeZone   *string     `json:"timeZone,omitempty" doc:"Where I am, such as Asia/Shanghai, for the times of reminders; empty removes it"`
	Avatar     *string     `json:"avatar,omitempty" doc:"An image that I uploaded; empty: none"`
	About      *string     `json:"about,omitempty"`
	Gender     *string     `json:"gender,omitempty" doc:"female, male or other; empty: not said"`
	Place      *string     `json:"place,omitempty"`
	Website    *string     `json:"website,omitempty" doc:"An http or https address; without a scheme https is meant"`
	GitHub     *string     `json:"github,omitempty" doc:"A user name of GitHub"`
	Visibility *Visibility `json:"visibility,omitempty" doc:"Parts that are left out stay"`
}

// Edit gives what is changed.
func (e AccountEdit) Edit() account.Edit {
	out := account.Edit{
		Name: e.Name, Language: e.Language, TimeZone: e.TimeZone, Avatar: e.Avatar, About: e.About, Gender: (*account.Gender)(e.Gender), Place: e.Place,
		Website: e.Website, GitHub: e.GitHub,
	}
	if e.Visibility != nil {
		out.Visibility = e.Visibility.Domain()
	}
	return out
}

// TransformSchema implements huma.SchemaTransformer.
func (AccountEdit) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "name", 0, account.MaxName)
	limit(s, "avatar", 0, maxToken)
	limit(s, "about", 0, account.MaxAbout)
	limit(s, "gender", 0, maxToken)
	limit(s, "place", 0, account.MaxPlace)
	limit(s, "website", 0, account.MaxWebsite)
	limit(s, "github", 0, account.MaxWebsite) // also the address of the page is understood
	limit(s, "timeZone", 0, account.MaxTimeZone)
	return s
}

// PasswordChange sets a new password.
type PasswordChange struct {
	Current string `json:"current,omitempty" format:"password" doc:"Left out if there is none"`
	New     string `json:"new"`
}

// TransformSchema implements huma.SchemaTransformer.
func (PasswordChange) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "current", 0, account.MaxPassword)
	password(s, "new")
	return s
}

// ResetConfirmation sets a new password with a mailed token.
type ResetConfirmation struct {
	Token    string `json:"token" doc:"From the mailed link"`
	Password string `json:"password"`
}

// TransformSchema implements huma.SchemaTransformer.
func (ResetConfirmation) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "token", 1, maxToken)
	password(s, "password")
	return s
}
