package httpapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/wire"
)

const password = "vK8#mQ2x-right"

// console gives the links that the operator sees, the mailed ones included.
type console chan string

var link = regexp.MustCompile(`https?://\S+/([a-z-]+)(?:#(\S+))?`)

func (c console) Write(b []byte) (int, error) {
	for _, m := range link.FindAllStringSubmatch(string(b), -1) {
		c <- m[1] + " " + m[2]
	}
	return len(b), nil
}

// token waits for the next link, which must lead to a page.
func (c console) token(t *testing.T, page string) string {
	t.Helper()
	select {
	case got := <-c:
		p, token, _ := strings.Cut(got, " ")
		if p != page {
			t.Fatalf("a link to /%s, want /%s", p, page)
		}
		return token
	case <-t.Context().Done():
	case <-time.After(20 * time.Second):
	}
	t.Fatalf("no link to /%s came", page)
	return ""
}

func startWithConsole(t *testing.T) (*apptest.Server, console) {
	c := make(console, 100)
	return apptest.Start(t, func(_ *config.Config, o *app.Options) { o.Console = c }), c
}

func object(pairs ...any) string {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func registration(name string) []any {
	return []any{"username", name, "email", name + "@example.org", "password", password, "language", "en"}
}

// status fails unless an answer has it.
func status(t *testing.T, what string, a apptest.Answer, want int, code string) {
	t.Helper()
	if a.Status != want || a.Code() != code {
		t.Fatalf("%s: %d %s; want %d %q", what, a.Status, a.Raw, want, code)
	}
}

func TestFromNothingToSignedIn(t *testing.T) {
	s, links := startWithConsole(t)
	if a := s.Do(nil, "GET", "/server", nil); a.Get("setup") != "true" || a.Get("registration") != "open" {
		t.Errorf("server: %s", a.Raw)
	}
	setup := links.token(t, "setup")
	a := s.Do(nil, "POST", "/setup", object(append(registration("owner"), "token", setup)...))
	status(t, "set up", a, 201, "")
	if a.Get("account.role") != "owner" || a.Get("session.current") != "true" || a.Get("token") != "-" {
		t.Errorf("%s", a.Raw)
	}
	status(t, "set up again", s.Do(nil, "POST", "/setup", object(append(registration("owner2"), "token", setup)...)), 410, "token.invalid")
	if a := s.Do(nil, "GET", "/server", nil); a.Get("setup") != "false" {
		t.Errorf("server: %s", a.Raw)
	}

	a = s.Do(nil, "POST", "/registrations", object(append(registration("lan"), "name", "小兰")...))
	status(t, "register", a, 202, "")
	if a.Get("delivery") != "outbox" {
		t.Errorf("%s", a.Raw)
	}
	first := links.token(t, "activate")
	status(t, "sign in before", s.Do(nil, "POST", "/sessions", object("login", "lan", "password", password)), 403, "account.not_activated")
	status(t, "resend", s.Do(nil, "POST", "/activation-mails", object("email", "lan@example.org")), 202, "")
	token := links.token(t, "activate")
	status(t, "a replaced link", s.Do(nil, "POST", "/activations", object("token", first, "password", password)), 410, "token.invalid")
	a = s.Do(nil, "POST", "/activations", object("token", token, "password", password, "username", "owner"))
	status(t, "a name in use", a, 409, "registration.username_taken")
	if a.Get("errors.0.location") != "body.username" {
		t.Errorf("%s", a.Raw)
	}
	s.Events()
	a = s.Do(nil, "POST", "/activations", object("token", token, "password", password, "use", "bearer"))
	status(t, "activate", a, 201, "")
	if a.Get("account.name") != "小兰" || len(a.Header.Values("Set-Cookie")) != 0 {
		t.Errorf("%s %v", a.Raw, a.Header)
	}
	if events := s.Events(); len(events) != 1 || apptest.Get(events[0].Payload, "account.username") != "lan" {
		t.Errorf("events: %+v", events)
	}
	lan := &apptest.Person{Server: s, Name: "lan", Token: a.Get("token")}
	status(t, "who am I", s.Do(lan, "GET", "/account", nil), 200, "")
	status(t, "activate again", s.Do(nil, "POST", "/activations", object("token", token, "password", password)), 410, "token.invalid")

	status(t, "register again", s.Do(nil, "POST", "/registrations", object(registration("lan")...)), 202, "")
	links.token(t, "sign-in")
}

// What is answered does not depend on who has an account.
func TestSameAnswers(t *testing.T) {
	s, links := startWithConsole(t)
	links.token(t, "setup")
	s.Person("lan")
	same := func(what string, bodies ...[2]string) {
		t.Helper()
		var first string
		for _, b := range bodies {
			a := s.Do(nil, "POST", b[0], b[1])
			a.Header.Del("Date")
			got := fmt.Sprint(a.Status, a.Header, string(a.Raw))
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("%s: %s\nanswers %s\nand another %s", what, b[1], got, first)
			}
		}
	}
	same("registrations", [2]string{"/registrations", object(registration("lan")...)}, [2]string{"/registrations", object(registration("neu")...)})
	same("resets", [2]string{"/password-resets", object("email", "lan@example.org")}, [2]string{"/password-resets", object("email", "nobody@example.org")})
	same("resends", [2]string{"/activation-mails", object("email", "lan@example.org")}, [2]string{"/activation-mails", object("email", "neu@example.org")},
		[2]string{"/activation-mails", object("email", "nobody@example.org")})
	same("sign-ins", [2]string{"/sessions", object("login", "lan", "password", "wrong-"+password)}, [2]string{"/sessions", object("login", "nobody", "password", password)},
		[2]string{"/sessions", object("login", "nobody@example.org", "password", password)}, [2]string{"/sessions", object("login", "neu", "password", "wrong-"+password)})
}

