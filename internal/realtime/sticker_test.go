package realtime_test

import (
	"fmt"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/wire"
)

// Stickers are sent on the socket as on HTTP; clients of 2019 are told in words
// what they say.
func TestStickerOverTheSocket(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	conv := s.Befriend(lan, ming)
	now, old := lan.Connect(), ming.Connect()
	old.Ask("login", fmt.Sprintf(`"%d"`, ming.ID))
	send := fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","sticker":"hello"}`, conv)
	for range 2 {
		ack := now.Ask(wire.CommandSend, send)
		if get(ack, "result.messages.0.kind") != "sticker" || get(ack, "result.messages.0.sticker.key") != "hello" || get(ack, "result.messages.0.seq") != "1" {
			t.Fatalf("acknowledged with %s", ack)
		}
	}
	if e := old.Event("getPrivateMsg"); get(e, "message") != "[贴纸：你好]" {
		t.Errorf("an old client is told %s", e)
	}
	if ack := now.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-2","sticker":"no-such"}`, conv)); get(ack, "error.code") != "sticker.not_found" {
		t.Errorf("one that there is not: %s", ack)
	}
	if ack := now.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); get(ack, "result.conversations.0.messages.0.sticker.emoji") != "👋" {
		t.Errorf("sync gives %s", ack)
	}
}
