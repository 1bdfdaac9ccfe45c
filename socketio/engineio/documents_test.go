package engineio_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio/engineio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// The sentences of the Engine.IO documents ("v4": the protocol, 4th version;
// "v3": revision 3), section by section, and where they are tested. Sentences
// that bind the client only are left out.
//
//	v4 HTTP long-polling, Request path       TestAnyPath
//	v4 Query parameters                      TestHandshakeRefusals
//	v4 Headers                               TestContentTypeOfAPost
//	v4 Sending data: unknown sid             TestUnknownSession
//	v4 Sending data: 200 and "ok"            TestMessagesByPolling
//	v4 Sending data: one POST at a time      TestASecondPostEndsTheSession
//	v4 Receiving data: unknown sid           TestUnknownSession
//	v4 Receiving data: may wait              TestAPollWaits
//	v4 Receiving data: one GET at a time     TestASecondPollEndsTheSession
//	v4 WebSocket: parameters                 TestHandshakeRefusals
//	v4 WebSocket: a frame for each packet    TestEveryPacketHasAFrame
//	v4 WebSocket: one for a session          TestUpgrade, TestCandidatesThatMisbehave
//	v4 Protocol: packet types                TestInvalidPacketEndsTheSession, TestPacketsThatOnlyTheOtherSideSends
//	v4 Handshake                             TestHandshakeByPolling, TestHandshakeByWebSocket
//	v4 Heartbeat                             TestHeartbeat
//	v4 Upgrade: noop to a pending GET        TestUpgradeEndsAPendingPoll, TestUpgrade
//	v4 Upgrade: probe                        TestUpgrade, TestCandidatesThatMisbehave
//	v4 Message                               TestMessagesByPolling, TestMessagesByWebSocket
//	v4 Packet encoding, UTF-8                TestMessagesByPolling, TestInvalidPacketEndsTheSession
//	v4 Packet encoding, HTTP long-polling    TestPayloadOfTheExample, TestMessagesByPolling, TestPayloadsKeepToTheLimit
//	v4 Packet encoding, WebSocket            TestMessagesByWebSocket
//	v3 Anatomy 1 to 5                        TestHandshakeByPolling, TestHeartbeat, TestClose
//	v3 URLs: j                               TestJSONP
//	v3 URLs: b64                             TestBinaryPayloadOfRevision3
//	v3 URLs: t                               TestAnyPath
//	v3 Packet                                TestMessagesByWebSocket
//	v3 2 ping, 3 pong: the same data         TestPingsOfRevision3
//	v3 5 upgrade, 6 noop                     TestUpgrade, TestUpgradeMovesWhatIsQueued
//	v3 Payload: characters                   TestPayloadExamplesOfRevision3, TestLengthsOfRevision3
//	v3 Payload: binary, base64               TestPayloadExamplesOfRevision3, TestBinaryPayloadOfRevision3
//	v3 XHR: CORS                             TestCORS
//	v3 JSONP, Posting data                   TestJSONP, TestJSONPForms
//	v3 WebSocket: no payloads                TestEveryPacketHasAFrame
//	v3 Transport upgrading                   TestUpgrade, TestUpgradeMovesWhatIsQueued
//	v3 Timeouts                              TestHeartbeat

// v4, "Request path": the path belongs to whoever mounts the server. v3, "URLs":
// t only keeps caches away.
func TestAnyPath(t *testing.T) {
	s := serve(t, engineio.Options{AllowEIO3: true})
	for _, path := range []string{"/engine.io/", "/", "/some/where/else"} {
		res, err := http.Get(s.url + path + "?EIO=3&transport=polling&t=N8hyd6w")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// v4, "Headers": without a Content-Type the receiver infers plain text; and
// whatever it is called, a payload of this revision is text.
func TestContentTypeOfAPost(t *testing.T) {
	s := serve(t, engineio.Options{})
	for _, contentType := range []string{"", "text/plain", "text/plain;charset=UTF-8", "application/octet-stream"} {
		sid := s.poll(4)
		if status, body := s.do("POST", "EIO=4&transport=polling&sid="+sid, "4a\x1ebAQ==", "Content-Type", contentType); status != 200 || body != "ok" {
			t.Errorf("%q: %d %q", contentType, status, body)
		}
		if _, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); body != "4a\x1ebAQ==" {
			t.Errorf("%q: %q", contentType, body)
		}
	}
}

// v4, "Sending data", "Receiving data": HTTP 400 if the sid is not known.
func TestUnknownSession(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		for _, method := range []string{"GET", "POST"} {
			if status, body := s.do(method, v.q("polling&sid=abc"), v.payload("4a")); status != 400 || body != `{"code":1,"message":"Session ID unknown"}` {
				t.Errorf("%s: %d %s", method, status, body)
			}
		}
		// A session of the other revision is not this one's to use.
		other := revision(7) - v
		if status, _ := s.do("GET", other.q("polling&sid="+s.poll(v)), ""); status != 400 {
			t.Errorf("asked for by the other revision: %d", status)
		}
		if status, _ := s.do("DELETE", v.q("polling&sid="+s.poll(v)), ""); status != 400 {
			t.Errorf("another method: %d", status)
		}
	})
}