// browser makes requests as a page of the server would, and keeps the cookie.
type browser struct {
	s      *apptest.Server
	cookie string
}

func (b *browser) do(t *testing.T, method, path, body string, header ...string) apptest.Answer {
	t.Helper()
	req, err := http.NewRequest(method, b.s.Base+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", b.s.Base)
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if b.cookie != "" {
		req.Header.Set("Cookie", "happychat_session="+b.cookie)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		b.cookie = c.Value
	}
	return apptest.Answer{Status: res.StatusCode, Header: res.Header, Raw: raw}
}

func TestCookie(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	credentials := func(remember bool) string {
		return object("login", "lan@Example.org", "password", apptest.Password, "remember", remember)
	}
	b := &browser{s: s}
	a := b.do(t, "POST", "/sessions", credentials(false))
	status(t, "sign in", a, 201, "")
	if got := a.Header.Get("Set-Cookie"); got != "happychat_session="+b.cookie+"; Path=/; HttpOnly; SameSite=Lax" {
		t.Errorf("cookie: %s", got)
	}
	if a.Get("token") != "-" || a.Get("session.device") != "Firefox, Linux" || a.Get("session.address") != "127.0.0.1" || a.Get("session.remember") != "false" {
		t.Errorf("%s", a.Raw)
	}
	if a := b.do(t, "GET", "/account", ""); a.Header.Get("Set-Cookie") != "" {
		t.Errorf("a cookie for this time only was renewed: %v", a.Header)
	}

	// Signing in again ends the session that the browser had.
	before := b.cookie
	a = b.do(t, "POST", "/sessions", credentials(true))
	status(t, "sign in", a, 201, "")
	if got := a.Header.Get("Set-Cookie"); got != "happychat_session="+b.cookie+"; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax" || b.cookie == before {
		t.Errorf("cookie: %s", got)
	}
	status(t, "the session before", (&browser{s: s, cookie: before}).do(t, "GET", "/account", ""), 401, "session.required")
	if a := b.do(t, "GET", "/account", ""); !strings.Contains(a.Header.Get("Set-Cookie"), b.cookie+"; Path=/; Max-Age=7776000") {
		t.Errorf("the cookie was not renewed: %v", a.Header)
	}
	if a := s.Do(lan, "GET", "/account", nil); a.Header.Get("Set-Cookie") != "" {
		t.Error("a bearer got a cookie")
	}

	// Pages of other sites.
	foreign := []string{"Origin", "https://evil.example"}
	status(t, "foreign sign-in", (&browser{s: s}).do(t, "POST", "/sessions", credentials(true), foreign...), 403, "request.foreign_origin")
	status(t, "foreign write", b.do(t, "DELETE", "/sessions", "", foreign...), 403, "request.foreign_origin")
	status(t, "the other session", s.Do(lan, "GET", "/account", nil), 200, "")

	a = b.do(t, "DELETE", "/sessions/current", "")
	status(t, "sign out", a, 204, "")
	if got := a.Header.Get("Set-Cookie"); got != "happychat_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" {
		t.Errorf("cookie: %s", got)
	}
	status(t, "signed out", b.do(t, "GET", "/account", ""), 401, "session.required")
}

func TestCookieIsSecureWhereItCanBe(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.PublicURL = "https://chat.example.org" })
	s.Person("lan")
	b := &browser{s: s}
	a := b.do(t, "POST", "/sessions", object("login", "lan", "password", apptest.Password))
	status(t, "sign in", a, 201, "")
	if !strings.Contains(a.Header.Get("Set-Cookie"), "; Secure") {
		t.Errorf("cookie: %s", a.Header.Get("Set-Cookie"))
	}
}

