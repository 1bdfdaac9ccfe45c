package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

// client tells where a request comes from.
func (q *request) client() account.Client {
	return account.Client{Device: ingress.Device(q.r.UserAgent()), Address: ingress.Address(q.r.Context()).String()}
}

// withCookie is an output that sets or removes the session cookie.
type withCookie[T any] struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      T
}

// onlyCookie is withCookie without a body.
type onlyCookie struct {
	SetCookie []string `header:"Set-Cookie"`
}

// cookie keeps a token in the browser: as long as the session if it is to be
// remembered, otherwise until the browser is closed.
func (a *api) cookie(ctx context.Context, token string, remember bool) []string {
	life := time.Duration(0)
	if remember {
		life = account.RememberedLife
	}
	return []string{a.Guard.SessionCookie(ctx, token, life).String()}
}

// signedIn answers with a new session. The one that the browser had ends.
func (a *api) signedIn(ctx context.Context, q *request, use wire.Use, in account.SignedIn, err error) (*withCookie[wire.SignedIn], error) {
	if err != nil {
		return nil, err
	}
	out := &withCookie[wire.SignedIn]{Body: wire.NewSignedIn(in, use.Bearer())}
	if use.Bearer() {
		return out, nil
	}
	out.SetCookie = a.cookie(ctx, in.Token, in.Session.Remember)
	if token, cookie := ingress.Token(q.r); cookie {
		if before, err := a.Accounts.Authenticate(ctx, token); err == nil {
			// It may end otherwise in the same moment, and that is as well.
			_ = a.Accounts.SignOut(ctx, before)
		}
	}
	return out, nil
}

// delivery answers where mails go.
func (a *api) delivery(ctx context.Context, err error) (*body[wire.Delivery], error) {
	if err != nil {
		return nil, err
	}
	info, err := a.Info(ctx)
	return answer(wire.Delivery{Delivery: info.Mail}, err)
}

// account registers registration, sessions and the account itself.
func (a *api) account() {
	a.registration()
	a.sessions()
	a.profile()
	a.email()
	a.factor()
	a.passkey()
	a.identity()
}

