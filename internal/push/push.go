// Package push calls devices on which Happy Chat is closed. It knows where each
// session can be called, whom a change concerns, and when a device has been
// called enough. It never says what is new: the device asks for that itself.
package push

import (
	"context"
	"time"

	"github.com/happychat/happychat/internal/change"
)

// Subscription is where a session can be called. It ends with its session.
type Subscription struct {
	SessionID, AccountID change.ID
	// Endpoint is the address at a push service. Whoever knows it and the two
	// keys can call the device, so that it is told to nobody.
	Endpoint  string
	PublicKey string // of the device, P-256, uncompressed, in base64url
	Secret    string // 16 bytes in base64url
	CreatedAt int64
}

// Concern is a subscription of somebody whom something may concern.
type Concern struct {
	Subscription
	Muted bool // only what mentions them
}

// Key is a key pair by which push services know this installation.
type Key struct {
	Private   string // the number, 32 bytes in base64url
	CreatedAt int64
}

// Store is what push needs from storage. All that writes needs a transaction.
type Store interface {
	change.Transactor
	// PushKey returns change.ErrNotFound if there is none yet.
	PushKey(ctx context.Context) (Key, error)
	// CreatePushKey stores the first key; if there is one it stays.
	CreatePushKey(ctx context.Context, k Key) error

	// PutSubscription stores the one of a session in place of the one before,
	// and takes its endpoint from any other session, which is of the same
	// device. It returns change.ErrNotFound if the session is gone.
	PutSubscription(ctx context.Context, s Subscription) error
	// DeleteSubscription removes the one of a session, if there is one. With an
	// endpoint it is removed only if it still leads there.
	DeleteSubscription(ctx context.Context, session change.ID, endpoint string) error
	// Subscriptions lists those of an account whose sessions expire after now.
	Subscriptions(ctx context.Context, account change.ID, now int64) ([]Subscription, error)
	// Concerned lists the subscriptions of members of a conversation who have
	// not read all of it, and whose sessions expire after now.
	Concerned(ctx context.Context, conversation change.ID, now int64) ([]Concern, error)
}

// Answer is what became of a call.
type Answer struct {
	// Gone: nobody is called there any more.
	Gone bool
	// Later: the same may succeed later, not before After if that is known.
	Later bool
	After time.Duration
}

// Caller is the port to push services. It is safe for concurrent use.
type Caller interface {
	// PublicKey is what devices subscribe with: P-256, uncompressed, in base64url.
	PublicKey() string
	// Call has the push service wake the device. An error is for the log; what
	// is to be done is in the Answer all the same.
	Call(ctx context.Context, s Subscription) (Answer, error)
}
