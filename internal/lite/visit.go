package lite

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

const (
	// visitorCookie is what the forms of somebody are bound to who is not signed
	// in, languageCookie what they read, and refreshCookie whether pages load
	// themselves again.
	visitorCookie, languageCookie, refreshCookie = "happychat_lite", "happychat_language", "happychat_refresh"
	// chosenFor is how long a browser keeps what was chosen.
	chosenFor = 365 * 24 * time.Hour
	// maxForm is the largest form without a file, in bytes: the longest message
	// with every byte of it escaped fits.
	maxForm = 1 << 20
	// bodyStalls is how long a form may bring nothing.
	bodyStalls = 30 * time.Second
)

// errForeign and errStale are about forms that are not taken: of another site,
// or not bound to whoever sends it.
var (
	errForeign = change.Errorf(change.Forbidden, "request.foreign_origin", "A page of another site tried to do this in your name, so it was not done.")
	errStale   = change.Errorf(change.Forbidden, "form.stale", "This page was open for too long, or the browser keeps no cookies. Nothing was done; please send it again.")
	errForm    = change.Errorf(change.Invalid, "request.invalid", "The form can not be read.")
)

// visit is one request, of somebody who may be signed in.
type visit struct {
	*door
	w     http.ResponseWriter
	r     *http.Request
	words *words
	// who is signed in, and me their account; zero for a visitor.
	who account.Actor
	me  account.Account
	// key is what the forms of this browser are bound to: the token of the
	// session, or the cookie of a visitor. Nobody else knows either.
	key string
}

func (v *visit) signedIn() bool { return v.who.AccountID != 0 }

// t is words.t.
func (v *visit) t(key string, values ...any) string { return v.words.t(key, values...) }

// client tells where the request comes from.
func (v *visit) client() account.Client {
	return account.Client{Device: ingress.Device(v.r.UserAgent()), Address: ingress.Address(v.r.Context()).String()}
}

// zone is where the viewer is.
func (v *visit) zone() *time.Location {
	if v.me.TimeZone != "" {
		if zone, err := time.LoadLocation(v.me.TimeZone); err == nil {
			return zone
		}
	}
	return v.Zone
}

// at says when something was.
func (v *visit) at(ms int64) string { return v.words.moment(ms, v.Clock.Now(), v.zone()) }

// visit finds out who comes.
func (d *door) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{door: d, w: w, r: r}
	var err error
	if c, cerr := r.Cookie(ingress.CookieName); cerr == nil {
		if v.who, err = d.Accounts.Authenticate(r.Context(), c.Value); err == nil {
			if v.me, err = d.Accounts.Current(r.Context(), v.who); err == nil {
				v.key = c.Value
				if v.who.Remember && r.Method == http.MethodGet {
					http.SetCookie(w, d.Guard.SessionCookie(r.Context(), c.Value, account.RememberedLife))
				}
			}
		}
		if change.KindOf(err) == change.Unauthenticated {
			v.who, err = account.Actor{}, nil
		}
	}
	v.words = d.languages[v.language()]
	w.Header().Set("Content-Language", v.words.language)
	w.Header().Set("Vary", "Cookie, Accept-Language")
	if v.key == "" {
		if c, cerr := r.Cookie(visitorCookie); cerr == nil {
			v.key = c.Value
		}
	}
	return v, err
}

// language is that of the account, or the one chosen here, or the one that the
// browser prefers, or the server's.
func (v *visit) language() string {
	if _, ok := v.languages[v.me.Language]; ok {
		return v.me.Language
	}
	if c, err := v.r.Cookie(languageCookie); err == nil {
		if _, ok := v.languages[c.Value]; ok {
			return c.Value
		}
	}
	otherwise := account.Languages[0]
	if info, err := v.Info(v.r.Context()); err == nil {
		otherwise = cmp.Or(info.Language, otherwise)
	}
	return chosen(v.r.Header.Get("Accept-Language"), otherwise)
}

