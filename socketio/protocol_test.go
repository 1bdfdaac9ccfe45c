package socketio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/internal/wstest"
)

// The sentences of the Socket.IO documents at the level of bytes ("v5": the
// protocol, 5th version; "v4": revision 4), section by section, and where they are
// tested. Sentences that bind the client only are left out.
//
//	v5 Connection to a namespace: CONNECT or CONNECT_ERROR  TestConnect, TestUnknownNamespace, TestMiddlewareSeesTheHandshakeAndRefuses
//	v5 Connection to a namespace: nothing before it         TestInvalidPackets, TestConnectTimeout
//	v5 Connection to a namespace: several at a time         TestSeveralNamespaces
//	v5 Connection to a namespace: an additional payload     TestConnect
//	v5 Sending and receiving data: a non-empty array        TestInvalidPackets
//	v5 Sending and receiving data: namespaces, binary       TestEvents
//	v5 Acknowledgement: the same ID, an array               TestAcknowledgements, TestInvalidPackets
//	v5 Acknowledgement: of the server's events              TestTheServerAsks, TestEmitWithAck
//	v5 Acknowledgement: binary                              TestAcknowledgements, TestTheServerAsks
//	v5 Disconnection from a namespace                       TestDisconnect, TestTheServerDisconnects
//	v5 Format, Examples                                     TestPacketExamples
//	v5 Format: the main namespace is left out               TestPacketExamples
//	v5 Format: no comma in a namespace                      TestNamespaceNames
//	v5 Sample session                                       TestSampleSession
//	v5 History: no implicit connection                      TestNothingIsImplicit
//	v4 CONNECT: query of the namespace                      TestRevision4
//	v4 ERROR                                                TestRevision4
//	v4 Examples                                             TestPacketExamples
//	v4 Connection to the default namespace                  TestRevision4, TestSampleSessionOfRevision4
//	v4 Disconnection, Acknowledgement                       TestRevision4
//	v4 Sample session                                       TestSampleSessionOfRevision4

// fixture is a server under test, with the events that the document's own test
// suite asks for in "/" and "/custom".
type fixture struct {
	t   *testing.T
	io  *socketio.Server
	url string
}

func serve(t *testing.T, o socketio.Options) *fixture {
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	f := &fixture{t: t, io: socketio.NewServer(o)}
	web := httptest.NewServer(f.io)
	f.url = web.URL + "/socket.io/?EIO=4&transport="
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = f.io.Close(now)
		web.Close()
	})
	return f
}

func suite(t *testing.T, o socketio.Options) *fixture {
	f := serve(t, o)
	for _, name := range []string{"/", "/custom"} {
		ns := f.io.Namespace(name)
		ns.Use(func(_ context.Context, s *socketio.Socket, h *socketio.Handshake) error {
			socketio.SetData(s, h.Auth)
			return nil
		})
		ns.OnConnect(func(s *socketio.Socket) {
			auth, _ := socketio.Data[json.RawMessage](s)
			_ = s.Emit("auth", auth)
		})
		ns.Handle("message", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
			_ = s.EmitRaw("message-back", e.Args, e.Attachments...)
		})
		ns.Handle("message-with-ack", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
			array, _ := json.Marshal(e.Args)
			_ = e.AckRaw(array, e.Attachments...)
		})
	}
	return f
}

// dial opens a connection that is in no namespace.
func (f *fixture) dial() *wstest.Conn {
	f.t.Helper()
	c := wstest.Dial(f.t, f.url+"websocket")
	if m := c.Message(); !strings.HasPrefix(m, "0{") {
		f.t.Fatalf("open packet %q", m)
	}
	return c
}

// connect opens a connection and enters a namespace, which is "" for "/". It
// returns the socket's ID.
func (f *fixture) connect(namespace string) (*wstest.Conn, string) {
	f.t.Helper()
	c := f.dial()
	return c, f.enter(c, namespace, "")
}

