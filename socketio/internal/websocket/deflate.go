package websocket

import (
	"bytes"
	"compress/flate"
	"io"
	"net/http"
	"strings"
	"sync"
)

// permessage-deflate (RFC 7692), without context takeover in either direction:
// a connection keeps no window, and a message to many is compressed once.

// NegotiateDeflate returns what to answer to the client's offer of
// permessage-deflate, or "" if there is none that can be accepted.
func NegotiateDeflate(r *http.Request) string {
	for _, line := range r.Header.Values("Sec-WebSocket-Extensions") {
		for offer := range strings.SplitSeq(line, ",") {
			if acceptable(offer) {
				return "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
			}
		}
	}
	return ""
}

// acceptable judges one offer. The window of the compressor here cannot be made
// smaller, so an offer that asks for that is declined (section 7.1.2.1).
func acceptable(offer string) bool {
	name, params, _ := strings.Cut(offer, ";")
	if strings.TrimSpace(name) != "permessage-deflate" {
		return false
	}
	seen := map[string]bool{}
	for param := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)
		if key != "" && seen[key] {
			return false
		}
		seen[key] = true
		switch key {
		case "":
		case "server_no_context_takeover", "client_no_context_takeover":
			if value != "" {
				return false
			}
		case "client_max_window_bits":
			if value != "" && !windowBits(value) {
				return false
			}
		case "server_max_window_bits":
			if value != "15" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func windowBits(v string) bool {
	return len(v) == 1 && v[0] >= '8' && v[0] <= '9' || len(v) == 2 && v[0] == '1' && v[1] >= '0' && v[1] <= '5'
}

// deflateTail is what a sender leaves off (section 7.2.1), and an empty last
// block, which the decompressor wants in order to find an end.
const deflateTail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"

var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// Inflate decompresses a message. It never makes more than limit bytes: a longer
// message is an *Error with CloseTooBig.
func Inflate(payload []byte, limit int) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	src := io.MultiReader(bytes.NewReader(payload), strings.NewReader(deflateTail))
	if err := r.(flate.Resetter).Reset(src, nil); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, &Error{CloseInvalidPayload, "compressed data is broken"}
	}
	if len(out) > limit {
		return nil, &Error{CloseTooBig, "message too long"}
	}
	return out, nil
}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed)
	return w
}}

// DeflateFrame returns payload as a compressed frame, or nil if that would not be
// shorter.
func DeflateFrame(op Opcode, payload []byte) []byte {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var b bytes.Buffer
	b.Grow(len(payload)/2 + MaxHeader)
	w.Reset(&b)
	_, _ = w.Write(payload)
	_ = w.Flush()
	data := bytes.TrimSuffix(b.Bytes(), []byte(deflateTail[:4]))
	if len(data) >= len(payload) {
		return nil
	}
	frame := AppendHeader(make([]byte, 0, len(data)+MaxHeader), op, len(data))
	frame[0] |= 0x40 // RSV1, section 6
	return append(frame, data...)
}
