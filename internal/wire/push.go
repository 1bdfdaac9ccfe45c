package wire

import "github.com/happychat/happychat/internal/push"

// Push is what devices need to be called while the app is closed.
type Push struct {
	PublicKey string `json:"publicKey" doc:"By which push services know this server (RFC 8292): P-256, uncompressed, in base64url. It is the applicationServerKey of PushManager.subscribe"`
}

// NewPush gives nil where push is switched off.
func NewPush(key string) *Push {
	if key == "" {
		return nil
	}
	return &Push{PublicKey: key}
}

// PushSubscription is where a device is called: what PushSubscription.toJSON()
// of browsers tells, without the time when it expires.
type PushSubscription struct {
	Endpoint string   `json:"endpoint" minLength:"1" maxLength:"2048" doc:"Address at a push service (RFC 8030), https"`
	Keys     PushKeys `json:"keys"`
}

// PushKeys are what is said to a device is encrypted with (RFC 8291).
type PushKeys struct {
	P256DH string `json:"p256dh" minLength:"1" maxLength:"128" doc:"Public key, P-256, uncompressed, in base64url"`
	Auth   string `json:"auth" minLength:"1" maxLength:"128" doc:"16 bytes in base64url"`
}

// Domain gives it as the domain has it.
func (p PushSubscription) Domain() push.Subscription {
	return push.Subscription{Endpoint: p.Endpoint, PublicKey: p.Keys.P256DH, Secret: p.Keys.Auth}
}
