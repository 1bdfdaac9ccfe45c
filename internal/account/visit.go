package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/happychat/happychat/internal/change"
)

// Visit is somebody who was sent to a provider and is to come back, or has come
// back and is not known here. It is known by a token that only their browser
// has.
type Visit struct {
	TokenHash string
	Provider  string // its key
	Remember  bool   // the session, if there will be one
	// AccountID and SessionID are those of whoever links; 0: somebody signs in.
	AccountID change.ID
	SessionID change.ID
	// Claim is what the provider said; its Issuer is empty before.
	Claim     Claim
	CreatedAt int64
	ExpiresAt int64
}

// How long a visit lasts, and how long somebody who came back and is not known
// may take to decide.
const (
	VisitLife = 10 * time.Minute
	ClaimLife = 30 * time.Minute
	// redeemTime is how long a provider may take to say who somebody is.
	redeemTime = 20 * time.Second
)

// Begun is a visit that begins: the browser keeps the token and goes to the
// address.
type Begun struct {
	Token   string
	Address string
}

// Arrival is what a browser brings back from a provider.
type Arrival struct {
	Provider string // whose page it came back to
	State    string
	Code     string
	Issuer   string // if the provider tells (RFC 9207)
	Error    string // if there is no code (RFC 6749, section 4.1.2.1)
}

// Outcome is what came of a visit: one of the three.
type Outcome struct {
	SignedIn *SignedIn
	Linked   *Identity
	// Proposal is for somebody who is not known here; Token stands for their
	// visit from now on.
	Proposal *Proposal
	Token    string
}

// Proposal is what somebody who is not known here can do.
type Proposal struct {
	Claim Claim
	// Known: the provider has shown that they read the mail of an address which
	// is that of an account. They can link the two.
	Known bool
	// Closed: nobody can register.
	Closed bool
}

// proof derives what ties a provider's word to a visit from the visit's token:
// whoever does not have the token has none of it, and nothing of it needs to be
// stored.
func proof(token string) Proof {
	part := func(name string) string {
		sum := sha256.Sum256([]byte(name + " of visit " + token))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return Proof{State: part("state"), Nonce: part("nonce"), Verifier: part("verifier")}
}

// BeginVisit sends somebody to a provider to sign in.
func (s *Service) BeginVisit(ctx context.Context, provider string, remember bool, client Client) (Begun, error) {
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return Begun{}, err
	}
	return s.begin(ctx, Visit{Provider: provider, Remember: remember})
}

// BeginLink sends the actor to a provider to link what they have there. It
// takes their password, or, if they have none, that they just signed in.
func (s *Service) BeginLink(ctx context.Context, actor Actor, provider, password string) (Begun, error) {
	if _, err := s.provider(provider); err != nil {
		return Begun{}, err
	}
	if _, err := s.confirmed(ctx, actor, password); err != nil {
		return Begun{}, err
	}
	return s.begin(ctx, Visit{Provider: provider, AccountID: actor.AccountID, SessionID: actor.SessionID})
}

func (s *Service) begin(ctx context.Context, v Visit) (Begun, error) {
	p, err := s.provider(v.Provider)
	if err != nil {
		return Begun{}, err
	}
	out := Begun{Token: change.NewToken()}
	ask, cancel := context.WithTimeout(ctx, redeemTime)
	defer cancel()
	if out.Address, err = p.Voucher.Address(ask, proof(out.Token)); err != nil {
		return Begun{}, s.provided(p, err)
	}
	v.TokenHash, v.CreatedAt = hashToken(out.Token), s.clock.Now()
	v.ExpiresAt = v.CreatedAt + change.Ms(VisitLife)
	return out, s.store.Update(ctx, func(ctx context.Context) error { return s.store.CreateVisit(ctx, v) })
}

// provided writes down what a provider did wrong. People are told less.
func (s *Service) provided(p Provider, err error) error {
	s.log.Warn("a provider did not say who somebody is", "provider", p.Key, "err", err)
	for _, known := range []error{ErrNotProven, ErrDenied} {
		if errors.Is(err, known) {
			return known
		}
	}
	return ErrProvider
}

