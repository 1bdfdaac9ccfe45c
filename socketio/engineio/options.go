package engineio

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Options are the settings of a Server. The zero value of every field means the
// default that is named there.
type Options struct {
	// PingInterval is how often a heartbeat is sent; 25 s.
	PingInterval time.Duration
	// PingTimeout is how long the answer to a heartbeat may take; 20 s.
	PingTimeout time.Duration
	// UpgradeTimeout is how long the change from polling to WebSocket may
	// take; 10 s.
	UpgradeTimeout time.Duration
	// AcceptTimeout is how long a session may last without the application
	// having called Session.Accept; 20 s.
	AcceptTimeout time.Duration
	// CloseTimeout is how long a closing session may take to send what is
	// queued, and a single write to a WebSocket may make no progress; 10 s.
	CloseTimeout time.Duration

	// MaxPayload is the largest incoming message, and the largest polling
	// request body, in bytes; 1,000,000. Clients are told.
	MaxPayload int
	// MaxUnaccepted is the same before Session.Accept; 64 KiB, or MaxPayload
	// when that is less.
	MaxUnaccepted int
	// MaxPackets is how many packets one polling request may carry; 10,000.
	MaxPackets int
	// MaxHeader is how long the URL and the header of a handshake may be, in
	// bytes; 16 KiB.
	MaxHeader int
	// MaxQueueBytes and MaxQueueFrames bound what may wait for one session; 4
	// MiB and 4096. A session that goes beyond either does not read fast
	// enough and is dropped with ReasonSlow.
	MaxQueueBytes  int
	MaxQueueFrames int
	// MaxPendingPerAddr is how many sessions from one client address may be
	// waiting for Session.Accept; 4096. More handshakes are refused with 429.
	MaxPendingPerAddr int

	// AllowEIO3 admits clients of protocol 3 (socket.io-client 2.x).
	AllowEIO3 bool
	// AllowJSONP admits clients of protocol 3 in browsers that cannot make
	// requests to another origin but by a script (Internet Explorer 9 and older).
	// A script is asked for without an Origin header, so CheckOrigin gets one
	// that is made of Referer; without that, the request is refused.
	AllowJSONP bool
	// NoPolling and NoWebSocket switch a transport off.
	NoPolling, NoWebSocket bool

	// DeflateThreshold is the length in bytes from which on messages are
	// compressed for WebSockets that agree (permessage-deflate, without context
	// takeover); 0 means never. A message to many is compressed once.
	DeflateThreshold int
	// NoReadiness gives every WebSocket a goroutine, also where the server could
	// wait for the readiness of many connections at once (plain TCP on Linux).
	NoReadiness bool

	// ReleaseMemory collects garbage, and gives memory back to the operating
	// system, when a thousand or more sessions have come or gone and no more do.
	// It concerns the whole process, and takes about 2 ms of processor time for a
	// thousand idle sessions.
	ReleaseMemory bool

	// Cookie, when set, makes a cookie for the answer to a handshake, for load
	// balancers that keep a client's requests together by one; nil for none.
	// A session ID in it is as secret as everywhere else: it should be HttpOnly.
	Cookie func(sid string, r *http.Request) *http.Cookie

	// CheckOrigin decides whether a request that carries an Origin header may
	// be served; by default its host must be the request's host. It is asked
	// for every request, polling and WebSocket. Requests without the header
	// are not from browsers and are not asked about.
	CheckOrigin func(*http.Request) bool
	// ClientAddr names the client for MaxPendingPerAddr; by default the
	// address of the TCP peer, and for IPv6 its /64. Behind a proxy, every
	// client has the proxy's address unless this looks further.
	ClientAddr func(*http.Request) string
}

func (o Options) withDefaults() Options {
	set := func(p *time.Duration, d time.Duration) {
		if *p <= 0 {
			*p = d
		}
	}
	setInt := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	set(&o.PingInterval, 25*time.Second)
	set(&o.PingTimeout, 20*time.Second)
	set(&o.UpgradeTimeout, 10*time.Second)
	set(&o.AcceptTimeout, 20*time.Second)
	set(&o.CloseTimeout, 10*time.Second)
	setInt(&o.MaxPayload, 1_000_000)
	setInt(&o.MaxUnaccepted, 64<<10)
	o.MaxUnaccepted = min(o.MaxUnaccepted, o.MaxPayload)
	setInt(&o.MaxPackets, 10_000)
	setInt(&o.MaxHeader, 16<<10)
	setInt(&o.MaxQueueBytes, 4<<20)
	setInt(&o.MaxQueueFrames, 4096)
	setInt(&o.MaxPendingPerAddr, 4096)
	if o.CheckOrigin == nil {
		o.CheckOrigin = sameOrigin
	}
	if o.ClientAddr == nil {
		o.ClientAddr = peerAddr
	}
	return o
}

// sameOrigin compares hosts only: behind a proxy that ends TLS the scheme of
// the request is not known.
func sameOrigin(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func peerAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil || a.Unmap().Is4() {
		return host
	}
	p, _ := a.WithZone("").Prefix(64)
	return p.String()
}

// Reason says why a session ended. The first ones are those that the reference
// implementation gives.
type Reason string

const (
	// ReasonTransportClose: the client closed the session or its connection.
	ReasonTransportClose Reason = "transport close"
	// ReasonTransportError: the connection broke, or was used against the
	// protocol.
	ReasonTransportError Reason = "transport error"
	// ReasonPingTimeout: a heartbeat was not answered in time.
	ReasonPingTimeout Reason = "ping timeout"
	// ReasonParseError: the client sent something that is not the protocol.
	ReasonParseError Reason = "parse error"
	// ReasonForced: the application closed the session.
	ReasonForced Reason = "forced server close"
	// ReasonShutdown: the server was closed.
	ReasonShutdown Reason = "server shutting down"
	// ReasonSlow: the client did not read what was sent to it.
	ReasonSlow Reason = "slow reader"
	// ReasonNotAccepted: the application did not accept the session in time.
	ReasonNotAccepted Reason = "connect timeout"
)
