package lite

import (
	"errors"
	"net/http"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/wire"
)

// registration registers how accounts come to be, and forgotten passwords.
func (d *door) registration(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Prefix+"/sign-up", d.anybody(func(v *visit) error { return v.signUpPage(nil) }))
	mux.HandleFunc("POST "+Prefix+"/sign-up", d.anybodySends(signUp))
	mux.HandleFunc("GET "+Prefix+"/activate", d.anybody(func(v *visit) error { return v.activatePage(nil) }))
	mux.HandleFunc("POST "+Prefix+"/activate", d.anybodySends(activate))
	mux.HandleFunc("GET "+Prefix+"/forgot", d.anybody(func(v *visit) error { return v.forgotPage(nil) }))
	mux.HandleFunc("POST "+Prefix+"/forgot", d.anybodySends(forgot))
	mux.HandleFunc("GET "+Prefix+"/reset", d.anybody(func(v *visit) error { return v.resetPage(nil) }))
	mux.HandleFunc("POST "+Prefix+"/reset", d.anybodySends(reset))
}

// mailedForm is what the pages show that are about an account to come, or that
// follow a mailed link.
type mailedForm struct {
	Username, Email, Name, Link string
	Limits                      wire.Limits
	Closed                      bool // nobody can sign up
	Sent                        bool // a mail is on its way
	Outbox                      bool // mails stay on the server
	Taken                       bool // the user name is another's now
}

func (v *visit) mailedPage(name, title string, problem error) error {
	info, err := v.Info(v.r.Context())
	if err != nil {
		return err
	}
	return v.show(page{name: name, title: title, problem: problem, data: mailedForm{
		Username: v.value("username"), Email: v.value("email"), Name: v.value("name"), Link: v.value("link"), Limits: info.Limits,
		Closed: info.Registration == "closed", Sent: v.r.URL.Query().Get("sent") != "", Outbox: info.Mail == "outbox",
		Taken: errors.Is(problem, account.ErrUsernameTaken) || v.value("username") != "",
	}})
}

func (v *visit) signUpPage(problem error) error {
	return v.mailedPage("sign-up.html", v.t("signUp.title"), problem)
}

func signUp(v *visit) error {
	if err := v.genuine(); err != nil {
		return v.signUpPage(err)
	}
	wish := account.Wish{
		Username: v.value("username"), Email: v.value("email"), Password: v.value("password"), Name: v.value("name"), Language: v.words.language,
	}
	if err := v.Accounts.Register(v.r.Context(), wish, v.client()); err != nil {
		return v.signUpPage(err)
	}
	return v.to("/activate?sent=1")
}

func (v *visit) activatePage(problem error) error {
	return v.mailedPage("activate.html", v.t("activate.title"), problem)
}

func activate(v *visit) error {
	// A browser that has just found out that it can not run the web app brings
	// the link that it was opened with.
	if v.value("brought") != "" {
		return v.activatePage(nil)
	}
	if err := v.genuine(); err != nil {
		return v.activatePage(err)
	}
	in, err := v.Accounts.Activate(v.r.Context(), linked(v.value("link")), v.value("password"), v.value("username"), v.client())
	if err != nil {
		return v.activatePage(err)
	}
	return v.enter(in, "/chats")
}

func (v *visit) forgotPage(problem error) error {
	return v.mailedPage("forgot.html", v.t("forgot.title"), problem)
}

func forgot(v *visit) error {
	if err := v.genuine(); err != nil {
		return v.forgotPage(err)
	}
	if err := v.Accounts.RequestReset(v.r.Context(), v.value("email"), v.client()); err != nil {
		return v.forgotPage(err)
	}
	return v.to("/reset?sent=1")
}

func (v *visit) resetPage(problem error) error {
	return v.mailedPage("reset.html", v.t("reset.title"), problem)
}

func reset(v *visit) error {
	if v.value("brought") != "" {
		return v.resetPage(nil)
	}
	if err := v.genuine(); err != nil {
		return v.resetPage(err)
	}
	if err := v.Accounts.ConfirmReset(v.r.Context(), linked(v.value("link")), v.value("password"), v.client()); err != nil {
		return v.resetPage(err)
	}
	return v.to("/sign-in?done=reset")
}

// linked gives the token of a mailed link, which browsers keep to themselves: it
// is copied by hand, as the whole link or what is behind its #.
func linked(link string) string {
	link = strings.TrimSpace(link)
	if _, token, ok := strings.Cut(link, "#"); ok {
		return token
	}
	return link
}