func (f *fixture) enter(c *wstest.Conn, namespace, auth string) string {
	f.t.Helper()
	prefix := "40"
	if namespace != "" {
		prefix += namespace + ","
	}
	c.Text(prefix + auth)
	m := c.Message()
	var v struct{ SID string }
	if !strings.HasPrefix(m, prefix+"{") || json.Unmarshal([]byte(m[len(prefix):]), &v) != nil || v.SID == "" {
		f.t.Fatalf("connect packet %q", m)
	}
	return v.SID
}

func TestConnect(t *testing.T) {
	f := suite(t, socketio.Options{})
	for _, c := range []struct{ namespace, auth, want string }{
		{"", "", `42["auth",{}]`},
		{"", `{"token":"123"}`, `42["auth",{"token":"123"}]`},
		{"/custom", "", `42/custom,["auth",{}]`},
		{"/custom", `{"token":"abc"}`, `42/custom,["auth",{"token":"abc"}]`},
	} {
		conn := f.dial()
		f.enter(conn, c.namespace, c.auth)
		conn.Want(c.want)
	}
}

func TestConnectWithoutAComma(t *testing.T) {
	f := suite(t, socketio.Options{})
	c := f.dial()
	c.Text("40/custom")
	if m := c.Message(); !strings.HasPrefix(m, `40/custom,{"sid":"`) {
		t.Fatal(m)
	}
}

func TestUnknownNamespace(t *testing.T) {
	f := suite(t, socketio.Options{})
	c := f.dial()
	c.Text("40/random")
	c.Want(`44/random,{"message":"Invalid namespace"}`)
	// The connection is still good for another one.
	f.enter(c, "", "")
}

func TestAskingInVainForEver(t *testing.T) {
	f := suite(t, socketio.Options{})
	c := f.dial()
	for range 200 {
		c.Text("40/random,")
	}
	if _, reason := c.WantClose(); reason != "connect timeout" {
		t.Error(reason)
	}
}

func TestInvalidPackets(t *testing.T) {
	f := suite(t, socketio.Options{})
	for _, bad := range []string{
		"4abc",  // no packet type
		"4",     // no packet
		"47",    // a type beyond the last
		"40[]",  // auth that is not an object
		`40"x"`, // auth that is not an object
		"40{",
		`40{"a":1}x`,
		"44{}",      // CONNECT_ERROR is the server's
		`42["foo"]`, // an event before CONNECT
	} {
		c := f.dial()
		c.Text(bad)
		c.WantClose()
	}
	for _, bad := range []string{
		"42", "42{}", "42[]", "42null", `42"x"`, // "a non-empty array"
		"42[1]", "42[null]", `42[{}]`, `42["a"`, `42["a"]x`, `42["a",]`, `42["a",01]`, `42["\x"]`,
		`42["connect"]`, `42["disconnect"]`, `42["connect_error"]`, `42["disconnecting"]`,
		`42["newListener"]`, `42["removeListener"]`,
		"41{}", `43["no id"]`, "431", "431{}",
		"4299999999999999999999[\"a\"]", `450-["a"]`, `460-1[]`,
		`45["a"]`, `45-["a"]`, `4511-["a"]`, `4599999999999999999999-["a"]`,
		`451-["a",{"_placeholder":true,"num":0}]` + "\x00", // not JSON
		`42["a",` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "]",
	} {
		c, _ := f.connect("")
		c.Message() // auth
		c.Text(bad)
		code, _ := c.WantClose()
		if code != 1002 {
			t.Errorf("%q: close code %d", bad, code)
		}
	}
}

