package account

import (
	"context"
	"net/url"
	"strings"

	"github.com/happychat/happychat/internal/change"
)

// Limits of what people tell of themselves, in code points.
const (
	MaxAbout   = 200
	MaxPlace   = 50
	MaxWebsite = 200
	MaxGitHub  = 39 // GitHub's own
)

// Gender is what somebody says theirs is; empty if they do not.
type Gender string

const (
	Female Gender = "female"
	Male   Gender = "male"
	Other  Gender = "other"
)

// Audience is who may see a part of a profile.
type Audience string

const (
	Everyone Audience = "everyone" // that has an account here
	Friends  Audience = "friends"
	Nobody   Audience = "nobody"
)

// Profile is what somebody tells of themselves besides their name, and to whom.
type Profile struct {
	About      string
	Gender     Gender
	Place      string
	Website    string // http or https
	GitHub     string // a user name
	Visibility Visibility
}

// Visibility says who may see which part.
type Visibility struct {
	About, Gender, Place, Website, GitHub, Email Audience
}

// StandardVisibility is that of a new account.
var StandardVisibility = Visibility{About: Friends, Gender: Friends, Place: Friends, Website: Friends, GitHub: Friends, Email: Nobody}

// Relation is what a viewer is to whom they look at.
type Relation int

const (
	Stranger Relation = iota // also whoever was blocked
	Befriended
	Self
)

// Public is what a viewer may see of an account; parts that they may not see
// are as if they were empty.
type Public struct {
	Card    Card
	About   string
	Gender  Gender
	Place   string
	Website string
	GitHub  string
	Email   string
}

// PublicFor gives what a viewer may see of the account.
func (a Account) PublicFor(r Relation) Public {
	p := Public{Card: a.Card()}
	if a.State != Active {
		return p
	}
	sees := func(to Audience) bool {
		return r == Self || to == Everyone || to == Friends && r == Befriended
	}
	v := a.Profile.Visibility
	if sees(v.About) {
		p.About = a.Profile.About
	}
	if sees(v.Gender) {
		p.Gender = a.Profile.Gender
	}
	if sees(v.Place) {
		p.Place = a.Profile.Place
	}
	if sees(v.Website) {
		p.Website = a.Profile.Website
	}
	if sees(v.GitHub) {
		p.GitHub = a.Profile.GitHub
	}
	if sees(v.Email) {
		p.Email = a.Email
	}
	return p
}

// Edit is what somebody changes of their account; nil leaves it as it is.
type Edit struct {
	Name     *string
	Language *string
	TimeZone *string
	Avatar   *string // an attachment of the account's; empty removes it
	About    *string
	Gender   *Gender
	Place    *string
	Website  *string
	GitHub   *string
	// Visibility changes the parts that are not empty.
	Visibility Visibility
}

// checked gives the edit as it is stored.
func (e Edit) checked() (Edit, error) {
	if e == (Edit{}) {
		return e, errNothingToChange
	}
	for _, check := range []struct {
		value *string
		fn    func(string) (string, error)
	}{
		{e.Name, func(v string) (string, error) { return checkName("name", v) }},
		{e.Language, func(v string) (string, error) { return v, checkLanguage("language", v) }},
		{e.TimeZone, func(v string) (string, error) { return v, checkTimeZone("timeZone", v) }},
		{e.About, func(v string) (string, error) {
			v = strings.TrimSpace(v)
			return v, change.CheckText("about", v, 0, MaxAbout)
		}},
		{e.Place, func(v string) (string, error) { return change.CheckLine("place", v, 0, MaxPlace) }},
		{e.Website, checkWebsite},
		{e.GitHub, checkGitHub},
		{(*string)(e.Gender), func(v string) (string, error) { return v, checkGender(v) }},
	} {
		if check.value == nil {
			continue
		}
		v, err := check.fn(*check.value)
		if err != nil {
			return e, err
		}
		*check.value = v
	}
	for _, to := range []Audience{e.Visibility.About, e.Visibility.Gender, e.Visibility.Place, e.Visibility.Website, e.Visibility.GitHub, e.Visibility.Email} {
		switch to {
		case "", Everyone, Friends, Nobody:
		default:
			return e, change.Errorf(change.Invalid, "request.invalid", "Choose everyone, friends or nobody.").On("visibility")
		}
	}
	return e, nil
}

