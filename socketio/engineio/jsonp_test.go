package engineio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/happychat/happychat/socketio/engineio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// The "JSONP" section of the Engine.IO document, revision 3, at the level of
// bytes. What real clients make of it is tested in package jstest.

const page = "http://app.example/some/page"

func serveJSONP(t *testing.T) *server {
	return serve(t, engineio.Options{
		AllowEIO3: true, AllowJSONP: true, MaxPayload: 1000,
		CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "http://app.example" },
	})
}

// openJSONP opens a session as a page does.
func (s *server) openJSONP(j string) string {
	s.t.Helper()
	_, body := s.do("GET", "EIO=3&transport=polling&j="+j, "", "Referer", page)
	rest, ok := strings.CutPrefix(body, "___eio["+j+`]("`)
	payload, ok2 := strings.CutSuffix(rest, `");`)
	_, packet, ok3 := strings.Cut(strings.ReplaceAll(payload, `\"`, `"`), ":")
	if !ok || !ok2 || !ok3 {
		s.t.Fatalf("open packet %q", body)
	}
	return parseOpen(s.t, packet).SID
}

func (s *server) post(sid, body string, header ...string) (int, string) {
	return s.do("POST", "EIO=3&transport=polling&j=4&sid="+sid, body,
		append([]string{"Referer", page, "Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

func TestJSONP(t *testing.T) {
	s := serveJSONP(t)
	sid := s.openJSONP("4")
	for in, want := range map[string]string{
		"packet data":               `___eio[4]("12:4packet data");`,
		"\"\\\n":                    `___eio[4]("4:4\"\\\n");`,
		"\u2028\u2029":              `___eio[4]("3:4\u2028\u2029");`,
		"</script><!-- &":           `___eio[4]("16:4\u003c/script\u003e\u003c!-- \u0026");`,
		"乐😀\x00":                    `___eio[4]("5:4乐😀\u0000");`,
		"a function call\");alert(": `___eio[4]("25:4a function call\");alert(");`,
	} {
		s.session(sid).s.Send(engineio.NewText([]byte(in)))
		req, _ := http.NewRequest("GET", s.url+"/engine.io/?EIO=3&transport=polling&j=4&sid="+sid, nil)
		req.Header.Set("Referer", page)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(got) != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
		// Browsers run no script of another type when they may not guess.
		if ct, nosniff := res.Header.Get("Content-Type"), res.Header.Get("X-Content-Type-Options"); ct != "text/javascript; charset=UTF-8" || nosniff != "nosniff" {
			t.Errorf("Content-Type %q, %q", ct, nosniff)
		}
	}
	// Binary data is always base64.
	s.session(sid).s.Send(engineio.NewBinary([]byte{1, 2, 3, 4}))
	if _, body := s.do("GET", "EIO=3&transport=polling&j=17&sid="+sid, "", "Referer", page); body != `___eio[17]("10:b4AQIDBA==");` {
		t.Errorf("%s", body)
	}
	// Such a client may have WebSockets, too.
	c := wstest.Dial(t, s.url+"/engine.io/?EIO=3&transport=websocket&sid="+sid)
	c.Text("2probe", "5")
	c.Want("3probe", "6")
	c.Text("4hello")
	c.Want("4hello")
}

// "Posting data": a form with the payload as d, in which a newline is written as
// \n and what was \n as \\n.
func TestJSONPForms(t *testing.T) {
	s := serveJSONP(t)
	sid := s.openJSONP("4")
	for in, want := range map[string]string{
		`hello`:      "hello",
		`a\nb`:       "a\nb",
		`a\\nb`:      `a\nb`,
		`a\\\nb`:     `a\\nb`,
		`\\`:         `\\`,
		`\`:          `\`,
		`+ %&=;"乐😀`:  `+ %&=;"乐😀`,
		`["\\n",1]`:  `["\n",1]`,
		`\n\n\\n\\n`: "\n\n" + `\n\n`,
	} {
		length := 1
		for _, r := range want {
			if length++; r > 0xFFFF {
				length++
			}
		}
		status, body := s.post(sid, "d="+url.QueryEscape(fmt.Sprintf("%d:4%s", length, in)))
		if status != 200 || body != "ok" {
			t.Fatalf("%q: %d %q", in, status, body)
		}
		_, got := s.do("GET", "EIO=3&transport=polling&sid="+sid, "")
		if got != fmt.Sprintf("%d:4%s", length, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	req, _ := http.NewRequest("POST", s.url+"/engine.io/?EIO=3&transport=polling&j=4&sid="+sid, strings.NewReader("d=1:2"))
	req.Header.Set("Referer", page)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if ct := res.Header.Get("Content-Type"); ct != "text/html; charset=UTF-8" { // it is shown in an iframe
		t.Errorf("Content-Type %q", ct)
	}
	for _, bad := range []string{"", "4a", "d=", "d=%zz", "e=2:4a", "d=2:4a&d=2:4b", "d=5:4a", "d=%FF"} {
		sid := s.openJSONP("4")
		if status, _ := s.post(sid, bad); status != 400 {
			t.Errorf("%q: %d", bad, status)
		}
		s.wantReason(sid, engineio.ReasonParseError)
	}
	for what, body := range map[string]string{
		"a payload that is too long":       "d=1001:4" + strings.Repeat("a", 1000),
		"a form that is too long":          "d=2:4a" + strings.Repeat("%20", 1000),
		"escapes that do not count double": "d=1001:4" + strings.Repeat("%61", 1000),
	} {
		sid := s.openJSONP("4")
		if status, _ := s.post(sid, body); status != 413 {
			t.Errorf("%s: %d", what, status)
		}
	}
	sid = s.openJSONP("4")
	if status, _ := s.post(sid, "d=990:4"+strings.Repeat("%61", 989)); status != 200 {
		t.Errorf("a payload within the limit: %d", status)
	}
}

// TestJSONPIsForWhoMayAsk checks what a page of somebody else can reach: a script
// is loaded with the visitor's cookies and without an Origin header.
func TestJSONPIsForWhoMayAsk(t *testing.T) {
	s := serveJSONP(t)
	for _, referer := range []string{"", "http://evil.example/", "http://app.example.evil.example/", "https://app.example/", "/relative", "null", "://"} {
		if status, _ := s.do("GET", "EIO=3&transport=polling&j=0", "", "Referer", referer); status != 403 {
			t.Errorf("Referer %q: %d", referer, status)
		}
	}
	sid := s.openJSONP("0")
	if status, _ := s.do("POST", "EIO=3&transport=polling&j=0&sid="+sid, "d=2:4a", "Referer", page, "Origin", "http://evil.example"); status != 403 {
		t.Errorf("a form of another page: %d", status)
	}
	if status, _ := s.post(sid, "d=2:4a", "Origin", "http://app.example"); status != 200 {
		t.Errorf("a form that says where it is from: %d", status)
	}
	for _, j := range []string{"", "x", "-1", "1.5", "0);alert(1);//", "１", "1234567890"} {
		if status, body := s.do("GET", "EIO=3&transport=polling&j="+url.QueryEscape(j), "", "Referer", page); status != 400 || body != `{"code":0,"message":"Transport unknown"}` {
			t.Errorf("j=%q: %d %s", j, status, body)
		}
	}
	if status, _ := s.do("GET", "EIO=4&transport=polling&j=0", "", "Referer", page); status != 400 {
		t.Errorf("protocol 4: %d", status)
	}
	if _, status := wstest.TryDial(t, s.url+"/engine.io/?EIO=3&transport=websocket&j=0", "Referer", page); status != 400 {
		t.Errorf("WebSocket: %d", status)
	}
	off := serve(t, engineio.Options{AllowEIO3: true})
	if status, _ := off.do("GET", "EIO=3&transport=polling&j=0", "", "Referer", off.url); status != 400 {
		t.Errorf("without AllowJSONP: %d", status)
	}
}
