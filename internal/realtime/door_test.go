package realtime_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/wire"
)

func get(raw json.RawMessage, path string) string { return apptest.Get(raw, path) }

func TestConversationOverTheSocket(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	conv := s.Befriend(lan, ming)
	a, b := lan.Connect(), ming.Connect()

	ack := a.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":"你好"}`, conv))
	if get(ack, "result.messages.0.seq") != "1" || get(ack, "result.version") != "2" {
		t.Fatalf("acknowledged with %s", ack)
	}
	for _, c := range []*apptest.Socket{a, b} {
		if e := c.Event(wire.EventConversation); get(e, "messages.0.body") != "你好" || get(e, "version") != "2" {
			t.Errorf("told %s", e)
		}
	}
	if again := a.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":"again"}`, conv)); string(again) != string(ack) {
		t.Errorf("a repeated send gives %s, not %s", again, ack)
	}
	if ack := b.Ask(wire.CommandList, fmt.Sprintf(`{"conversationId":"%d"}`, conv)); get(ack, "result.messages.#") != "1" || get(ack, "result.lastSeq") != "1" {
		t.Errorf("the history is %s", ack)
	}
	if ack := b.Ask(wire.CommandRead, fmt.Sprintf(`{"conversationId":"%d","seq":1}`, conv)); get(ack, "result.readSeq") != "1" {
		t.Errorf("reading gives %s", ack)
	}
	if e := a.Event(wire.EventConversation); get(e, "members.0.readSeq") != "1" {
		t.Errorf("the reader's mark is told as %s", e)
	}
	if e := b.Event(wire.EventUser); get(e, "memberships.0.readSeq") != "1" {
		t.Errorf("the reader's own list is told as %s", e)
	}
	if ack := a.Ask(wire.CommandTyping, fmt.Sprintf(`{"conversationId":"%d"}`, conv)); get(ack, "result") == "-" {
		t.Errorf("typing gives %s", ack)
	}
	if e := b.Event(wire.EventTyping); get(e, "accountId") != lan.ID.String() {
		t.Errorf("typing is told as %s", e)
	}
	if ack := a.Ask(wire.CommandOpen, fmt.Sprintf(`{"accountId":"%d"}`, ming.ID)); get(ack, "result.conversationId") != conv.String() {
		t.Errorf("opening gives %s", ack)
	}
	if ack := a.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); get(ack, "result.conversations.#") != "1" || get(ack, "result.online.0") != ming.ID.String() {
		t.Errorf("sync gives %s", ack)
	}
}

// Both doors answer the same to the same.
func TestDoorsAgree(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	conv := s.Befriend(lan, ming)
	sockets := map[*apptest.Person]*apptest.Socket{lan: lan.Connect(), eve: eve.Connect()}
	for _, c := range []struct {
		who              *apptest.Person
		command, payload string
		method, path     string
		body             string
	}{
		{lan, wire.CommandSend, `{"conversationId":"%d","clientId":"x","body":"hi"}`, "POST", "/conversations/%d/messages", `{"clientId":"x","body":"hi"}`},
		{lan, wire.CommandSend, `{"conversationId":"%d","clientId":"client-1","body":""}`, "POST", "/conversations/%d/messages", `{"clientId":"client-1","body":""}`},
		{lan, wire.CommandSend, `{"conversationId":"%d","clientId":"client-1","body":"  "}`, "POST", "/conversations/%d/messages", `{"clientId":"client-1","body":"  "}`},
		{eve, wire.CommandSend, `{"conversationId":"%d","clientId":"client-1","body":"hi"}`, "POST", "/conversations/%d/messages", `{"clientId":"client-1","body":"hi"}`},
		{eve, wire.CommandList, `{"conversationId":"%d"}`, "GET", "/conversations/%d/messages", ""},
		{eve, wire.CommandRead, `{"conversationId":"%d","seq":1}`, "PUT", "/conversations/%d/read", `{"seq":1}`},
		{lan, wire.CommandRead, `{"conversationId":"%d","seq":-1}`, "PUT", "/conversations/%d/read", `{"seq":-1}`},
		{lan, wire.CommandRead, `{"conversationId":"%d","seq":"1"}`, "PUT", "/conversations/%d/read", `{"seq":"1"}`},
	} {
		ack := sockets[c.who].Ask(c.command, fmt.Sprintf(c.payload, conv))
		var body any
		if c.body != "" {
			body = c.body
		}
		a := s.Do(c.who, c.method, fmt.Sprintf(c.path, conv), body)
		var r struct{ Error json.RawMessage }
		if err := json.Unmarshal(ack, &r); err != nil || strings.TrimSpace(string(a.Raw)) != string(r.Error) {
			t.Errorf("%s %s: the socket says %s, HTTP says %s", c.command, c.payload, ack, a.Raw)
		}
	}
}

