package engineio_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

func TestForeignOriginIsRefused(t *testing.T) {
	s := serve(t, engineio.Options{})
	same := s.url
	if status, body := s.do("GET", "EIO=4&transport=polling", "", "Origin", "https://evil.example"); status != 403 || body != `{"code":4,"message":"Forbidden"}` {
		t.Errorf("polling: %d %s", status, body)
	}
	for _, origin := range []string{"https://evil.example", "null", "https://127.0.0.1.evil.example", "https://x/" + same} {
		if _, status := wstest.TryDial(t, s.url+"/engine.io/?EIO=4&transport=websocket", "Origin", origin); status != 403 {
			t.Errorf("WebSocket from %q: %d", origin, status)
		}
	}
	sid := s.poll(4)
	if status, _ := s.do("POST", "EIO=4&transport=polling&sid="+sid, "4a", "Origin", "https://evil.example"); status != 403 {
		t.Errorf("POST: %d", status)
	}
	if _, status := wstest.TryDial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid, "Origin", "https://evil.example"); status != 403 {
		t.Errorf("upgrade: %d", status)
	}
	if status, _ := s.do("OPTIONS", "EIO=4&transport=polling", "", "Origin", "https://evil.example"); status != 403 {
		t.Errorf("preflight: %d", status)
	}
	if status, _ := s.do("GET", "EIO=4&transport=polling", "", "Origin", same); status != 200 {
		t.Errorf("the same origin: %d", status)
	}
	wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket", "Origin", same)
}

func TestCORS(t *testing.T) {
	s := serve(t, engineio.Options{CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "https://app.example" }})
	req, _ := http.NewRequest("OPTIONS", s.url+"/engine.io/?EIO=4&transport=polling", nil)
	req.Header.Set("Origin", "https://app.example")
	req.Header.Set("Access-Control-Request-Headers", "x-token")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	h := res.Header
	if res.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != "https://app.example" ||
		h.Get("Access-Control-Allow-Credentials") != "true" || h.Get("Access-Control-Allow-Headers") != "x-token" || h.Get("Vary") != "Origin" {
		t.Errorf("%d %v", res.StatusCode, h)
	}
}

func TestPayloadLimits(t *testing.T) {
	s := serve(t, engineio.Options{MaxPayload: 1000, MaxPackets: 5, MaxHeader: 4000})
	sid := s.poll(4)
	if status, _ := s.do("POST", "EIO=4&transport=polling&sid="+sid, "4"+strings.Repeat("a", 1000)); status != 413 {
		t.Errorf("too long a body: %d", status)
	}
	s.wantReason(sid, engineio.ReasonParseError)

	sid = s.poll(4)
	pr, pw := net.Pipe() // a body without a length
	go func() { pw.Write(bytes.Repeat([]byte("4"), 2000)); pw.Close() }()
	req, _ := http.NewRequest("POST", s.url+"/engine.io/?EIO=4&transport=polling&sid="+sid, pr)
	if res, err := http.DefaultClient.Do(req); err == nil {
		if res.Body.Close(); res.StatusCode != 413 {
			t.Errorf("too long a chunked body: %d", res.StatusCode)
		}
	}
	s.wantReason(sid, engineio.ReasonParseError)

	sid = s.poll(4)
	if status, _ := s.do("POST", "EIO=4&transport=polling&sid="+sid, strings.Repeat("4\x1e", 5)+"4"); status != 400 {
		t.Errorf("too many packets: %d", status)
	}
	c, sid := s.ws(4)
	c.Text("4" + strings.Repeat("a", 1000))
	if code, _ := c.WantClose(); code != 1009 {
		t.Errorf("too long a message: close code %d", code)
	}
	s.wantReason(sid, engineio.ReasonParseError)
	if status, _ := s.do("GET", "EIO=4&transport=polling&x="+strings.Repeat("a", 5000), ""); status != 431 {
		t.Errorf("too long a URL: %d", status)
	}
	if status, _ := s.do("GET", "EIO=4&transport=polling", "", "X-Long", strings.Repeat("a", 5000)); status != 431 {
		t.Errorf("too long a header: %d", status)
	}
}

