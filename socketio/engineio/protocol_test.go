package engineio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// The sentences of the Engine.IO protocol documents, revisions 4 and 3, at the
// level of bytes. The server echoes, with the settings of the documents' own
// test suites.

type echo struct {
	s      *engineio.Session
	closed chan engineio.Reason
}

func (e *echo) Message(data []byte, binary bool) error {
	if binary {
		e.s.Send(engineio.NewBinary(data))
	} else {
		e.s.Send(engineio.NewText(data))
	}
	return nil
}

func (e *echo) Closed(r engineio.Reason) { e.closed <- r }

// server is an echo server under test.
type server struct {
	t      *testing.T
	url    string
	engine *engineio.Server

	mu       sync.Mutex
	sessions map[string]*echo
}

func serve(t *testing.T, o engineio.Options) *server {
	o.NoReadiness = o.NoReadiness || goroutineLinks
	s := &server{t: t, sessions: map[string]*echo{}}
	s.engine = engineio.NewServer(o, func(es *engineio.Session, _ *http.Request) engineio.Handler {
		es.Accept()
		e := &echo{s: es, closed: make(chan engineio.Reason, 1)}
		s.mu.Lock()
		s.sessions[es.ID()] = e
		s.mu.Unlock()
		return e
	})
	web := httptest.NewServer(s.engine)
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.engine.Close(now)
		web.Close()
	})
	s.url = web.URL
	return s
}

func (s *server) session(sid string) *echo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[sid]
}

// wantReason waits for the end of a session.
func (s *server) wantReason(sid string, want engineio.Reason) {
	s.t.Helper()
	select {
	case got := <-s.session(sid).closed:
		if got != want {
			s.t.Fatalf("closed for %q, want %q", got, want)
		}
	case <-time.After(wstest.Patience):
		s.t.Fatalf("not closed; want %q", want)
	}
}

func (s *server) do(method, query, body string, header ...string) (int, string) {
	s.t.Helper()
	status, text, err := s.try(method, query, body, header...)
	if err != nil {
		s.t.Fatal(err)
	}
	return status, text
}

func (s *server) try(method, query, body string, header ...string) (int, string, error) {
	req, err := http.NewRequest(method, s.url+"/engine.io/?"+query, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

// revision is what differs between the two revisions on the wire.
type revision int

func (v revision) q(rest string) string { return fmt.Sprintf("EIO=%d&transport=%s", v, rest) }

// payload joins packets as a polling payload.
func (v revision) payload(packets ...string) string {
	if v == 4 {
		return strings.Join(packets, "\x1e")
	}
	var b strings.Builder
	for _, p := range packets {
		n := 0
		for _, r := range p {
			if n++; r > 0xFFFF {
				n++
			}
		}
		fmt.Fprintf(&b, "%d:%s", n, p)
	}
	return b.String()
}

func revisions(t *testing.T, f func(t *testing.T, s *server, v revision)) {
	for _, v := range []revision{4, 3} {
		t.Run(fmt.Sprintf("EIO%d", v), func(t *testing.T) {
			t.Parallel()
			f(t, serve(t, engineio.Options{AllowEIO3: true}), v)
		})
	}
}

// quick are the options of the documents' test suites.
var quick = engineio.Options{
	PingInterval: 300 * time.Millisecond, PingTimeout: 200 * time.Millisecond,
	MaxPayload: 1_000_000, AllowEIO3: true,
}

// patient are those for a client that answers: on a busy machine it may be slow
// to do so.
var patient = engineio.Options{PingInterval: 300 * time.Millisecond, PingTimeout: 20 * time.Second, AllowEIO3: true}

type handshake struct {
	SID          string   `json:"sid"`
	Upgrades     []string `json:"upgrades"`
	PingInterval int      `json:"pingInterval"`
	PingTimeout  int      `json:"pingTimeout"`
	MaxPayload   int      `json:"maxPayload"`
}

func parseOpen(t *testing.T, packet string) handshake {
	t.Helper()
	var h handshake
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(packet, "0")))
	d.DisallowUnknownFields()
	if !strings.HasPrefix(packet, "0") || d.Decode(&h) != nil || h.SID == "" {
		t.Fatalf("open packet %q", packet)
	}
	return h
}