// FinishVisit ends a visit with what the browser brought back. actor is whoever
// is signed in in the browser, if somebody is. An account with a second step is
// asked for it, as by SignIn. Of many who come back with the same, one succeeds.
func (s *Service) FinishVisit(ctx context.Context, token string, a Arrival, actor Actor, client Client) (Outcome, error) {
	if err := s.limits.tokenByAddress.Check(from(client)); err != nil {
		return Outcome{}, err
	}
	p, err := s.provider(a.Provider)
	if err != nil {
		return Outcome{}, err
	}
	mine := proof(token)
	v, err := s.visit(ctx, token)
	if err != nil {
		return Outcome{}, err
	}
	// What is not for this visit does not end it.
	if v.Claim.Issuer != "" || v.Provider != a.Provider || subtle.ConstantTimeCompare([]byte(mine.State), []byte(a.State)) != 1 ||
		v.AccountID != 0 && (v.AccountID != actor.AccountID || v.SessionID != actor.SessionID) {
		return Outcome{}, ErrVisit
	}
	if err := s.store.Update(ctx, func(ctx context.Context) error {
		_, err := s.store.TakeVisit(ctx, v.TokenHash)
		return instead(err, ErrVisit)
	}); err != nil {
		return Outcome{}, err
	}
	switch {
	case a.Error == "access_denied":
		return Outcome{}, ErrDenied
	case a.Error != "" || a.Code == "":
		return Outcome{}, s.provided(p, errors.New("it answered "+cut(a.Error, 100)))
	}
	ask, cancel := context.WithTimeout(ctx, redeemTime)
	defer cancel()
	claim, err := p.Voucher.Redeem(ask, a, mine)
	if err != nil {
		return Outcome{}, s.provided(p, err)
	}
	claim = believable(claim)
	claim.Provider = p.Key
	if claim.Issuer == "" || claim.Subject == "" {
		return Outcome{}, s.provided(p, errors.New("it does not say who somebody is"))
	}
	return s.arrive(ctx, v, claim, client)
}

// arrive does what a visit was for.
func (s *Service) arrive(ctx context.Context, v Visit, claim Claim, client Client) (Outcome, error) {
	var out Outcome
	var needed *FactorNeeded // told after the commit: the challenge is stored
	err := s.store.Update(ctx, func(ctx context.Context) error {
		if v.AccountID != 0 {
			a, err := s.store.Account(ctx, v.AccountID)
			if err != nil {
				return instead(err, ErrVisit)
			}
			if a.State != Active {
				return ErrVisit
			}
			i, err := s.link(ctx, a, claim)
			out.Linked = &i
			return err
		}
		i, err := optional(s.store.Identity(ctx, claim.Issuer, claim.Subject))
		if err != nil {
			return err
		}
		if i.ID == 0 {
			return s.propose(ctx, v, claim, &out)
		}
		a, err := s.store.Account(ctx, i.AccountID)
		if err != nil {
			return err
		}
		if a.State != Active {
			return ErrIdentityDisabled
		}
		i.Label, i.LastUsedAt = claim.Label, s.clock.Now()
		if err := s.store.PutIdentity(ctx, i); err != nil {
			return err
		}
		if needed, err = s.challenge(ctx, a, v.Remember); err != nil || needed != nil {
			return err
		}
		in, err := s.open(ctx, a, v.Remember, client)
		out.SignedIn = &in
		return err
	})
	if err == nil && needed != nil {
		err = needed
	}
	return out, err
}

// propose keeps what a provider said of somebody who is not known, under a new
// token.
func (s *Service) propose(ctx context.Context, v Visit, claim Claim, out *Outcome) error {
	out.Token = change.NewToken()
	v.TokenHash, v.Claim = hashToken(out.Token), claim
	v.ExpiresAt = s.clock.Now() + change.Ms(ClaimLife)
	p, err := s.proposal(ctx, v)
	if err != nil {
		return err
	}
	out.Proposal = &p
	return s.store.CreateVisit(ctx, v)
}

func (s *Service) proposal(ctx context.Context, v Visit) (Proposal, error) {
	p := Proposal{Claim: v.Claim, Closed: s.closed}
	if !v.Claim.EmailVerified {
		return p, nil
	}
	a, err := optional(s.store.AccountByLogin(ctx, v.Claim.Email))
	p.Known = a.ID != 0
	return p, err
}

// visit gives one that is not over.
func (s *Service) visit(ctx context.Context, token string) (Visit, error) {
	v, err := s.store.Visit(ctx, hashToken(token))
	if err != nil {
		return v, instead(err, ErrVisit)
	}
	if s.clock.Now() >= v.ExpiresAt {
		return v, ErrVisit
	}
	return v, nil
}

// claimed gives a visit of somebody who came back to sign in and is not known.
func (s *Service) claimed(ctx context.Context, token string) (Visit, error) {
	v, err := s.visit(ctx, token)
	if err == nil && v.Claim.Issuer == "" {
		err = ErrVisit
	}
	return v, err
}

// Proposal gives what somebody who came back and is not known can do.
func (s *Service) Proposal(ctx context.Context, token string) (p Proposal, err error) {
	err = s.store.View(ctx, func(ctx context.Context) error {
		v, err := s.claimed(ctx, token)
		if err != nil {
			return err
		}
		p, err = s.proposal(ctx, v)
		return err
	})
	return p, err
}

