// Package githubtest stands in for GitHub in tests, over real HTTP: what it
// refuses and how it says so follows GitHub's documentation (“Authorizing OAuth
// apps”, “Users”, “Emails”). Nobody is asked whether they agree: Login says who
// sits in front of the browser.
package githubtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The one app that is registered.
const (
	ClientID = "Iv1.0123456789abcdef"
	Secret   = "github-client-secret"
)

// Email is an address of somebody.
type Email struct {
	Email      string `json:"email"`
	Primary    bool   `json:"primary"`
	Verified   bool   `json:"verified"`
	Visibility string `json:"visibility,omitempty"`
}

// User is somebody there.
type User struct {
	ID     int64
	Login  string
	Name   string
	Emails []Email
}

// GitHub is a server.
type GitHub struct {
	URL string

	mu     sync.Mutex
	back   string
	user   *User // who sits in front of the browser; nil: denies
	codes  map[string]grant
	tokens map[string]grant
	calls  []string
	broken int // status that the API answers, if not 0
}

type grant struct {
	user                       User
	challenge, redirect, scope string
}

// Start starts one that ends with the test. back is the callback address that
// the app is registered with.
func Start(t testing.TB, back string) *GitHub {
	g := &GitHub{back: back, codes: map[string]grant{}, tokens: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login/oauth/authorize", g.authorize)
	mux.HandleFunc("POST /login/oauth/access_token", g.token)
	mux.HandleFunc("GET /api/v3/user", g.api("", func(w http.ResponseWriter, _ *http.Request, u User) {
		answer(w, map[string]any{"id": u.ID, "login": u.Login, "name": null(u.Name), "email": nil, "avatar_url": "https://example.org/x.png", "type": "User"})
	}))
	mux.HandleFunc("GET /api/v3/user/emails", g.api("user:email", g.emails))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	g.URL = s.URL
	return g
}

// Register says what callback address the app is registered with.
func (g *GitHub) Register(back string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.back = back
}

// Login says who sits in front of the browser; nil is somebody who does not
// agree.
func (g *GitHub) Login(u *User) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.user = u
}

// Break makes the API answer a status; 0 mends it.
func (g *GitHub) Break(status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.broken = status
}

// Calls gives the requests since the last call.
func (g *GitHub) Calls() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := g.calls
	g.calls = nil
	return list
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}

func (g *GitHub) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	g.mu.Lock()
	defer g.mu.Unlock()
	if q.Get("client_id") != ClientID {
		http.NotFound(w, r)
		return
	}
	// Without one, it is the registered one; another one is told there.
	back, err := url.Parse(g.back)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out := url.Values{"state": {q.Get("state")}}
	redirect := q.Get("redirect_uri")
	switch {
	case redirect != "" && redirect != g.back && !strings.HasPrefix(redirect, g.back+"/"):
		out.Set("error", "redirect_uri_mismatch")
	case g.user == nil:
		out.Set("error", "access_denied")
		out.Set("error_description", "The user has denied your application access.")
	case q.Get("code_challenge") != "" && q.Get("code_challenge_method") != "S256":
		out.Set("error", "invalid_request")
	default:
		code := rand.Text()
		g.codes[code] = grant{*g.user, q.Get("code_challenge"), redirect, q.Get("scope")}
		out.Set("code", code)
	}
	back.RawQuery = out.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token answers 200 to what goes wrong, too.
func (g *GitHub) token(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, "token")
	out := url.Values{}
	code := r.PostFormValue("code")
	grant, ok := g.codes[code]
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case r.PostFormValue("client_id") != ClientID || r.PostFormValue("client_secret") != Secret:
		out.Set("error", "incorrect_client_credentials")
	case !ok:
		out.Set("error", "bad_verification_code")
	case grant.redirect != r.PostFormValue("redirect_uri"):
		out.Set("error", "redirect_uri_mismatch")
	case grant.challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != grant.challenge:
		out.Set("error", "bad_verification_code")
	default:
		token := "gho_" + rand.Text()
		g.tokens[token] = grant
		out = url.Values{"access_token": {token}, "scope": {grant.scope}, "token_type": {"bearer"}}
	}
	delete(g.codes, code)
	if r.Header.Get("Accept") == "application/json" {
		flat := map[string]string{}
		for k := range out {
			flat[k] = out.Get(k)
		}
		answer(w, flat)
		return
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	fmt.Fprint(w, out.Encode())
}

func (g *GitHub) api(scope string, next func(http.ResponseWriter, *http.Request, User)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		_, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		grant, ok := g.tokens[bearer]
		broken := g.broken
		g.calls = append(g.calls, r.URL.RequestURI())
		g.mu.Unlock()
		refuse := func(status int, message string) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": message, "status": strconv.Itoa(status)})
		}
		switch {
		case broken != 0:
			refuse(broken, "It burns")
		case r.UserAgent() == "":
			refuse(http.StatusForbidden, "Request forbidden by administrative rules.")
		case !ok:
			refuse(http.StatusUnauthorized, "Bad credentials")
		case scope != "" && !slices.Contains(strings.Fields(grant.scope), scope):
			refuse(http.StatusNotFound, "Not Found")
		default:
			next(w, r, grant.user)
		}
	}
}

// emails gives a page of addresses, and where the next is.
func (g *GitHub) emails(w http.ResponseWriter, r *http.Request, u User) {
	per, page := 30, 1
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil {
		per = min(max(1, n), 100)
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil {
		page = max(1, n)
	}
	list := u.Emails[min(len(u.Emails), (page-1)*per):min(len(u.Emails), page*per)]
	if page*per < len(u.Emails) {
		w.Header().Set("Link", fmt.Sprintf(`<%s/api/v3/user/emails?per_page=%d&page=%d>; rel="next"`, g.URL, per, page+1))
	}
	if list == nil {
		list = []Email{}
	}
	answer(w, list)
}