// poll opens a session by polling and returns its ID. In revision 3 it asks for
// binary data as base64, as clients without XHR2 do.
func (s *server) poll(v revision) string {
	s.t.Helper()
	query := v.q("polling")
	if v == 3 {
		query += "&b64=1"
	}
	return s.open(v, query)
}

func (s *server) open(v revision, query string, header ...string) string {
	s.t.Helper()
	status, body := s.do("GET", query, "", header...)
	if status != 200 {
		s.t.Fatalf("handshake: %d %q", status, body)
	}
	if v == 3 {
		_, body, _ = strings.Cut(body, ":")
	}
	return parseOpen(s.t, body).SID
}

// ws opens a session by WebSocket.
func (s *server) ws(v revision) (*wstest.Conn, string) {
	s.t.Helper()
	c := wstest.Dial(s.t, s.url+"/engine.io/?"+v.q("websocket"))
	return c, parseOpen(s.t, c.Message()).SID
}

func TestHandshakeByPolling(t *testing.T) {
	s := serve(t, quick)
	for _, v := range []revision{4, 3} {
		res, err := http.Get(s.url + "/engine.io/?" + v.q("polling"))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		body := string(b)
		if v == 3 {
			length, rest, _ := strings.Cut(body, ":")
			if length != fmt.Sprint(len(rest)) {
				t.Errorf("length %s of %d", length, len(rest))
			}
			body = rest
		}
		h := parseOpen(t, body)
		if len(h.Upgrades) != 1 || h.Upgrades[0] != "websocket" || h.PingInterval != 300 || h.PingTimeout != 200 || h.MaxPayload != 1000000 {
			t.Errorf("EIO %d: %+v", v, h)
		}
		if ct := res.Header.Get("Content-Type"); ct != "text/plain; charset=UTF-8" {
			t.Errorf("Content-Type %q", ct)
		}
		if cc := res.Header.Get("Cache-Control"); cc != "no-store" {
			t.Errorf("Cache-Control %q", cc)
		}
	}
}

func TestHandshakeByWebSocket(t *testing.T) {
	s := serve(t, quick)
	for _, v := range []revision{4, 3} {
		c := wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket"))
		h := parseOpen(t, c.Message())
		if h.Upgrades == nil || len(h.Upgrades) != 0 || h.PingInterval != 300 || h.PingTimeout != 200 || h.MaxPayload != 1000000 {
			t.Errorf("EIO %d: %+v", v, h)
		}
	}
}

func TestHandshakeRefusals(t *testing.T) {
	s := serve(t, engineio.Options{})
	for _, c := range []struct {
		name, method, query string
		status              int
		body                string
	}{
		{"no EIO", "GET", "transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
		{"EIO abc", "GET", "EIO=abc&transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
		{"EIO 3 when not allowed", "GET", "EIO=3&transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
		{"no transport", "GET", "EIO=4", 400, `{"code":0,"message":"Transport unknown"}`},
		{"transport abc", "GET", "EIO=4&transport=abc", 400, `{"code":0,"message":"Transport unknown"}`},
		{"POST", "POST", "EIO=4&transport=polling", 400, `{"code":2,"message":"Bad handshake method"}`},
		{"PUT", "PUT", "EIO=4&transport=polling", 400, `{"code":2,"message":"Bad handshake method"}`},
		{"unknown session", "GET", "EIO=4&transport=polling&sid=abc", 400, `{"code":1,"message":"Session ID unknown"}`},
		{"WebSocket without an upgrade", "GET", "EIO=4&transport=websocket", 400, `{"code":3,"message":"Bad request"}`},
		{"JSONP that does not say for which page", "GET", "EIO=4&transport=polling&j=0", 403, `{"code":4,"message":"Forbidden"}`},
	} {
		if status, body := s.do(c.method, c.query, ""); status != c.status || body != c.body {
			t.Errorf("%s: %d %s", c.name, status, body)
		}
	}
	if _, status := wstest.TryDial(t, s.url+"/engine.io/?transport=websocket"); status != 400 {
		t.Errorf("WebSocket without EIO: %d", status)
	}
	if _, status := wstest.TryDial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid=abc"); status != 400 {
		t.Errorf("WebSocket for an unknown session: %d", status)
	}
	if n := s.engine.Count(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestMessagesByPolling(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		binary := "bAQIDBA=="
		if v == 3 {
			binary = "b4AQIDBA=="
		}
		for _, packets := range [][]string{
			{"4hello"},
			{"4test1", "4test2", "4test3"},
			{"4hello", binary},
			{"4乐聊 😀", "4"},
		} {
			sid := s.poll(v)
			payload := v.payload(packets...)
			if status, body := s.do("POST", v.q("polling&sid="+sid), payload); status != 200 || body != "ok" {
				t.Fatalf("POST %q: %d %q", payload, status, body)
			}
			if status, body := s.do("GET", v.q("polling&sid="+sid), ""); status != 200 || body != payload {
				t.Fatalf("GET: %d %q, want %q", status, body, payload)
			}
		}
	})
}

func TestBinaryPayloadOfRevision3(t *testing.T) {
	s := serve(t, engineio.Options{AllowEIO3: true})
	sid := s.poll(3) // with b64=1
	body := "\x00\x06\xff4hello\x01\x05\xff\x04\x01\x02\x03\x04"
	if status, got := s.do("POST", "EIO=3&transport=polling&sid="+sid, body, "Content-Type", "application/octet-stream"); status != 200 {
		t.Fatalf("%d %s", status, got)
	}
	if _, got := s.do("GET", "EIO=3&transport=polling&sid="+sid, ""); got != "6:4hello10:b4AQIDBA==" {
		t.Fatalf("got %q", got)
	}
}

func TestMessagesByWebSocket(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		c, _ := s.ws(v)
		c.Text("4hello", "4", "4乐聊")
		c.Want("4hello", "4", "4乐聊")
		data := "\x01\x02\x03\x04"
		if v == 3 {
			data = "\x04" + data
		}
		c.Binary([]byte(data))
		c.WantFrame(0x82, data)
		long := "4" + strings.Repeat("x", 100_000)
		c.Text(long)
		c.Want(long)
	})
}