func checkGender(v string) error {
	switch Gender(v) {
	case "", Female, Male, Other:
		return nil
	}
	return change.Errorf(change.Invalid, "request.invalid", "Choose female, male or other, or leave it away.").On("gender")
}

// checkWebsite gives the address as it is stored. Without a scheme https is
// meant; any other than http and https is refused, because it becomes a link.
func checkWebsite(v string) (string, error) {
	v, err := change.CheckLine("website", v, 0, MaxWebsite)
	if err != nil || v == "" {
		return v, err
	}
	if !strings.Contains(v, "://") {
		v = "https://" + v
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || !strings.Contains(u.Hostname(), ".") ||
		strings.ContainsAny(v, " \"<>\\^`{|}") || len([]rune(v)) > MaxWebsite {
		return "", ErrWebsite
	}
	return v, nil
}

// checkGitHub gives the user name, also of what people paste: the address of
// their page, or the name with an @.
func checkGitHub(v string) (string, error) {
	v = strings.TrimSpace(v)
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimPrefix(v, "https://"), "www."), "github.com/"); ok {
		v = strings.TrimSuffix(rest, "/")
	}
	v = strings.TrimPrefix(v, "@")
	if v == "" {
		return "", nil
	}
	for i, r := range v {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		dash := r == '-' && i > 0 && i < len(v)-1 && v[i-1] != '-'
		if !letter && !dash {
			return "", ErrGitHub
		}
	}
	if len(v) > MaxGitHub {
		return "", ErrGitHub
	}
	return v, nil
}

// apply changes an account as the edit says.
func (e Edit) apply(a *Account) {
	set := func(to *string, v *string) {
		if v != nil {
			*to = *v
		}
	}
	set(&a.Name, e.Name)
	if a.Name == "" {
		a.Name = a.Username
	}
	set(&a.Language, e.Language)
	set(&a.Avatar, e.Avatar)
	set(&a.TimeZone, e.TimeZone)
	p := &a.Profile
	set(&p.About, e.About)
	set((*string)(&p.Gender), (*string)(e.Gender))
	set(&p.Place, e.Place)
	set(&p.Website, e.Website)
	set(&p.GitHub, e.GitHub)
	show := func(to *Audience, v Audience) {
		if v != "" {
			*to = v
		}
	}
	show(&p.Visibility.About, e.Visibility.About)
	show(&p.Visibility.Gender, e.Visibility.Gender)
	show(&p.Visibility.Place, e.Visibility.Place)
	show(&p.Visibility.Website, e.Visibility.Website)
	show(&p.Visibility.GitHub, e.Visibility.GitHub)
	show(&p.Visibility.Email, e.Visibility.Email)
}

// Edit changes the actor's account. A new name or picture reaches everybody who
// sees it.
func (s *Service) Edit(ctx context.Context, actor Actor, e Edit) (Account, error) {
	e, err := e.checked()
	if err != nil {
		return Account{}, err
	}
	if err := s.limits.edit.Check(actor.AccountID.String()); err != nil {
		return Account{}, err
	}
	if e.Avatar != nil && *e.Avatar != "" {
		if s.avatars == nil {
			return Account{}, ErrAvatar
		}
		if err := s.avatars.MakeAvatar(ctx, actor.AccountID, *e.Avatar); err != nil {
			return Account{}, err
		}
	}
	var out Account
	err = s.store.Update(ctx, func(ctx context.Context) error {
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return instead(err, ErrSignedOut)
		}
		before := a
		e.apply(&a)
		if out = a; a == before {
			return nil
		}
		out, err = s.store.PutAccount(ctx, a)
		return err
	})
	return out, err
}
