// Package natsbus is the bus between the nodes of an installation: core NATS,
// without streams, which promises as little as bus.Bus does.
package natsbus

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/happychat/happychat/internal/bus"
)

// Options say where NATS is, and who we are there.
type Options struct {
	// Servers are URLs, nats:// or tls://, of one cluster.
	Servers []string
	// Subject is where the nodes of one installation talk, and no others.
	Subject string
	// Credentials is a file with the user's JWT and key, as nsc writes it; CA
	// one with the certificates to trust; Certificate and Key are our own. Each
	// may be "".
	Credentials, CA, Certificate, Key string
	Log                               *slog.Logger
}

// Bounds on what waits. What is beyond is lost.
const (
	maxQueued      = 32 << 20 // bytes on their way to NATS
	maxKept        = 4 << 20  // bytes kept while NATS is away
	maxPending     = 1 << 16  // messages that wait for a subscriber
	maxPendingSize = 64 << 20 // their bytes
)

// Bus implements bus.Bus. It comes back by itself whenever NATS does.
type Bus struct {
	subject string
	log     *slog.Logger
	conn    *nats.Conn

	mu      sync.Mutex
	some    sync.Cond // something is queued, or it is over
	queue   [][]byte
	queued  int // bytes
	dropped int // since the last line in the log
	over    bool
	done    chan struct{}

	complaint  string
	complained time.Time
}

// Connect connects. What an operator has to correct, such as credentials that
// are refused, is an error in a sentence. That NATS can not be reached is none:
// nodes are started in any order, and each works by itself until it can.
func Connect(ctx context.Context, o Options) (*Bus, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bus{subject: o.Subject, log: o.Log, done: make(chan struct{})}
	b.some.L = &b.mu
	options := []nats.Option{
		nats.Name("happychat " + o.Subject),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(), // somebody may be correcting it just now
		nats.CustomReconnectDelay(delay),
		nats.ReconnectBufSize(maxKept),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.FlusherTimeout(5 * time.Second),
		nats.Timeout(3 * time.Second),
		nats.DisconnectErrHandler(b.disconnected),
		nats.ReconnectHandler(b.connected),
		nats.ErrorHandler(b.failed),
	}
	if o.Credentials != "" {
		options = append(options, nats.UserCredentials(o.Credentials))
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if o.Certificate != "" {
		options = append(options, nats.ClientCert(o.Certificate, o.Key))
	}
	servers := strings.Join(o.Servers, ",")
	conn, err := nats.Connect(servers, options...)
	if err != nil {
		if wrong := mistake(err); wrong != nil {
			return nil, wrong
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		o.Log.Warn("NATS can not be reached; other nodes hear nothing of this one until it can", "err", err)
		conn, err = nats.Connect(servers, append(options, nats.RetryOnFailedConnect(true), nats.ConnectHandler(b.connected))...)
		if err != nil {
			return nil, fmt.Errorf("the settings for NATS can not be used: %w", err)
		}
	}
	b.conn = conn
	go b.send()
	return b, nil
}

// mistake turns an error that waiting does not mend into a sentence; nil for
// others.
func mistake(err error) error {
	for _, refused := range []error{nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrAccountAuthExpired} {
		if errors.Is(err, refused) {
			return fmt.Errorf("NATS refuses us (%w): check the user and the password in --nats, or --nats-credentials", err)
		}
	}
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of the NATS server is signed by nobody we know (%w): name its authority with --nats-ca", err)
	case errors.As(err, &invalid), errors.As(err, &name), errors.As(err, &record), strings.Contains(err.Error(), "remote error: tls:"),
		errors.Is(err, nats.ErrSecureConnRequired), errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrClientCertOrRootCAsRequired):
		return fmt.Errorf("there is no safe connection to NATS (%w): check whether --nats begins with tls:// as the server wants it, and --nats-ca, --nats-cert and --nats-key", err)
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout):
		return nil
	}
	// Files that can not be read, and keys that are none.
	for _, words := range []string{"no such file", "permission denied", "nkeys:", "credentials", "certificate", "nats: error loading", "nats: error parsing"} {
		if strings.Contains(err.Error(), words) {
			return fmt.Errorf("the settings for NATS can not be used: %w", err)
		}
	}
	return nil
}

