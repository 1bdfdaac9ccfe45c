package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

// email registers the change of the address, the end of the account, and the
// profiles of others.
func (a *api) email() {
	const tag = "Account"
	type withBody[T any] struct {
		request
		Body T
	}
	pending := func(ctx context.Context, c account.EmailChange, err error) (*body[wire.PendingEmailChange], error) {
		if err != nil {
			return nil, err
		}
		info, err := a.Info(ctx)
		return answer(wire.NewPendingEmailChange(c, info.Mail), err)
	}

	handle(a, operation{
		method: http.MethodPost, path: "/account/email-change", id: "email_change.create", tag: tag, status: http.StatusAccepted,
		summary: "Ask for another e-mail address",
		text:    "A link is mailed to the new address, which proves it, and one to the present address, which agrees; the change is made when both were followed. The answer is the same whether or not the new address is another account's.",
	},
		func(ctx context.Context, in *withBody[wire.NewEmail]) (*body[wire.PendingEmailChange], error) {
			c, err := a.Accounts.RequestEmailChange(ctx, actor(ctx), in.Body.Email, in.Body.Password, in.client())
			return pending(ctx, c, err)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/account/email-change", id: "email_change.get", tag: tag,
		summary: "The new address that waits, if one does",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.PendingEmailChange], error) {
			c, err := a.Accounts.EmailChange(ctx, actor(ctx))
			return pending(ctx, c, err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/account/email-change", id: "email_change.cancel", tag: tag, status: http.StatusNoContent,
		summary: "Keep my present address",
	},
		func(ctx context.Context, _ *struct{}) (*none, error) {
			return nil, a.Accounts.CancelEmailChange(ctx, actor(ctx))
		})
	handle(a, operation{
		method: http.MethodPost, path: "/email-confirmations", id: "email_change.confirm", tag: tag, public: true,
		summary: "Agree to a new address with the token of a mailed link", errors: []int{409, 410},
	},
		func(ctx context.Context, in *withBody[wire.MailedToken]) (*body[wire.EmailConfirmed], error) {
			c, err := a.Accounts.ConfirmEmail(ctx, in.Body.Token, in.client())
			if err != nil {
				return nil, err
			}
			return answer(wire.NewEmailConfirmed(c), nil)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/account/deletion", id: "account.delete", tag: tag, status: http.StatusNoContent,
		summary: "Delete my account for good",
		text:    "All sessions end at once, what I told of myself is removed, my groups get another owner, and I vanish from everybody's contacts. What I wrote stays with those I wrote to, as that of a deleted account. The last owner of the server can not do this.", errors: []int{409},
	},
		func(ctx context.Context, in *withBody[wire.OwnPassword]) (*onlyCookie, error) {
			return &onlyCookie{SetCookie: a.cookie(ctx, "", false)}, a.Accounts.DeleteSelf(ctx, actor(ctx), in.Body.Password)
		})
	handle(a, operation{
		method: http.MethodGet, path: "/account/export", id: "account.export", tag: tag,
		summary: "Everything of mine in one archive",
		text:    "A ZIP: index.html leads to the conversations, for people, and the files ending in .json hold the same in the shapes of this API. It is written while it is read; an archive that ends early is broken, and must be asked for again.",
		errors:  []int{503},
	},
		func(ctx context.Context, in *struct{ request }) (*huma.StreamResponse, error) {
			who := actor(ctx)
			release, err := a.Archive.Begin(ctx, who)
			if err != nil {
				return nil, err
			}
			token, _ := ingress.Token(in.r)
			still := func() error {
				_, err := a.Accounts.Authenticate(ctx, token)
				return err
			}
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				defer release()
				hc.SetHeader("Content-Type", "application/zip")
				hc.SetHeader("Content-Disposition", `attachment; filename="happychat.zip"`)
				_, w := humago.Unwrap(hc)
				out := patient{w, http.NewResponseController(w)}
				if err := a.Archive.Write(ctx, who, still, out); err != nil {
					if p := wire.NewProblem(err); p.Status == http.StatusInternalServerError {
						a.Log.Warn("an archive was not finished", "err", err)
					}
					// A cut connection is the only way left to say that this is
					// not all.
					panic(http.ErrAbortHandler)
				}
			}}, nil
		})
	handle(a, operation{
		method: http.MethodGet, path: "/accounts/{id}", id: "account.profile", tag: tag,
		summary: "What somebody tells of themselves", text: "Only what I may see: they decide for each part whether everyone, friends or nobody sees it.", errors: []int{404},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.Profile], error) {
			if err := a.Accounts.AllowProfile(ctx, actor(ctx)); err != nil {
				return nil, err
			}
			p, err := a.Contacts.Profile(ctx, actor(ctx).AccountID, in.ID.Domain())
			return answer(wire.NewProfile(p), err)
		})
}

// patience is how long a reader may take for one piece of what is streamed.
const patience = time.Minute

// patient gives the reader time for every piece, and none for ever.
type patient struct {
	http.ResponseWriter
	c *http.ResponseController
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.c.SetWriteDeadline(time.Now().Add(patience)) // not all can
	return p.ResponseWriter.Write(b)
}
