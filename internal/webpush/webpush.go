// Package webpush calls devices through push services: the protocol (RFC 8030),
// the encryption of what is said (RFC 8291) and the proof of who says it
// (RFC 8292). It knows nothing of chat.
package webpush

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/fetch"
	"github.com/happychat/happychat/internal/push"
)

// What every call is: the same for whatever is new.
const (
	// payload says that there is something new. It is an object so that there
	// may be more in it one day.
	payload = "{}"
	// topic has a call take the place of one that still waits.
	topic = "news"
	// life is how long a push service keeps a call for a device that is off.
	life = 24 * time.Hour
)

const (
	// maxAnswer is how much of an answer is read, and maxTime how long a call
	// may take.
	maxAnswer = 4 << 10
	maxTime   = 10 * time.Second
	// proofLife is how long a proof holds, of the day that it may (RFC 8292,
	// section 2), and proofUse how long it is used.
	proofLife, proofUse = 12 * time.Hour, 6 * time.Hour
	// maxProofs is for how many push services proofs are kept.
	maxProofs = 1000
)

// Options of a client.
type Options struct {
	// Key is the private key, as NewKey makes it.
	Key string
	// Contact is where push services reach whoever runs this server: an
	// https: or mailto: address.
	Contact string
	// Hosts are machines that may be anywhere, since whoever runs the server
	// named them. All others are in the public network.
	Hosts []string
	Clock change.Clock
}

// Client calls devices. It implements push.Caller.
type Client struct {
	http    *http.Client
	key     *ecdsa.PrivateKey
	public  string
	contact string
	clock   change.Clock

	mu     sync.Mutex
	proofs map[string]proof // by origin of the push service
}

type proof struct {
	header string
	until  int64
}

// NewKey makes a private key.
func NewKey() (string, error) {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(k.Bytes()), nil
}

// New makes a client.
func New(o Options) (*Client, error) {
	raw, err := base64.RawURLEncoding.DecodeString(o.Key)
	if err != nil {
		return nil, fmt.Errorf("the key for push services: %w", err)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, fmt.Errorf("the key for push services: %w", err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	return &Client{
		http: fetch.New(fetch.Options{Trusted: o.Hosts, Bytes: maxAnswer, Time: maxTime}),
		key:  key, public: base64.RawURLEncoding.EncodeToString(point), contact: o.Contact, clock: o.Clock, proofs: map[string]proof{},
	}, nil
}

// PublicKey implements push.Caller.
func (c *Client) PublicKey() string { return c.public }

// Call implements push.Caller.
func (c *Client) Call(ctx context.Context, s push.Subscription) (push.Answer, error) {
	body, err := Seal([]byte(payload), s.PublicKey, s.Secret)
	if err != nil {
		return push.Answer{Gone: true}, err
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return push.Answer{Gone: true}, err
	}
	header, err := c.proof(u.Scheme + "://" + u.Host)
	if err != nil {
		return push.Answer{Later: true}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Endpoint, bytes.NewReader(body))
	if err != nil {
		return push.Answer{Gone: true}, err
	}
	r.Header.Set("Authorization", header)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.Itoa(int(life/time.Second)))
	r.Header.Set("Topic", topic)
	r.Header.Set("Urgency", "high")
	res, err := c.http.Do(r)
	if err != nil {
		// Another answer will not come from the own network.
		gone := errors.Is(err, fetch.ErrForbidden)
		return push.Answer{Gone: gone, Later: !gone}, bare(err)
	}
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection is used again
	_ = res.Body.Close()
	return c.answer(res)
}

// bare leaves out the address, which is nobody's to see in a log.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// answer reads the status (RFC 8030, sections 5 and 8). Whoever says that the
// proof is wrong has another key of ours, and will never take this one.
func (c *Client) answer(res *http.Response) (push.Answer, error) {
	switch status := res.StatusCode; {
	case status >= 200 && status < 300:
		return push.Answer{}, nil
	case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return push.Answer{Gone: true}, fmt.Errorf("push service: %s", res.Status)
	case status == http.StatusTooManyRequests, status >= 500:
		return push.Answer{Later: true, After: c.after(res.Header.Get("Retry-After"))}, fmt.Errorf("push service: %s", res.Status)
	default:
		// It will hardly take another one, and is asked less and less often.
		return push.Answer{Later: true}, fmt.Errorf("push service: %s", res.Status)
	}
}

// after reads when to come again: seconds, or a date.
func (c *Client) after(v string) time.Duration {
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(time.UnixMilli(c.clock.Now())))
	}
	return 0
}

// proof gives the header that tells a push service who we are (RFC 8292). It is
// signed once for hours of calls.
func (c *Client) proof(origin string) (string, error) {
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.proofs[origin]; ok && now < p.until {
		return p.header, nil
	}
	claims, err := json.Marshal(map[string]any{"aud": origin, "exp": (now + proofLife.Milliseconds()) / 1000, "sub": c.contact})
	if err != nil {
		return "", err
	}
	token := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	hash := sha256.Sum256([]byte(token))
	r, s, err := ecdsa.Sign(rand.Reader, c.key, hash[:])
	if err != nil {
		return "", err
	}
	// Both numbers in 32 bytes (RFC 7518, section 3.4).
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	header := "vapid t=" + token + "." + base64.RawURLEncoding.EncodeToString(signature) + ", k=" + c.public
	if len(c.proofs) >= maxProofs {
		clear(c.proofs)
	}
	c.proofs[origin] = proof{header, now + proofUse.Milliseconds()}
	return header, nil
}