func TestSessionsOverHTTP(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.vars["mings"] = w.people["ming"].Session.String()
	w.vars["own"] = w.people["lan"].Session.String()
	other := *w.people["lan"]
	other.SignIn()
	w.vars["other"] = other.Session.String()
	w.run(
		step{as: "lan", do: "GET /sessions", status: 200, want: "sessions.#=2"},
		step{as: "lan", do: "DELETE /sessions/{mings}", status: 404, want: "code=session.not_found"},
		step{as: "lan", do: "DELETE /sessions/1", status: 404, want: "code=session.not_found"},
		step{as: "lan", do: "DELETE /sessions/x", status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "DELETE /sessions/{other}", status: 204},
		step{as: "lan", do: "DELETE /sessions/{other}", status: 404, want: "code=session.not_found"},
		step{as: "lan", do: "GET /sessions", status: 200, want: "sessions.#=1 sessions.0.current=true sessions.0.id={own}"},
	)
	status(t, "ended", w.Do(&other, "GET", "/account", nil), 401, "session.required")
	other.SignIn()
	w.run(step{as: "lan", do: "DELETE /sessions", status: 204}, step{as: "lan", do: "GET /sessions", status: 200, want: "sessions.#=1"})
	status(t, "ended", w.Do(&other, "GET", "/account", nil), 401, "session.required")
	status(t, "sign out", w.Do(w.people["lan"], "DELETE", "/sessions/current", nil), 204, "")
	status(t, "signed out", w.Do(w.people["lan"], "GET", "/account", nil), 401, "session.required")
}

// A new name reaches everybody who sees it: in their contacts, in requests,
// and among the members of conversations.
func TestRenaming(t *testing.T) {
	w := newWorld(t, "lan", "ming", "wei", "eve", "far")
	w.befriend("lan", "ming")
	w.run(
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{wei}'}`, status: 201, events: []string{"lan", "wei"}},
		step{as: "eve", do: "PUT /blocks/{lan}", status: 200, events: []string{"eve"}},
		step{
			as: "lan", do: "PATCH /account", with: `{'name':' 兰兰 '}`, status: 200, want: "name=兰兰 username=lan",
			events: []string{
				"lan account.name=兰兰 friendRequests.#=2",
				"ming contacts.0.account.name=兰兰 friendRequests.0.from.name=兰兰",
				"wei friendRequests.0.from.name=兰兰",
				"eve contacts.0.account.name=兰兰 contacts.0.blocked=true",
				"conversation members.#=1 members.0.account.name=兰兰",
			},
		},
		// The same again is no change.
		step{as: "lan", do: "PATCH /account", with: `{'name':'兰兰'}`, status: 200},
		// A language is nobody else's business.
		step{as: "lan", do: "PATCH /account", with: `{'language':'zh-CN'}`, status: 200, want: "language=zh-CN", events: []string{"lan account.language=zh-CN contacts=-"}},
		step{as: "lan", do: "PATCH /account", with: `{'name':''}`, status: 200, want: "name=lan", events: []string{"lan", "ming", "wei", "eve", "conversation"}},
		step{as: "lan", do: "PATCH /account", with: `{}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "PATCH /account", with: `{'name':'a\u202eb'}`, status: 422, want: "code=request.invalid errors.0.location=body.name"},
		step{as: "lan", do: "PATCH /account", with: `{'language':'fr'}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "PATCH /account", with: `{'role':'owner'}`, status: 422, want: "code=request.invalid"},
		step{do: "PATCH /account", with: `{'name':'x'}`, status: 401, want: "code=session.required"},
	)
}

