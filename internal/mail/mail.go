// Package mail writes the letters that the server sends by itself (confirm
// your address, choose a new password, …) in the reader's language, as HTML
// with a plain-text twin, and gets them to an SMTP server or into a folder.
//
// It is not a mailing-list engine: letters are few, small, go to one person
// each, and are lost when the process dies before they are out, because every
// one of them can be asked for again.
package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind says what a letter is about. Each has its texts in every language
// under templates/.
type Kind string

const (
	// Activation asks somebody who signed up to confirm the address. Link
	// leads to the confirmation and works for Expires.
	Activation Kind = "activation"
	// AlreadyRegistered answers a sign-up with an address that has an account:
	// only the owner of the mailbox learns that. Link leads to the sign-in.
	AlreadyRegistered Kind = "already_registered"
	// PasswordReset carries the link, working for Expires, with which a new
	// password is chosen.
	PasswordReset Kind = "password_reset"
	// PasswordChanged tells that the password is another one now. Link leads
	// to the page that helps somebody who did not do that.
	PasswordChanged Kind = "password_changed"
	// EmailProve asks a new address to show that it is the account's owner's,
	// and EmailApprove the present one to agree. Link leads to the confirmation
	// and works for Expires.
	EmailProve   Kind = "email_prove"
	EmailApprove Kind = "email_approve"
	// EmailChanged tells the address before that another one has taken its
	// place. Link leads to the server.
	EmailChanged Kind = "email_changed"
	// Deleted tells that the account is gone. Link leads to the server.
	Deleted Kind = "deleted"
	// TOTPOn and TOTPOff tell that signing in takes a code of an app now, or
	// does not any more; RecoveryCodes that there are new ones. Link leads to
	// the page that helps somebody who did not do that.
	TOTPOn        Kind = "totp_on"
	TOTPOff       Kind = "totp_off"
	RecoveryCodes Kind = "recovery_codes"
	// FactorsReset tells that whoever runs the server turned the second step
	// off. Link leads to the server.
	FactorsReset Kind = "factors_reset"
	// PasskeyAdded and PasskeyRemoved tell what happened to a passkey. Link is
	// that of TOTPOn.
	PasskeyAdded   Kind = "passkey_added"
	PasskeyRemoved Kind = "passkey_removed"
	// Linked tells that there is one more way to sign in, Unlinked that there is
	// one less: With. Link leads to the settings.
	Linked   Kind = "linked"
	Unlinked Kind = "unlinked"
)

// Kinds lists every kind of letter.
func Kinds() []Kind {
	return []Kind{
		Activation, AlreadyRegistered, PasswordReset, PasswordChanged, EmailProve, EmailApprove, EmailChanged, Deleted,
		TOTPOn, TOTPOff, RecoveryCodes, FactorsReset, PasskeyAdded, PasskeyRemoved, Linked, Unlinked,
	}
}

// Message is one letter to one person, before it is put into words.
type Message struct {
	Kind     Kind
	To       string // a bare address, ann@example.com
	Language string // "zh-CN" or "en"; anything else becomes the sender's default
	// Name is how the person is addressed, as they typed it. It is left out of
	// letters to addresses nobody has confirmed, so that a sign-up form cannot
	// be used to mail words of one's own choice to a stranger.
	Name    string
	About   string        // the address that the letter is about, if it is about one
	Passkey string        // the name of the passkey that the letter is about, as it was typed
	Alone   bool          // the password alone is enough to sign in from now on
	With    string        // the provider that the letter is about, if it is about one
	Link    string        // absolute http or https URL
	Expires time.Duration // how long Link works; 0 if it always does
}

var (
	errAddress = errors.New("not a mail address")
	errLink    = errors.New("not an absolute http or https link")
)

// validate refuses what no letter can be made of, so that nothing typed by a
// person reaches a header or a command of the SMTP conversation unchecked.
func (m Message) validate() error {
	if !slices.Contains(Kinds(), m.Kind) {
		return fmt.Errorf("mail: unknown kind %q", m.Kind)
	}
	if err := checkAddress(m.To); err != nil {
		return fmt.Errorf("mail: recipient: %w", err)
	}
	link, err := url.Parse(m.Link)
	if err != nil || link.Host == "" || (link.Scheme != "http" && link.Scheme != "https") {
		return fmt.Errorf("mail: %s: %w", m.Kind, errLink)
	}
	if m.About != "" && checkAddress(m.About) != nil {
		return fmt.Errorf("mail: %s: about: %w", m.Kind, errAddress)
	}
	if m.Expires < 0 {
		return fmt.Errorf("mail: %s: negative expiry", m.Kind)
	}
	return nil
}

// checkAddress accepts a bare address (RFC 5321 4.1.2) and nothing around it:
// no display name, no second address, no control characters.
func checkAddress(address string) error {
	if !utf8.ValidString(address) || len(address) > 320 || strings.ContainsFunc(address, unicode.IsControl) {
		return errAddress
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address {
		return errAddress
	}
	return nil
}

// oneLine makes a string safe for a header, a line of text and a terminal:
// control and invisible formatting characters become spaces.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
