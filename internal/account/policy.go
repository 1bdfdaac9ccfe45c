package account

import "github.com/happychat/happychat/internal/change"

// Errors of this noun.
var (
	ErrTaken           = change.Errorf(change.Conflict, "account.taken", "This user name or e-mail address is in use.")
	ErrNotFound        = change.Errorf(change.NotFound, "account.not_found", "There is no such account.")
	ErrWrongPassword   = change.Errorf(change.Invalid, "account.wrong_password", "The current password is wrong.").On("current")
	ErrNotActivated    = change.Errorf(change.Forbidden, "account.not_activated", "This account waits for its e-mail address to be confirmed. Follow the link in the mail, or ask for another mail.")
	ErrLastOwner       = change.Errorf(change.Conflict, "account.last_owner", "This is the only owner. Make somebody else an owner first.")
	ErrSignedOut       = change.Errorf(change.Unauthenticated, "session.required", "Please sign in.")
	ErrBadCredentials  = change.Errorf(change.Unauthenticated, "session.bad_credentials", "User name or password is wrong.")
	ErrSecondFactor    = change.Errorf(change.Unauthenticated, "session.second_factor", "Now the second step: a passkey, the code that your app shows, or one of your recovery codes.")
	ErrBadCode         = change.Errorf(change.Invalid, "session.bad_code", "This code is wrong, too old, or was used already.").On("code")
	ErrChallenge       = change.Errorf(change.Gone, "session.challenge_gone", "That took too long, or too many codes were wrong. Sign in again.")
	ErrFactorOn        = change.Errorf(change.Conflict, "factor.on", "The second step is on already. Turn it off first.")
	ErrNoFactor        = change.Errorf(change.Conflict, "factor.off", "The second step is off.")
	ErrBadPasskey      = change.Errorf(change.Unauthenticated, "session.bad_passkey", "This passkey does not fit, or that took too long. Try again, or sign in with your password.")
	ErrNoPasskeys      = change.Errorf(change.NotFound, "passkey.none_here", "This server can not use passkeys: that takes an address with HTTPS.")
	ErrPasskey         = change.Errorf(change.Invalid, "passkey.invalid", "This passkey can not be used. Try again, or make it on another device.")
	ErrPasskeyLate     = change.Errorf(change.Gone, "passkey.late", "That took too long. Begin again.")
	ErrPasskeyKnown    = change.Errorf(change.Conflict, "passkey.known", "This passkey is in use already.")
	ErrNoPasskey       = change.Errorf(change.NotFound, "passkey.not_found", "This passkey is not there any more.")
	ErrTooManyPasskeys = change.Errorf(change.Conflict, "passkey.too_many", "An account can have %d passkeys. Remove one first.", MaxPasskeys)
	ErrNoSession       = change.Errorf(change.NotFound, "session.not_found", "There is no such session; it may have ended already.")
	ErrClosed          = change.Errorf(change.Forbidden, "registration.closed", "New accounts are made by the owner of this server only. Ask them for one.")
	ErrUsernameTaken   = change.Errorf(change.Conflict, "registration.username_taken", "Somebody else took this user name meanwhile. Choose another one; the link still works.").On("username")
	ErrNoRegistration  = change.Errorf(change.NotFound, "registration.not_found", "Nobody of this user name or e-mail address waits to be activated.")
	ErrWrongActivation = change.Errorf(change.Invalid, "registration.wrong_password", "This is not the password that was chosen when signing up. If you did not sign up yourself, leave this page, and sign up with a password of your own.").On("password")
	ErrAmbiguous       = change.Errorf(change.Conflict, "registration.ambiguous", "Several registrations ask for this user name. Name the e-mail address instead.")
	ErrTokenInvalid    = change.Errorf(change.Gone, "token.invalid", "This link was used already, or is too old. Ask for a new one.")
	ErrSetUp           = change.Errorf(change.Gone, "token.invalid", "This server has an owner already. Sign in instead.")
	ErrUsername        = change.Errorf(change.Invalid, "username.invalid", "A user name is %d to %d letters, digits, dots, dashes or underscores, and begins with a letter.", MinUsername, MaxUsername).On("username")
	ErrUsernameMixed   = change.Errorf(change.Invalid, "username.mixed", "A user name can not mix Latin letters with others that look like them.").On("username")
	ErrEmail           = change.Errorf(change.Invalid, "email.invalid", "This is no e-mail address. It should look like name@example.org.").On("email")
	ErrLanguage        = change.Errorf(change.Invalid, "language.unknown", "This language is not there. Choose zh-CN or en.").On("language")
	ErrTimeZone        = change.Errorf(change.Invalid, "time_zone.unknown", "This is no time zone that is known here; one looks like Asia/Shanghai.")
	ErrRobot           = change.Errorf(change.Conflict, "account.robot", "This is the account of a robot, which nobody can sign in to.")
	ErrPasswordShort   = change.Errorf(change.Invalid, "password.too_short", "The password needs at least %d characters.", MinPassword).On("password")
	ErrPasswordLong    = change.Errorf(change.Invalid, "password.too_long", "The password can have at most %d characters.", MaxPassword).On("password")
	ErrPasswordCommon  = change.Errorf(change.Invalid, "password.common", "Too many people use a password like this one. Choose another; a few words in a row are easy to keep in mind.").On("password")
	ErrPasswordKnown   = change.Errorf(change.Invalid, "password.known", "The password can not be the user name or the e-mail address. Choose another.").On("password")
	ErrAvatar          = change.Errorf(change.Invalid, "avatar.invalid", "This picture can not be used. Choose another one.").On("avatar")
	ErrWebsite         = change.Errorf(change.Invalid, "website.invalid", "This is no address of a website. It should look like https://example.org.").On("website")
	ErrGitHub          = change.Errorf(change.Invalid, "github.invalid", "A GitHub user name has letters, digits and single dashes, at most %d.", MaxGitHub).On("github")
	ErrEmailSame       = change.Errorf(change.Invalid, "email.same", "This is your address already.").On("email")
	ErrNoPassword      = change.Errorf(change.Conflict, "account.no_password", "This account has no password yet. Set one first.")
	errNothingToChange = change.Errorf(change.Invalid, "request.invalid", "There is nothing to change.")
)

