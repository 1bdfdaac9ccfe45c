package account

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what RFC 6238 and every app use; HMAC does not need collision resistance
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// What every app understands (RFC 6238, and the key URI format that began with
// Google Authenticator): SHA-1, six digits, 30 seconds.
const (
	codeDigits = 6
	codeStep   = 30 * time.Second
	// codeSlack is how many steps a clock may be off, either way (section 5.2).
	codeSlack = 1
	// secretSize is that of the hash (RFC 4226, section 4).
	secretSize = 20
)

var secretText = base32.StdEncoding.WithPadding(base32.NoPadding)

// hotp is the code of a counter (RFC 4226, section 5.3).
func hotp(secret []byte, counter uint64) string {
	mac := hmac.New(sha1.New, secret)
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], counter)
	mac.Write(b[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// stepOf is the step of a time in milliseconds.
func stepOf(ms int64) int64 { return ms / codeStep.Milliseconds() }

// usable gives the step whose code this is: one near now and newer than the
// last that was used, since a code works once (RFC 6238, section 5.2); 0 if
// there is none. It compares all.
func (t TOTP) usable(code string, now int64) int64 {
	secret, err := secretText.DecodeString(t.Secret)
	if err != nil {
		return 0
	}
	found := int64(0)
	for step := stepOf(now) - codeSlack; step <= stepOf(now)+codeSlack; step++ {
		same := subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(step))), []byte(code)) == 1
		if same && step > t.LastStep {
			found = step
		}
	}
	return found
}

// KeyURI is what the QR code for an app holds.
func KeyURI(issuer, username, secret string) string {
	// Some apps do not know + as a space.
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "otpauth://totp/" + escape(issuer) + ":" + escape(username) + "?secret=" + secret + "&issuer=" + escape(issuer)
}