func TestInvalidPacketEndsTheSession(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		for _, bad := range []string{"abc", "", "4ok\x1e", "\x1e", "0", "5", "7", v.payload("9"), v.payload("4a", "b!"), "4\xff"} {
			sid := s.poll(v)
			if status, _ := s.do("POST", v.q("polling&sid="+sid), bad); status != 400 {
				t.Errorf("POST %q: %d", bad, status)
			}
			s.wantReason(sid, engineio.ReasonParseError)
			if status, _ := s.do("GET", v.q("polling&sid="+sid), ""); status != 400 {
				t.Errorf("GET after %q: %d", bad, status)
			}
		}
		for _, bad := range []string{"abc", "", "0", "5", "7"} {
			c, sid := s.ws(v)
			c.Text(bad)
			c.WantClose()
			s.wantReason(sid, engineio.ReasonParseError)
		}
	})
}

func TestPacketsThatOnlyTheOtherSideSends(t *testing.T) {
	s := serve(t, engineio.Options{AllowEIO3: true})
	for v, packet := range map[revision]string{4: "2", 3: "3"} {
		c, sid := s.ws(v)
		c.Text(packet)
		c.WantClose()
		s.wantReason(sid, engineio.ReasonParseError)
	}
}

func TestLengthsOfRevision3(t *testing.T) {
	s := serve(t, engineio.Options{AllowEIO3: true})
	for _, bad := range []string{":4", "0:", "5:4abc", "1:4x", "99999999999:4", "-1:4", "2:4😀", "1a:4", "3:4ab4"} {
		sid := s.poll(3)
		if status, _ := s.do("POST", "EIO=3&transport=polling&sid="+sid, bad); status != 400 {
			t.Errorf("%q: %d", bad, status)
		}
	}
	for _, bad := range []string{"\x02\x01\xff4", "\x00\xff4", "\x00\x01", "\x00\x05\xff4", "\x00\x01\xff\xff", "\x01\x01\xff4"} {
		sid := s.poll(3)
		if status, _ := s.do("POST", "EIO=3&transport=polling&sid="+sid, bad, "Content-Type", "application/octet-stream"); status != 400 {
			t.Errorf("%q: %d", bad, status)
		}
	}
}