func TestBinaryOutOfPlace(t *testing.T) {
	f := suite(t, socketio.Options{MaxHTTPBufferSize: 1000})
	attack := map[string]func(c *wstest.Conn){
		"without a packet before it": func(c *wstest.Conn) { c.Binary([]byte{1}) },
		"text instead of an attachment": func(c *wstest.Conn) {
			c.Text(`451-["message",{"_placeholder":true,"num":0}]`, `42["message"]`)
		},
		"one attachment too many": func(c *wstest.Conn) {
			c.Text(`451-["x",{"_placeholder":true,"num":0}]`)
			c.Binary([]byte{1})
			c.Binary([]byte{1})
		},
		"attachments that are too large together": func(c *wstest.Conn) {
			c.Text(`453-["x",{"_placeholder":true,"num":0}]`)
			c.Binary(make([]byte, 600))
			c.Binary(make([]byte, 600))
		},
	}
	for name, f2 := range attack {
		t.Run(name, func(t *testing.T) {
			c, _ := f.connect("")
			c.Message()
			f2(c)
			if code, _ := c.WantClose(); code != 1002 {
				t.Errorf("close code %d", code)
			}
		})
	}
}

func TestDisconnect(t *testing.T) {
	f := suite(t, socketio.Options{})
	c, _ := f.connect("")
	c.Message()
	c.Text("41", `42["message","gone"]`)
	f.enter(c, "", "") // the connection is still there
	c.Want(`42["auth",{}]`)

	quick := suite(t, socketio.Options{ConnectTimeout: 100 * time.Millisecond})
	c, _ = quick.connect("")
	c.Message()
	c.Text("41")
	if code, reason := c.WantClose(); code != 1008 || reason != "connect timeout" { // but not for ever
		t.Errorf("%d %q", code, reason)
	}

	c, _ = f.connect("")
	c.Message()
	f.enter(c, "/custom", "")
	c.Message()
	c.Text("41/custom,", `42/custom,["message","gone"]`, `42["message","message to main namespace"]`)
	c.Want(`42["message-back","message to main namespace"]`)
	f.enter(c, "/custom", "") // and back
}

