package account

import (
	"context"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ratelimit"
)

// Rates bound how often things are tried. The zero Rates is StandardRates.
type Rates struct {
	RegisterByAddress ratelimit.Rate
	SignInByAddress   ratelimit.Rate
	// SignInByLogin is for one login name from anywhere, SignInByBoth for one
	// from one address. The first is wide, so that a stranger who guesses does
	// not lock the owner of the name out.
	SignInByLogin ratelimit.Rate
	SignInByBoth  ratelimit.Rate
	// Mail is for all letters to one address that anybody can cause.
	MailByAddress   ratelimit.Rate // the IP address that asks
	MailByRecipient ratelimit.Rate
	Password        ratelimit.Rate // checks of the current one, by account
	Edit            ratelimit.Rate // changes that everybody who knows the account is told, by account
	TokenByAddress  ratelimit.Rate
	Factor          ratelimit.Rate // codes and passkeys of the second step, by account
	// PasskeyByAddress is for challenges, which every look at the sign-in page
	// asks for.
	PasskeyByAddress ratelimit.Rate
	Export           ratelimit.Rate // archives of everything, by account
	Profile          ratelimit.Rate // looks at the profiles of others, by account
	// Lookup is for whatever tells an account who else has one, by account.
	Lookup ratelimit.Rate
}

// StandardRates let a class sign up behind one address.
var StandardRates = Rates{
	RegisterByAddress: ratelimit.Rate{Burst: 60, Every: 30 * time.Second},
	SignInByAddress:   ratelimit.Rate{Burst: 120, Every: 5 * time.Second},
	SignInByLogin:     ratelimit.Rate{Burst: 100, Every: 30 * time.Second},
	SignInByBoth:      ratelimit.Rate{Burst: 10, Every: 30 * time.Second},
	MailByAddress:     ratelimit.Rate{Burst: 60, Every: 30 * time.Second},
	MailByRecipient:   ratelimit.Rate{Burst: 5, Every: 10 * time.Minute},
	Password:          ratelimit.Rate{Burst: 10, Every: 30 * time.Second},
	Edit:              ratelimit.Rate{Burst: 10, Every: 30 * time.Second},
	Factor:            ratelimit.Rate{Burst: 10, Every: time.Minute},
	Export:            ratelimit.Rate{Burst: 3, Every: 20 * time.Minute},
	Profile:           ratelimit.Rate{Burst: 120, Every: time.Second},
	TokenByAddress:    ratelimit.Rate{Burst: 120, Every: 5 * time.Second},
	Lookup:            ratelimit.Rate{Burst: 60, Every: 10 * time.Second},
	PasskeyByAddress:  ratelimit.Rate{Burst: 240, Every: 2 * time.Second},
}

// limitKeys is how many keys each limiter remembers.
const limitKeys = 20_000

type limits struct {
	registerByAddress, signInByAddress, signInByLogin, signInByBoth        *ratelimit.Limiter
	mailByAddress, mailByRecipient, password, edit, tokenByAddress, lookup *ratelimit.Limiter
	factor, export, profile, passkeyByAddress                              *ratelimit.Limiter
}

func newLimits(clock change.Clock, r Rates) limits {
	limiter := func(rate ratelimit.Rate) *ratelimit.Limiter { return ratelimit.New(clock, rate, limitKeys) }
	return limits{
		registerByAddress: limiter(r.RegisterByAddress),
		signInByAddress:   limiter(r.SignInByAddress),
		signInByLogin:     limiter(r.SignInByLogin),
		signInByBoth:      limiter(r.SignInByBoth),
		mailByAddress:     limiter(r.MailByAddress),
		mailByRecipient:   limiter(r.MailByRecipient),
		password:          limiter(r.Password),
		edit:              limiter(r.Edit),
		tokenByAddress:    limiter(r.TokenByAddress),
		lookup:            limiter(r.Lookup),
		factor:            limiter(r.Factor),
		export:            limiter(r.Export),
		profile:           limiter(r.Profile),
		passkeyByAddress:  limiter(r.PasskeyByAddress),
	}
}

// AllowLookup tells whether the actor may ask once more who else has an
// account: by looking for a name, or by asking for friendship.
func (s *Service) AllowLookup(_ context.Context, actor Actor) error {
	return s.limits.lookup.Check(actor.AccountID.String())
}

// AllowProfile tells whether the actor may look at one more profile.
func (s *Service) AllowProfile(_ context.Context, actor Actor) error {
	return s.limits.profile.Check(actor.AccountID.String())
}

// AllowExport tells whether the actor may have one more archive made.
func (s *Service) AllowExport(_ context.Context, actor Actor) error {
	return s.limits.export.Check(actor.AccountID.String())
}