// stranger is a handler that never accepts its session.
type stranger struct{ closed chan engineio.Reason }

func (stranger) Message([]byte, bool) error { return nil }
func (h stranger) Closed(r engineio.Reason) { h.closed <- r }

func TestBeforeAccept(t *testing.T) {
	closed := make(chan engineio.Reason, 10)
	e := engineio.NewServer(engineio.Options{MaxUnaccepted: 100, MaxPendingPerAddr: 2, AcceptTimeout: 200 * time.Millisecond},
		func(*engineio.Session, *http.Request) engineio.Handler { return stranger{closed} })
	web := httptest.NewServer(e)
	defer web.Close()
	url := web.URL + "/engine.io/?EIO=4&transport=websocket"

	c := wstest.Dial(t, url)
	c.Message()
	c.Text("4" + strings.Repeat("a", 100))
	if code, _ := c.WantClose(); code != 1009 {
		t.Errorf("a long message of a stranger: close code %d", code)
	}
	<-closed
	c.Close()
	wstest.Eventually(t, "the first one is forgotten", func() bool { return e.Count() == 0 })

	one, two := wstest.Dial(t, url), wstest.Dial(t, url)
	if _, status := wstest.TryDial(t, url); status != 429 {
		t.Errorf("a third stranger: %d", status)
	}
	one.WantClose()
	two.WantClose()
	for range 2 {
		if r := <-closed; r != engineio.ReasonNotAccepted {
			t.Errorf("closed for %q", r)
		}
	}
	wstest.Eventually(t, "all are forgotten", func() bool { return e.Count() == 0 })
	wstest.Dial(t, url)
}

// TestSlowReader sends to a client that does not read: it must be dropped with
// a close frame that says why, and nobody else may notice.
func TestSlowReader(t *testing.T) {
	s := serve(t, engineio.Options{MaxQueueBytes: 1 << 20, MaxQueueFrames: 1 << 20, CloseTimeout: 5 * time.Second})
	slow, sid := s.ws(4)
	_ = slow.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10)
	fast, fastID := s.ws(4)
	m := engineio.NewText(bytes.Repeat([]byte("x"), 10_000))
	go func() { // far more than the kernel's buffers take
		for range 2000 {
			if !s.session(sid).s.Send(m) {
				break
			}
		}
		s.session(fastID).s.Send(engineio.NewText([]byte("done")))
	}()
	fast.Want("4done")
	s.wantReason(sid, engineio.ReasonSlow)
	if code, reason := slow.WantClose(); code != 1008 || reason != "slow reader" {
		t.Errorf("close code %d, reason %q", code, reason)
	}
}

func TestTooManyFramesByPolling(t *testing.T) {
	s := serve(t, engineio.Options{MaxQueueFrames: 100})
	sid := s.poll(4)
	for range 101 {
		s.session(sid).s.Send(engineio.NewText([]byte("x")))
	}
	s.wantReason(sid, engineio.ReasonSlow)
	wstest.Eventually(t, "the session is forgotten", func() bool { return s.engine.Count() == 0 })
}

