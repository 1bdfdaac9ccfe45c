package account

import (
	"errors"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/change"
)

// code gives the stable code of an error, or "".
func code(err error) string {
	if e, ok := errors.AsType[*change.Error](err); ok {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestCheckUsername(t *testing.T) {
	for _, c := range []struct{ in, want, code string }{
		{"ann", "ann", ""},
		{"  ann  ", "ann", ""},
		{"Ann.Smith_2-x", "Ann.Smith_2-x", ""},
		{"王小明", "王小明", ""},
		{"王小明2", "王小明2", ""},
		{"Мария", "Мария", ""},
		{"जॉनी", "जॉनी", ""},
		{"cafe\u0301", "caf\u00e9", ""},
		{strings.Repeat("a", 32), strings.Repeat("a", 32), ""},
		{"王伟", "王伟", ""},
		{"a", "", "username.invalid"},
		{"", "", "request.invalid"},
		{strings.Repeat("a", 33), "", "request.invalid"},
		{"a\xffb", "", "request.invalid"},
		{"ann\x00", "", "request.invalid"},
		{"2ann", "", "username.invalid"},
		{"-ann", "", "username.invalid"},
		{"an n", "", "username.invalid"},
		{"ann@x", "", "username.invalid"},
		{"a/n", "", "username.invalid"},
		{"ann\u200bie", "", "username.invalid"},
		{"ann\u202eie", "", "username.invalid"},
		{"ann\u3164", "", "username.invalid"},
		{"ann\ufe0f", "", "username.invalid"},
		{"a\ufdfa", "", "username.invalid"}, // one letter that composes to a sentence
		{"ann\n", "ann", ""},
		{"😀😀😀", "", "username.invalid"},
		{"аnn", "", "username.mixed"}, // a Cyrillic а
		{"annο", "", "username.mixed"},
	} {
		got, err := checkUsername("username", c.in)
		if got != c.want && c.code == "" || code(err) != c.code {
			t.Errorf("checkUsername(%q) = %q, %v; want %q, %q", c.in, got, err, c.want, c.code)
		}
	}
}

func TestUsernameKey(t *testing.T) {
	for _, same := range [][2]string{{"Ann", "aNN"}, {"ａｎｎ", "ann"}, {"cafe\u0301", "CAF\u00c9"}, {"STRASSE", "straße"}, {" ann ", "ann"}} {
		if UsernameKey(same[0]) != UsernameKey(same[1]) {
			t.Errorf("%q and %q are two", same[0], same[1])
		}
	}
}

func TestCheckEmail(t *testing.T) {
	for in, want := range map[string]string{
		"ann@example.org": "", " ann@example.org ": "", "ann+chat@example.org": "", "小明@example.cn": "", "ann@localhost": "",
		"":                                  "request.invalid",
		"ann":                               "email.invalid",
		"@example.org":                      "email.invalid",
		"ann@":                              "email.invalid",
		"Ann <ann@example.org>":             "email.invalid",
		"ann@example.org, b@c.de":           "email.invalid",
		"\"a b\"@example.org":               "email.invalid",
		"ann@[127.0.0.1]":                   "email.invalid",
		"ann@example.org\r\nBcc: b@c.d":     "email.invalid",
		"ann@exa mple.org":                  "email.invalid",
		"a@b.c\x00":                         "request.invalid",
		strings.Repeat("a", 250) + "@b.org": "request.invalid",
	} {
		if _, err := checkEmail("email", in); code(err) != want {
			t.Errorf("checkEmail(%q): %v; want %q", in, err, want)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for in, want := range map[string]string{
		"vK8#mQ2x":                      "",
		strings.Repeat("vK8#mQ2xé", 20): "",
		"vK8#mQ2":                       "password.too_short",
		"":                              "password.too_short",
		"汉汉汉":                           "password.too_short",
		strings.Repeat("vK8#mQ2x", 26):  "password.too_long",
		"password1":                     "password.common",
		"annemarie.k":                   "password.known",
		"ANNEMARIE.K!":                  "password.known",
		"marie@example.org":             "password.known",
		"vK8#mQ2\x00x":                  "request.invalid",
		"vK8#mQ2x\xff":                  "request.invalid",
	} {
		if err := checkPassword("password", in, "Annemarie.K", "marie@example.org"); code(err) != want {
			t.Errorf("checkPassword(%q): %v; want %q", in, err, want)
		}
	}
}
