package httpapi_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/account/passkeytest"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/config"
)

func text64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// passkeyBrowser makes and uses passkeys as the web app does.
type passkeyBrowser struct {
	*apptest.Server
	t *testing.T
}

func (b passkeyBrowser) add(p *apptest.Person, name string) (*passkeytest.Key, apptest.Answer) {
	b.t.Helper()
	begun := b.Do(p, "POST", "/account/passkeys/challenge", object("password", apptest.Password))
	status(b.t, "begin", begun, 200, "")
	handle, err := base64.RawURLEncoding.DecodeString(begun.Get("user.id"))
	if err != nil {
		b.t.Fatal(err)
	}
	k := passkeytest.New(begun.Get("rp.id"), b.URL().String(), handle)
	m := k.Make(begun.Get("challenge"))
	a := b.Do(p, "POST", "/account/passkeys", map[string]any{
		"name": name, "credentialId": k.CredentialID(), "clientDataJSON": text64(m.ClientData), "attestationObject": text64(m.Object), "transports": []string{"internal"},
	})
	status(b.t, "add", a, 201, "")
	return k, a
}

// used is what a browser says, with whatever else belongs into the request.
func used(k *passkeytest.Key, challenge string, pairs ...any) map[string]any {
	u := k.Use(challenge)
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	m["credentialId"], m["clientDataJSON"], m["authenticatorData"] = k.CredentialID(), text64(u.ClientData), text64(u.AuthenticatorData)
	m["signature"], m["userHandle"] = text64(u.Signature), text64(k.Handle)
	return m
}