func TestCloseDrains(t *testing.T) {
	s := serve(t, engineio.Options{})
	c, wsid := s.ws(4)
	sid := s.poll(4)
	for range 300 {
		s.session(wsid).s.Send(engineio.NewText(bytes.Repeat([]byte("x"), 1000)))
	}
	s.session(sid).s.Send(engineio.NewText([]byte("last words")))
	done := make(chan error)
	go func() { done <- s.engine.Close(context.Background()) }()
	for range 300 {
		if m := c.Message(); len(m) != 1001 {
			t.Fatalf("%d bytes", len(m))
		}
	}
	if code, reason := c.WantClose(); code != 1001 || reason != "server shutting down" {
		t.Errorf("close code %d, reason %q", code, reason)
	}
	c.Close()
	s.wantReason(sid, engineio.ReasonShutdown)
	for _, want := range []string{"4last words", "1"} {
		if _, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); body != want {
			t.Errorf("polling got %q, want %q", body, want)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if status, _ := s.do("GET", "EIO=4&transport=polling", ""); status != 503 {
		t.Errorf("a new session: %d", status)
	}
}

// TestPause checks that a paused session takes in a bounded amount, loses
// nothing, and lives.
func TestPause(t *testing.T) {
	s := serve(t, engineio.Options{PingInterval: 100 * time.Millisecond, PingTimeout: 100 * time.Millisecond})
	c, sid := s.ws(4)
	es := s.session(sid).s
	es.Pause()
	c.Text("4a", "3", "4b")
	pid := s.poll(4)
	ps := s.session(pid).s
	ps.Pause()
	posted := make(chan int, 1)
	go func() {
		status, _, _ := s.try("POST", "EIO=4&transport=polling&sid="+pid, "4a\x1e3\x1e4b")
		posted <- status
	}()
	select {
	case r := <-s.session(sid).closed:
		t.Fatalf("closed for %q while paused", r)
	case r := <-s.session(pid).closed:
		t.Fatalf("closed for %q while paused", r)
	case <-posted:
		t.Fatal("the POST was answered while paused")
	case <-time.After(500 * time.Millisecond): // well beyond both time-outs
	}
	ps.Resume()
	es.Resume()
	c.Want("4a", "4b")
	if status := <-posted; status != 200 {
		t.Errorf("POST: %d", status)
	}
}

func TestEncodedPayloadIsUnderstood(t *testing.T) {
	for _, protocol := range []int{3, 4} {
		ms := []*engineio.Message{engineio.NewText([]byte("乐😀")), engineio.NewBinary([]byte{0, 1, 30, 255}), engineio.NewText(nil)}
		var got []string
		err := engineio.EachPacket(engineio.Payload(ms, protocol), protocol, 3, false, func(p []byte) { got = append(got, string(p)) })
		if err != nil || len(got) != 3 || got[0] != "乐😀" || got[1] != "\x00\x01\x1e\xff" || got[2] != "" {
			t.Errorf("protocol %d: %q, %v", protocol, got, err)
		}
	}
}

func TestCompression(t *testing.T) {
	s := serve(t, engineio.Options{DeflateThreshold: 100, AllowEIO3: true, MaxPayload: 100_000})
	for _, v := range []revision{4, 3} {
		c := wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket"), "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
		if got := c.Res.Header.Get("Sec-WebSocket-Extensions"); got != "permessage-deflate; server_no_context_takeover; client_no_context_takeover" {
			t.Fatalf("agreed on %q", got)
		}
		c.Next() // open; whether it is worth compressing depends on its length
		for _, op := range []byte{0x81, 0x82} {
			m := "4" + strings.Repeat("a", 50_000)
			if op == 0x82 {
				m = "\x04" + m
			}
			c.Raw(wstest.Masked(op, m))
			f, err := c.Next()
			if err != nil || f.Op != op|0x40 || len(f.Payload) > 1000 {
				t.Fatalf("got frame %#x of %d bytes, %v", f.Op, len(f.Payload), err)
			}
			// What the server compressed, it also understands.
			c.Raw(wstest.Masked(f.Op, f.Payload))
			if again, err := c.Next(); err != nil || again != f {
				t.Fatalf("got frame %#x of %d bytes, %v", again.Op, len(again.Payload), err)
			}
		}
		c.Text("4short")
		c.Want("4short")
	}
	plain, _ := s.ws(4)
	plain.Text("4" + strings.Repeat("a", 200))
	plain.Want("4" + strings.Repeat("a", 200))
}

func TestCookie(t *testing.T) {
	s := serve(t, engineio.Options{Cookie: func(sid string, _ *http.Request) *http.Cookie {
		return &http.Cookie{Name: "io", Value: sid, HttpOnly: true}
	}})
	res, err := http.Get(s.url + "/engine.io/?EIO=4&transport=polling")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	c := wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket")
	for _, h := range []http.Header{res.Header, c.Res.Header} {
		if got := h.Get("Set-Cookie"); !strings.HasPrefix(got, "io=") || !strings.HasSuffix(got, "; HttpOnly") {
			t.Errorf("Set-Cookie: %q", got)
		}
	}
}
