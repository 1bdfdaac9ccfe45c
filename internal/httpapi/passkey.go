package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/wire"
)

// passkey registers passkeys, and signing in with them.
func (a *api) passkey() {
	const tag = "Passkeys"
	type withBody[T any] struct {
		request
		Body T
	}
	type one[T any] struct {
		IDPath
		Body T
	}

	handle(a, operation{
		method: http.MethodPost, path: "/sessions/passkey-challenge", id: "session.passkey_challenge", tag: "Sessions", public: true,
		summary: "Begin to sign in with a passkey", text: "The answer is for navigator.credentials.get and does not depend on who asks.", errors: []int{404},
	},
		func(ctx context.Context, in *struct{ request }) (*body[wire.PasskeyRequest], error) {
			r, err := a.Accounts.BeginPasskeySignIn(ctx, in.client())
			return answer(wire.NewPasskeyRequest(r), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/sessions/passkey", id: "session.passkey", tag: "Sessions", public: true, status: http.StatusCreated,
		summary: "Sign in with a passkey", text: "Instead of a password; there is no second step.", errors: []int{401, 404},
	},
		func(ctx context.Context, in *withBody[wire.PasskeySignIn]) (*withCookie[wire.SignedIn], error) {
			s, err := a.Accounts.SignInPasskey(ctx, in.Body.Domain(), in.Body.Remember, in.client())
			return a.signedIn(ctx, &in.request, in.Body.Use, s, err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/sessions/factor/passkey-challenge", id: "session.factor_passkey_challenge", tag: "Sessions", public: true,
		summary: "Begin the second step of signing in with a passkey", text: "The answer is for navigator.credentials.get.", errors: []int{404, 410},
	},
		func(ctx context.Context, in *withBody[wire.FactorBegin]) (*body[wire.PasskeyRequest], error) {
			r, err := a.Accounts.BeginPasskeyFactor(ctx, in.Body.Challenge, in.client())
			return answer(wire.NewPasskeyRequest(r), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/sessions/factor/passkey", id: "session.factor_passkey", tag: "Sessions", public: true, status: http.StatusCreated,
		summary: "Go on signing in, with a passkey", text: "After session.second_factor, as with a code.", errors: []int{401, 404, 410},
	},
		func(ctx context.Context, in *withBody[wire.PasskeyFactor]) (*withCookie[wire.SignedIn], error) {
			s, err := a.Accounts.SignInPasskeyFactor(ctx, in.Body.Challenge, in.Body.Domain(), in.client())
			return a.signedIn(ctx, &in.request, in.Body.Use, s, err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/account/passkeys", id: "passkey.list", tag: tag,
		summary: "My passkeys",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.Passkeys], error) {
			list, err := a.Accounts.Passkeys(ctx, actor(ctx))
			return answer(wire.NewPasskeys(actor(ctx).AccountID, list), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/passkeys/challenge", id: "passkey.begin", tag: tag,
		summary: "Begin to make a passkey", text: "The answer is for navigator.credentials.create.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *withBody[wire.OwnPassword]) (*body[wire.PasskeyCreation], error) {
			c, err := a.Accounts.BeginPasskey(ctx, actor(ctx), in.Body.Password)
			return answer(wire.NewPasskeyCreation(c), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/passkeys", id: "passkey.create", tag: tag, status: http.StatusCreated,
		summary: "Add the passkey that was made", text: "It turns the second step on, if it was off.", errors: []int{404, 409, 410},
	},
		func(ctx context.Context, in *withBody[wire.PasskeyMade]) (*body[wire.PasskeyAdded], error) {
			p, codes, err := a.Accounts.AddPasskey(ctx, actor(ctx), in.Body.Domain(), in.Body.Name, in.client())
			return answer(wire.NewPasskeyAdded(p, codes), err)
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/account/passkeys/{id}", id: "passkey.rename", tag: tag,
		summary: "Rename a passkey", errors: []int{404},
	},
		func(ctx context.Context, in *one[wire.PasskeyName]) (*body[wire.Passkey], error) {
			p, err := a.Accounts.RenamePasskey(ctx, actor(ctx), in.ID.Domain(), in.Body.Name)
			return answer(wire.NewPasskey(p), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/passkeys/{id}/removal", id: "passkey.remove", tag: tag, status: http.StatusNoContent,
		summary: "Remove a passkey", text: "Nobody signs in with it any more. Without another one and without codes of an app the second step is off then.", errors: []int{404},
	},
		func(ctx context.Context, in *one[wire.OwnPassword]) (*none, error) {
			return nil, a.Accounts.RemovePasskey(ctx, actor(ctx), in.ID.Domain(), in.Body.Password)
		})
}
