package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/happychat/happychat/internal/change"
)

// Limits of what devices may say of themselves.
const (
	MaxEndpoint = 2048
	MaxKey      = 128
	secretSize  = 16 // RFC 8291, section 3.2
)

// Errors to be shown.
var (
	ErrOff          = change.Errorf(change.NotFound, "push.off", "This server does not notify devices on which the app is closed.")
	ErrSubscription = change.Errorf(change.Invalid, "push.bad_subscription", "This can not be used to notify you on this device. Switch notifications off and on again.")
)

// Checked gives a subscription in the form in which it is stored, or
// ErrSubscription on the field that is wrong. named tells whether whoever runs
// the server named a machine: only those may be called without TLS.
func Checked(s Subscription, named func(host string) bool) (Subscription, error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil || len(s.Endpoint) > MaxEndpoint || u.Opaque != "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return s, ErrSubscription.On("endpoint")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !named(u.Hostname())) {
		return s, ErrSubscription.On("endpoint")
	}
	s.Endpoint = u.String()
	s.PublicKey, s.Secret = strings.TrimRight(s.PublicKey, "="), strings.TrimRight(s.Secret, "=")
	point, err := base64.RawURLEncoding.DecodeString(s.PublicKey)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return s, ErrSubscription.On("keys.p256dh")
	}
	if secret, err := base64.RawURLEncoding.DecodeString(s.Secret); err != nil || len(secret) != secretSize {
		return s, ErrSubscription.On("keys.auth")
	}
	return s, nil
}
