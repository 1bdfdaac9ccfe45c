package openid_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/openid"
	"github.com/happychat/happychat/internal/openid/githubtest"
)

const back = "http://chat.example/sign-in/github"

var proof = account.Proof{State: "a-state", Nonce: "a-nonce", Verifier: "a-verifier-that-is-at-least-forty-three-characters-long"}

func github(t *testing.T) (*openid.GitHub, *githubtest.GitHub) {
	there := githubtest.Start(t, back)
	g, err := openid.NewGitHub(openid.GitHubOptions{URL: there.URL, ClientID: githubtest.ClientID, Secret: githubtest.Secret, Back: back})
	if err != nil {
		t.Fatal(err)
	}
	return g, there
}

// follow goes where a browser is sent and gives what it comes back with.
func follow(t *testing.T, address string) url.Values {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	to, err := res.Location()
	if err != nil {
		t.Fatalf("%s leads nowhere: %s", address, res.Status)
	}
	return to.Query()
}

func visit(t *testing.T, v account.Voucher, p account.Proof) account.Arrival {
	t.Helper()
	address, err := v.Address(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	q := follow(t, address)
	if q.Get("state") != p.State {
		t.Errorf("it came back with the state %q", q.Get("state"))
	}
	return account.Arrival{Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}
}

func TestGitHub(t *testing.T) {
	g, there := github(t)
	many := make([]githubtest.Email, 130)
	for i := range many {
		many[i] = githubtest.Email{Email: fmt.Sprintf("x%d@example.org", i), Verified: true}
	}
	many[120] = githubtest.Email{Email: "far@example.org", Primary: true, Verified: true}
	for name, c := range map[string]struct {
		emails   []githubtest.Email
		email    string
		verified bool
	}{
		"the primary one":              {[]githubtest.Email{{Email: "a@example.org", Verified: true}, {Email: "b@example.org", Primary: true, Verified: true}}, "b@example.org", true},
		"one that is not verified":     {[]githubtest.Email{{Email: "a@example.org", Primary: true}}, "a@example.org", false},
		"verified, but not primary":    {[]githubtest.Email{{Email: "a@example.org", Verified: true}}, "", false},
		"none":                         {nil, "", false},
		"the primary on a second page": {many, "far@example.org", true},
	} {
		t.Run(name, func(t *testing.T) {
			there.Login(&githubtest.User{ID: 583231, Login: "octocat", Name: "Mona", Emails: c.emails})
			got, err := g.Redeem(t.Context(), visit(t, g, proof), proof)
			if err != nil {
				t.Fatal(err)
			}
			want := account.Claim{Issuer: there.URL, Subject: "583231", Label: "octocat", Username: "octocat", Name: "Mona", Email: c.email, EmailVerified: c.verified}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestGitHubRefuses(t *testing.T) {
	g, there := github(t)
	there.Login(&githubtest.User{ID: 1, Login: "octocat"})
	redeem := func(v account.Voucher, a account.Arrival, p account.Proof) error {
		_, err := v.Redeem(t.Context(), a, p)
		return err
	}
	used := visit(t, g, proof)
	if err := redeem(g, used, proof); err != nil {
		t.Fatal(err)
	}
	if err := redeem(g, used, proof); !errors.Is(err, account.ErrNotProven) {
		t.Errorf("a code that was used: %v", err)
	}
	if err := redeem(g, account.Arrival{Code: "made-up"}, proof); !errors.Is(err, account.ErrNotProven) {
		t.Errorf("a code that was made up: %v", err)
	}
	other := proof
	other.Verifier += "x"
	if err := redeem(g, visit(t, g, proof), other); !errors.Is(err, account.ErrNotProven) {
		t.Errorf("the code of another browser: %v", err)
	}
	wrong, err := openid.NewGitHub(openid.GitHubOptions{URL: there.URL, ClientID: githubtest.ClientID, Secret: "wrong", Back: back})
	if err != nil {
		t.Fatal(err)
	}
	if err := redeem(wrong, visit(t, wrong, proof), proof); !errors.Is(err, account.ErrProvider) {
		t.Errorf("a wrong secret: %v", err)
	}
	elsewhere, err := openid.NewGitHub(openid.GitHubOptions{URL: there.URL, ClientID: githubtest.ClientID, Secret: githubtest.Secret, Back: "http://evil.example/"})
	if err != nil {
		t.Fatal(err)
	}
	if a := visit(t, elsewhere, proof); a.Error != "redirect_uri_mismatch" || a.Code != "" {
		t.Errorf("an address that is not registered: %+v", a)
	}
	there.Login(nil)
	if a := visit(t, g, proof); a.Error != "access_denied" {
		t.Errorf("denied: %+v", a)
	}
	there.Login(&githubtest.User{ID: 1, Login: "octocat"})
	there.Break(http.StatusBadGateway)
	if err := redeem(g, visit(t, g, proof), proof); !errors.Is(err, account.ErrProvider) {
		t.Errorf("a broken API: %v", err)
	}
	there.Break(0)
	there.Login(&githubtest.User{Login: "nobody"})
	if err := redeem(g, visit(t, g, proof), proof); !errors.Is(err, account.ErrProvider) {
		t.Errorf("somebody without a number: %v", err)
	}
}

// A server that answers anything, or nothing.
func TestGarbage(t *testing.T) {
	hold := make(chan struct{})
	bodies := map[string]string{
		"no JSON": "<html>", "empty": "", "another type": `[1,2]`, "no token": `{"scope":"x"}`,
		"endless": string(make([]byte, 2<<20)),
	}
	for name, text := range bodies {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(text))
			}))
			defer s.Close()
			g, err := openid.NewGitHub(openid.GitHubOptions{URL: s.URL, ClientID: "x", Secret: "y", Back: back})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := g.Redeem(t.Context(), account.Arrival{Code: "c"}, proof); !errors.Is(err, account.ErrProvider) {
				t.Errorf("GitHub: %v", err)
			}
			p, err := openid.New(openid.Options{Issuer: s.URL, ClientID: "x", Secret: "y", Back: back, Clock: clock{}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Address(t.Context(), proof); !errors.Is(err, account.ErrProvider) {
				t.Errorf("OpenID Connect: %v", err)
			}
		})
	}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(hold)
	p, err := openid.New(openid.Options{Issuer: s.URL, ClientID: "x", Secret: "y", Back: back, Clock: clock{}})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Address(short, proof); !errors.Is(err, account.ErrProvider) {
		t.Errorf("no answer: %v", err)
	}
}
