package app_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/openid/githubtest"
	"github.com/happychat/happychat/internal/wire"
)

// openIDProvider starts a real one: oidc-provider, under Node. stop ends it
// before the test does.
func openIDProvider(t *testing.T) (o config.OIDC, stop func()) {
	t.Helper()
	const folder = "../../e2e"
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: signing in with a real OpenID provider is not tested")
	}
	if _, err := os.Stat(folder + "/node_modules/oidc-provider"); err != nil {
		t.Skip("the OpenID provider is not installed: run npm ci --prefix e2e")
	}
	cmd := exec.CommandContext(t.Context(), "node", "provider/main.mjs")
	cmd.Dir, cmd.Stderr = folder, t.Output()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		in.Close()
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal("the provider did not start:", err)
	}
	var said struct {
		Issuer string `json:"issuer"`
	}
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatal(err)
	}
	return config.OIDC{Issuer: said.Issuer, ClientID: "happychat", Secret: "a secret of provider and chat", Name: "Corp"}, stop
}

// browser has cookies, here and at the provider.
type browser struct {
	t    *testing.T
	s    *apptest.Server
	host string // what it asks
	base string // as the page says that it comes from
	http *http.Client
}

func newBrowser(t *testing.T, s *apptest.Server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, s: s, host: s.URL().String(), base: s.URL().String(), http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// do makes a request as the web app does.
func (b *browser) do(method, path string, body any) apptest.Answer {
	b.t.Helper()
	req, err := http.NewRequest(method, b.host+"/api/v1"+path, strings.NewReader(string(wire.Raw(body))))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", b.base)
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return apptest.Answer{Status: res.StatusCode, Header: res.Header, Raw: raw}
}

func (b *browser) want(what string, a apptest.Answer, status int, code string) apptest.Answer {
	b.t.Helper()
	if a.Status != status || a.Code() != code {
		b.t.Fatalf("%s: %d %s, want %d %q", what, a.Status, a.Raw, status, code)
	}
	return a
}

func (b *browser) begin(provider string) string {
	b.t.Helper()
	return b.want("begin", b.do("POST", "/visits", map[string]any{"provider": provider, "remember": true}), 201, "").Get("address")
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	formPrompt = regexp.MustCompile(`name="prompt" value="([^"]+)"`)
	abortLink  = regexp.MustCompile(`href="([^"]+/abort)"`)
)

// travel goes to an address of the provider, fills its pages in as somebody,
// and gives what the browser brings back; nobody cancels.
func (b *browser) travel(address, login string) map[string]any {
	b.t.Helper()
	form := url.Values(nil)
	for range 12 {
		var res *http.Response
		var err error
		if form == nil {
			res, err = b.http.Get(address)
		} else {
			res, err = b.http.PostForm(address, form)
		}
		if err != nil {
			b.t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			b.t.Fatal(err)
		}
		form = nil
		if to, err := res.Location(); err == nil {
			if key, ok := strings.CutPrefix(to.String(), b.s.URL().String()+"/sign-in/"); ok {
				key, _, _ = strings.Cut(key, "?")
				arrival := map[string]any{"provider": key, "state": ""}
				for _, name := range []string{"state", "code", "iss", "error"} {
					if v := to.Query().Get(name); v != "" {
						arrival[name] = v
					}
				}
				return arrival
			}
			address = to.String()
			continue
		}
		action, prompt := formAction.FindSubmatch(page), formPrompt.FindSubmatch(page)
		if action == nil || prompt == nil {
			b.t.Fatalf("%s answers %s: %s", address, res.Status, page)
		}
		address = string(action[1])
		form = url.Values{"prompt": {string(prompt[1])}, "login": {login}, "password": {"any"}}
		if login == "" {
			address, form = string(abortLink.FindSubmatch(page)[1]), nil
		}
	}
	b.t.Fatal("the provider sends the browser in circles")
	return nil
}

func (b *browser) finish(arrival map[string]any) apptest.Answer {
	b.t.Helper()
	return b.do("POST", "/visits/current/arrival", arrival)
}

// visit goes to the provider and comes back.
func (b *browser) visit(login string) apptest.Answer {
	b.t.Helper()
	return b.finish(b.travel(b.begin("oidc"), login))
}

func startWith(t *testing.T, alter func(*config.Config)) *apptest.Server {
	return apptest.Start(t, func(c *config.Config, _ *app.Options) { alter(c) })
}

func TestOpenIDConnect(t *testing.T) {
	o, stop := openIDProvider(t)
	s := startWith(t, func(c *config.Config) { c.OIDC = o })

	t.Run("the web app learns whom it can ask", func(t *testing.T) {
		a := s.Do(nil, "GET", "/server", nil)
		if a.Get("providers.0.key") != "oidc" || a.Get("providers.0.name") != "Corp" || strings.Contains(string(a.Raw), o.Secret.Reveal()) {
			t.Errorf("%s", a.Raw)
		}
	})

	t.Run("sign up, and in again", func(t *testing.T) {
		b := newBrowser(t, s)
		begun := b.want("begin", b.do("POST", "/visits", map[string]any{"provider": "oidc", "remember": true}), 201, "")
		if c := begun.Header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
			t.Errorf("cookie: %s", c)
		}
		came := b.want("come back", b.finish(b.travel(begun.Get("address"), "ann")), 200, "")
		if came.Get("proposal.username") != "ann" || came.Get("proposal.name") != "Ann" || came.Get("proposal.email") != "ann@example.com" ||
			came.Get("proposal.emailVerified") != "true" || came.Get("proposal.known") != "false" {
			t.Fatalf("%s", came.Raw)
		}
		again := b.want("the page is loaded again", b.do("GET", "/visits/current", nil), 200, "")
		if again.Get("username") != "ann" {
			t.Errorf("%s", again.Raw)
		}
		b.want("another browser", newBrowser(t, s).do("GET", "/visits/current", nil), 410, "visit.gone")
		made := b.want("sign up", b.do("POST", "/visits/current/account", map[string]any{"username": "ann", "language": "en"}), 201, "")
		if made.Get("signedIn.account.hasPassword") != "false" || made.Get("signedIn.account.email") != "ann@example.com" || made.Get("signedIn.token") != "-" {
			t.Errorf("%s", made.Raw)
		}
		who := b.want("who am I", b.do("GET", "/account", nil), 200, "")
		b.want("sign out", b.do("DELETE", "/sessions/current", nil), 204, "")

		// The provider still knows the browser; a new one it asks.
		for _, next := range []*browser{b, newBrowser(t, s)} {
			in := next.want("come back", next.visit("ann"), 200, "")
			if in.Get("signedIn.account.id") != who.Get("id") {
				t.Errorf("%s", in.Raw)
			}
			next.want("who am I", next.do("GET", "/account", nil), 200, "")
		}
	})

	t.Run("what comes back is for one browser, once", func(t *testing.T) {
		mine, theirs := newBrowser(t, s), newBrowser(t, s)
		arrival := mine.travel(mine.begin("oidc"), "ann")
		theirs.begin("oidc")
		theirs.want("another browser", theirs.finish(arrival), 410, "visit.gone")
		newBrowser(t, s).want("no cookie", newBrowser(t, s).finish(arrival), 410, "visit.gone")
		mine.want("mine", mine.finish(arrival), 200, "")
		mine.want("again", mine.finish(arrival), 410, "visit.gone")
		// The code alone is of no use either.
		next := mine.travel(mine.begin("oidc"), "ann")
		next["code"] = arrival["code"]
		mine.want("a code that was used", mine.finish(next), 403, "visit.not_proven")
		stolen := theirs.travel(theirs.begin("oidc"), "bob")
		own := mine.travel(mine.begin("oidc"), "ann")
		own["code"] = stolen["code"]
		mine.want("the code of another browser", mine.finish(own), 403, "visit.not_proven")
	})

	t.Run("fifty at once, and one gets in", func(t *testing.T) {
		b := newBrowser(t, s)
		arrival := b.travel(b.begin("oidc"), "ann")
		var mu sync.Mutex
		counts := map[int]int{}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				a := b.finish(arrival)
				mu.Lock()
				defer mu.Unlock()
				counts[a.Status]++
			})
		}
		wg.Wait()
		if counts[200] != 1 || counts[410] != 49 {
			t.Errorf("%v", counts)
		}
	})

	t.Run("a nonce of somebody else", func(t *testing.T) {
		b := newBrowser(t, s)
		u, err := url.Parse(b.begin("oidc"))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("nonce", "of-somebody-else")
		u.RawQuery = q.Encode()
		b.want("come back", b.finish(b.travel(u.String(), "ann")), 403, "visit.not_proven")
	})

	t.Run("no consent", func(t *testing.T) {
		b := newBrowser(t, s)
		arrival := b.travel(b.begin("oidc"), "")
		if arrival["error"] != "access_denied" {
			t.Fatalf("%v", arrival)
		}
		b.want("come back", b.finish(arrival), 403, "visit.denied")
	})

	t.Run("only its own pages begin", func(t *testing.T) {
		b := newBrowser(t, s)
		b.base = "https://evil.example"
		b.want("a foreign page", b.do("POST", "/visits", map[string]any{"provider": "oidc"}), 403, "request.foreign_origin")
		b.host, b.base = s.Base, s.Base // another name of the same server: its cookie would not come back
		b.want("another address", b.do("POST", "/visits", map[string]any{"provider": "oidc"}), 409, "visit.elsewhere")
		b.host, b.base = s.URL().String(), s.URL().String()
		b.want("no such provider", b.do("POST", "/visits", map[string]any{"provider": "github"}), 404, "identity.no_provider")
	})

	t.Run("an address that is not verified goes by mail", func(t *testing.T) {
		b := newBrowser(t, s)
		came := b.want("come back", b.visit("ming+unverified"), 200, "")
		if came.Get("proposal.emailVerified") != "false" || came.Get("proposal.email") != "ming@example.com" {
			t.Fatalf("%s", came.Raw)
		}
		sent := b.want("sign up", b.do("POST", "/visits/current/account", map[string]any{"username": "ming", "language": "en", "email": "ming@example.com", "password": apptest.Password}), 201, "")
		if sent.Get("delivery") != "outbox" || sent.Get("signedIn") != "-" {
			t.Errorf("%s", sent.Raw)
		}
		b.want("not signed in", b.do("GET", "/account", nil), 401, "session.required")
		if _, err := s.Accounts.ActivateByName(t.Context(), "ming"); err != nil {
			t.Fatal(err)
		}
		in := b.want("come back", b.visit("ming+unverified"), 200, "")
		if in.Get("signedIn.account.username") != "ming" {
			t.Errorf("%s", in.Raw)
		}
	})

	t.Run("an address of an account is linked by its owner only", func(t *testing.T) {
		if _, err := s.Accounts.Create(t.Context(), account.Wish{Username: "lan", Email: "LAN@example.com", Password: apptest.Password, Language: "en"}, account.User); err != nil {
			t.Fatal(err)
		}
		b := newBrowser(t, s)
		came := b.want("come back", b.visit("lan"), 200, "")
		if came.Get("proposal.known") != "true" || came.Get("signedIn") != "-" {
			t.Fatalf("%s", came.Raw)
		}
		b.want("a second account", b.do("POST", "/visits/current/account", map[string]any{"username": "lan2", "language": "en"}), 409, "visit.email_known")
		b.want("nobody", b.do("POST", "/visits/current/link", map[string]any{}), 401, "session.required")
		b.want("sign in", b.do("POST", "/sessions", map[string]any{"login": "lan", "password": apptest.Password}), 201, "")
		b.want("link", b.do("POST", "/visits/current/link", map[string]any{}), 200, "")
		list := b.want("list", b.do("GET", "/account/identities", nil), 200, "")
		if list.Get("identities.#") != "1" || list.Get("identities.0.label") != "lan" || list.Get("identities.0.provider") != "oidc" {
			t.Errorf("%s", list.Raw)
		}
		in := b.want("come back", b.visit("lan"), 200, "")
		if in.Get("signedIn.account.username") != "lan" {
			t.Errorf("%s", in.Raw)
		}
		b.want("unlink", b.do("DELETE", "/account/identities/"+list.Get("identities.0.id"), nil), 204, "")
	})

	t.Run("linked in the settings, by the session that began it", func(t *testing.T) {
		if _, err := s.Accounts.Create(t.Context(), account.Wish{Username: "wei", Email: "wei@example.org", Password: apptest.Password, Language: "en"}, account.User); err != nil {
			t.Fatal(err)
		}
		b := newBrowser(t, s)
		b.want("sign in", b.do("POST", "/sessions", map[string]any{"login": "wei", "password": apptest.Password}), 201, "")
		b.want("a wrong password", b.do("POST", "/account/identities", map[string]any{"provider": "oidc", "password": "x"}), 422, "account.wrong_password")
		begin := func() string {
			return b.want("begin", b.do("POST", "/account/identities", map[string]any{"provider": "oidc", "password": apptest.Password}), 201, "").Get("address")
		}
		linked := b.want("come back", b.finish(b.travel(begin(), "wei")), 200, "")
		if linked.Get("linked.label") != "wei" {
			t.Errorf("%s", linked.Raw)
		}
		arrival := b.travel(begin(), "wei")
		b.want("sign out meanwhile", b.do("DELETE", "/sessions/current", nil), 204, "")
		b.want("come back", b.finish(arrival), 410, "visit.gone")
		other := newBrowser(t, s)
		other.want("another comes with it", other.visit("ann"), 200, "")
		arrival = func() map[string]any {
			a, err := s.Accounts.SetPassword(t.Context(), "ann", apptest.Password)
			if err != nil {
				t.Fatal(err)
			}
			other.want("sign in", other.do("POST", "/sessions", map[string]any{"login": a.Username, "password": apptest.Password}), 201, "")
			address := other.want("begin", other.do("POST", "/account/identities", map[string]any{"provider": "oidc", "password": apptest.Password}), 201, "").Get("address")
			return newBrowser(t, s).travel(address, "wei")
		}()
		other.want("what is another's", other.finish(arrival), 409, "identity.taken")
	})

	t.Run("disabled", func(t *testing.T) {
		if _, err := s.Accounts.Disable(t.Context(), "wei"); err != nil {
			t.Fatal(err)
		}
		b := newBrowser(t, s)
		b.want("come back", b.visit("wei"), 403, "identity.disabled")
		b.want("who am I", b.do("GET", "/account", nil), 401, "session.required")
	})

	t.Run("a provider that is down says so, and nothing is lost", func(t *testing.T) {
		b := newBrowser(t, s)
		arrival := b.travel(b.begin("oidc"), "ann")
		stop()
		b.want("come back", b.finish(arrival), 503, "visit.unreachable")
		b.want("with the password", b.do("POST", "/sessions", map[string]any{"login": "ann", "password": apptest.Password}), 201, "")
	})
}