// No mistake closes the connection, and each is answered.
func TestMistakesOverTheSocket(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	conv := s.Befriend(lan, ming)
	c := lan.Connect()
	s.Events()
	for _, shape := range wire.Shapes {
		if shape.Event {
			continue
		}
		for _, payload := range []string{
			"", "null", `"text"`, "[]", "7", `{"surprise":1}`, `{"conversationId":7}`, `{"conversationId":"x"}`, `{"conversationId":"99999999999999999999"}`,
			`{"conversationId":"7"},{"more":1}`, `{"accountId":""}`, `{"user":"0","conversations":[]}`, `{"user":0,"conversations":null}`,
			fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":"a\u0000b"}`, conv),
			fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":"\ud83d"}`, conv),
			fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":%q}`, conv, strings.Repeat("字", 10_001)),
		} {
			ack := c.Ask(shape.Name, payload)
			if get(ack, "error.code") == "-" || get(ack, "error.detail") == "-" || get(ack, "error.status") < "4" || get(ack, "error.status") >= "5" {
				t.Errorf("%s %.80s: %.300s", shape.Name, payload, ack)
			}
		}
	}
	if ack := c.Ask("no.such.command", "{}"); get(ack, "error.code") != "command.unknown" {
		t.Errorf("an unknown command: %s", ack)
	}
	if events := s.Events(); len(events) > 0 {
		t.Errorf("a mistake changed something: %v", events)
	}
}

func TestRefusedConnections(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	for _, token := range []string{"", "made-up"} {
		if c := s.Connect(token); get(c.Refused, "data.code") != "session.required" || get(c.Refused, "message") == "" {
			t.Errorf("token %q: %s", token, c.Refused)
		}
	}
	if c := s.ConnectWith(map[string]string{"token": lan.Token, "accountId": "412316860416000001"}); get(c.Refused, "data.code") != "session.other_account" {
		t.Errorf("a page of another account: %s", c.Refused)
	}
	if c := s.ConnectWith(map[string]string{"token": lan.Token, "accountId": lan.ID.String()}); c.Refused != nil {
		t.Errorf("a page of the same account: %s", c.Refused)
	}
	if c := lan.Connect(); c.Refused != nil {
		t.Errorf("refused with a good token: %s", c.Refused)
	}
}

// The end of a session reaches its sockets at once.
func TestSessionsEndLive(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	old := lan.Connect()
	oldSession := lan.Session
	lan.SignIn()
	kept := lan.Connect()
	who, err := s.Accounts.Authenticate(t.Context(), lan.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Accounts.EndSession(t.Context(), who, oldSession); err != nil {
		t.Fatal(err)
	}
	if e := old.Event(wire.EventSessionEnded); get(e, "reason") != string(account.Revoked) {
		t.Errorf("told %s", e)
	}
	old.Ended()
	if ack := kept.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); get(ack, "result.user.version") == "-" {
		t.Errorf("the other session was touched: %s", ack)
	}
	if _, err := s.Accounts.Disable(t.Context(), "lan"); err != nil {
		t.Fatal(err)
	}
	kept.Ended()
	if c := lan.Connect(); c.Refused == nil {
		t.Error("somebody who is disabled connects")
	}
}

// Friends see who is online; whoever is blocked does not, from then on.
func TestPresence(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	s.Befriend(lan, ming)
	a := lan.Connect()
	stranger := eve.Connect()
	b := ming.Connect()
	if e := a.Event(wire.EventPresence); get(e, "accountId") != ming.ID.String() || get(e, "online") != "true" {
		t.Errorf("told %s", e)
	}
	if ack := b.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); get(ack, "result.online.0") != lan.ID.String() {
		t.Errorf("online: %s", get(ack, "result.online"))
	}
	if a := s.Do(lan, "PUT", "/blocks/"+ming.ID.String(), nil); a.Status != 200 {
		t.Fatal(string(a.Raw))
	}
	e := b.Event(wire.EventPresence)
	for get(e, "online") == "true" { // that lan came may be told after ming came, too
		e = b.Event(wire.EventPresence)
	}
	if get(e, "accountId") != lan.ID.String() || get(e, "online") != "false" {
		t.Errorf("whoever is blocked is told %s", e)
	}
	if ack := b.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); get(ack, "result.online.#") != "0" {
		t.Errorf("online: %s", get(ack, "result.online"))
	}
	stranger.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`)
	if seen := stranger.Seen(); len(seen) > 0 {
		t.Errorf("a stranger was told %v", seen)
	}
}
