package lite

import (
	"errors"
	"net/http"
	"slices"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/ingress"
)

// entrance registers signing in and out.
func (d *door) entrance(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Prefix+"/sign-in", d.anybody(func(v *visit) error {
		if v.signedIn() {
			return v.to(next(v.r.URL.Query().Get("next")))
		}
		return v.signInPage(nil, v.r.URL.Query().Get("next"))
	}))
	mux.HandleFunc("POST "+Prefix+"/sign-in", d.anybodySends(signIn))
	mux.HandleFunc("POST "+Prefix+"/sign-in/code", d.anybodySends(signInCode))
	mux.HandleFunc("POST "+Prefix+"/sign-out", d.memberSends(signOut))
}

// signInForm is what the sign-in page shows.
type signInForm struct {
	Login    string
	Remember bool
	Next     string
	Unsent   string // what was written when nobody was signed in any more
	Setup    bool   // there is no owner yet
	Open     bool   // people can sign up
	Inactive bool   // the account waits for its address to be confirmed
}

func (v *visit) signInPage(problem error, next string) error {
	info, err := v.Info(v.r.Context())
	if err != nil {
		return err
	}
	return v.show(page{name: "sign-in.html", title: v.t("signIn.submit"), problem: problem, data: signInForm{
		Login: v.value("login"), Remember: v.value("remember") != "", Next: next, Unsent: v.value("unsent"),
		Setup: info.Setup, Open: info.Registration != "closed", Inactive: errors.Is(problem, account.ErrNotActivated),
	}})
}

// lost answers a form of somebody who is not signed in any more. What was
// written is shown once more, so that it can be kept.
func (v *visit) lost() error {
	if body := v.value("body"); body != "" {
		v.r.PostForm.Set("unsent", body)
	}
	return v.signInPage(account.ErrSignedOut, v.value("here"))
}

func signIn(v *visit) error {
	if err := v.genuine(); err != nil {
		return v.signInPage(err, v.value("next"))
	}
	c := account.Credentials{Login: v.value("login"), Password: v.value("password"), Remember: v.value("remember") != ""}
	in, err := v.Accounts.SignIn(v.r.Context(), c, v.client())
	if needed, ok := errors.AsType[*account.FactorNeeded](err); ok {
		return v.codePage(nil, needed.Token, !slices.Contains(needed.Methods, account.ByTOTP))
	}
	if err != nil {
		return v.signInPage(err, v.value("next"))
	}
	return v.enter(in, next(v.value("next")))
}

// codeForm is what the page for the second step shows. Passkeys need a script,
// so whoever has no app that shows codes comes in with a recovery code.
type codeForm struct {
	Challenge, Next string
	RecoveryOnly    bool
}

func (v *visit) codePage(problem error, challenge string, recoveryOnly bool) error {
	return v.show(page{name: "code.html", title: v.t("twoStep.title"), problem: problem, data: codeForm{challenge, v.value("next"), recoveryOnly}})
}

func signInCode(v *visit) error {
	challenge, recoveryOnly := v.value("challenge"), v.value("recovery") != ""
	if err := v.genuine(); err != nil {
		return v.codePage(err, challenge, recoveryOnly)
	}
	in, err := v.Accounts.SignInFactor(v.r.Context(), challenge, v.value("code"), v.client())
	if errors.Is(err, account.ErrChallenge) {
		return v.signInPage(err, v.value("next"))
	}
	if err != nil {
		return v.codePage(err, challenge, recoveryOnly)
	}
	return v.enter(in, next(v.value("next")))
}

// enter keeps a new session in the browser. The one that it had ends.
func (v *visit) enter(in account.SignedIn, page string) error {
	ctx := v.r.Context()
	life := account.RememberedLife
	if !in.Session.Remember {
		life = 0
	}
	if c, err := v.r.Cookie(ingress.CookieName); err == nil {
		if before, err := v.Accounts.Authenticate(ctx, c.Value); err == nil {
			// It may end otherwise in the same moment, and that is as well.
			_ = v.Accounts.SignOut(ctx, before)
		}
	}
	http.SetCookie(v.w, v.Guard.SessionCookie(ctx, in.Token, life))
	return v.to(page)
}

func signOut(v *visit) error {
	if err := v.Accounts.SignOut(v.r.Context(), v.who); err != nil {
		return err
	}
	http.SetCookie(v.w, v.Guard.SessionCookie(v.r.Context(), "", 0))
	return v.to("/sign-in?done=signed-out")
}
