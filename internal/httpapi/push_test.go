package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
)

// deviceKeys are those of the example of RFC 8291, section 5.
const deviceKeys = `{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}`

func TestPushSubscriptions(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	server := w.Do(nil, "GET", "/server", nil)
	if key, err := base64.RawURLEncoding.DecodeString(server.Get("push.publicKey")); err != nil || len(key) != 65 || key[0] != 4 {
		t.Fatalf("the key that browsers subscribe with: %s, %v", server.Get("push.publicKey"), err)
	}
	endpoint := func(id change.ID) string {
		t.Helper()
		list, err := w.Store.Subscriptions(t.Context(), id, w.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, s := range list {
			all = append(all, s.Endpoint)
		}
		return strings.Join(all, " ")
	}
	lan, ming := w.people["lan"], w.people["ming"]
	const path = "/sessions/current/push"
	subscribe := func(p *apptest.Person, endpoint string, want int, code string) {
		t.Helper()
		status(t, "subscribe at "+endpoint, w.Do(p, "PUT", path, fmt.Sprintf(`{"endpoint":%q,"keys":%s}`, endpoint, deviceKeys)), want, code)
	}
	subscribe(nil, "https://push.example/1", 401, "session.required")
	subscribe(lan, "https://push.example/1", 204, "")
	subscribe(lan, "https://push.example/2", 204, "")
	if got := endpoint(lan.ID); got != "https://push.example/2" {
		t.Errorf("lan is called at %q", got)
	}
	for _, inner := range []string{"http://127.0.0.1/", "https://user:secret@push.example/", "/api", "https://push.example/" + strings.Repeat("a", 3000)} {
		a := w.Do(lan, "PUT", path, fmt.Sprintf(`{"endpoint":%q,"keys":%s}`, inner, deviceKeys))
		if a.Status != 422 {
			t.Errorf("%s: %d %s", inner, a.Status, a.Raw)
		}
	}
	subscribe(lan, "ftp://push.example/", 422, "push.bad_subscription")
	// The same device, somebody else.
	subscribe(ming, "https://push.example/2", 204, "")
	if got := endpoint(lan.ID) + endpoint(ming.ID); got != "https://push.example/2" {
		t.Errorf("they are called at %q", got)
	}
	status(t, "unsubscribe", w.Do(ming, "DELETE", path, nil), 204, "")
	status(t, "unsubscribe again", w.Do(ming, "DELETE", path, nil), 204, "")
	if got := endpoint(ming.ID); got != "" {
		t.Errorf("ming is called at %q", got)
	}
	// What ends the session ends it.
	subscribe(ming, "https://push.example/3", 204, "")
	status(t, "sign out", w.Do(ming, "DELETE", "/sessions/current", nil), 204, "")
	if got := endpoint(ming.ID); got != "" {
		t.Errorf("ming signed out, and is called at %q", got)
	}
	if events := w.Events(); len(events) > 0 {
		t.Errorf("others are told of it: %s", w.describe(events))
	}
}

func TestPushOff(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Push.State = config.PushOff })
	if key := s.Do(nil, "GET", "/server", nil).Get("push"); key != "-" {
		t.Errorf("push is offered: %s", key)
	}
	lan := s.Person("lan")
	status(t, "subscribe", s.Do(lan, "PUT", "/sessions/current/push", `{"endpoint":"https://push.example/1","keys":`+deviceKeys+`}`), 404, "push.off")
	status(t, "unsubscribe", s.Do(lan, "DELETE", "/sessions/current/push", nil), 204, "")
}
