package httpapi_test

import (
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
)

// The way of the second step from outside. What codes are right is tested where
// they are compared.
func TestSecondStepOverHTTP(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	own := object("password", apptest.Password)
	for _, path := range []string{"/account/totp", "/account/totp/confirmation", "/account/totp/removal", "/account/recovery-codes"} {
		with := own
		if strings.HasSuffix(path, "confirmation") {
			with = object("code", "123456")
		}
		status(t, "nobody: "+path, s.Do(nil, "POST", path, with), 401, "session.required")
	}
	status(t, "nobody", s.Do(nil, "GET", "/account/factors", nil), 401, "session.required")
	status(t, "a wrong password", s.Do(lan, "POST", "/account/totp", object("password", "nope")), 422, "account.wrong_password")
	status(t, "confirm nothing", s.Do(lan, "POST", "/account/totp/confirmation", object("code", "123456")), 409, "factor.off")
	a := s.Do(lan, "POST", "/account/totp", own)
	status(t, "begin", a, 200, "")
	if !strings.HasPrefix(a.Get("uri"), "otpauth://totp/Happy%20Chat:lan?secret="+a.Get("secret")) {
		t.Errorf("%s", a.Raw)
	}
	status(t, "a wrong code", s.Do(lan, "POST", "/account/totp/confirmation", object("code", "12345x")), 422, "session.bad_code")
	code, err := apptest.CodeOf(a.Get("secret"), s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	recovery := s.Do(lan, "POST", "/account/totp/confirmation", object("code", code))
	status(t, "confirm", recovery, 200, "")
	if a := s.Do(lan, "GET", "/account/factors", nil); a.Get("totp") != "true" || a.Get("recoveryCodes") != "10" {
		t.Errorf("%s", a.Raw)
	}

	// A wrong password is told the same as before.
	status(t, "a wrong password", s.Do(nil, "POST", "/sessions", object("login", "lan", "password", "nope-nope")), 401, "session.bad_credentials")
	a = s.Do(nil, "POST", "/sessions", object("login", "lan", "password", apptest.Password))
	status(t, "the first step", a, 401, "session.second_factor")
	if a.Get("secondFactor.methods.#") != "2" || len(a.Header.Values("Set-Cookie")) != 0 {
		t.Errorf("%s %v", a.Raw, a.Header)
	}
	challenge := a.Get("secondFactor.challenge")
	status(t, "a wrong code", s.Do(nil, "POST", "/sessions/factor", object("challenge", challenge, "code", "000")), 422, "session.bad_code")
	in := s.Do(nil, "POST", "/sessions/factor", object("challenge", challenge, "code", strings.ToUpper(recovery.Get("recoveryCodes.0")), "use", "bearer"))
	status(t, "the second step", in, 201, "")
	status(t, "who am I", s.Do(&apptest.Person{Server: s, Token: in.Get("token")}, "GET", "/account", nil), 200, "")
	status(t, "the challenge again", s.Do(nil, "POST", "/sessions/factor", object("challenge", challenge, "code", recovery.Get("recoveryCodes.1"))), 410, "session.challenge_gone")
	status(t, "turn it off", s.Do(lan, "POST", "/account/totp/removal", own), 204, "")
	status(t, "one step again", s.Do(nil, "POST", "/sessions", object("login", "lan", "password", apptest.Password)), 201, "")
}
