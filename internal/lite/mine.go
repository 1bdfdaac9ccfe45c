package lite

import (
	"net/http"

	"github.com/happychat/happychat/internal/account"
)

// mine registers what is about the viewer: the page with the account, and the
// language.
func (d *door) mine(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Prefix+"/me", d.member(func(v *visit) error {
		return v.show(page{name: "me.html", title: v.t("me.title"), place: "me", data: v.me})
	}))
	mux.HandleFunc("POST "+Prefix+"/language", d.anybodySends(chooseLanguage))
}

// chooseLanguage changes what the pages are written in: for good, for whoever is
// signed in.
func chooseLanguage(v *visit) error {
	if err := v.genuine(); err != nil {
		return err
	}
	wanted := v.value("language")
	if v.signedIn() {
		if _, err := v.Accounts.Edit(v.r.Context(), v.who, account.Edit{Language: &wanted}); err != nil {
			return err
		}
	} else if _, ok := v.languages[wanted]; !ok {
		return account.ErrLanguage
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: languageCookie, Value: wanted, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: v.Guard.Secure(v.r.Context()), MaxAge: int(chosenFor.Seconds()),
	})
	return v.to(next(v.value("here")))
}
