package socketio

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
)

// Options are the settings of a Server. The zero value of every field means the
// default that is named there.
type Options struct {
	// PingInterval is how often a heartbeat is sent; 25 s. PingTimeout is how
	// long its answer may take; 20 s.
	PingInterval, PingTimeout time.Duration
	// UpgradeTimeout is how long the change from polling to WebSocket may
	// take; 10 s.
	UpgradeTimeout time.Duration
	// ConnectTimeout is how long a connection may last before it is in a
	// namespace, middleware included; 20 s.
	ConnectTimeout time.Duration
	// CloseTimeout is how long a closing connection may take to send what is
	// queued; 10 s.
	CloseTimeout time.Duration

	// MaxHTTPBufferSize is the largest incoming message or polling request, in
	// bytes; 1,000,000.
	MaxHTTPBufferSize int
	// MaxHandshakeSize is the same before the client is in any namespace, and as
	// much may wait until it is; 64 KiB.
	MaxHandshakeSize int
	// MaxPacketsPerPoll is how many packets one polling request may carry;
	// 10,000.
	MaxPacketsPerPoll int
	// MaxHeaderSize is how long URL and header of a handshake may be, in
	// bytes; 16 KiB.
	MaxHeaderSize int
	// MaxQueueBytes and MaxQueueFrames bound what may wait to be sent on one
	// connection; 4 MiB and 4096. A connection beyond that is dropped with
	// ReasonSlow.
	MaxQueueBytes, MaxQueueFrames int
	// MaxPendingPerAddr is how many connections from one client address may be
	// in no namespace yet; 4096.
	MaxPendingPerAddr int
	// MaxNamespaces is how many namespaces one connection may be in; 16.
	MaxNamespaces int
	// MaxAttachments is how many binary attachments one packet may announce;
	// 10. Together they may not be larger than MaxHTTPBufferSize.
	MaxAttachments int
	// MaxNesting is how deep the JSON of a packet may be nested; 64.
	MaxNesting int
	// MaxInFlight is how many events of one connection may be started and not
	// finished: concurrent handlers, and those that have called Event.Later;
	// 64. The next event waits, in order.
	MaxInFlight int
	// MaxPendingEvents and MaxPendingBytes bound the events of one connection
	// that wait for their handler; 256, and twice MaxHTTPBufferSize. Beyond
	// either the connection is not read until some are done.
	MaxPendingEvents, MaxPendingBytes int

	// RecoveryWindow, when set, is for how long a client (4.6 and newer) that has
	// lost its connection can take up its socket again, with ID, rooms and data,
	// and gets the events that it has missed. Middleware is asked nevertheless.
	// Every event then has one more argument, a string, at its end. See
	// Socket.Recovered.
	RecoveryWindow time.Duration

	// AllowEIO3 admits clients of the 2.x generation (Engine.IO 3 and
	// Socket.IO 4).
	AllowEIO3 bool
	// AllowJSONP admits those of them that run in a browser which cannot make
	// requests to another origin but by a script (Internet Explorer 9 and older).
	// CheckOrigin then also decides by the Referer header of such requests.
	AllowJSONP bool
	// NoPolling and NoWebSocket switch a transport off.
	NoPolling, NoWebSocket bool
	// DeflateThreshold is the length in bytes from which on messages are
	// compressed for WebSockets that agree (permessage-deflate, without context
	// takeover); 0 means never. A message to many is compressed once.
	DeflateThreshold int
	// NoReadiness gives every WebSocket a goroutine of its own, also on plain
	// TCP on Linux, where none is needed.
	NoReadiness bool

	// ReleaseMemory collects garbage, and gives memory back to the operating
	// system, when a thousand or more connections have come or gone and no more
	// do. It concerns the whole process, and takes about 2 ms of processor time
	// for a thousand idle connections.
	ReleaseMemory bool

	// Cookie, when set, makes a cookie for the answer to a handshake, for load
	// balancers that keep a client's requests together by one; nil for none.
	Cookie func(sid string, r *http.Request) *http.Cookie

	// CheckOrigin decides whether a request with an Origin header is served;
	// by default only if its host is the request's host. A request that is
	// accepted gets the CORS headers for its origin, with credentials.
	CheckOrigin func(*http.Request) bool
	// ClientAddr names the client for MaxPendingPerAddr; by default the address
	// of the TCP peer, and for IPv6 its /64. Behind a proxy it has to look at what
	// the proxy says.
	ClientAddr func(*http.Request) string

	// Adapter connects this server with the others of a cluster; nil when there
	// are none.
	Adapter Adapter
	// EncodeError makes what goes into the acknowledgement of a typed handler
	// that failed. By default it is {"error":{"message":…,"data":…}} with the
	// message and data of an *Error, and "internal error" for any other.
	EncodeError func(error) any
	// Logger receives the panics of handlers and errors that are not sent to
	// the client; slog.Default().
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	set := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	set(&o.MaxHTTPBufferSize, 1_000_000)
	set(&o.MaxNamespaces, 16)
	set(&o.MaxAttachments, 10)
	set(&o.MaxNesting, 64)
	set(&o.MaxInFlight, 64)
	set(&o.MaxPendingEvents, 256)
	set(&o.MaxPendingBytes, 2*o.MaxHTTPBufferSize)
	if o.EncodeError == nil {
		o.EncodeError = encodeError
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func (o Options) engine() engineio.Options {
	return engineio.Options{
		PingInterval:      o.PingInterval,
		PingTimeout:       o.PingTimeout,
		UpgradeTimeout:    o.UpgradeTimeout,
		AcceptTimeout:     o.ConnectTimeout,
		CloseTimeout:      o.CloseTimeout,
		MaxPayload:        o.MaxHTTPBufferSize,
		MaxUnaccepted:     o.MaxHandshakeSize,
		MaxPackets:        o.MaxPacketsPerPoll,
		MaxHeader:         o.MaxHeaderSize,
		MaxQueueBytes:     o.MaxQueueBytes,
		MaxQueueFrames:    o.MaxQueueFrames,
		MaxPendingPerAddr: o.MaxPendingPerAddr,
		AllowEIO3:         o.AllowEIO3,
		AllowJSONP:        o.AllowJSONP,
		NoPolling:         o.NoPolling,
		NoWebSocket:       o.NoWebSocket,
		DeflateThreshold:  o.DeflateThreshold,
		NoReadiness:       o.NoReadiness,
		ReleaseMemory:     o.ReleaseMemory,
		Cookie:            o.Cookie,
		CheckOrigin:       o.CheckOrigin,
		ClientAddr:        o.ClientAddr,
	}
}

// Reason says why a socket or its connection ended.
type Reason = engineio.Reason

// The reasons for which a socket is disconnected.
const (
	ReasonTransportClose = engineio.ReasonTransportClose
	ReasonTransportError = engineio.ReasonTransportError
	ReasonPingTimeout    = engineio.ReasonPingTimeout
	ReasonParseError     = engineio.ReasonParseError
	ReasonShutdown       = engineio.ReasonShutdown
	ReasonSlow           = engineio.ReasonSlow
	ReasonConnectTimeout = engineio.ReasonNotAccepted
	// ReasonClientDisconnect: the client left the namespace.
	ReasonClientDisconnect Reason = "client namespace disconnect"
	// ReasonServerDisconnect: the server disconnected the socket.
	ReasonServerDisconnect Reason = "server namespace disconnect"
)
