package socketio

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
)

// opening is the HTTP request that opened a connection, for the middleware of
// the namespaces. Until the first one has been entered it is kept as it came,
// and after that, if there are others that may still be asked for, as the bytes
// of its head: a connection lasts for hours, and a parsed header is large.
type opening struct {
	request *http.Request
	head    []byte
	remote  string
	tls     *tls.ConnectionState
	leave   context.CancelFunc // ends the middleware that is being asked
}

func newOpening(r *http.Request) *opening {
	return &opening{request: &http.Request{
		Method: r.Method, URL: r.URL, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
		Header: r.Header, Host: r.Host, RemoteAddr: r.RemoteAddr, RequestURI: r.RequestURI, TLS: r.TLS,
		Body: http.NoBody,
	}}
}

// packed returns o in its smallest form.
func (o *opening) packed() *opening {
	if o.request == nil {
		return o
	}
	var b bytes.Buffer
	r := o.request
	b.WriteString(r.Method + " " + r.RequestURI + " HTTP/1.1\r\nHost: " + r.Host + "\r\n")
	_ = r.Header.Write(&b)
	b.WriteString("\r\n")
	return &opening{head: bytes.Clone(b.Bytes()), remote: r.RemoteAddr, tls: r.TLS}
}

// restore returns the request, or nil if it cannot be had any more.
func (o *opening) restore() *http.Request {
	if o == nil {
		return nil
	}
	if o.request != nil {
		return o.request
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(o.head)))
	if err != nil {
		return nil
	}
	r.RemoteAddr, r.TLS = o.remote, o.tls
	return r
}
