package account

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// UsernameKey is what makes user names the same: without regard to case and to
// how a character was composed (Unicode NFKC, then case folding).
func UsernameKey(username string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.TrimSpace(username))))
}

// EmailKey is what makes e-mail addresses the same: the whole address without
// regard to case. RFC 5321 (2.4) lets the local part differ in case; no server
// that people use does.
func EmailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