// attempt is all that a sign-in depends on: what the login name was found to
// be, and whether the password is that of it.
type attempt struct {
	account      Account      // zero when there is none
	registration Registration // that waits under this name; zero when there is none
	right        bool         // the password
	now          int64
}

// hash is the one hash that the password of an attempt is compared with; empty
// when there is none.
func (a attempt) hash() string {
	if a.account.ID != 0 {
		return a.account.PasswordHash
	}
	return a.registration.PasswordHash
}

// maySignIn tells whether an attempt succeeds. That there is a registration is
// told only to whoever knows its password.
func maySignIn(a attempt) error {
	switch {
	case !a.right:
		return ErrBadCredentials
	case a.account.ID != 0 && a.account.State == Active && a.account.Kind == Person:
		return nil
	case a.account.ID == 0 && a.registration.ID != 0 && a.now < a.registration.ExpiresAt:
		return ErrNotActivated
	}
	return ErrBadCredentials
}

// alive tells whether a session is that of somebody signed in.
func alive(s Session, a Account, now int64) error {
	if now >= s.ExpiresAt || a.State != Active {
		return ErrSignedOut
	}
	return nil
}

// mayRedeem tells whether a one-time token can be used for a purpose.
func mayRedeem(t Token, purpose Purpose, now int64) error {
	if t.Purpose != purpose || now >= t.ExpiresAt {
		return ErrTokenInvalid
	}
	return nil
}

// mayEnd tells whether an account can be disabled or deleted: there is always
// an owner who can sign in. owners is how many there are now.
func mayEnd(a Account, owners int) error {
	if a.Role == Owner && a.State == Active && owners <= 1 {
		return ErrLastOwner
	}
	return nil
}
