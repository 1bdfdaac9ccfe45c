package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/happychat/happychat/internal/change"
)

// ErrBusyHashing is returned when more passwords wait to be hashed than can be
// soon.
var ErrBusyHashing = &change.Error{
	Kind: change.Unavailable, Code: "server.busy", RetryAfter: 3 * time.Second,
	Detail: "Too many people are signing in just now. Try again in a few seconds.",
}

// HashCost is what one hashing takes (RFC 9106, section 3.1).
type HashCost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// StandardCost is the first option of OWASP's Password Storage Cheat Sheet: it
// fits machines that have little memory to spare (docs/adr/0020).
var StandardCost = HashCost{Memory: 19 * 1024, Passes: 2, Threads: 1}

const (
	saltSize = 16
	keySize  = 32
	// hashQueue is how many may wait for their turn; the next is told to come
	// back.
	hashQueue = 64
)

// Hasher turns passwords into argon2id hashes in PHC string format, few at
// once, because each takes a lot of memory and time. It is safe for concurrent
// use.
type Hasher struct {
	cost    HashCost
	running chan struct{}
	queued  chan struct{} // running and waiting
	// decoy has the form of a hash and is none: comparing with it takes as long
	// as with a real one, and always fails.
	decoy string
	count atomic.Int64
}

// NewHasher makes a hasher. The zero cost means StandardCost.
func NewHasher(cost HashCost) *Hasher {
	if cost == (HashCost{}) {
		cost = StandardCost
	}
	atOnce := max(1, runtime.GOMAXPROCS(0)/2)
	h := &Hasher{cost: cost, running: make(chan struct{}, atOnce), queued: make(chan struct{}, atOnce+hashQueue)}
	h.decoy = cost.format(random(saltSize), random(keySize))
	return h
}

// Count tells how many hashings there were.
func (h *Hasher) Count() int64 { return h.count.Load() }

// Hash gives the hash of a password with a new salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := random(saltSize)
	key, err := h.key(ctx, password, salt, h.cost, keySize)
	if err != nil {
		return "", err
	}
	return h.cost.format(salt, key), nil
}

// Verify tells whether the hash is that of the password. It hashes exactly
// once, also when the hash is empty or none.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	cost, salt, want, err := parseHash(hash)
	if err != nil {
		cost, salt, want, _ = parseHash(h.decoy) // is well-formed
	}
	key, kerr := h.key(ctx, password, salt, cost, uint32(len(want)))
	if kerr != nil {
		return false, kerr
	}
	return subtle.ConstantTimeCompare(key, want) == 1 && err == nil, nil
}

// Outdated tells that a hash was made at another cost than new ones are.
func (h *Hasher) Outdated(hash string) bool {
	cost, _, _, err := parseHash(hash)
	return err == nil && cost != h.cost
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, c HashCost, size uint32) ([]byte, error) {
	select {
	case h.queued <- struct{}{}:
		defer func() { <-h.queued }()
	default:
		return nil, ErrBusyHashing
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.count.Add(1)
	// The same letters typed on another keyboard may come composed in another
	// way (NIST SP 800-63B, section 3.1.1.2).
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.Passes, c.Memory, c.Threads, size), nil
}

func (c HashCost) format(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// parseHash reads the PHC string format.
func parseHash(s string) (c HashCost, salt, key []byte, err error) {
	bad := func() (HashCost, []byte, []byte, error) {
		return HashCost{}, nil, nil, fmt.Errorf("this is no argon2id hash")
	}
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad()
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return bad()
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return bad()
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return bad()
	}
	if len(salt) < 8 || len(key) < 16 || c.Passes < 1 || c.Threads < 1 || c.Memory < 8*uint32(c.Threads) || c.Memory > 4<<20 {
		return bad()
	}
	return c, salt, key, nil
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return b
}