// registration registers how accounts come to be.
func (a *api) registration() {
	const tag = "Registration"
	type in[T any] struct {
		request
		Body T
	}

	handle(a, operation{
		method: http.MethodPost, path: "/setup", id: "setup.create", tag: tag, public: true, status: http.StatusCreated,
		summary: "Make the owner's account", text: "With the link that the server prints when it starts and has no owner. Signs in.", errors: []int{409, 410},
	},
		func(ctx context.Context, in *in[wire.Setup]) (*withCookie[wire.SignedIn], error) {
			s, err := a.Accounts.Setup(ctx, in.Body.Token, in.Body.Wish(), in.client())
			return a.signedIn(ctx, &in.request, in.Body.Use, s, err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/registrations", id: "registration.create", tag: tag, public: true, status: http.StatusAccepted,
		summary: "Ask for an account", text: "A mail tells how to go on. The answer is the same whether or not the user name or the address is in use.", errors: []int{403},
	},
		func(ctx context.Context, in *in[wire.Registration]) (*body[wire.Delivery], error) {
			return a.delivery(ctx, a.Accounts.Register(ctx, in.Body.Wish(), in.client()))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/activation-mails", id: "registration.resend", tag: tag, public: true, status: http.StatusAccepted,
		summary: "Mail the activation link again", text: "The link before ends. The answer is the same whether or not somebody registered with this address.",
	},
		func(ctx context.Context, in *in[wire.Mailed]) (*body[wire.Delivery], error) {
			return a.delivery(ctx, a.Accounts.ResendActivation(ctx, in.Body.Email, in.client()))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/activations", id: "registration.activate", tag: tag, public: true, status: http.StatusCreated,
		summary: "Make an account with the token of a mailed link", text: "Needs the password that was chosen when signing up. Signs in. After registration.username_taken the same token works with another user name.", errors: []int{409, 410},
	},
		func(ctx context.Context, in *in[wire.Activation]) (*withCookie[wire.SignedIn], error) {
			s, err := a.Accounts.Activate(ctx, in.Body.Token, in.Body.Password, in.Body.Username, in.client())
			return a.signedIn(ctx, &in.request, in.Body.Use, s, err)
		})
}

// sessions registers signing in and out.
func (a *api) sessions() {
	const tag = "Sessions"

	handle(a, operation{
		method: http.MethodPost, path: "/sessions", id: "session.create", tag: tag, public: true, status: http.StatusCreated,
		summary: "Sign in", text: "An account with a second step answers session.second_factor with a challenge; go on with POST /sessions/factor.", errors: []int{401, 403},
	},
		func(ctx context.Context, in *struct {
			request
			Body wire.SignIn
		},
		) (*withCookie[wire.SignedIn], error) {
			s, err := a.Accounts.SignIn(ctx, account.Credentials{Login: in.Body.Login, Password: in.Body.Password, Remember: in.Body.Remember}, in.client())
			return a.signedIn(ctx, &in.request, in.Body.Use, s, factorNeeded(err))
		})
	handle(a, operation{
		method: http.MethodGet, path: "/sessions", id: "session.list", tag: tag,
		summary: "My signed-in devices",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.Sessions], error) {
			list, err := a.Accounts.Sessions(ctx, actor(ctx))
			return answer(wire.NewSessions(list, actor(ctx).SessionID), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/sessions", id: "session.end_others", tag: tag, status: http.StatusNoContent,
		summary: "Sign out everywhere else",
	},
		func(ctx context.Context, _ *struct{}) (*none, error) {
			return nil, a.Accounts.EndOtherSessions(ctx, actor(ctx))
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/sessions/current", id: "session.sign_out", tag: tag, status: http.StatusNoContent,
		summary: "Sign out",
	},
		func(ctx context.Context, _ *struct{}) (*onlyCookie, error) {
			return &onlyCookie{SetCookie: a.cookie(ctx, "", false)}, a.Accounts.SignOut(ctx, actor(ctx))
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/sessions/{id}", id: "session.end", tag: tag, status: http.StatusNoContent,
		summary: "Sign out one device", errors: []int{404},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Accounts.EndSession(ctx, actor(ctx), in.ID.Domain())
		})
}

// profile registers the account itself.
func (a *api) profile() {
	const tag = "Account"

	handle(a, operation{
		method: http.MethodGet, path: "/account", id: "account.get", tag: tag,
		summary: "Who I am", text: "A cookie that is to be remembered is renewed, so that it lasts as long as the session.",
	},
		func(ctx context.Context, in *struct{ request }) (*withCookie[wire.Account], error) {
			me, err := a.Accounts.Current(ctx, actor(ctx))
			if err != nil {
				return nil, err
			}
			out := &withCookie[wire.Account]{Body: wire.NewAccount(me)}
			if token, cookie := ingress.Token(in.r); cookie && actor(ctx).Remember {
				out.SetCookie = a.cookie(ctx, token, true)
			}
			return out, nil
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/account", id: "account.edit", tag: tag,
		summary: "Change what I tell of myself, and to whom",
	},
		func(ctx context.Context, in *struct{ Body wire.AccountEdit }) (*body[wire.Account], error) {
			me, err := a.Accounts.Edit(ctx, actor(ctx), in.Body.Edit())
			return answer(wire.NewAccount(me), err)
		})
	handle(a, operation{
		method: http.MethodPut, path: "/account/password", id: "account.change_password", tag: tag, status: http.StatusNoContent,
		summary: "Change my password", text: "All other sessions end. An account without a password gets its first one, if the session is not older than 15 minutes.", errors: []int{403},
	},
		func(ctx context.Context, in *struct{ Body wire.PasswordChange }) (*none, error) {
			return nil, a.Accounts.ChangePassword(ctx, actor(ctx), in.Body.Current, in.Body.New)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/password-resets", id: "password_reset.create", tag: tag, public: true, status: http.StatusAccepted,
		summary: "Mail a link to choose a new password", text: "The answer is the same whether or not there is an account.",
	},
		func(ctx context.Context, in *struct {
			request
			Body wire.Mailed
		},
		) (*body[wire.Delivery], error) {
			return a.delivery(ctx, a.Accounts.RequestReset(ctx, in.Body.Email, in.client()))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/password-resets/confirmations", id: "password_reset.confirm", tag: tag, public: true, status: http.StatusNoContent,
		summary: "Choose a new password with the token of a mailed link", text: "All sessions end.", errors: []int{410},
	},
		func(ctx context.Context, in *struct {
			request
			Body wire.ResetConfirmation
		},
		) (*none, error) {
			return nil, a.Accounts.ConfirmReset(ctx, in.Body.Token, in.Body.Password, in.client())
		})
}
