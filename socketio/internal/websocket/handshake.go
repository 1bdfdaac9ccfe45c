package websocket

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// The reasons for which Upgrade refuses a request. For ErrVersion the answer
// should be 426 with Sec-WebSocket-Version: 13, for the others 400.
var (
	ErrNotWebSocket = errors.New("websocket: not a WebSocket handshake")
	ErrVersion      = errors.New("websocket: unsupported version")
	ErrHijack       = errors.New("websocket: this HTTP connection cannot be taken over")
)

// IsUpgrade reports whether r asks for a WebSocket.
func IsUpgrade(r *http.Request) bool {
	return hasToken(r.Header, "Connection", "upgrade") && hasToken(r.Header, "Upgrade", "websocket")
}

// Check judges the opening handshake (RFC 6455, section 4.2.1) without
// answering it.
func Check(r *http.Request) error {
	if r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) || r.ProtoMajor != 1 || !IsUpgrade(r) {
		return ErrNotWebSocket
	}
	if r.Header.Get("Sec-WebSocket-Version") != "13" {
		return ErrVersion
	}
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	if err != nil || len(key) != 16 {
		return ErrNotWebSocket
	}
	return nil
}

// Upgrade answers a handshake that Check has accepted with 101 and takes the
// connection over. early is what the client has already sent after its request.
// extensions, if not empty, is sent as Sec-WebSocket-Extensions. first is frames
// that follow the answer in the same write. writeTimeout bounds both. After ErrHijack the HTTP response is still to be written;
// after another error the connection is closed.
func Upgrade(w http.ResponseWriter, r *http.Request, extensions string, header http.Header, first []byte, writeTimeout time.Duration) (conn net.Conn, early []byte, err error) {
	conn, brw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, ErrHijack
	}
	if n := brw.Reader.Buffered(); n > 0 {
		b, _ := brw.Peek(n)
		early = append([]byte(nil), b...)
	}
	res := make([]byte, 0, 256+len(first))
	res = append(res, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	res = append(res, acceptKey(r.Header.Get("Sec-WebSocket-Key"))...)
	res = append(res, "\r\n"...)
	if extensions != "" {
		res = append(append(append(res, "Sec-WebSocket-Extensions: "...), extensions...), "\r\n"...)
	}
	for name, values := range header {
		for _, v := range values {
			res = append(append(append(append(res, name...), ": "...), headerValue(v)...), "\r\n"...)
		}
	}
	res = append(append(res, "\r\n"...), first...)
	// The HTTP server may have left deadlines of its own on the connection.
	_ = conn.SetReadDeadline(time.Time{})
	_ = conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := conn.Write(res); err != nil {
		conn.Close()
		return nil, nil, err
	}
	_ = conn.SetWriteDeadline(time.Time{})
	return conn, early, nil
}

// headerValue keeps a value from ending its line.
func headerValue(v string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(v) }

// acceptKey is the proof of section 4.2.2, item 5.4.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// hasToken looks for a token in a comma-separated header, ignoring case.
func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}