func TestEvents(t *testing.T) {
	f := suite(t, socketio.Options{})
	c, _ := f.connect("")
	c.Message()
	c.Text(`42["message",1,"2",{"3":[true]}]`)
	c.Want(`42["message-back",1,"2",{"3":[true]}]`)
	c.Text(`42 [ "message" , 1 , "乐\n\u4e50" ] `)
	c.Want(`42["message-back",1,"乐\n\u4e50"]`)
	c.Text(`42["nobody handles this"]`, `421["nobody acknowledges this"]`, `42["message"]`)
	c.Want(`42["message-back"]`)

	c.Text(`452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
	c.Binary([]byte{1, 2, 3})
	c.Binary([]byte{4, 5, 6})
	c.Want(`452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
	c.WantFrame(0x82, "\x01\x02\x03")
	c.WantFrame(0x82, "\x04\x05\x06")

	f.enter(c, "/custom", "")
	c.Message()
	c.Text(`451-/custom,["message",{"_placeholder":true,"num":0}]`)
	c.Binary(nil)
	c.Want(`451-/custom,["message-back",{"_placeholder":true,"num":0}]`)
	c.WantFrame(0x82, "")
}

func TestAcknowledgements(t *testing.T) {
	f := suite(t, socketio.Options{})
	c, _ := f.connect("")
	c.Message()
	c.Text(`42456["message-with-ack",1,"2",{"3":[false]}]`)
	c.Want(`43456[1,"2",{"3":[false]}]`)
	c.Text(`420["message-with-ack"]`)
	c.Want(`430[]`)
	c.Text(`429007199254740991["message-with-ack"]`)
	c.Want(`439007199254740991[]`)
	c.Text(`452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
	c.Binary([]byte{1, 2, 3})
	c.Binary([]byte{4, 5, 6})
	c.Want(`462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
	c.WantFrame(0x82, "\x01\x02\x03")
	c.WantFrame(0x82, "\x04\x05\x06")
	f.enter(c, "/custom", "")
	c.Message()
	c.Text(`42/custom,7["message-with-ack",1]`)
	c.Want(`43/custom,7[1]`)
	// Acknowledging what was never asked harms nobody.
	c.Text(`4399[1]`, `461-5[{"_placeholder":true,"num":0}]`)
	c.Binary([]byte{1})
	c.Text(`42["message"]`)
	c.Want(`42["message-back"]`)
}

func TestAskingTwiceForTheSameNamespace(t *testing.T) {
	f := suite(t, socketio.Options{})
	c, _ := f.connect("")
	c.Message()
	c.Text("40")
	c.WantClose()
}

func TestTooManyNamespaces(t *testing.T) {
	f := suite(t, socketio.Options{MaxNamespaces: 1})
	c, _ := f.connect("")
	c.Message()
	c.Text("40/custom,")
	c.Want(`44/custom,{"message":"Too many namespaces"}`)
}

// TestRevision4 speaks as socket.io-client 2.x does.
func TestRevision4(t *testing.T) {
	f := suite(t, socketio.Options{AllowEIO3: true})
	f.io.Namespace("/refusing").Use(func(context.Context, *socketio.Socket, *socketio.Handshake) error {
		return socketio.NewError("no", nil)
	})
	f.io.Namespace("/data").Use(func(context.Context, *socketio.Socket, *socketio.Handshake) error {
		return socketio.NewError("no", map[string]int{"code": 7})
	})
	var token string
	f.io.Namespace("/query").Use(func(_ context.Context, _ *socketio.Socket, h *socketio.Handshake) error {
		token = h.Query.Get("token") + h.Query.Get("transport")
		return nil
	})
	c := wstest.Dial(t, strings.Replace(f.url, "EIO=4", "EIO=3", 1)+"websocket")
	var open struct{ SID string }
	if err := json.Unmarshal([]byte(c.Message()[1:]), &open); err != nil {
		t.Fatal(err)
	}
	c.Want("40", `42["auth",{}]`) // without having been asked
	if s := f.io.Namespace("/").Socket(open.SID); s == nil || s.Protocol() != 3 {
		t.Error("the socket does not have the ID that the client works out for itself")
	}
	c.Text("40/custom?token=abc,")
	c.Want("40/custom,", `42/custom,["auth",{}]`)
	if f.io.Namespace("/custom").Socket("/custom#"+open.SID) == nil {
		t.Error("the socket in /custom has another ID")
	}
	c.Text("40/query?token=abc,")
	c.Want("40/query,")
	if token != "abcwebsocket" {
		t.Errorf("query %q", token)
	}
	c.Text("40/random,")
	c.Want(`44/random,"Invalid namespace"`)
	c.Text("40/refusing,")
	c.Want(`44/refusing,"no"`)
	c.Text("40/data,")
	c.Want(`44/data,{"code":7}`)
	c.Text(`451-1["message-with-ack",{"_placeholder":true,"num":0}]`)
	c.Binary([]byte{4, 9})
	c.Want(`461-1[{"_placeholder":true,"num":0}]`)
	c.WantFrame(0x82, "\x04\x09")
	c.Text("41")
	c.Text(`42/custom,["message"]`)
	c.Want(`42/custom,["message-back"]`)
}

// v5, "Connection to a namespace": several at the same time, over one connection,
// each with an ID of its own.
func TestSeveralNamespaces(t *testing.T) {
	f := suite(t, socketio.Options{})
	c, root := f.connect("")
	c.Message()
	custom := f.enter(c, "/custom", "")
	c.Message()
	if root == custom {
		t.Error("the same ID in both")
	}
	c.Text(`42/custom,["message","c"]`, `42["message","r"]`)
	c.Want(`42/custom,["message-back","c"]`, `42["message-back","r"]`)
	c.Text(`42/random,["message"]`, `42["message","still there"]`) // one that it is not in
	c.Want(`42["message-back","still there"]`)
}

// v5, "Acknowledgement": the server asks, in any namespace, and is answered with
// or without binary data.
func TestTheServerAsks(t *testing.T) {
	f := serve(t, socketio.Options{})
	admin := f.io.Namespace("/admin")
	sockets, answers := make(chan *socketio.Socket, 1), make(chan string, 1)
	admin.OnConnect(func(s *socketio.Socket) { sockets <- s })
	c, _ := f.connect("/admin")
	s := within(t, sockets)
	for i, answer := range []func(){
		func() { c.Text(`43/admin,0["bar"]`) },
		func() { c.Text(`43/admin,1[]`) },
		func() {
			c.Text(`461-/admin,2["bar",{"_placeholder":true,"num":0}]`)
			c.Binary([]byte{1, 2, 3, 4})
		},
	} {
		go func() {
			r, err := s.EmitWithAck(context.Background(), "foo")
			answers <- fmt.Sprintf("%s %v %v", r.Args, r.Attachments, err)
		}()
		c.Want(fmt.Sprintf(`42/admin,%d["foo"]`, i))
		answer()
		want := []string{`["bar"] [] <nil>`, `[] [] <nil>`, `["bar" {"_placeholder":true,"num":0}] [[1 2 3 4]] <nil>`}[i]
		if got := within(t, answers); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// v5, "Disconnection from a namespace": either side may, and the connection may
// be kept for other namespaces.
func TestTheServerDisconnects(t *testing.T) {
	f := suite(t, socketio.Options{})
	c, id := f.connect("")
	c.Message()
	f.enter(c, "/custom", "")
	c.Message()
	f.io.Namespace("/").Socket(id).Disconnect("", false)
	c.Want("41")
	c.Text(`42/custom,["message"]`)
	c.Want(`42/custom,["message-back"]`)
	_ = f.io.Namespace("/custom").Except().DisconnectSockets("", false)
	c.Want("41/custom,")
	f.enter(c, "", "")
}

// v5, "Format": a namespace must not contain a comma; there is no escape. A
// question mark is nothing special in this revision.
func TestNamespaceNames(t *testing.T) {
	f := suite(t, socketio.Options{})
	odd := f.io.Namespace("/odd?name=1 乐")
	c, _ := f.connect(odd.Name())
	c.Text(`42/odd?name=1 乐,1["x"]`)
	wstest.Eventually(t, "it is in", func() bool { return odd.Len() == 1 })
	c.Text("40/custom?token=abc,")
	c.Want(`44/custom?token=abc,{"message":"Invalid namespace"}`)
	if ns := f.io.Namespace("without a slash"); ns.Name() != "/without a slash" {
		t.Error(ns.Name())
	}
	defer func() {
		if recover() == nil {
			t.Error("a comma was accepted")
		}
	}()
	f.io.Namespace("/a,b")
}

// v5, "History": a client is in no namespace that it has not asked for.
func TestNothingIsImplicit(t *testing.T) {
	f := suite(t, socketio.Options{})
	c := f.dial()
	f.enter(c, "/custom", "")
	c.Want(`42/custom,["auth",{}]`)
	if n := f.io.Namespace("/").Len(); n != 0 {
		t.Errorf("%d sockets in /", n)
	}
	c.Text(`42["message"]`, `42/custom,["message"]`)
	c.Want(`42/custom,["message-back"]`)
}

// session speaks by polling.
type session struct {
	f   *fixture
	url string
}

func (f *fixture) session(eio string) (session, string) {
	f.t.Helper()
	p := session{f, strings.Replace(f.url, "EIO=4", "EIO="+eio, 1) + "polling&t=N8hyd6w"}
	body := p.do("GET", "")
	_, rest, _ := strings.Cut(body, `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	p.url += "&sid=" + sid
	return p, body
}

func (p session) do(method, body string) string {
	p.f.t.Helper()
	req, err := http.NewRequest(method, p.url, strings.NewReader(body))
	if err != nil {
		p.f.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.f.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
		p.f.t.Fatalf("%s: %d %s %q, %v", method, res.StatusCode, res.Header.Get("Content-Type"), b, err)
	}
	return string(b)
}

// sample is the server of the sample sessions.
func sample(t *testing.T) *fixture {
	f := serve(t, socketio.Options{AllowEIO3: true, PingTimeout: 5 * time.Second})
	root := f.io.Namespace("/")
	root.OnConnect(func(s *socketio.Socket) { _ = s.Emit("hey", "Jude") })
	root.HandleOther(func(_ context.Context, s *socketio.Socket, e *socketio.Event) { _ = s.Emit("heard", e.Name) })
	f.io.Namespace("/admin").Handle("tellme", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		_ = e.Ack(socketio.Binary{1, 2})
	})
	return f
}

// upgrade is the WebSocket part of both sample sessions.
func (p session) upgrade(admin func(*wstest.Conn)) {
	p.f.t.Helper()
	c := wstest.Dial(p.f.t, strings.Replace(p.url, "polling", "websocket", 1))
	c.Text("2probe")
	c.Want("3probe")
	c.Text("5", `42["hello"]`, `42["world"]`, "40/admin,")
	if m := c.Message(); m != "6" { // of protocol 3, when no poll has fetched it
		if m != `42["heard","hello"]` {
			p.f.t.Fatal(m)
		}
	} else {
		c.Want(`42["heard","hello"]`)
	}
	c.Want(`42["heard","world"]`)
	admin(c)
	c.Text(`42/admin,1["tellme"]`)
	c.Want(`461-/admin,1[{"_placeholder":true,"num":0}]`)
	c.WantFrame(0x82, map[bool]string{true: "\x04\x01\x02", false: "\x01\x02"}[strings.Contains(p.url, "EIO=3")])
	c.Text("1")
	c.WantClose()
}

// v5, "Sample session", request by request.
func TestSampleSession(t *testing.T) {
	f := sample(t)
	p, open := f.session("4")
	if want := `","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000,"maxPayload":1000000}`; !strings.HasPrefix(open, `0{"sid":"`) || !strings.HasSuffix(open, want) {
		t.Errorf("%s", open)
	}
	if got := p.do("POST", "40"); got != "ok" {
		t.Errorf("%s", got)
	}
	got := p.do("GET", "")
	if !strings.HasPrefix(got, `40{"sid":"`) {
		t.Errorf("%s", got)
	}
	if !strings.Contains(got, "\x1e") { // both may come together
		got += "\x1e" + p.do("GET", "")
	}
	if !strings.HasSuffix(got, "\"}\x1e"+`42["hey","Jude"]`) {
		t.Errorf("%s", got)
	}
	if got := p.do("POST", `42["hello"]`+"\x1e"+`42["world"]`); got != "ok" {
		t.Errorf("%s", got)
	}
	want := `42["heard","hello"]` + "\x1e" + `42["heard","world"]`
	if got = p.do("GET", ""); got != want {
		if got += "\x1e" + p.do("GET", ""); got != want {
			t.Errorf("%s", got)
		}
	}
	p.upgrade(func(c *wstest.Conn) {
		if m := c.Message(); !strings.HasPrefix(m, `40/admin,{"sid":"`) {
			t.Fatal(m)
		}
	})
}

// v4, "Sample session", request by request: "40" comes without having been asked.
func TestSampleSessionOfRevision4(t *testing.T) {
	f := sample(t)
	p, got := f.session("3")
	length, _, _ := strings.Cut(got, ":")
	if !strings.HasPrefix(got, length+`:0{"sid":"`) || !strings.Contains(got, `"pingInterval":25000,"pingTimeout":5000`) {
		t.Errorf("%s", got)
	}
	for !strings.HasSuffix(got, `2:4016:42["hey","Jude"]`) { // in one answer or in several
		more := p.do("GET", "")
		if more == "" || len(got) > 1000 {
			t.Fatalf("%s", got)
		}
		got += more
	}
	if got := p.do("POST", `11:42["hello"]11:42["world"]`); got != "ok" {
		t.Errorf("%s", got)
	}
	want := `19:42["heard","hello"]19:42["heard","world"]`
	if got = p.do("GET", ""); got != want {
		if got += p.do("GET", ""); got != want {
			t.Errorf("%s", got)
		}
	}
	p.upgrade(func(c *wstest.Conn) { c.Want("40/admin,") })
}
