package openid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/openid"
)

// clock stands still.
type clock struct{}

var now = time.Date(2026, 11, 28, 1, 2, 3, 0, time.UTC)

func (clock) Now() int64 { return now.UnixMilli() }

// liar is a provider that says whatever a test wants it to. What a real one
// does is seen in internal/app.
type liar struct {
	url      string
	key      *ecdsa.PrivateKey
	token    map[string]any // claims of the ID token
	signed   *ecdsa.PrivateKey
	alg      string
	userInfo map[string]any
	metadata map[string]any // in place of what it should say
	answer   string         // of the token endpoint, instead
}

func lie(t *testing.T) *liar {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{key: key, signed: key, alg: oidc.ES256}
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.ES256}}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.Handle("/keys", keys)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		m := map[string]any{
			"issuer": l.url, "authorization_endpoint": l.url + "/auth", "token_endpoint": l.url + "/token", "jwks_uri": l.url + "/keys",
			"userinfo_endpoint": l.url + "/me", "id_token_signing_alg_values_supported": []string{"ES256"},
		}
		maps.Copy(m, l.metadata)
		answer(w, m)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		if l.answer != "" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(l.answer))
			return
		}
		text, _ := json.Marshal(l.token)
		answer(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": oidctest.SignIDToken(l.signed, "k", l.alg, string(text))})
	})
	mux.HandleFunc("/me", func(w http.ResponseWriter, _ *http.Request) { answer(w, l.userInfo) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	l.url = s.URL
	keys.SetIssuer(s.URL)
	l.token = map[string]any{"iss": s.URL, "aud": "chat", "sub": "7", "nonce": proof.Nonce, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "email": "ann@example.org", "email_verified": true}
	return l
}

func (l *liar) voucher(t *testing.T) *openid.Provider {
	p, err := openid.New(openid.Options{Issuer: l.url, ClientID: "chat", Secret: "s", Back: back, Clock: clock{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTokensAreChecked(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		alter func(*liar)
		iss   string
		want  error
	}{
		"as it should be":                 {func(*liar) {}, "", nil},
		"the issuer names itself":         {func(l *liar) { l.metadata = map[string]any{"authorization_response_iss_parameter_supported": true} }, "self", nil},
		"two audiences, given to us":      {func(l *liar) { l.token["aud"] = []string{"chat", "x"}; l.token["azp"] = "chat" }, "", nil},
		"another nonce":                   {func(l *liar) { l.token["nonce"] = "another" }, "", account.ErrNotProven},
		"no nonce":                        {func(l *liar) { delete(l.token, "nonce") }, "", account.ErrNotProven},
		"another audience":                {func(l *liar) { l.token["aud"] = "shop" }, "", account.ErrNotProven},
		"two audiences, given to another": {func(l *liar) { l.token["aud"] = []string{"chat", "x"}; l.token["azp"] = "x" }, "", account.ErrNotProven},
		"two audiences, given to nobody":  {func(l *liar) { l.token["aud"] = []string{"chat", "x"} }, "", account.ErrNotProven},
		"another issuer":                  {func(l *liar) { l.token["iss"] = "https://evil.example" }, "", account.ErrNotProven},
		"too old":                         {func(l *liar) { l.token["exp"] = now.Add(-time.Second).Unix() }, "", account.ErrNotProven},
		"too early":                       {func(l *liar) { l.token["nbf"] = now.Add(time.Hour).Unix() }, "", account.ErrNotProven},
		"another key":                     {func(l *liar) { l.signed = other }, "", account.ErrNotProven},
		"another access token":            {func(l *liar) { l.token["at_hash"] = "x" }, "", account.ErrNotProven},
		"sent back by another issuer":     {func(*liar) {}, "https://evil.example", account.ErrNotProven},
		"the issuer should name itself":   {func(l *liar) { l.metadata = map[string]any{"authorization_response_iss_parameter_supported": true} }, "", account.ErrNotProven},
		"no ID token":                     {func(l *liar) { l.answer = `{"access_token":"at","token_type":"Bearer"}` }, "", account.ErrProvider},
		"an ID token that is none":        {func(l *liar) { l.answer = `{"access_token":"at","token_type":"Bearer","id_token":"x.y.z"}` }, "", account.ErrNotProven},
		"a code that is refused":          {func(l *liar) { l.answer = `{"error":"invalid_grant"}` }, "", account.ErrNotProven},
		"a secret that is refused":        {func(l *liar) { l.answer = `{"error":"invalid_client"}` }, "", account.ErrProvider},
	} {
		t.Run(name, func(t *testing.T) {
			l := lie(t)
			c.alter(l)
			iss := c.iss
			if iss == "self" {
				iss = l.url
			}
			got, err := l.voucher(t).Redeem(t.Context(), account.Arrival{Code: "c", Issuer: iss}, proof)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if want := (account.Claim{Issuer: l.url, Subject: "7", Label: "ann@example.org", Email: "ann@example.org", EmailVerified: true}); err == nil && got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestUserInfo(t *testing.T) {
	l := lie(t)
	delete(l.token, "email")
	delete(l.token, "email_verified")
	l.userInfo = map[string]any{"sub": "7", "preferred_username": "ann", "name": "Ann", "email": "ann@example.org", "email_verified": "true"}
	got, err := l.voucher(t).Redeem(t.Context(), account.Arrival{Code: "c"}, proof)
	if want := (account.Claim{Issuer: l.url, Subject: "7", Label: "ann", Username: "ann", Name: "Ann", Email: "ann@example.org", EmailVerified: true}); err != nil || got != want {
		t.Errorf("got %+v %v, want %+v", got, err, want)
	}
	for _, said := range []any{"yes", 1, nil, []any{true}, "TRUE"} {
		l.userInfo["email_verified"] = said
		if got, _ := l.voucher(t).Redeem(t.Context(), account.Arrival{Code: "c"}, proof); got.EmailVerified {
			t.Errorf("verified: %v is believed: %+v", said, got)
		}
	}
	delete(l.userInfo, "email_verified")
	if got, err := l.voucher(t).Redeem(t.Context(), account.Arrival{Code: "c"}, proof); err != nil || got.EmailVerified || got.Email == "" {
		t.Errorf("not said: %+v %v", got, err)
	}
	l.userInfo["sub"] = "8"
	if _, err := l.voucher(t).Redeem(t.Context(), account.Arrival{Code: "c"}, proof); !errors.Is(err, account.ErrNotProven) {
		t.Errorf("somebody else's: %v", err)
	}
}

// A provider can not send browsers, or secrets, anywhere.
func TestMetadataIsNotBelieved(t *testing.T) {
	for name, metadata := range map[string]map[string]any{
		"a script":                   {"authorization_endpoint": "javascript://example.org/%0aalert(1)"},
		"no address":                 {"token_endpoint": "/token"},
		"a file":                     {"jwks_uri": "file:///etc/passwd"},
		"another issuer":             {"issuer": "https://evil.example"},
		"no address for the code":    {"token_endpoint": ""},
		"something else at userinfo": {"userinfo_endpoint": "ftp://example.org"},
	} {
		l := lie(t)
		l.metadata = metadata
		if address, err := l.voucher(t).Address(t.Context(), proof); !errors.Is(err, account.ErrProvider) {
			t.Errorf("%s: %q %v", name, address, err)
		}
	}
	// A machine in the own network that the operator did not name is not asked,
	// even if it would answer.
	asked := false
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked = true }))
	defer inside.Close()
	l := lie(t)
	l.metadata = map[string]any{"token_endpoint": strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)}
	if _, err := l.voucher(t).Redeem(t.Context(), account.Arrival{Code: "c"}, proof); !errors.Is(err, account.ErrProvider) || asked {
		t.Errorf("inside: %v, asked: %v", err, asked)
	}
}

// What a provider told of itself lasts while it can not be asked.
func TestDiscoveryIsKept(t *testing.T) {
	l := lie(t)
	p := l.voucher(t)
	first, err := p.Address(t.Context(), proof)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"code_challenge_method=S256", "nonce=a-nonce", "state=a-state", "scope=openid+profile+email", "response_type=code", "client_id=chat"} {
		if !strings.Contains(first, part) {
			t.Errorf("%s is not in %s", part, first)
		}
	}
	if strings.Contains(first, proof.Verifier) {
		t.Error("the verifier is in the address")
	}
	l.metadata = map[string]any{"issuer": "broken"}
	if again, err := p.Address(t.Context(), proof); err != nil || again != first {
		t.Errorf("again: %q %v", again, err)
	}
}