func TestPasswordOverHTTP(t *testing.T) {
	s, links := startWithConsole(t)
	links.token(t, "setup")
	lan := s.Person("lan")
	other := *lan
	other.SignIn()
	live := other.Connect()
	status(t, "wrong", s.Do(lan, "PUT", "/account/password", object("current", "wrong", "new", password)), 422, "account.wrong_password")
	status(t, "common", s.Do(lan, "PUT", "/account/password", object("current", apptest.Password, "new", "Passw0rd!")), 422, "password.common")
	status(t, "change", s.Do(lan, "PUT", "/account/password", object("current", apptest.Password, "new", password)), 204, "")
	links.token(t, "forgot")
	status(t, "the other session", s.Do(&other, "GET", "/account", nil), 401, "session.required")
	if got := string(live.Event(wire.EventSessionEnded)); got != `{"reason":"password_changed"}` {
		t.Errorf("the live socket was told %s", got)
	}
	live.Ended()
	status(t, "this session", s.Do(lan, "GET", "/account", nil), 200, "")

	status(t, "ask for a reset", s.Do(nil, "POST", "/password-resets", object("email", "LAN@example.org")), 202, "")
	token := links.token(t, "reset")
	status(t, "too short", s.Do(nil, "POST", "/password-resets/confirmations", object("token", token, "password", "short")), 422, "password.too_short")
	status(t, "reset", s.Do(nil, "POST", "/password-resets/confirmations", object("token", token, "password", "again-"+password)), 204, "")
	status(t, "reset again", s.Do(nil, "POST", "/password-resets/confirmations", object("token", token, "password", "third-"+password)), 410, "token.invalid")
	status(t, "all sessions", s.Do(lan, "GET", "/account", nil), 401, "session.required")
	status(t, "sign in", s.Do(nil, "POST", "/sessions", object("login", "lan", "password", "again-"+password)), 201, "")
}

// Every operation takes any input without a fault of its own.
func TestBadInputOfAccounts(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	long := strings.Repeat("长", 100_000)
	for _, c := range []struct {
		as           *apptest.Person
		method, path string
		good         []any
	}{
		{nil, "POST", "/setup", append(registration("neu"), "token", "x")},
		{nil, "POST", "/registrations", registration("neu")},
		{nil, "POST", "/activation-mails", []any{"email", "neu@example.org"}},
		{nil, "POST", "/activations", []any{"token", "x", "password", password, "username", "neu"}},
		{nil, "POST", "/sessions", []any{"login", "neu", "password", "x", "remember", true, "use", "cookie"}},
		{lan, "PATCH", "/account", []any{"name", "x", "language", "en"}},
		{lan, "PUT", "/account/password", []any{"current", "x", "new", password}},
		{nil, "POST", "/password-resets", []any{"email", "neu@example.org"}},
		{nil, "POST", "/password-resets/confirmations", []any{"token", "x", "password", password}},
	} {
		send := func(body string) {
			t.Helper()
			a := s.Do(c.as, c.method, c.path, body)
			if a.Status < 200 || a.Status >= 500 || a.Status >= 400 && (a.Code() == "" || a.Get("detail") == "") {
				t.Errorf("%s %s %.80q: %d %s", c.method, c.path, body, a.Status, a.Raw)
			}
		}
		refused := func(body string) {
			t.Helper()
			a := s.Do(c.as, c.method, c.path, body)
			if a.Status != 422 && a.Status != 400 || a.Code() == "" || a.Get("detail") == "" {
				t.Errorf("%s %s %.80q: %d %s; want it refused", c.method, c.path, body, a.Status, a.Raw)
			}
		}
		for _, body := range []string{"", "null", "[]", "{", `""`, "1", "{}x", "\xff", strings.Repeat("[", 10_000)} {
			refused(body)
		}
		refused(object(append(slices.Clip(c.good), "surprise", 1)...))
		for i := 0; i < len(c.good); i += 2 {
			for _, bad := range []any{nil, 1, true, -1.5, "", " ", long, "a\x00b", "\u202e", []any{}, map[string]any{}} {
				altered := append([]any(nil), c.good...)
				altered[i+1] = bad
				send(object(altered...))
			}
			send(strings.Replace(object(c.good...), `"`+fmt.Sprint(c.good[i])+`":`, `"`+fmt.Sprint(c.good[i])+"\xff\":", 1))
			send(`{"` + fmt.Sprint(c.good[i]) + "\":\"\xff\"}")
			send(`{"` + fmt.Sprint(c.good[i]) + `":"\ud800"}`)
		}
	}
	if n, err := s.Store.Accounts(t.Context(), 0, 10); err != nil || len(n) != 1 {
		t.Errorf("accounts: %v, %v", n, err)
	}
	for _, e := range s.Events() {
		if e.Scope.Kind == change.User && e.Scope.ID != lan.ID {
			t.Errorf("event of somebody else: %s", e.Payload)
		}
	}
}

