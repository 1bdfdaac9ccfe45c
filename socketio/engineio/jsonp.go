package engineio

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// JSONP is polling for browsers that let a page talk to another origin only by
// loading scripts and by submitting forms (Engine.IO protocol 3, "JSONP"). What
// is polled comes as a call of the page's function number j, and what is posted
// as the field d of a form.

// isIndex judges j, which becomes a part of a script.
func isIndex(j string) bool {
	for _, c := range []byte(j) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return j != "" && len(j) <= 9
}

// script wraps a payload. encoding/json escapes all that JSON allows and
// JavaScript or HTML does not: U+2028, U+2029, <, > and &.
func script(j string, payload []byte) []byte {
	text, _ := json.Marshal(string(payload))
	out := make([]byte, 0, len(text)+24)
	out = append(append(append(out, "___eio["...), j...), "]("...)
	return append(append(out, text...), ");"...)
}

// maxForm is how long a form with a payload of n bytes may be: every byte
// percent-encoded, and the name of the field.
func maxForm(n int64) int64 { return 3*n + int64(len("d=")) }

// formPayload returns the payload in a form.
func formPayload(body []byte) ([]byte, bool) {
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form["d"]) != 1 {
		return nil, false
	}
	return unescapeNewlines([]byte(form.Get("d"))), true
}

// unescapeNewlines undoes, in place, what clients do to newlines so that no
// browser changes them: a newline is written as \n, and what was \n as \\n.
func unescapeNewlines(p []byte) []byte {
	out := p[:0]
	for i := 0; i < len(p); i++ {
		switch rest := p[i:]; {
		case len(rest) >= 3 && string(rest[:3]) == `\\n`:
			out = append(out, '\\', 'n')
			i += 2
		case len(rest) >= 2 && string(rest[:2]) == `\n`:
			out = append(out, '\n')
			i++
		default:
			out = append(out, p[i])
		}
	}
	return out
}

// checkReferer is CheckOrigin for a request that any page can make without an
// Origin header.
func (srv *Server) checkReferer(r *http.Request) bool {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host == "" {
		return false
	}
	asking := r.Clone(r.Context())
	asking.Header.Set("Origin", u.Scheme+"://"+u.Host)
	return srv.opts.CheckOrigin(asking)
}