// v4, "Sending data": one POST at a time; a second one is answered with 400 and
// ends the session.
func TestASecondPostEndsTheSession(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		body, more := io.Pipe()
		req, _ := http.NewRequest("POST", s.url+"/engine.io/?"+v.q("polling&sid="+sid), body)
		first := make(chan int, 1)
		go func() {
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				first <- 0
				return
			}
			res.Body.Close()
			first <- res.StatusCode
		}()
		_, _ = more.Write([]byte(v.payload("4a"))) // and not the end yet
		wstest.Eventually(t, "the first POST is read", func() bool { return engineio.Posting(s.session(sid).s) })
		if status, _ := s.do("POST", v.q("polling&sid="+sid), v.payload("4b")); status != 400 {
			t.Errorf("the second POST: %d", status)
		}
		s.wantReason(sid, engineio.ReasonTransportError)
		more.Close()
		<-first
		if status, _ := s.do("GET", v.q("polling&sid="+sid), ""); status != 400 {
			t.Errorf("afterwards: %d", status)
		}
	})
}

// v4, "Receiving data": the server may wait until there is something to send,
// and then sends it.
func TestAPollWaits(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		polled := make(chan string, 1)
		go func() {
			_, body, _ := s.try("GET", v.q("polling&sid="+sid), "")
			polled <- body
		}()
		wstest.Eventually(t, "the poll waits", func() bool { return engineio.Polling(s.session(sid).s) })
		s.session(sid).s.Send(engineio.NewText([]byte("hello")))
		if got := <-polled; got != v.payload("4hello") {
			t.Errorf("%q", got)
		}
	})
}

// v4, "WebSocket": each packet is sent in its own frame. v3, "WebSocket": there
// are no payloads.
func TestEveryPacketHasAFrame(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		c, sid := s.ws(v)
		s.session(sid).s.Send(engineio.NewText([]byte("hello")), engineio.NewText([]byte("world")), engineio.NewText([]byte("a\x1e4b")))
		for _, want := range []string{"4hello", "4world", "4a\x1e4b"} {
			c.WantFrame(0x81, want)
		}
		c.Text("4a\x1e4b") // one packet, whatever is in it
		c.WantFrame(0x81, "4a\x1e4b")
	})
}

// v4, "Upgrade": a GET that is already waiting is ended with a noop.
func TestUpgradeEndsAPendingPoll(t *testing.T) {
	revisions(t, func(t *testing.T, s *server, v revision) {
		sid := s.poll(v)
		polled := make(chan string, 1)
		go func() {
			_, body, _ := s.try("GET", v.q("polling&sid="+sid), "")
			polled <- body
		}()
		wstest.Eventually(t, "the poll waits", func() bool { return engineio.Polling(s.session(sid).s) })
		c := wstest.Dial(t, s.url+"/engine.io/?"+v.q("websocket&sid="+sid))
		c.Text("2probe")
		c.Want("3probe")
		if got := <-polled; got != v.payload("6") {
			t.Errorf("the poll got %q", got)
		}
		c.Text("5", "4hello")
		c.Want("4hello")
	})
}

