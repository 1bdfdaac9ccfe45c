// Package fetch gets what stands at addresses that somebody else named, without
// believing them: it connects to the public network only, unless whoever runs
// the server named the machine, and bounds what an answer may cost. It knows
// nothing of what is fetched.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Errors of a client, inside of those of net/http.
var (
	ErrForbidden = errors.New("this address is not in the public network, and whoever runs the server did not name it")
	ErrTooLarge  = errors.New("the answer is too large")
	ErrRedirects = errors.New("too many redirections")
)

// Options of a client. The zero Options are strict.
type Options struct {
	// Trusted are the names or addresses of machines that whoever runs the
	// server named. They may be anywhere.
	Trusted []string
	// Bytes is the largest answer; 0: 1 MiB.
	Bytes int64
	// Time is how long a request may take, its redirections and the reading of
	// the answer included; 0: 10 seconds.
	Time time.Duration
	// Redirects is how many are followed, of requests that only read; others
	// are not redirected, so that no secret goes where it was not meant for. A
	// trusted machine may send the request anywhere in the public network, and
	// to itself.
	Redirects int
}

// New makes a client.
func New(o Options) *http.Client {
	if o.Bytes == 0 {
		o.Bytes = 1 << 20
	}
	if o.Time == 0 {
		o.Time = 10 * time.Second
	}
	trusted := map[string]bool{}
	for _, host := range o.Trusted {
		trusted[strings.ToLower(host)] = true
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			d := net.Dialer{Timeout: o.Time}
			if !trusted[strings.ToLower(host)] {
				// After the name was looked up: what it means is asked once, and
				// that is what is connected to.
				d.Control = func(_, address string, _ syscall.RawConn) error { return check(address) }
			}
			return d.DialContext(ctx, network, address)
		},
		// A proxy would look the names up itself.
		Proxy:                  nil,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    o.Time,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // so that a small answer stays small
	}
	return &http.Client{
		Transport: &capped{transport, o.Bytes}, Timeout: o.Time,
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if first := via[0].Method; first != http.MethodGet && first != http.MethodHead {
				return http.ErrUseLastResponse
			}
			if len(via) > o.Redirects {
				return ErrRedirects
			}
			return nil
		},
	}
}

// check refuses addresses that are not public.
func check(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !Public(at.Addr()) {
		return fmt.Errorf("%s: %w", at.Addr(), ErrForbidden)
	}
	return nil
}

// reserved are networks that lead to nobody in the public network, or inside of
// whose addresses others are written (RFC 6890 and its registries).
var reserved = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	// ipv6 is what is given out of IPv6.
	ipv6 = netip.MustParsePrefix("2000::/3")
	// nat64 has IPv4 addresses in its last 32 bits (RFC 6052).
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// Public tells whether an address is somebody's in the public network.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if nat64.Contains(a) {
		long := a.As16()
		a = netip.AddrFrom4([4]byte(long[12:]))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || a.Is6() && !ipv6.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// capped ends answers that are too large.
type capped struct {
	http.RoundTripper
	bytes int64
}

func (c *capped) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if res.ContentLength > c.bytes {
		_ = res.Body.Close() // nothing of it is wanted
		return nil, ErrTooLarge
	}
	res.Body = &body{res.Body, c.bytes}
	return res, nil
}

type body struct {
	io.ReadCloser
	left int64
}

func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	// One more than may be, to see whether there is.
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return max(0, n-1), ErrTooLarge
	}
	return n, err
}
