package push

import (
	"errors"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/change"
)

func TestChecked(t *testing.T) {
	// The keys of the example of RFC 8291, section 5.
	const key, secret = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg"
	for name, c := range map[string]struct {
		endpoint, key, secret string
		field                 string // "": it is right
	}{
		"as a browser tells it":        {"https://push.example/send/abc:def?x=1", key, secret, ""},
		"padded":                       {"https://push.example:8443/a", key + "=", secret + "==", ""},
		"a named machine without TLS":  {"http://ntfy.lan/UPabc?up=1", key, secret, ""},
		"the longest":                  {"https://push.example/" + strings.Repeat("a", MaxEndpoint-21), key, secret, ""},
		"too long":                     {"https://push.example/" + strings.Repeat("a", MaxEndpoint-20), key, secret, "endpoint"},
		"without TLS":                  {"http://push.example/a", key, secret, "endpoint"},
		"without TLS, of this machine": {"http://127.0.0.1/a", key, secret, "endpoint"},
		"another protocol":             {"ftp://push.example/a", key, secret, "endpoint"},
		"a file":                       {"file:///etc/passwd", key, secret, "endpoint"},
		"no machine":                   {"https:///a", key, secret, "endpoint"},
		"only a port":                  {"https://:443/a", key, secret, "endpoint"},
		"opaque":                       {"https:push.example", key, secret, "endpoint"},
		"a path":                       {"/a", key, secret, "endpoint"},
		"empty":                        {"", key, secret, "endpoint"},
		"with a password":              {"https://user:pw@push.example/a", key, secret, "endpoint"},
		"with a fragment":              {"https://push.example/a#b", key, secret, "endpoint"},
		"with a control character":     {"https://push.example/a\r\nX: y", key, secret, "endpoint"},
		"no key":                       {"https://push.example/a", "", secret, "keys.p256dh"},
		"a key that is no text":        {"https://push.example/a", "!", secret, "keys.p256dh"},
		"a key not on the curve":       {"https://push.example/a", "BD" + key[2:], secret, "keys.p256dh"},
		"a compressed key":             {"https://push.example/a", "A" + key[1:44], secret, "keys.p256dh"},
		"a short secret":               {"https://push.example/a", key, secret[:20], "keys.auth"},
		"a long secret":                {"https://push.example/a", key, secret + "AAAA", "keys.auth"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Checked(Subscription{Endpoint: c.endpoint, PublicKey: c.key, Secret: c.secret}, func(host string) bool { return host == "ntfy.lan" })
			if c.field == "" {
				if err != nil || s.Endpoint != c.endpoint || s.PublicKey != key || s.Secret != secret {
					t.Errorf("%+v, %v", s, err)
				}
				return
			}
			if e, ok := errors.AsType[*change.Error](err); !ok || e.Code != ErrSubscription.Code || e.Field != c.field {
				t.Errorf("%v, want it on %s", err, c.field)
			}
		})
	}
}
