package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/wire"
)

// factorNeeded gives the error of a sign-in the shape that tells how to go on.
func factorNeeded(err error) error {
	if f, ok := errors.AsType[*account.FactorNeeded](err); ok {
		return wire.NewFactorProblem(f)
	}
	return err
}

// factor registers the second step of signing in.
func (a *api) factor() {
	const tag = "Second factor"
	type withBody[T any] struct {
		request
		Body T
	}
	codes := func(list []string, err error) (*body[wire.RecoveryCodes], error) {
		return answer(wire.NewRecoveryCodes(list), err)
	}

	handle(a, operation{
		method: http.MethodPost, path: "/sessions/factor", id: "session.factor", tag: "Sessions", public: true, status: http.StatusCreated,
		summary: "Go on signing in, with a code", text: "After session.second_factor, which came with the challenge. A challenge lasts five minutes and takes five wrong codes or passkeys.", errors: []int{410},
	},
		func(ctx context.Context, in *withBody[wire.FactorSignIn]) (*withCookie[wire.SignedIn], error) {
			s, err := a.Accounts.SignInFactor(ctx, in.Body.Challenge, in.Body.Code, in.client())
			return a.signedIn(ctx, &in.request, in.Body.Use, s, err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/account/factors", id: "factor.get", tag: tag,
		summary: "What I sign in with besides my password",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.Factors], error) {
			f, err := a.Accounts.Factors(ctx, actor(ctx))
			return answer(wire.NewFactors(f), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/totp", id: "factor.begin", tag: tag,
		summary: "A secret for an app that shows codes", text: "It counts for nothing until it is confirmed.", errors: []int{409},
	},
		func(ctx context.Context, in *withBody[wire.OwnPassword]) (*body[wire.TOTPSecret], error) {
			t, me, err := a.Accounts.BeginTOTP(ctx, actor(ctx), in.Body.Password)
			if err != nil {
				return nil, err
			}
			info, err := a.Info(ctx)
			issuer := cmp.Or(info.Name, "Happy Chat")
			return answer(wire.TOTPSecret{Secret: t.Secret, URI: account.KeyURI(issuer, me.Username, t.Secret)}, err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/totp/confirmation", id: "factor.confirm", tag: tag,
		summary: "Turn codes of the app on, with one of them", text: "Answers with recovery codes if there was no second step before.", errors: []int{409},
	},
		func(ctx context.Context, in *withBody[wire.FactorCode]) (*body[wire.RecoveryCodes], error) {
			return codes(a.Accounts.ConfirmTOTP(ctx, actor(ctx), in.Body.Code))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/totp/removal", id: "factor.remove", tag: tag, status: http.StatusNoContent,
		summary: "Turn codes of the app off", text: "Without a passkey the second step is off then.",
	},
		func(ctx context.Context, in *withBody[wire.OwnPassword]) (*none, error) {
			return nil, a.Accounts.RemoveTOTP(ctx, actor(ctx), in.Body.Password)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/recovery-codes", id: "factor.recovery_codes", tag: tag,
		summary: "New recovery codes", text: "Those before end.", errors: []int{409},
	},
		func(ctx context.Context, in *withBody[wire.OwnPassword]) (*body[wire.RecoveryCodes], error) {
			return codes(a.Accounts.NewRecoveryCodes(ctx, actor(ctx), in.Body.Password))
		})
}
