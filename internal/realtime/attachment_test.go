package realtime_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/wire"
)

// Albums are sent on the socket as on HTTP, told to everybody, and refused alike.
func TestAlbumOverTheSocket(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	conv := s.Befriend(lan, ming)
	a, b := lan.Connect(), ming.Connect()
	var ids []string
	for i := range 2 {
		text := fmt.Sprint("file ", i)
		u, err := s.Attachments.Begin(t.Context(), lan.ID, text+".txt", int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		_, made, err := s.Attachments.Append(t.Context(), lan.ID, u.ID, 0, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, string(made.ID))
	}
	send := fmt.Sprintf(`{"conversationId":"%d","clientId":"client-1","attachments":["%s","%s"]}`, conv, ids[1], ids[0])
	if ack := b.Ask(wire.CommandSend, send); get(ack, "error.code") != "attachment.not_found" {
		t.Errorf("of another: %s", ack)
	}
	ack := a.Ask(wire.CommandSend, send)
	if get(ack, "result.messages.0.attachments.1.name") != "file 0.txt" {
		t.Fatalf("acknowledged with %s", ack)
	}
	for _, c := range []*apptest.Socket{a, b} {
		if e := c.Event(wire.EventConversation); get(e, "messages.0.attachments.0.id") != ids[1] || get(e, "messages.0.attachments.0.kind") != "file" {
			t.Errorf("told %s", e)
		}
	}
	if ack := b.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`); get(ack, "result.conversations.0.messages.0.attachments.#") != "2" {
		t.Errorf("sync gives %s", ack)
	}
	many := strings.Repeat(`"`+ids[0]+`",`, attachment.MaxPerMessage) + `"` + ids[0] + `"`
	if ack := a.Ask(wire.CommandSend, fmt.Sprintf(`{"conversationId":"%d","clientId":"client-2","attachments":[%s]}`, conv, many)); get(ack, "error.code") != "request.invalid" {
		t.Errorf("too many: %s", ack)
	}
}