func TestASecondPollEndsTheSession(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		type answer struct {
			status int
			body   string
			err    error
		}
		answers := make(chan answer, 2)
		for range 2 {
			go func() {
				status, body, err := s.try("GET", v.q("polling&sid="+sid), "")
				answers <- answer{status, body, err}
			}()
		}
		a, b := <-answers, <-answers
		if a.status != 200 {
			a, b = b, a
		}
		if a.status != 200 || a.body != v.payload("1") || b.status != 400 {
			t.Fatalf("got %+v and %+v", a, b)
		}
		if status, _ := s.do("GET", v.q("polling&sid="+sid), ""); status != 400 {
			t.Fatalf("afterwards: %d", status)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	t.Run("EIO4 polling", func(t *testing.T) {
		t.Parallel()
		s := serve(t, patient)
		sid := s.poll(4)
		for range 3 {
			if status, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); status != 200 || body != "2" {
				t.Fatalf("%d %q", status, body)
			}
			if status, _ := s.do("POST", "EIO=4&transport=polling&sid="+sid, "3"); status != 200 {
				t.Fatal(status)
			}
		}
	})
	t.Run("EIO4 websocket", func(t *testing.T) {
		t.Parallel()
		s := serve(t, patient)
		c, _ := s.ws(4)
		for range 3 {
			c.WantFrame(0x81, "2")
			c.Text("3")
		}
	})
	t.Run("EIO3", func(t *testing.T) {
		t.Parallel()
		s := serve(t, patient)
		sid := s.poll(3)
		c, _ := s.ws(3)
		for range 3 {
			c.Text("2")
			c.Want("3")
			s.do("POST", "EIO=3&transport=polling&sid="+sid, "1:2")
			if _, body := s.do("GET", "EIO=3&transport=polling&sid="+sid, ""); body != "1:3" {
				t.Fatalf("%q", body)
			}
		}
		c.Text("2abc")
		c.Want("3abc")
	})
	for _, v := range []revision{4, 3} {
		t.Run(fmt.Sprintf("EIO%d timeout", v), func(t *testing.T) {
			t.Parallel()
			s := serve(t, quick)
			c, wsid := s.ws(v)
			sid := s.poll(v)
			start := time.Now()
			c.WantClose()
			s.wantReason(wsid, engineio.ReasonPingTimeout)
			s.wantReason(sid, engineio.ReasonPingTimeout)
			if d := time.Since(start); d < 400*time.Millisecond { // late is how a busy machine is
				t.Errorf("closed after %v", d)
			}
			if status, _ := s.do("POST", v.q("polling&sid="+sid), v.payload("4")); status != 400 {
				t.Errorf("afterwards: %d", status)
			}
		})
	}
}

func TestClose(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		polled := make(chan string, 1)
		go func() {
			_, body, _ := s.try("GET", v.q("polling&sid="+sid), "")
			polled <- body
		}()
		if status, _ := s.do("POST", v.q("polling&sid="+sid), v.payload("1")); status != 200 {
			t.Fatal(status)
		}
		// Also if the POST has overtaken it.
		if got := <-polled; got != v.payload("6") {
			t.Fatalf("the poll got %q", got)
		}
		s.wantReason(sid, engineio.ReasonTransportClose)
		if status, _ := s.do("GET", v.q("polling&sid="+sid), ""); status != 400 {
			t.Fatal(status)
		}

		c, sid := s.ws(v)
		c.Text("1")
		if code, _ := c.WantClose(); code != 1000 {
			t.Errorf("close code %d", code)
		}
		s.wantReason(sid, engineio.ReasonTransportClose)

		c, sid = s.ws(v)
		c.Close()
		s.wantReason(sid, engineio.ReasonTransportClose)

		c, sid = s.ws(v)
		c.Raw(wstest.Masked(0x88, "\x03\xe9bye"))
		if code, _ := c.WantClose(); code != 1001 {
			t.Errorf("the close code is not returned: %d", code)
		}
		s.wantReason(sid, engineio.ReasonTransportClose)
	})
}

func TestUpgrade(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		c := wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket&sid="+sid))
		c.Text("2probe")
		c.Want("3probe")
		// A poll is ended with a noop, so that the client can leave.
		if status, body := s.do("GET", v.q("polling&sid="+sid), ""); status != 200 || body != v.payload("6") {
			t.Fatalf("%d %q", status, body)
		}
		c.Text("5", "4hello")
		c.Want("4hello")
		if got := s.session(sid).s.Transport(); got != "websocket" {
			t.Errorf("transport %q", got)
		}
		for _, method := range []string{"GET", "POST"} {
			if status, _ := s.do(method, v.q("polling&sid="+sid), v.payload("4x")); status != 400 {
				t.Errorf("%s after the upgrade: %d", method, status)
			}
		}
		wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket&sid="+sid)).WantClose()
		c.Text("4still here")
		c.Want("4still here")
	})
}

