package socketio_test

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// The published advisories of engine.io, socket.io, socket.io-parser and ws, each
// as an attack. A server has withstood it if the attacker is refused or cut off,
// and the next client is served.

func TestAdvisories(t *testing.T) {
	f := suite(t, socketio.Options{AllowEIO3: true, DeflateThreshold: 100, MaxHTTPBufferSize: 100_000})
	for name, attack := range map[string]func(t *testing.T){
		// engine.io CVE-2020-36048: memory exhausted by large POST bodies.
		"a large POST": func(t *testing.T) {
			sid := openPolling(t, f)
			res, err := http.Post(f.url+"polling&sid="+sid, "text/plain", strings.NewReader(strings.Repeat("4", 200_000)))
			if err == nil {
				res.Body.Close()
				if res.StatusCode != http.StatusRequestEntityTooLarge {
					t.Errorf("status %d", res.StatusCode)
				}
			}
		},
		// engine.io CVE-2022-21676: a frame that the WebSocket layer refuses, in a
		// session of protocol 3, was an uncaught exception.
		"bad frames of protocol 3": func(t *testing.T) {
			c := wstest.Dial(t, strings.Replace(f.url, "EIO=4", "EIO=3", 1)+"websocket")
			c.Raw(wstest.Masked(0xF1, "x"))
			c.WantClose()
		},
		// engine.io CVE-2022-41940: a connection that breaks during the upgrade.
		"a reset during the upgrade": func(t *testing.T) {
			sid := openPolling(t, f)
			for _, path := range []string{"websocket", "websocket&sid=" + sid} {
				c := wstest.Dial(t, f.url+path)
				_ = c.NetConn().(*net.TCPConn).SetLinger(0)
				c.Raw([]byte{0x81})
				c.Close()
			}
		},
		// engine.io CVE-2026-59725: a POST of binary data in protocol 4 was never
		// answered, and kept its connection.
		"binary POSTs of protocol 4": func(t *testing.T) {
			for _, body := range []string{"", "\x00", "\x01\x01\xff\x04", "\xff\xfe", strings.Repeat("\x00", 50_000)} {
				sid := openPolling(t, f)
				res, err := http.Post(f.url+"polling&sid="+sid, "application/octet-stream", strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if res.StatusCode != http.StatusBadRequest {
					t.Errorf("%q: %d", body, res.StatusCode)
				}
			}
		},
		// engine.io GHSA-gr94-w7qr-f4j3: a session ID that is no string, or is named
		// like a property of every object.
		"session IDs of the language": func(t *testing.T) {
			for _, sid := range []string{"constructor", "__proto__", "toString", "%00", "[object%20Object]", "a&sid=b", strings.Repeat("a", 4000)} {
				if status, _ := f.get("polling&sid=" + sid); status != 400 {
					t.Errorf("%s: %d", sid, status)
				}
				if _, status := wstest.TryDial(t, f.url+"websocket&sid="+sid); status != 400 {
					t.Errorf("%s by WebSocket: %d", sid, status)
				}
			}
		},
		// python-engineio CVE-2026-48802: every handshake made a thread, without end.
		"handshakes that lead nowhere": func(t *testing.T) {
			before := runtime.NumGoroutine()
			for range 300 {
				openPolling(t, f)
			}
			http.DefaultClient.CloseIdleConnections()
			wstest.Eventually(t, "no goroutine is left of them", func() bool { return runtime.NumGoroutine() <= before+50 })
		},
		// engine.io CVE-2023-31125: a transport named like a property of every
		// object.
		"transport names of the language": func(t *testing.T) {
			for _, name := range []string{"constructor", "__proto__", "toString", "hasOwnProperty"} {
				if status, _ := f.get(name); status != 400 {
					t.Errorf("%s: %d", name, status)
				}
				if _, status := wstest.TryDial(t, f.url+name); status != 400 {
					t.Errorf("%s by WebSocket: %d", name, status)
				}
			}
		},
		// socket.io-parser CVE-2020-36049: quadratic time for long packets.
		"long digits and names": func(t *testing.T) {
			for _, p := range []string{
				"2" + strings.Repeat("1", 90_000), "5" + strings.Repeat("1", 90_000),
				"2/" + strings.Repeat("a", 90_000), `2["` + strings.Repeat(`\\`, 40_000) + `"]`,
			} {
				c, _ := f.connect("")
				c.Message()
				c.Text("4"+p+strings.Repeat("x", 10), `42["message"]`)
				if fr, err := c.Next(); err == nil && fr.Op != 0x88 && fr.Payload != `42["message-back"]` {
					t.Errorf("got %q", fr.Payload) // and not within the patience of the test
				}
				c.Close()
			}
		},
		// socket.io-parser CVE-2022-2421: a placeholder that names something else
		// than one of its attachments.
		"false placeholders": func(t *testing.T) {
			for _, num := range []string{`"splice"`, "5", "-1", `"__proto__"`, "{}", "1e99"} {
				c, _ := f.connect("")
				c.Message()
				c.Text(fmt.Sprintf(`451-["message",{"_placeholder":true,"num":%s}]`, num))
				c.Binary([]byte{1})
				// It is handed on as it is; what it means is the reader's business.
				c.Want(fmt.Sprintf(`451-["message-back",{"_placeholder":true,"num":%s}]`, num))
			}
		},
		// socket.io-parser CVE-2023-32695: an event name that is an object.
		"event names that are no strings": func(t *testing.T) {
			for _, n := range []string{`{"toString":"foo"}`, `["a"]`, "1", "null", "true"} {
				c, _ := f.connect("")
				c.Message()
				c.Text("42[" + n + "]")
				c.WantClose()
			}
		},
		// socket.io CVE-2024-38355: an event named error had no listener.
		"an event named error": func(t *testing.T) {
			c, _ := f.connect("")
			c.Message()
			c.Text(`42["error","x"]`, `42["message"]`)
			c.Want(`42["message-back"]`)
		},
		// socket.io-parser CVE-2026-33151: any number of attachments was waited for
		// and kept.
		"attachments that never come": func(t *testing.T) {
			c, _ := f.connect("")
			c.Message()
			c.Text(`41000000-["message"]`)
			c.Text(`451000000-["message"]`)
			c.WantClose()
		},
		// socket.io-parser CVE-2026-69185: attachments were announced, but none, or
		// other than they came; what was begun was never forgotten.
		"packets with a false number of attachments": func(t *testing.T) {
			for _, p := range []string{`450-["message"]`, `460-1[]`, `450-`, `45-1-["message"]`, `451.5-["message"]`, `451e1-["message"]`, `4500-["message"]`} {
				c, _ := f.connect("")
				c.Message()
				c.Text(p)
				if code, _ := c.WantClose(); code != 1002 {
					t.Errorf("%s: close code %d", p, code)
				}
			}
			for _, next := range []func(c *wstest.Conn){
				func(c *wstest.Conn) { c.Text(`451-["message",{"_placeholder":true,"num":0}]`) },
				func(c *wstest.Conn) { c.Text("41") },
				func(c *wstest.Conn) { c.Text("40/custom,") },
			} {
				c, _ := f.connect("")
				c.Message()
				c.Text(`451-["message",{"_placeholder":true,"num":0}]`)
				next(c)
				c.WantClose()
			}
		},
		// python-socketio CVE-2026-48804: attachments gathered, each within the limit
		// of a message, and all together were not.
		"attachments that are too large together": func(t *testing.T) {
			c, _ := f.connect("")
			c.Message()
			c.Text(`4510-["message"]`)
			for range 9 {
				c.Binary(make([]byte, 30_000))
			}
			if code, _ := c.WantClose(); code != 1002 {
				t.Errorf("close code %d", code)
			}
		},
		// ws CVE-2026-48779, CVE-2026-62389: each tiny or empty fragment of a message
		// that is never finished cost memory.
		"a message of endless fragments": func(t *testing.T) {
			for _, fragment := range []string{"", "a"} {
				c, _ := f.connect("")
				c.Message()
				c.Raw(wstest.Masked(0x01, fragment))
				c.Raw(bytes.Repeat(wstest.Masked(0x00, fragment), 100_000))
				if code, _ := c.WantClose(); code != 1008 {
					t.Errorf("close code %d", code)
				}
			}
		},
		// ws CVE-2026-45736: a close frame with memory that was never written. What is
		// sent here is the code and the reason, and not a byte more.
		"a close frame": func(t *testing.T) {
			c, _ := f.connect("")
			c.Message()
			c.Text("4abc")
			c.WantFrame(0x88, "\x03\xeasocketio: invalid packet")
		},
		// ws CVE-2016-10542: messages larger than allowed, declared or in pieces.
		"a frame that announces gigabytes": func(t *testing.T) {
			c := f.dial()
			c.Raw([]byte{0x82, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
			if code, _ := c.WantClose(); code != 1009 {
				t.Errorf("close code %d", code)
			}
		},
		// ws CVE-2024-37890: more headers than the server counts.
		"a thousand headers": func(t *testing.T) {
			var many []string
			for i := range 2000 {
				many = append(many, fmt.Sprintf("X-%d", i), "some value of some length")
			}
			if _, status := wstest.TryDial(t, f.url+"websocket", many...); status != 431 {
				t.Errorf("status %d", status)
			}
		},
		// ws CVE-2021-32640: a header that a regular expression chokes on.
		"a protocol header full of blanks": func(t *testing.T) {
			c, _ := wstest.TryDial(t, f.url+"websocket", "Sec-WebSocket-Protocol", "b"+strings.Repeat(" ", 10_000)+"x",
				"Sec-WebSocket-Extensions", "a"+strings.Repeat(" ", 3000)+";")
			if c == nil {
				t.Error("the handshake failed")
			}
		},
		// ws: compressed messages that become enormous.
		"a compression bomb": func(t *testing.T) {
			var b strings.Builder
			w, _ := flate.NewWriter(&b, flate.BestSpeed)
			_, _ = io.CopyN(w, zeros{}, 5<<20)
			_ = w.Flush()
			c := wstest.Dial(t, f.url+"websocket", "Sec-WebSocket-Extensions", "permessage-deflate")
			c.Raw(wstest.Masked(0xC1, b.String()[:min(b.Len(), 60_000)]))
			if code, _ := c.WantClose(); code != 1009 {
				t.Errorf("close code %d", code)
			}
		},
		// ws: floods of pings, each of which asks for an answer.
		"a flood of pings from one who does not read": func(t *testing.T) {
			c, _ := f.connect("")
			ping := wstest.Masked(0x89, strings.Repeat("p", 125))
			_ = c.NetConn().SetWriteDeadline(time.Now().Add(time.Second))
			for range 20_000 {
				c.Raw(ping)
			}
			c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			attack(t)
			c, _ := f.connect("")
			c.Text(`421["message-with-ack",1]`)
			c.Want(`42["auth",{}]`, `431[1]`)
			c.Close()
		})
	}
	now, cancel := context.WithCancel(context.Background())
	cancel()
	_ = f.io.Close(now)
	wstest.Eventually(t, "nothing is left", func() bool { return f.io.Connections() == 0 })
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func openPolling(t *testing.T, f *fixture) string {
	t.Helper()
	_, body := f.get("polling")
	_, rest, _ := strings.Cut(body, `"sid":"`)
	sid, _, ok := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("handshake: %q", body)
	}
	return sid
}

// get makes a GET request.
func (f *fixture) get(query string) (int, string) {
	f.t.Helper()
	res, err := http.Get(f.url + query)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