// What the provider signed is not good for ever: this server lives two years
// later.
func TestOldTokensAreRefused(t *testing.T) {
	o, _ := openIDProvider(t)
	s := startWith(t, func(c *config.Config) { c.OIDC = o })
	s.Clock.Advance(2 * 365 * 24 * time.Hour)
	b := newBrowser(t, s)
	b.want("come back", b.visit("ann"), 403, "visit.not_proven")
}

func TestGitHub(t *testing.T) {
	there := githubtest.Start(t, "")
	s := startWith(t, func(c *config.Config) {
		c.GitHub = config.GitHub{ClientID: githubtest.ClientID, Secret: githubtest.Secret, URL: there.URL}
		c.OIDC = config.OIDC{Issuer: "http://127.0.0.1:1", ClientID: "x", Secret: "y"}
	})
	there.Register(s.URL().String() + "/sign-in/github")
	if a := s.Do(nil, "GET", "/server", nil); a.Get("providers.0.name") != "GitHub" || a.Get("providers.1.name") != "127.0.0.1" {
		t.Errorf("%s", a.Raw)
	}
	octocat := &githubtest.User{ID: 583231, Login: "octocat", Name: "Mona", Emails: []githubtest.Email{{Email: "mona@example.org", Primary: true, Verified: true}}}
	there.Login(octocat)
	b := newBrowser(t, s)
	came := b.want("come back", b.finish(b.travel(b.begin("github"), "")), 200, "")
	if came.Get("proposal.label") != "octocat" || came.Get("proposal.emailVerified") != "true" {
		t.Fatalf("%s", came.Raw)
	}
	b.want("sign up", b.do("POST", "/visits/current/account", map[string]any{"username": "mona", "language": "en"}), 201, "")
	// It is the number that counts, not the name.
	octocat.Login = "renamed"
	in := newBrowser(t, s)
	if a := in.want("come back", in.finish(in.travel(in.begin("github"), "")), 200, ""); a.Get("signedIn.account.username") != "mona" {
		t.Errorf("%s", a.Raw)
	}
	if list := in.do("GET", "/account/identities", nil); list.Get("identities.0.label") != "renamed" || list.Get("identities.0.issuer") != there.URL {
		t.Errorf("%s", list.Raw)
	}
	there.Login(&githubtest.User{ID: 9, Login: "octocat", Emails: octocat.Emails})
	eve := newBrowser(t, s)
	if a := eve.want("come back", eve.finish(eve.travel(eve.begin("github"), "")), 200, ""); a.Get("signedIn") != "-" || a.Get("proposal.known") != "true" {
		t.Errorf("another with the same name: %s", a.Raw)
	}
	there.Login(nil)
	eve.want("denied", eve.finish(eve.travel(eve.begin("github"), "")), 403, "visit.denied")
	eve.want("a provider that is not there", eve.do("POST", "/visits", map[string]any{"provider": "oidc"}), 503, "visit.unreachable")
}