// anybody handles a page for everybody. An error becomes a page that says it.
func (d *door) anybody(f func(v *visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := d.visit(w, r)
		if err == nil {
			err = f(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// member handles a page for whoever is signed in. Everybody else is asked to
// sign in, and comes back.
func (d *door) member(f func(v *visit) error) http.HandlerFunc {
	return d.anybody(func(v *visit) error {
		if !v.signedIn() {
			return v.to("/sign-in?next=" + url.QueryEscape(v.r.URL.RequestURI()))
		}
		return f(v)
	})
}

// anybodySends handles a form that everybody can send.
func (d *door) anybodySends(f func(v *visit) error) http.HandlerFunc {
	return d.anybody(func(v *visit) error {
		if err := v.readForm(maxForm); err != nil {
			return err
		}
		return f(v)
	})
}

// memberSends handles a form of whoever is signed in.
func (d *door) memberSends(f func(v *visit) error) http.HandlerFunc {
	return d.anybodySends(func(v *visit) error {
		if !v.signedIn() {
			return v.lost()
		}
		if err := v.genuine(); err != nil {
			return err
		}
		return f(v)
	})
}

// readForm reads a form without files.
func (v *visit) readForm(limit int64) error {
	if !v.Guard.OwnPage(v.r) {
		return errForeign
	}
	connection := http.NewResponseController(v.w)
	_ = connection.SetReadDeadline(time.Now().Add(bodyStalls))
	defer func() { _ = connection.SetReadDeadline(time.Time{}) }()
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, limit)
	err := v.r.ParseForm()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return change.Errorf(change.TooLarge, "request.too_large", "This form is larger than %d bytes.", limit)
	}
	if err != nil {
		return errForm.Because(err)
	}
	return nil
}

// value is what was typed into a field of a form.
func (v *visit) value(field string) string { return v.r.PostForm.Get(field) }

// newToken is what a form carries that is bound to whoever gets the page. It is
// another one each time, so that a compressed answer does not give it away
// (BREACH).
func (v *visit) newToken() string {
	var nonce [12]byte
	_, _ = rand.Read(nonce[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(append(nonce[:], v.sign(nonce[:])...))
}

func (v *visit) sign(nonce []byte) []byte {
	mac := hmac.New(sha256.New, []byte(v.key))
	mac.Write([]byte("happychat form"))
	mac.Write(nonce)
	return mac.Sum(nil)
}

// genuine tells whether the form comes from a page that this browser was given.
func (v *visit) genuine() error {
	token, err := base64.RawURLEncoding.DecodeString(v.value("token"))
	if err != nil || len(token) <= 12 || v.key == "" || !hmac.Equal(token[12:], v.sign(token[:12])) {
		return errStale
	}
	return nil
}

// to answers with the address of the page to go on with, so that loading that
// one again sends nothing.
func (v *visit) to(page string) error {
	v.w.Header().Set("Location", Prefix+page)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// next is where somebody wanted to go before they had to sign in: a page of
// ours, and nothing else.
func next(wanted string) string {
	u, err := url.Parse(wanted)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.Contains(wanted, "\\") {
		return "/chats"
	}
	clean := path.Clean(u.Path)
	rest, ok := strings.CutPrefix(clean, Prefix+"/")
	if !ok {
		return "/chats"
	}
	out := url.URL{Path: "/" + rest, RawQuery: u.RawQuery}
	return out.String()
}

// shell is what every page has.
type shell struct {
	Language   string
	Title      string // of the window
	Heading    string
	Site       string
	Style      string
	Token      string
	SignedIn   bool
	Name       string
	Here       string // the path of the page, for coming back to it
	Place      string // which part of the menu it is in
	Waiting    int    // friend requests and invitations to answer
	Done       string // what was done, in words
	Problem    string // what went wrong, in words
	Refresh    int    // seconds until the page loads itself again; 0: it does not
	RefreshURL string
	Other      []otherLanguage
	Page       any
}

// otherLanguage is one that the page can be read in.
type otherLanguage struct{ Tag, Name string }

// languageNames are what languages call themselves.
var languageNames = map[string]string{"zh-CN": "中文", "en": "English"}

// page is what a handler says of the page that it makes.
type page struct {
	name       string // of the template
	title      string
	unread     int64 // counted in the window's title, which is seen while the page is behind others
	place      string
	problem    error
	refresh    int
	refreshURL string
	data       any
}

// show answers with a page.
func (v *visit) show(p page) error {
	info, err := v.Info(v.r.Context())
	if err != nil {
		return err
	}
	if !v.signedIn() && v.key == "" {
		v.key = change.NewToken()
		// Not of /lite alone: NetSurf does not send such a cookie back.
		http.SetCookie(v.w, &http.Cookie{
			Name: visitorCookie, Value: v.key, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.Guard.Secure(v.r.Context()),
		})
	}
	s := shell{
		Language: v.words.language, Title: p.title, Heading: p.title, Site: cmp.Or(info.Name, v.t("app.name")), Style: v.styleTag,
		SignedIn: v.signedIn(), Name: v.me.Name, Here: v.here(), Place: p.place, Done: v.done(), Refresh: p.refresh, RefreshURL: p.refreshURL, Page: p.data,
	}
	if p.unread > 0 {
		s.Title = fmt.Sprintf("(%d) %s", p.unread, p.title)
	}
	s.Token = v.newToken()
	for _, tag := range account.Languages {
		if tag != v.words.language {
			s.Other = append(s.Other, otherLanguage{tag, languageNames[tag]})
		}
	}
	if v.signedIn() {
		if s.Waiting, err = v.waiting(v.r.Context()); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if p.problem != nil {
		problem := wire.NewProblem(p.problem)
		status, s.Problem = problem.Status, v.words.problem(problem, info.Limits)
		if status == http.StatusUnauthorized {
			// That would ask for a header which only the API has (RFC 9110, 15.5.2),
			// and some browsers for a password of their own.
			status = http.StatusForbidden
		}
		if status == http.StatusInternalServerError {
			v.Log.Error("page failed", "path", v.r.URL.Path, "err", p.problem)
		}
		if problem.RetryAfter > 0 {
			v.w.Header().Set("Retry-After", fmt.Sprint(problem.RetryAfter))
		}
	}
	var b bytes.Buffer
	if err := v.words.pages.ExecuteTemplate(&b, p.name, s); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the client may be gone
	return nil
}

// here is the page that was asked for, where it can be asked for again.
func (v *visit) here() string {
	if v.r.Method != http.MethodGet {
		return ""
	}
	return v.r.URL.RequestURI()
}

// done says what the form did that led to this page.
func (v *visit) done() string {
	switch key := v.r.URL.Query().Get("done"); key {
	case "asked", "accepted", "declined", "withdrawn", "joined", "invitation-declined", "signed-out":
		return v.t("lite.done." + key)
	case "reset":
		return v.t("reset.done")
	}
	return ""
}

// fail answers with a page that says what went wrong.
func (v *visit) fail(err error) {
	if v.words == nil {
		v.words = v.languages[account.Languages[0]]
	}
	title := v.t("lite.failed")
	if change.KindOf(err) == change.NotFound {
		title = v.t("page.notFound")
	}
	if err := v.show(page{name: "failed.html", title: title, problem: err}); err != nil {
		v.Log.Error("page failed", "path", v.r.URL.Path, "err", err)
		http.Error(v.w, "Something went wrong on the server. 服务器出了点问题。", http.StatusInternalServerError)
	}
}

// refreshes tells whether pages are to load themselves again, and notes it when
// it is chosen.
func (v *visit) refreshes() bool {
	choice := v.r.URL.Query().Get("refresh")
	if choice == "on" || choice == "off" {
		http.SetCookie(v.w, &http.Cookie{
			Name: refreshCookie, Value: choice, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
			Secure: v.Guard.Secure(v.r.Context()), MaxAge: int(chosenFor.Seconds()),
		})
		return choice == "on"
	}
	c, err := v.r.Cookie(refreshCookie)
	return err != nil || c.Value != "off"
}

// waiting counts what waits for an answer of the viewer.
func (v *visit) waiting(ctx context.Context) (int, error) {
	requests, invitations, err := v.open(ctx)
	return len(requests) + len(invitations), err
}