func TestUpgradeThatDoesNotWaitForTheProbe(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		c := wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket&sid="+sid))
		c.Text("2probe", "5")
		c.Want("3probe")
		if v == 3 { // the noop that no poll has fetched comes this way
			c.Want("6")
		}
		c.Text("4hello")
		c.Want("4hello")
	})
}

func TestUpgradeMovesWhatIsQueued(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		c := wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket&sid="+sid))
		c.Text("2probe")
		c.Want("3probe")
		if v == 3 {
			s.do("GET", v.q("polling&sid="+sid), "")
		}
		for i := range 10 {
			s.session(sid).s.Send(engineio.NewText(fmt.Append(nil, i)))
		}
		c.Text("5")
		for i := range 10 {
			c.Want(fmt.Sprint("4", i))
		}
	})
}

func TestCandidatesThatMisbehave(t *testing.T) {
	s := serve(t, engineio.Options{})
	for _, first := range []string{"4hello", "5", "2", "2other", "3probe", "x"} {
		sid := s.poll(4)
		c := wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid)
		c.Text(first)
		c.WantClose()
		// The session goes on by polling.
		s.do("POST", "EIO=4&transport=polling&sid="+sid, "4a")
		if _, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); body != "4a" {
			t.Errorf("after %q: %q", first, body)
		}
	}
	sid := s.poll(4)
	c := wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid)
	wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid).WantClose() // a second one
	c.Close()
	// Afterwards another one may try.
	wstest.Eventually(t, "another candidate", func() bool {
		c := wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid)
		c.Text("2probe")
		f, err := c.Next()
		return err == nil && f.Payload == "3probe"
	})
}

// TestTimeoutsOfTheHTTPServer checks that time limits which an HTTP server
// should have end neither a poll nor a WebSocket.
func TestTimeoutsOfTheHTTPServer(t *testing.T) {
	s := serve(t, engineio.Options{PingInterval: 300 * time.Millisecond, PingTimeout: 5 * time.Second})
	web := httptest.NewUnstartedServer(s.engine)
	web.Config.ReadTimeout, web.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	web.Start()
	defer web.Close()
	s.url = web.URL
	c, _ := s.ws(4)
	sid := s.poll(4)
	if status, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); status != 200 || body != "2" {
		t.Errorf("polling got %d %q", status, body)
	}
	c.WantFrame(0x81, "2")
	c.Text("4a")
	c.Want("4a")
}

func TestACancelledPollEndsTheSession(t *testing.T) {
	s := serve(t, engineio.Options{})
	sid := s.poll(4)
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, "GET", s.url+"/engine.io/?EIO=4&transport=polling&sid="+sid, nil)
	failed := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(req)
		failed <- err
	}()
	wstest.Eventually(t, "the poll waits", func() bool { return engineio.Polling(s.session(sid).s) })
	cancel()
	<-failed
	if status, _ := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); status != 400 {
		t.Errorf("%d", status)
	}
}

func TestUpgradeTimeout(t *testing.T) {
	s := serve(t, engineio.Options{UpgradeTimeout: 50 * time.Millisecond})
	sid := s.poll(4)
	c := wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid)
	c.Text("2probe")
	c.Want("3probe")
	c.WantClose()
	s.do("POST", "EIO=4&transport=polling&sid="+sid, "4a")
	if _, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); body != "4a" {
		t.Errorf("the session is gone: %q", body)
	}
}

// TestCloseDuringAnUpgrade ends a session whose client has stopped polling but
// has not said so yet: what is queued must reach it by the WebSocket.
func TestCloseDuringAnUpgrade(t *testing.T) {
	s := serve(t, engineio.Options{})
	sid := s.poll(4)
	c := wstest.Dial(t, s.url+"/engine.io/?EIO=4&transport=websocket&sid="+sid)
	c.Text("2probe")
	c.Want("3probe")
	s.session(sid).s.Send(engineio.NewText([]byte("last words")))
	s.session(sid).s.Close(engineio.ReasonForced)
	s.wantReason(sid, engineio.ReasonForced)
	c.Text("5")
	c.Want("4last words")
	if code, _ := c.WantClose(); code != 1000 {
		t.Errorf("close code %d", code)
	}
}