// The ways of passkeys from outside. What is refused is tested where it is
// computed.
func TestPasskeysOverHTTP(t *testing.T) {
	s := apptest.Start(t, nil)
	b := passkeyBrowser{s, t}
	lan, ming := s.Person("lan"), s.Person("ming")
	if a := s.Do(nil, "GET", "/server", nil); a.Get("passkeys.id") != "localhost" || a.Get("passkeys.origin") != s.URL().String() {
		t.Errorf("%s", a.Raw)
	}
	status(t, "a wrong password", s.Do(lan, "POST", "/account/passkeys/challenge", object("password", "nope")), 422, "account.wrong_password")
	k, added := b.add(lan, "Phone 手机")
	if added.Get("recoveryCodes.#") != "10" || added.Get("passkey.name") != "Phone 手机" || added.Get("passkey.backedUp") != "false" || strings.Contains(string(added.Raw), "publicKey") {
		t.Errorf("%s", added.Raw)
	}
	if _, more := b.add(lan, ""); more.Get("recoveryCodes.#") != "0" || more.Get("passkey.name") == "" {
		t.Errorf("%s", more.Raw)
	}
	if a := s.Do(lan, "POST", "/account/passkeys/challenge", object("password", apptest.Password)); a.Get("excludeCredentials.0.id") != k.CredentialID() ||
		a.Get("excludeCredentials.0.transports.0") != "internal" || a.Get("authenticatorSelection.residentKey") != "required" || a.Get("pubKeyCredParams.1.alg") != "-7" {
		t.Errorf("%s", a.Raw)
	}
	id := added.Get("passkey.id")
	status(t, "rename", s.Do(lan, "PATCH", "/account/passkeys/"+id, object("name", "Old phone")), 200, "")
	status(t, "rename that of another", s.Do(ming, "PATCH", "/account/passkeys/"+id, object("name", "x")), 404, "passkey.not_found")
	status(t, "remove that of another", s.Do(ming, "POST", "/account/passkeys/"+id+"/removal", object("password", apptest.Password)), 404, "passkey.not_found")
	if a := s.Do(lan, "GET", "/account/passkeys", nil); a.Get("passkeys.#") != "2" || a.Get("passkeys.0.name") != "Old phone" || a.Get("userHandle") != text64(k.Handle) {
		t.Errorf("%s", a.Raw)
	}
	if a := s.Do(lan, "GET", "/account/factors", nil); a.Get("passkeys") != "2" || a.Get("totp") != "false" {
		t.Errorf("%s", a.Raw)
	}
	files := unzip(t, s.Do(lan, "GET", "/account/export", nil).Raw)
	if apptest.Get([]byte(files["passkeys.json"]), "passkeys.0.name") != "Old phone" {
		t.Errorf("the archive: %s", files["passkeys.json"])
	}

	// Instead of the password.
	begun := s.Do(nil, "POST", "/sessions/passkey-challenge", nil)
	status(t, "begin to sign in", begun, 200, "")
	if begun.Get("allowCredentials.#") != "0" || begun.Get("userVerification") != "required" || begun.Get("rpId") != "localhost" {
		t.Errorf("%s", begun.Raw)
	}
	said := used(k, begun.Get("challenge"), "use", "bearer", "remember", true)
	in := s.Do(nil, "POST", "/sessions/passkey", said)
	status(t, "sign in", in, 201, "")
	status(t, "who am I", s.Do(&apptest.Person{Server: s, Token: in.Get("token")}, "GET", "/account", nil), 200, "")
	status(t, "the same again", s.Do(nil, "POST", "/sessions/passkey", said), 401, "session.bad_passkey")
	cookie := s.Do(nil, "POST", "/sessions/passkey", used(k, s.Do(nil, "POST", "/sessions/passkey-challenge", nil).Get("challenge")))
	status(t, "sign in with a cookie", cookie, 201, "")
	if len(cookie.Header.Values("Set-Cookie")) != 1 || cookie.Get("token") != "-" {
		t.Errorf("%s %v", cookie.Raw, cookie.Header)
	}
	for what, field := range map[string]string{"noise as signature": "signature", "noise as words": "clientDataJSON", "noise as data": "authenticatorData", "nobody": "userHandle"} {
		bad := used(k, s.Do(nil, "POST", "/sessions/passkey-challenge", nil).Get("challenge"))
		bad[field] = "not base64url!"
		status(t, what, s.Do(nil, "POST", "/sessions/passkey", bad), 401, "session.bad_passkey")
	}

	// As second step.
	first := s.Do(nil, "POST", "/sessions", object("login", "lan", "password", apptest.Password))
	status(t, "the first step", first, 401, "session.second_factor")
	if first.Get("secondFactor.methods.0") != "passkey" || first.Get("secondFactor.methods.1") != "recovery" || first.Get("secondFactor.methods.#") != "2" {
		t.Errorf("%s", first.Raw)
	}
	challenge := first.Get("secondFactor.challenge")
	begun = s.Do(nil, "POST", "/sessions/factor/passkey-challenge", object("challenge", challenge))
	status(t, "begin the second step", begun, 200, "")
	if begun.Get("allowCredentials.0.id") != k.CredentialID() || begun.Get("userVerification") != "preferred" {
		t.Errorf("%s", begun.Raw)
	}
	status(t, "the second step", s.Do(nil, "POST", "/sessions/factor/passkey", used(k, begun.Get("challenge"), "challenge", challenge)), 201, "")
	status(t, "the second step again", s.Do(nil, "POST", "/sessions/factor/passkey-challenge", object("challenge", challenge)), 410, "session.challenge_gone")

	status(t, "remove with a wrong password", s.Do(lan, "POST", "/account/passkeys/"+id+"/removal", object("password", "nope")), 422, "account.wrong_password")
	status(t, "remove", s.Do(lan, "POST", "/account/passkeys/"+id+"/removal", object("password", apptest.Password)), 204, "")
	status(t, "with a removed one", s.Do(nil, "POST", "/sessions/passkey", used(k, s.Do(nil, "POST", "/sessions/passkey-challenge", nil).Get("challenge"))), 401, "session.bad_passkey")
}

func TestNoPasskeysWithoutHTTPS(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.PublicURL = "http://chat.example.org" })
	lan := s.Person("lan")
	if a := s.Do(nil, "GET", "/server", nil); a.Get("passkeys") != "-" {
		t.Errorf("%s", a.Raw)
	}
	status(t, "begin to make one", s.Do(lan, "POST", "/account/passkeys/challenge", object("password", apptest.Password)), 404, "passkey.none_here")
	status(t, "begin to sign in", s.Do(nil, "POST", "/sessions/passkey-challenge", nil), 404, "passkey.none_here")
	if a := s.Do(lan, "GET", "/account/passkeys", nil); a.Status != 200 || a.Get("passkeys.#") != "0" {
		t.Errorf("%s", a.Raw)
	}
}