// SignUpVisit makes an account for somebody who came back and is not known. If
// the provider has verified the address, there is the account, without a
// password, and it is signed in. Otherwise the wish needs an address and a
// password and goes the way of Register, with the same answer whether or not
// the address is in use; then SignedIn is nil.
func (s *Service) SignUpVisit(ctx context.Context, token string, w Wish, client Client) (*SignedIn, error) {
	if s.closed {
		return nil, ErrClosed
	}
	v, err := s.claimed(ctx, token)
	if err != nil {
		return nil, err
	}
	if !v.Claim.EmailVerified {
		return nil, s.register(ctx, w, v.Claim, client)
	}
	w.Email = v.Claim.Email
	if w, err = checkWho(w); err != nil {
		return nil, err
	}
	if err := checks(
		within(s.limits.registerByAddress, from(client)),
		within(s.limits.password, v.TokenHash), // so that few names are tried
	); err != nil {
		return nil, err
	}
	var out SignedIn
	err = s.store.Update(ctx, func(ctx context.Context) error {
		v, err := s.claimed(ctx, token)
		if err != nil {
			return err
		}
		for _, check := range []struct {
			login string
			taken error
		}{{w.Email, ErrEmailKnown}, {w.Username, ErrUsernameTaken}} {
			a, err := optional(s.store.AccountByLogin(ctx, check.login))
			if err != nil {
				return err
			}
			if a.ID != 0 {
				return check.taken
			}
		}
		a, err := s.create(ctx, w, "", User)
		if errors.Is(err, ErrTaken) {
			return ErrUsernameTaken // it rests
		}
		if err != nil {
			return err
		}
		if err := s.store.DeleteRegistrations(ctx, w.Email, 0); err != nil {
			return err
		}
		if _, err := s.link(ctx, a, v.Claim); err != nil {
			return err
		}
		if _, err := s.store.TakeVisit(ctx, v.TokenHash); err != nil {
			return err
		}
		out, err = s.open(ctx, a, v.Remember, client)
		return err
	})
	return &out, err
}

// LinkVisit links what a provider said of somebody who was not known to the
// actor's account: the consent of whoever went there and signed in here since.
// Whoever signed in before is asked for the password.
func (s *Service) LinkVisit(ctx context.Context, actor Actor, token, password string) (Identity, error) {
	v, err := s.claimed(ctx, token)
	if err != nil {
		return Identity{}, err
	}
	since, err := s.signedInAt(ctx, actor)
	if err != nil {
		return Identity{}, err
	}
	if since < v.CreatedAt {
		if _, err := s.confirmed(ctx, actor, password); err != nil {
			return Identity{}, err
		}
	}
	var out Identity
	err = s.store.Update(ctx, func(ctx context.Context) error {
		v, err := s.store.TakeVisit(ctx, v.TokenHash)
		if err != nil {
			return instead(err, ErrVisit)
		}
		a, err := s.store.Account(ctx, actor.AccountID)
		if err != nil {
			return instead(err, ErrSignedOut)
		}
		if a.State != Active {
			return ErrSignedOut
		}
		out, err = s.link(ctx, a, v.Claim)
		return err
	})
	return out, err
}

// EndVisit forgets a visit.
func (s *Service) EndVisit(ctx context.Context, token string) error {
	return s.store.Update(ctx, func(ctx context.Context) error {
		_, err := optional(s.store.TakeVisit(ctx, hashToken(token)))
		return err
	})
}

// MaxSubject bounds what a provider calls somebody by (OpenID Connect Core,
// section 2, allows 255 characters).
const MaxSubject = 255

// believable keeps of a claim what could be stored here. What could not is left
// out, or, of who it is about, makes the claim void.
func believable(c Claim) Claim {
	if len(c.Issuer) > MaxSubject || len(c.Subject) > MaxSubject || storable(c.Issuer+c.Subject) != c.Issuer+c.Subject {
		c.Issuer, c.Subject = "", ""
	}
	c.Label = plainLine(c.Label, MaxName)
	if c.Name = plainLine(c.Name, MaxName); c.Name != "" {
		if name, err := checkName("name", c.Name); err == nil {
			c.Name = name
		} else {
			c.Name = ""
		}
	}
	if email, err := checkEmail("email", c.Email); err == nil {
		c.Email = email
	} else {
		c.Email, c.EmailVerified = "", false
	}
	c.Username = likeUsername(c.Username)
	if c.Username == "" {
		local, _, _ := strings.Cut(c.Email, "@")
		c.Username = likeUsername(local)
	}
	return c
}

// plainLine makes one short line of any text.
func plainLine(text string, max int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, storable(text))
	return strings.TrimSpace(cut(strings.Join(strings.Fields(text), " "), max))
}

// likeUsername makes a user name of what somebody is called elsewhere; empty if
// there is none in it.
func likeUsername(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.In(r, unicode.M, unicode.N), strings.ContainsRune("._-", r):
			return r
		case r == ' ', r == '@', r == '+':
			return '-'
		}
		return -1
	}, norm.NFC.String(storable(text)))
	text = strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	name, err := checkUsername("username", strings.TrimRight(cut(text, MaxUsername), "._-"))
	if err != nil {
		return ""
	}
	return name
}
