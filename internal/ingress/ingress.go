// Package ingress is what all doors must know of an HTTP request before they
// believe it: which address it came from, which page sent it, and which
// credential it carries. It decides nothing about accounts.
package ingress

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// CookieName is that of the session cookie.
const CookieName = "happychat_session"

// Options say whom to believe.
type Options struct {
	// TrustedProxies are those whose X-Forwarded-For and X-Forwarded-Proto
	// count.
	TrustedProxies []netip.Prefix
	// AllowedOrigins are pages of other hosts, "https://chat.example.org",
	// that may use this server with cookies.
	AllowedOrigins []string
	// PublicURL is how people reach the server; its origin is allowed.
	PublicURL *url.URL
}

// Guard answers the questions of this package.
type Guard struct {
	proxies []netip.Prefix
	origins map[string]bool
	https   bool // is what the public URL begins with
}

// New makes a guard.
func New(o Options) *Guard {
	g := &Guard{proxies: o.TrustedProxies, origins: map[string]bool{}}
	for _, origin := range o.AllowedOrigins {
		g.origins[strings.ToLower(strings.TrimSuffix(origin, "/"))] = true
	}
	if o.PublicURL != nil {
		g.https = strings.EqualFold(o.PublicURL.Scheme, "https")
		g.origins[strings.ToLower(o.PublicURL.Scheme+"://"+o.PublicURL.Host)] = true
	}
	return g
}

type clientKey struct{}

type client struct {
	address netip.Addr
	secure  bool
}

// Wrap finds out the client's address, for Address and Secure, before next.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := g.client(r)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientKey{}, c)))
	})
}

// client walks X-Forwarded-For from the right, over the proxies that are
// trusted, to the first address that is not: what stands to the left of that
// anybody could have written.
func (g *Guard) client(r *http.Request) client {
	c := client{address: parseAddr(r.RemoteAddr), secure: r.TLS != nil}
	if !g.trusts(c.address) {
		return c
	}
	if r.TLS == nil {
		c.secure = strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop := parseAddr(strings.TrimSpace(hop))
		if !hop.IsValid() {
			break
		}
		c.address = hop
		if !g.trusts(hop) {
			break
		}
	}
	return c
}

func (g *Guard) trusts(a netip.Addr) bool {
	for _, p := range g.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func parseAddr(s string) netip.Addr {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	a, _ := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone("")
}

// Address is where the request of ctx came from, proxies looked through. It is
// invalid outside of Wrap.
func Address(ctx context.Context) netip.Addr {
	c, _ := ctx.Value(clientKey{}).(client)
	return c.address
}

// Secure tells whether the request of ctx came by TLS.
func Secure(ctx context.Context) bool {
	c, _ := ctx.Value(clientKey{}).(client)
	return c.secure
}

// Secure tells whether cookies are kept to TLS: the request came by it, or
// people are told to.
func (g *Guard) Secure(ctx context.Context) bool { return g.https || Secure(ctx) }

// Token gives the credential of a request, and whether it is the cookie, which
// browsers send by themselves. A bearer token goes before it.
func Token(r *http.Request) (token string, cookie bool) {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token), false
	}
	if c, err := r.Cookie(CookieName); err == nil {
		return c.Value, true
	}
	return "", false
}

// SessionCookie keeps a session's token in the browser: for a while, or with 0
// until it is closed. Without a token it removes the one that is there.
func (g *Guard) SessionCookie(ctx context.Context, token string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: CookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: g.Secure(ctx), MaxAge: int(life.Seconds()),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// SameOrigin tells whether a request may use a cookie: it was not sent by a
// page, or by one of this server's or of an allowed origin. Browsers put Origin
// on every WebSocket handshake and every request that could write (Fetch
// standard, section 3.2).
func (g *Guard) SameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin":
		return true
	case "none": // the address bar, a bookmark
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Header.Get("Sec-Fetch-Site") == ""
	}
	return g.ours(r, origin)
}

// OwnPage is SameOrigin for browsers that know neither Origin nor
// Sec-Fetch-Site: a page of another site is also known by Referer, where there
// is one.
func (g *Guard) OwnPage(r *http.Request) bool {
	if !g.SameOrigin(r) {
		return false
	}
	from := r.Referer()
	if from == "" {
		return true
	}
	u, err := url.Parse(from)
	return err == nil && g.ours(r, u.Scheme+"://"+u.Host)
}

// ours tells whether an origin is that of this server, or an allowed one.
func (g *Guard) ours(r *http.Request, origin string) bool {
	if g.origins[strings.ToLower(origin)] {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}