// delay is how long to wait before the next try, the longer the more have
// failed, and never for all nodes the same.
func delay(attempts int) time.Duration {
	d := 100 * time.Millisecond << min(attempts, 5)
	return d/2 + rand.N(d)
}

func (b *Bus) disconnected(_ *nats.Conn, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.log.Warn("NATS is away; other nodes hear nothing of this one until it is back", "err", err)
	}
}

func (b *Bus) connected(c *nats.Conn) {
	b.log.Info("NATS is there", "url", c.ConnectedUrlRedacted())
}

// complainEvery is how often the log says the same again.
const complainEvery = 10 * time.Second

func (b *Bus) failed(_ *nats.Conn, _ *nats.Subscription, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); err.Error() != b.complaint || now.Sub(b.complained) > complainEvery {
		b.complaint, b.complained = err.Error(), now
		b.log.Warn("NATS", "err", err)
	}
}

// Publish implements bus.Bus.
func (b *Bus) Publish(m bus.Message) {
	if !lasting(m.Kind) && !b.conn.IsConnected() {
		return
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		b.log.Error("not told to other nodes", "kind", m.Kind, "err", err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over || b.queued+text.Len() > maxQueued {
		b.dropped++
		return
	}
	b.queue = append(b.queue, text.Bytes())
	b.queued += text.Len()
	b.some.Signal()
}

// lasting tells whether a message is still of use when NATS comes back.
func lasting(k bus.Kind) bool {
	return k == bus.Changed || k == bus.Ended || k == bus.Reviewed || k == bus.Left
}

// send hands over what is queued, so that nobody waits for the network.
func (b *Bus) send() {
	defer close(b.done)
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		for len(b.queue) == 0 {
			if b.over {
				return
			}
			b.some.Wait()
		}
		queue, dropped := b.queue, b.dropped
		b.queue, b.queued, b.dropped = nil, 0, 0
		b.mu.Unlock()
		if dropped > 0 {
			b.log.Warn("NATS takes too little; not told to other nodes", "messages", dropped)
		}
		for _, text := range queue {
			if err := b.conn.Publish(b.subject, text); err != nil {
				b.log.Warn("not told to other nodes", "bytes", len(text), "err", err)
			}
		}
		b.mu.Lock()
	}
}

// Connected implements bus.Bus.
func (b *Bus) Connected() bool { return b.conn.IsConnected() }

// flushed is how long the server may take to know of a subscription, and to get
// what is queued at the end.
const flushed = 2 * time.Second

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(deliver func(bus.Message)) (cancel func()) {
	var mu sync.Mutex // held while deliver runs
	over := false
	sub, err := b.conn.Subscribe(b.subject, func(raw *nats.Msg) {
		var m bus.Message
		if err := json.Unmarshal(raw.Data, &m); err != nil {
			b.log.Warn("a message of another node can not be read", "err", err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if !over {
			deliver(m)
		}
	})
	if err != nil { // only when it is closed
		b.log.Error("nothing is heard of other nodes", "err", err)
		return func() {}
	}
	_ = sub.SetPendingLimits(maxPending, maxPendingSize) // fails only for other kinds of subscriptions
	if b.conn.IsConnected() {
		_ = b.conn.FlushTimeout(flushed) // otherwise it is made when NATS is there
	}
	return func() {
		_ = sub.Unsubscribe() // it may be closed already
		mu.Lock()
		defer mu.Unlock()
		over = true
	}
}

// Close tells what is queued, as far as NATS takes it, and disconnects.
func (b *Bus) Close() {
	b.mu.Lock()
	b.over = true
	b.some.Signal()
	b.mu.Unlock()
	<-b.done
	if b.conn.IsConnected() {
		_ = b.conn.FlushTimeout(flushed) // it is over in any case
	}
	b.conn.Close()
}