func TestTooManySignIns(t *testing.T) {
	s := apptest.Start(t, nil)
	s.Person("lan")
	var last apptest.Answer
	for range 11 {
		last = s.Do(nil, "POST", "/sessions", object("login", "lan", "password", "wrong-"+password))
	}
	status(t, "the eleventh", last, 429, "request.too_many")
	if last.Header.Get("Retry-After") != "30" || last.Get("retryAfter") != "30" {
		t.Errorf("Retry-After %s: %s", last.Header.Get("Retry-After"), last.Raw)
	}
	// Nobody trusts this header of a stranger.
	b := &browser{s: s}
	status(t, "from a forged address", b.do(t, "POST", "/sessions", object("login", "lan", "password", "wrong-"+password), "X-Forwarded-For", "198.51.100.1"), 429, "request.too_many")
}

// Whatever ends a session ends its live sockets, with the reason, and no
// others.
func TestLiveSocketsEnd(t *testing.T) {
	for _, c := range []struct {
		name   string
		end    func(s *apptest.Server, lan, other *apptest.Person) error
		reason string
		both   bool
	}{
		{"sign out", func(s *apptest.Server, _, other *apptest.Person) error {
			return answered(s.Do(other, "DELETE", "/sessions/current", nil), 204)
		}, "signed_out", false},
		{"revoke", func(s *apptest.Server, lan, other *apptest.Person) error {
			return answered(s.Do(lan, "DELETE", "/sessions/"+other.Session.String(), nil), 204)
		}, "revoked", false},
		{"revoke all others", func(s *apptest.Server, lan, _ *apptest.Person) error {
			return answered(s.Do(lan, "DELETE", "/sessions", nil), 204)
		}, "revoked", false},
		{"change the password", func(s *apptest.Server, lan, _ *apptest.Person) error {
			return answered(s.Do(lan, "PUT", "/account/password", object("current", apptest.Password, "new", password)), 204)
		}, "password_changed", false},
		{"disable", func(s *apptest.Server, _, _ *apptest.Person) error {
			_, err := s.Accounts.Disable(t.Context(), "lan")
			return err
		}, "disabled", true},
		{"set the password", func(s *apptest.Server, _, _ *apptest.Person) error {
			_, err := s.Accounts.SetPassword(t.Context(), "lan", password)
			return err
		}, "password_changed", true},
		{"expiry", func(s *apptest.Server, _, _ *apptest.Person) error {
			s.Clock.Advance(91 * 24 * time.Hour)
			return s.Accounts.Purge(t.Context())
		}, "expired", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := apptest.Start(t, nil)
			lan, ming := s.Person("lan"), s.Person("ming")
			other := *lan
			other.SignIn()
			one, two, strangers := lan.Connect(), other.Connect(), ming.Connect()
			if err := c.end(s, lan, &other); err != nil {
				t.Fatal(err)
			}
			ended := []*apptest.Socket{two}
			if c.both {
				ended = append(ended, one)
			} else {
				one.Ask("sync", object("user", 0, "conversations", []any{}))
			}
			if c.name != "expiry" {
				strangers.Ask("sync", object("user", 0, "conversations", []any{}))
			}
			for _, socket := range ended {
				if got := apptest.Get(socket.Event(wire.EventSessionEnded), "reason"); got != c.reason {
					t.Errorf("told %q, want %q", got, c.reason)
				}
				socket.Ended()
			}
		})
	}
}

func answered(a apptest.Answer, status int) error {
	if a.Status != status {
		return fmt.Errorf("%d %s", a.Status, a.Raw)
	}
	return nil
}
