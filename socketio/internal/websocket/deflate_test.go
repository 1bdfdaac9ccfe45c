package websocket_test

import (
	"bytes"
	"compress/flate"
	"net/http"
	"strings"
	"testing"

	"github.com/happychat/happychat/socketio/internal/websocket"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

func TestNegotiateDeflate(t *testing.T) {
	for offer, want := range map[string]bool{
		"permessage-deflate":                                                         true,
		"permessage-deflate; client_max_window_bits":                                 true,
		"permessage-deflate; client_max_window_bits=8":                               true,
		`permessage-deflate; client_max_window_bits="15"`:                            true,
		"permessage-deflate; server_no_context_takeover; client_no_context_takeover": true,
		"permessage-deflate; server_max_window_bits=15":                              true,
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":          true, // the second offer
		"permessage-deflate; server_max_window_bits=10":                              false,
		"permessage-deflate; client_max_window_bits=16":                              false,
		"permessage-deflate; client_max_window_bits=7":                               false,
		"permessage-deflate; server_no_context_takeover; server_no_context_takeover": false,
		"permessage-deflate; server_no_context_takeover=1":                           false,
		"permessage-deflate; unknown":                                                false,
		"x-webkit-deflate-frame":                                                     false,
		"":                                                                           false,
	} {
		r := &http.Request{Header: http.Header{"Sec-Websocket-Extensions": {offer}}}
		if got := websocket.NegotiateDeflate(r) != ""; got != want {
			t.Errorf("%q: %v", offer, got)
		}
	}
}

// compressed is a payload as a client sends it.
func compressed(s string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	_, _ = w.Write([]byte(s))
	_ = w.Flush()
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

func TestCompressedMessages(t *testing.T) {
	hello := compressed("Hello")
	bomb := compressed(strings.Repeat("a", 10<<20))
	for _, c := range []struct {
		name string
		in   []byte
		want string
		code int
	}{
		{"whole", wstest.Masked(0xC1, hello), "1:Hello", 0},
		{"the example of section 7.2.3.1", wstest.Masked(0xC1, "\xf2\x48\xcd\xc9\xc9\x07\x00"), "1:Hello", 0},
		{"a block without compression, section 7.2.3.3", wstest.Masked(0xC1, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"), "1:Hello", 0},
		{"fragments", frames(wstest.Masked(0x41, hello[:2]), wstest.Masked(0x80, hello[2:])), "1:Hello", 0},
		{"plain beside compressed", frames(wstest.Masked(0x81, "a"), wstest.Masked(0xC1, hello)), "1:a|1:Hello", 0},
		{"empty", wstest.Masked(0xC1, "\x00"), "1:", 0},
		{"RSV1 on a continuation", frames(wstest.Masked(0x41, hello[:2]), wstest.Masked(0xC0, hello[2:])), "", 1002},
		{"RSV1 on a control frame", wstest.Masked(0xC9, ""), "", 1002},
		{"RSV2", wstest.Masked(0xA1, ""), "", 1002},
		{"broken", wstest.Masked(0xC1, "\xff\xff\xff"), "", 1007},
		{"a bomb", wstest.Masked(0xC1, bomb[:min(len(bomb), 60_000)]), "", 1009},
		{"text that is not UTF-8", wstest.Masked(0xC1, compressed("\xff")), "", 1007},
	} {
		var l log
		r := websocket.Reader{Limit: 64 << 10, Inflate: websocket.Inflate}
		err := feed(&r, c.in, 1<<20, &l)
		code := 0
		if err != nil {
			code = websocket.CloseCode(err)
		}
		if code != c.code || code == 0 && strings.Join(l.got, "|") != c.want {
			t.Errorf("%s: %q, %v", c.name, l.got, err)
		}
	}
}

func TestDeflateFrame(t *testing.T) {
	text := strings.Repeat("Hello ", 1000)
	f := websocket.DeflateFrame(websocket.OpText, []byte(text))
	if f[0] != 0xC1 || len(f) > 200 {
		t.Fatalf("%d bytes, first %#x", len(f), f[0])
	}
	head := 2
	if f[1] == 126 {
		head = 4
	}
	got, err := websocket.Inflate(f[head:], 1<<20)
	if err != nil || string(got) != text {
		t.Fatal(err)
	}
	if f := websocket.DeflateFrame(websocket.OpText, []byte("x")); f != nil {
		t.Errorf("% x", f)
	}
}

// FuzzCompressed is FuzzReader where compression was agreed; and what is compressed
// here is understood again.
func FuzzCompressed(f *testing.F) {
	for _, s := range streams {
		if len(s.in) < 200 {
			f.Add(s.in, 3)
		}
	}
	hello := compressed("Hello")
	for _, in := range [][]byte{
		wstest.Masked(0xC1, hello), frames(wstest.Masked(0x41, hello[:2]), wstest.Masked(0x80, hello[2:])),
		wstest.Masked(0xC1, compressed(strings.Repeat("a", 300))), wstest.Masked(0xC2, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"),
	} {
		f.Add(in, 1)
	}
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		if step < 1 {
			return
		}
		var whole, pieces log
		r1 := websocket.Reader{Limit: 256, Inflate: websocket.Inflate}
		r2 := websocket.Reader{Limit: 256, Inflate: websocket.Inflate}
		err1 := feed(&r1, in, len(in)+1, &whole)
		err2 := feed(&r2, in, step, &pieces)
		if (err1 == nil) != (err2 == nil) || strings.Join(whole.got, "|") != strings.Join(pieces.got, "|") {
			t.Fatalf("at once: %q, %v; in pieces of %d: %q, %v", whole.got, err1, step, pieces.got, err2)
		}
		for _, m := range whole.got {
			if len(m) > 256+4 {
				t.Fatalf("a message of %d bytes passed", len(m))
			}
		}
		frame := websocket.DeflateFrame(websocket.OpBinary, in)
		if frame == nil {
			return
		}
		payload := frame[2:]
		switch frame[1] {
		case 126:
			payload = frame[4:]
		case 127:
			payload = frame[10:]
		}
		if got, err := websocket.Inflate(payload, len(in)); err != nil || !bytes.Equal(got, in) {
			t.Fatalf("%q became %q, %v", in, got, err)
		}
	})
}