// v4, "Packet encoding", "HTTP long-polling": the example, as the server sends it.
func TestPayloadOfTheExample(t *testing.T) {
	s := serve(t, engineio.Options{PingInterval: 50 * time.Millisecond, PingTimeout: time.Minute})
	sid := s.poll(4)
	es := s.session(sid).s
	es.Send(engineio.NewText([]byte("hello")))
	wstest.Eventually(t, "a ping is queued", func() bool { return engineio.Queued(es) == 2 })
	es.Send(engineio.NewText([]byte("world")), engineio.NewBinary([]byte{1, 2, 3, 4}))
	if _, body := s.do("GET", "EIO=4&transport=polling&sid="+sid, ""); body != "4hello\x1e2\x1e4world\x1ebAQIDBA==" {
		t.Errorf("%q", body)
	}
}

// v4, "Packet encoding": maxPayload bounds what is put together, in either
// direction.
func TestPayloadsKeepToTheLimit(t *testing.T) {
	revisions(t, func(t *testing.T, _ *server, v revision) {
		s := serve(t, engineio.Options{AllowEIO3: true, MaxPayload: 1000})
		sid := s.poll(v)
		a, b := "4"+strings.Repeat("a", 600), "4"+strings.Repeat("b", 600)
		s.session(sid).s.Send(engineio.NewText([]byte(a[1:])), engineio.NewText([]byte(b[1:])))
		for _, want := range []string{a, b} {
			if _, body := s.do("GET", v.q("polling&sid="+sid), ""); body != v.payload(want) {
				t.Errorf("a payload of %d bytes", len(body))
			}
		}
	})
}

// v3, "2 ping": answered with a pong that has the same data, on both transports.
func TestPingsOfRevision3(t *testing.T) {
	s := serve(t, engineio.Options{AllowEIO3: true})
	c, _ := s.ws(3)
	sid := s.poll(3)
	for _, data := range []string{"", "probe", "乐"} {
		c.Text("2" + data)
		c.WantFrame(0x81, "3"+data)
		s.do("POST", "EIO=3&transport=polling&sid="+sid, revision(3).payload("2"+data))
		if _, body := s.do("GET", "EIO=3&transport=polling&sid="+sid, ""); body != revision(3).payload("3"+data) {
			t.Errorf("%q", body)
		}
	}
}

// v3, "Payload": the examples, as the server reads and as it writes them. (The
// document leaves the type out of the binary packet; clients, servers and the
// document's test suite do not.)
func TestPayloadExamplesOfRevision3(t *testing.T) {
	s := serve(t, engineio.Options{AllowEIO3: true})
	bytesOf := "\x00\x04\xff\x34\xe2\x82\xac\x01\x05\xff\x04\x01\x02\x03\x04"
	for _, c := range []struct{ query, in, contentType, want string }{
		{"", "6:4hello2:4€", "", "6:4hello2:4€"}, // nothing binary in it: text, whatever the client supports
		{"", bytesOf, "application/octet-stream", bytesOf},
		{"", "2:4€10:b4AQIDBA==", "", bytesOf},
		{"&b64=1", "2:4€10:b4AQIDBA==", "", "2:4€10:b4AQIDBA=="},
		{"&b64=1", bytesOf, "application/octet-stream", "2:4€10:b4AQIDBA=="},
		{"", "\x00\x01\x02\xff4" + strings.Repeat("x", 11) + "\x01\x01\xff\x04", "application/octet-stream", "\x00\x01\x02\xff4" + strings.Repeat("x", 11) + "\x01\x01\xff\x04"},
	} {
		sid := s.open(3, "EIO=3&transport=polling"+c.query)
		if status, body := s.do("POST", "EIO=3&transport=polling&sid="+sid, c.in, "Content-Type", c.contentType); status != 200 {
			t.Fatalf("%q: %d %s", c.in, status, body)
		}
		res, err := http.Get(s.url + "/engine.io/?EIO=3&transport=polling&sid=" + sid)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		res.Body.Close()
		wantType := "text/plain; charset=UTF-8"
		if c.want[0] <= 1 {
			wantType = "application/octet-stream"
		}
		if !bytes.Equal(got, []byte(c.want)) || res.Header.Get("Content-Type") != wantType {
			t.Errorf("%q%s: got %q as %s, want %q", c.in, c.query, got, res.Header.Get("Content-Type"), c.want)
		}
	}
}
