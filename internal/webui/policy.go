package webui

import (
	"net/http"
	"strings"
)

// protect sets the headers that hold for every answer from here, errors
// included.
func protect(h http.Header, host string) {
	h.Set("Content-Security-Policy", contentSecurityPolicy(host))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY") // for what does not know frame-ancestors
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), midi=(), display-capture=()")
}

// contentSecurityPolicy lets the page load and reach its own server only, and
// run nothing that stands in the page itself. Safari before 15.4 does not take
// a WebSocket to the same host for 'self', so it is named too.
func contentSecurityPolicy(host string) string {
	connect := "'self'"
	if plainHost(host) {
		connect += " ws://" + host + " wss://" + host
	}
	return strings.Join([]string{
		"default-src 'self'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"connect-src " + connect,
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// plainHost reports whether a Host header, which the client writes, is a mere
// name or address with or without a port, and cannot change the policy.
func plainHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for _, r := range host {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-.:[]", r)) {
			return false
		}
	}
	return true
}
