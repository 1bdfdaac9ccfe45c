package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

// visitCookie binds a visit to a browser. Over TLS its name keeps other hosts
// of the same domain from setting it (RFC 6265bis, section 4.1.3.2).
func (a *api) visitCookie(ctx context.Context) string {
	if a.Guard.Secure(ctx) {
		return "__Host-happychat_visit"
	}
	return "happychat_visit"
}

// keepVisit keeps the token of a visit in the browser, or removes it. Lax: the
// browser comes back from another site.
func (a *api) keepVisit(ctx context.Context, token string) string {
	c := http.Cookie{
		Name: a.visitCookie(ctx), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: a.Guard.Secure(ctx), MaxAge: int(account.ClaimLife.Seconds()),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// visitToken gives the token of the browser's visit.
func (a *api) visitToken(ctx context.Context, q *request) string {
	c, err := q.r.Cookie(a.visitCookie(ctx))
	if err != nil {
		return ""
	}
	return c.Value
}

// elsewhere refuses to send a browser away that would come back to another
// address than it is at, where its cookie is not.
func (a *api) elsewhere(q *request) error {
	if origin := q.r.Header.Get("Origin"); origin != "" && !strings.EqualFold(origin, a.Base) {
		return change.Errorf(change.Conflict, "visit.elsewhere", "This works at the address %s only. Open it and begin there.", a.Base)
	}
	return nil
}

// identity registers signing in by the word of others.
func (a *api) identity() {
	const tag = "Signing in with others"
	type withBody[T any] struct {
		request
		Body T
	}
	begun := func(ctx context.Context, b account.Begun, err error) (*withCookie[wire.Visit], error) {
		if err != nil {
			return nil, err
		}
		return &withCookie[wire.Visit]{SetCookie: []string{a.keepVisit(ctx, b.Token)}, Body: wire.Visit{Address: b.Address}}, nil
	}

	handle(a, operation{
		method: http.MethodPost, path: "/visits", id: "visit.begin", tag: tag, public: true, status: http.StatusCreated,
		summary: "Go to a provider to sign in", text: "The providers of this server are in GET /server. The cookie of the answer binds the visit to the browser; it lasts ten minutes.", errors: []int{404, 409, 503},
	},
		func(ctx context.Context, in *withBody[wire.VisitBegin]) (*withCookie[wire.Visit], error) {
			if err := a.elsewhere(&in.request); err != nil {
				return nil, err
			}
			b, err := a.Accounts.BeginVisit(ctx, in.Body.Provider, in.Body.Remember, in.client())
			return begun(ctx, b, err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/visits/current/arrival", id: "visit.finish", tag: tag, public: true,
		summary: "Come back from a provider", text: "With what the browser brought back. Works once. An account with a second step answers session.second_factor, as POST /sessions does.", errors: []int{401, 403, 404, 409, 410, 503},
	},
		func(ctx context.Context, in *withBody[wire.Arrival]) (*withCookie[wire.Outcome], error) {
			var who account.Actor
			if token, _ := ingress.Token(in.r); token != "" {
				who, _ = a.Accounts.Authenticate(ctx, token) // nobody, if it fails
			}
			o, err := a.Accounts.FinishVisit(ctx, a.visitToken(ctx, &in.request), in.Body.Domain(), who, in.client())
			if err != nil {
				return nil, factorNeeded(err)
			}
			out := &withCookie[wire.Outcome]{Body: wire.NewOutcome(o, in.Body.Bearer())}
			if o.SignedIn != nil {
				in, err := a.signedIn(ctx, &in.request, in.Body.Use, *o.SignedIn, nil)
				if err != nil {
					return nil, err
				}
				out.SetCookie = in.SetCookie
			}
			out.SetCookie = append(out.SetCookie, a.keepVisit(ctx, o.Token))
			return out, nil
		})
	handle(a, operation{
		method: http.MethodGet, path: "/visits/current", id: "visit.get", tag: tag, public: true,
		summary: "What somebody who came back and is not known here can do", errors: []int{410},
	},
		func(ctx context.Context, in *struct{ request }) (*body[wire.Proposal], error) {
			p, err := a.Accounts.Proposal(ctx, a.visitToken(ctx, &in.request))
			return answer(wire.NewProposal(p), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/visits/current", id: "visit.end", tag: tag, public: true, status: http.StatusNoContent,
		summary: "Forget the visit",
	},
		func(ctx context.Context, in *struct{ request }) (*onlyCookie, error) {
			return &onlyCookie{SetCookie: []string{a.keepVisit(ctx, "")}}, a.Accounts.EndVisit(ctx, a.visitToken(ctx, &in.request))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/visits/current/account", id: "visit.sign_up", tag: tag, public: true, status: http.StatusCreated,
		summary: "Make an account of a visit", text: "If the provider has verified the address, there is the account, without a password, and it is signed in. Otherwise this is POST /registrations, and the account can be signed in to by the provider too.", errors: []int{403, 409, 410},
	},
		func(ctx context.Context, in *withBody[wire.VisitSignUp]) (*withCookie[wire.VisitSignedUp], error) {
			s, err := a.Accounts.SignUpVisit(ctx, a.visitToken(ctx, &in.request), in.Body.Wish(), in.client())
			if err != nil {
				return nil, err
			}
			if s == nil {
				d, err := a.delivery(ctx, nil)
				if err != nil {
					return nil, err
				}
				return &withCookie[wire.VisitSignedUp]{Body: wire.VisitSignedUp{Delivery: d.Body.Delivery}}, nil
			}
			signed, err := a.signedIn(ctx, &in.request, in.Body.Use, *s, nil)
			if err != nil {
				return nil, err
			}
			return &withCookie[wire.VisitSignedUp]{
				SetCookie: append(signed.SetCookie, a.keepVisit(ctx, "")), Body: wire.VisitSignedUp{SignedIn: &signed.Body},
			}, nil
		})
	handle(a, operation{
		method: http.MethodPost, path: "/visits/current/link", id: "visit.link", tag: tag,
		summary: "Link what I came back with to my account", errors: []int{403, 409, 410},
	},
		func(ctx context.Context, in *withBody[wire.VisitLink]) (*withCookie[wire.Identity], error) {
			i, err := a.Accounts.LinkVisit(ctx, actor(ctx), a.visitToken(ctx, &in.request), in.Body.Password)
			if err != nil {
				return nil, err
			}
			return &withCookie[wire.Identity]{SetCookie: []string{a.keepVisit(ctx, "")}, Body: wire.NewIdentity(i)}, nil
		})
	handle(a, operation{
		method: http.MethodGet, path: "/account/identities", id: "identity.list", tag: tag,
		summary: "What I sign in with at others",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.Identities], error) {
			list, err := a.Accounts.Identities(ctx, actor(ctx))
			return answer(wire.NewIdentities(list), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/identities", id: "identity.begin", tag: tag, status: http.StatusCreated,
		summary: "Go to a provider to link what I have there", text: "As POST /visits; coming back links.", errors: []int{403, 404, 409, 503},
	},
		func(ctx context.Context, in *withBody[wire.IdentityBegin]) (*withCookie[wire.Visit], error) {
			if err := a.elsewhere(&in.request); err != nil {
				return nil, err
			}
			b, err := a.Accounts.BeginLink(ctx, actor(ctx), in.Body.Provider, in.Body.Password)
			return begun(ctx, b, err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/account/identities/{id}", id: "identity.unlink", tag: tag, status: http.StatusNoContent,
		summary: "Do not sign in with this any more", text: "Not the last way to sign in: set a password first.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Accounts.Unlink(ctx, actor(ctx), in.ID.Domain())
		})
}
