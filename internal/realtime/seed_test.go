package realtime_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/wire"
)

// A client of 2019 and one of today talk with each other.
func TestOldClientsTalk(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	conv := s.Befriend(lan, ming)
	old, now := lan.Connect(), ming.Connect()
	if ack := old.Ask("login", fmt.Sprintf(`"%d"`, lan.ID)); get(ack, "error") != "-" {
		t.Fatalf("login gives %s", ack)
	}

	// What it says of its author, the time and the name is not believed.
	old.Ask("sendPrivateMsg", fmt.Sprintf(`{"to_user":"%d","from_user":"%d","name":"Ming","message":"你好","time":1,"type":"private","status":"1"}`, ming.ID, ming.ID))
	if e := now.Event(wire.EventConversation); get(e, "messages.0.body") != "你好" || get(e, "messages.0.senderId") != lan.ID.String() || get(e, "conversationId") != conv.String() {
		t.Errorf("told %s", e)
	}
	now.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","body":"hi"}`, conv))
	e := old.Event("getPrivateMsg")
	for path, want := range map[string]string{
		"from_user": ming.ID.String(), "to_user": lan.ID.String(), "name": "Ming", "message": "hi", "type": "private", "status": "1",
		"time": fmt.Sprint(s.Clock.Now() / 1000),
	} {
		if get(e, path) != want {
			t.Errorf("%s is %s: %s", path, get(e, path), e)
		}
	}

	made := s.Do(ming, "POST", "/conversations", fmt.Sprintf(`{"group":{"name":"读书会","members":["%d"]}}`, lan.ID))
	group := made.Get("conversationId")
	old.Ask("sendGroupMsg", fmt.Sprintf(`{"groupId":"%s","message":"在吗","clientId":"client-2"}`, group))
	if e := old.Event("getGroupMsg"); get(e, "groupId") != group || get(e, "group_name") != "读书会" || get(e, "from_user") != lan.ID.String() || get(e, "message") != "在吗" {
		t.Errorf("the group is told %s", e)
	}
	now.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%s","clientId":"client-3","body":"在"}`, group))
	if e := old.Event("getGroupMsg"); get(e, "from_user") != ming.ID.String() || get(e, "message") != "在" {
		t.Errorf("the group is told %s", e)
	}

	// A request reaches the one who is asked, in either words.
	stranger := eve.Connect()
	stranger.Ask("update", fmt.Sprint(eve.ID)) // some sent it as a number
	if ack := old.Ask("sendRequest", fmt.Sprintf(`{"to_user":"%d","content":"我是小兰","status":0}`, eve.ID)); get(ack, "error") != "-" {
		t.Errorf("asking gives %s", ack)
	}
	if e := stranger.Event("getresponse"); get(e, "from_user") != lan.ID.String() || get(e, "content") != "我是小兰" || get(e, "status") != "0" {
		t.Errorf("the request is told as %s", e)
	}
	if e := stranger.Event(wire.EventUser); get(e, "friendRequests.0.greeting") != "我是小兰" {
		t.Errorf("the request is told as %s", e)
	}
}

// The old server trusted the caller and told everybody. This one does not.
func TestOldClientsAreNotTrusted(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	conv := s.Befriend(lan, ming)
	a, b, c := lan.Connect(), ming.Connect(), eve.Connect()
	for who, socket := range map[*apptest.Person]*apptest.Socket{lan: a, ming: b, eve: c} {
		socket.Ask("login", fmt.Sprintf(`"%d"`, who.ID))
	}
	for _, tt := range []struct{ event, with, code string }{
		{"login", fmt.Sprintf(`"%d"`, lan.ID), "session.other_account"},
		{"update", `null`, "session.other_account"},
		{"update", ``, "session.other_account"},
		{"sendPrivateMsg", fmt.Sprintf(`{"to_user":"%d","from_user":"%d","message":"x"}`, lan.ID, ming.ID), "contact.not_found"},
		{"sendPrivateMsg", `{"to_user":"nobody","message":"x"}`, "contact.not_found"},
		{"sendPrivateMsg", `"text"`, "request.invalid"},
		{"sendPrivateMsg", `{"to_user":{"$gt":""},"message":"x"}`, "contact.not_found"},
		{"sendGroupMsg", fmt.Sprintf(`{"groupId":"%d","message":"x"}`, conv), "conversation.not_found"},
		{"sendGroupMsg", `{"message":"x"}`, "conversation.not_found"},
		{"sendRequest", `{"to_user":"12","content":"x"}`, "account.not_found"},
	} {
		if ack := c.Ask(tt.event, tt.with); get(ack, "error.code") != tt.code {
			t.Errorf("%s %s gives %s", tt.event, tt.with, ack)
		}
	}
	if ack := a.Ask("sendPrivateMsg", fmt.Sprintf(`{"to_user":"%d","message":" "}`, ming.ID)); get(ack, "error.code") != "message.empty" {
		t.Errorf("nothing was sent, and acknowledged with %s", ack)
	}
	a.Ask("sendPrivateMsg", fmt.Sprintf(`{"to_user":"%d","message":"between us"}`, ming.ID))
	b.Event("getPrivateMsg")
	// Who signs out in the old words hears them no more.
	b.Ask("logout", fmt.Sprintf(`"%d"`, ming.ID))
	a.Ask("sendPrivateMsg", fmt.Sprintf(`{"to_user":"%d","message":"still there?"}`, ming.ID))
	b.Event(wire.EventConversation)
	b.Event(wire.EventConversation)
	if seen := b.Seen(); slices.Contains(seen, "getPrivateMsg") {
		t.Errorf("signed out, and told %v", seen)
	}
	if seen := c.Seen(); len(seen) > 0 {
		t.Errorf("a stranger is told %v", seen)
	}
	if seen := a.Seen(); slices.Contains(seen, "getPrivateMsg") {
		t.Errorf("the author is told %v", seen)
	}
}
