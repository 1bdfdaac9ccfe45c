package account

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/happychat/happychat/internal/change"
)

// Limits, in code points.
const (
	MinUsername, MaxUsername = 2, 32
	// UsernamePattern is what a user name looks like: letters of any script,
	// digits, and . _ - between them.
	UsernamePattern = `^\p{L}[\p{L}\p{M}\p{N}._-]*$`
	MaxName         = 50
	// MaxEmail is the longest address there is (RFC 5321, 4.5.3.1.3).
	MaxEmail                 = 254
	MinPassword, MaxPassword = 8, 200
	// MaxLogin bounds what is typed where a user name or an address may be.
	MaxLogin = MaxEmail
	// MaxDevice is the longest name of a device.
	MaxDevice = 100
)

// Languages that people can choose, as BCP 47 tags.
var Languages = []string{"zh-CN", "en"}

// UsernameKey is what makes user names the same: without regard to case and to
// how a character was composed (Unicode NFKC, then case folding).
func UsernameKey(username string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.TrimSpace(username))))
}

// EmailKey is what makes e-mail addresses the same: the whole address without
// regard to case. RFC 5321 (2.4) lets the local part differ in case; no server
// that people use does.
func EmailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// checkUsername gives the user name as it is stored. It is refused if it does
// not look like one, or could pass for another: by characters that are not
// seen, or by letters of other scripts that look like Latin ones (Unicode TR
// 39, section 5.1).
func checkUsername(field, username string) (string, error) {
	username = norm.NFC.String(strings.TrimSpace(username))
	if err := change.CheckText(field, username, 1, MaxUsername); err != nil {
		return "", err
	}
	if utf8.RuneCountInString(username) < MinUsername || !looksLikeUsername(username) || !looksLikeUsername(norm.NFKC.String(username)) {
		return "", ErrUsername.On(field)
	}
	if latin, similar := scripts(username); latin && similar {
		return "", ErrUsernameMixed.On(field)
	}
	return username, nil
}

func looksLikeUsername(s string) bool {
	for i, r := range s {
		switch {
		case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			return false
		case unicode.IsLetter(r):
		case i == 0:
			return false
		case !unicode.In(r, unicode.M, unicode.N) && !strings.ContainsRune("._-", r):
			return false
		}
	}
	return s != ""
}

// scripts tells whether there are Latin letters, and letters of the scripts
// that have the same shapes.
func scripts(s string) (latin, similar bool) {
	for _, r := range s {
		latin = latin || unicode.Is(unicode.Latin, r)
		similar = similar || unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic)
	}
	return latin, similar
}

// checkEmail gives the address as it is stored: a bare one, without quotes,
// comments and address literals, which no mailbox of a person has.
func checkEmail(field, email string) (string, error) {
	email = strings.TrimSpace(email)
	if err := change.CheckText(field, email, 1, MaxEmail); err != nil {
		return "", err
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Name != "" || parsed.Address != email || len(email) > MaxEmail ||
		strings.ContainsAny(email, "\"()<>[]\\ ") || strings.ContainsFunc(email, unicode.IsControl) {
		return "", ErrEmail.On(field)
	}
	return email, nil
}

// checkName gives the name that others see; empty means none.
func checkName(field, name string) (string, error) {
	return change.CheckLine(field, name, 0, MaxName)
}

func checkLanguage(field, language string) error {
	if slices.Contains(Languages, language) {
		return nil
	}
	return ErrLanguage.On(field)
}

// MaxTimeZone is longer than any name of a zone.
const MaxTimeZone = 64

// checkTimeZone accepts the name of a zone, or nothing. Local is the machine's
// own, which is nobody's.
func checkTimeZone(field, zone string) error {
	if zone == "" {
		return nil
	}
	if _, err := time.LoadLocation(zone); err != nil || len(zone) > MaxTimeZone || zone == "Local" {
		return ErrTimeZone.On(field)
	}
	return nil
}

// checkPassword refuses a password that would soon be guessed.
func checkPassword(field, password, username, email string) error {
	if !utf8.ValidString(password) || strings.IndexByte(password, 0) >= 0 {
		return change.CheckText(field, password, MinPassword, MaxPassword)
	}
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return ErrPasswordShort.On(field)
	case n > MaxPassword:
		return ErrPasswordLong.On(field)
	}
	key := UsernameKey(password)
	local, _, _ := strings.Cut(EmailKey(email), "@")
	for _, known := range []string{UsernameKey(username), EmailKey(email), local} {
		if len(known) >= MinUsername && (key == known || strings.Contains(key, known) && len(key)-len(known) <= tail) {
			return ErrPasswordKnown.On(field)
		}
	}
	if isCommon(password) {
		return ErrPasswordCommon.On(field)
	}
	return nil
}
