package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
	"github.com/happychat/happychat/internal/natstest"
	"github.com/happychat/happychat/internal/webpush/webpushtest"
)

// callable is a server that may call devices of the push service of tests.
func callable(t *testing.T) (*apptest.Server, *webpushtest.Service) {
	t.Helper()
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Push.Hosts = []string{webpushtest.Host} })
	return s, webpushtest.Start(t)
}

// subscribe has the person's session called at a device.
func subscribe(t *testing.T, s *apptest.Server, p *apptest.Person, d *webpushtest.Device) {
	t.Helper()
	do(t, s, p, "PUT /sessions/current/push", d.JSON())
}

// do makes a request that must succeed.
func do(t *testing.T, s *apptest.Server, p *apptest.Person, what, with string) apptest.Answer {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	var body any
	if with != "" {
		body = with
	}
	a := s.Do(p, method, path, body)
	if a.Status >= 300 {
		t.Fatalf("%s: %d %s", what, a.Status, a.Raw)
	}
	return a
}

var sends int

// say sends a message, without showing any device.
func say(t *testing.T, s *apptest.Server, p *apptest.Person, conversation change.ID, with string) {
	t.Helper()
	sends++
	do(t, s, p, fmt.Sprintf("POST /conversations/%d/messages", conversation), fmt.Sprintf(`{"clientId":"client-%d",%s}`, sends, with))
}

// marker calls devices of its own, so that a test knows that what was committed
// before has been looked at.
type marker struct {
	s    *apptest.Server
	from *apptest.Person
	to   *apptest.Person
	at   *webpushtest.Device
	conv change.ID
}

func newMarker(t *testing.T, s *apptest.Server, service *webpushtest.Service) *marker {
	m := &marker{s: s, from: s.Person("marker"), to: s.Person("marked"), at: service.Device()}
	m.conv = s.Befriend(m.from, m.to)
	subscribe(t, s, m.to, m.at)
	return m
}

// pass returns when what was committed before has been looked at, and called.
func (m *marker) pass(t *testing.T) {
	t.Helper()
	for range 2 {
		say(t, m.s, m.from, m.conv, `"body":"mark"`)
		m.at.Called(t)
		do(t, m.s, m.to, "GET /conversations", "")
	}
}

func TestPushWhileTheAppIsClosed(t *testing.T) {
	s, service := callable(t)
	lan, ming := s.Person("lan"), s.Person("ming")
	conv := s.Befriend(lan, ming)
	mark := newMarker(t, s, service)
	phone := service.Device()
	subscribe(t, s, ming, phone)

	say(t, s, lan, conv, `"body":"the secret plan"`)
	call := phone.Called(t)
	if call.Text != "{}" {
		t.Errorf("the device is told %q", call.Text)
	}
	for _, word := range []string{"secret", "plan", "lan", "Lan", "ming", "Ming", conv.String(), lan.ID.String(), ming.ID.String(), ming.Session.String()} {
		if strings.Contains(call.Request, word) || strings.Contains(call.Text, word) {
			t.Errorf("the push service is told %q:\n%s", word, call.Request)
		}
	}

	// Until it shows itself, or a minute is over, it is not called again.
	for range 20 {
		say(t, s, lan, conv, `"body":"again"`)
	}
	mark.pass(t)
	phone.Quiet(t, "it was called already")
	s.Clock.Advance(61 * time.Second)
	phone.Called(t)
	mark.pass(t)
	phone.Quiet(t, "it was called once more already")
	do(t, s, ming, "GET /conversations", "")
	say(t, s, lan, conv, `"body":"now you are there"`)
	phone.Called(t)

	// Whoever wrote it is not called, nor for what is edited.
	laptop := service.Device()
	subscribe(t, s, lan, laptop)
	say(t, s, lan, conv, `"body":"to you"`)
	mark.pass(t)
	laptop.Quiet(t, "it was its owner who wrote")

	// While it is connected, it hears by itself.
	do(t, s, ming, "GET /conversations", "")
	socket := ming.Connect()
	say(t, s, lan, conv, `"body":"you see this"`)
	mark.pass(t)
	phone.Quiet(t, "it is connected")
	socket.Close()
	apptest.Eventually(t, "the session is not connected", func() bool { return len(s.Hub.Live([]change.ID{ming.Session})) == 0 })
	// It turns out that it was not, for a while.
	s.Push.Lost([]change.ID{ming.Session})
	phone.Called(t)

	// Another device of the same person is called for itself.
	first := *ming
	ming.SignIn()
	tablet := service.Device()
	subscribe(t, s, ming, tablet)
	ming.Connect()
	do(t, s, &first, "GET /conversations", "")
	say(t, s, lan, conv, `"body":"which one"`)
	phone.Called(t)
	mark.pass(t)
	tablet.Quiet(t, "it is connected")

	// A session that ended is called no more.
	do(t, s, &first, "GET /conversations", "")
	do(t, s, &first, "DELETE /sessions/current", "")
	say(t, s, lan, conv, `"body":"gone"`)
	mark.pass(t)
	phone.Quiet(t, "its session ended")
}

func TestPushIsForWhatConcernsPeople(t *testing.T) {
	s, service := callable(t)
	lan, ming, hong := s.Person("lan"), s.Person("ming"), s.Person("hong")
	s.Befriend(lan, ming)
	mark := newMarker(t, s, service)
	phone := service.Device()
	subscribe(t, s, ming, phone)
	ready := func() {
		t.Helper()
		do(t, s, ming, "GET /conversations", "")
	}
	called := func(what string) {
		t.Helper()
		t.Log(what)
		phone.Called(t)
		ready()
	}

	do(t, s, hong, "POST /friend-requests", fmt.Sprintf(`{"accountId":"%d","greeting":"hi"}`, ming.ID))
	called("a friend request")

	var group change.ID
	if _, err := fmt.Sscan(do(t, s, lan, "POST /conversations", fmt.Sprintf(`{"group":{"name":"Hikers","members":["%d"]}}`, ming.ID)).Get("conversationId"), &group); err != nil {
		t.Fatal(err)
	}
	say(t, s, lan, group, `"body":"hello all"`)
	called("a message in a group")

	do(t, s, ming, fmt.Sprintf("PATCH /conversations/%d/membership", group), `{"notify":"none"}`)
	say(t, s, lan, group, `"body":"quiet"`)
	mark.pass(t)
	phone.Quiet(t, "the group is muted")
	say(t, s, lan, group, fmt.Sprintf(`"body":"@Ming","mentions":["%d"]`, ming.ID))
	called("a mention in a muted group")

	do(t, s, ming, "DELETE /sessions/current/push", "")
	say(t, s, lan, group, `"body":"@all","mentionsAll":true`)
	mark.pass(t)
	phone.Quiet(t, "that was switched off")
}

// notes keep what is logged.
type notes struct {
	mu   sync.Mutex
	list []string
}

func (n *notes) Enabled(context.Context, slog.Level) bool { return true }
func (n *notes) WithAttrs([]slog.Attr) slog.Handler       { return n }
func (n *notes) WithGroup(string) slog.Handler            { return n }
func (n *notes) Handle(_ context.Context, r slog.Record) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, r.Message)
	return nil
}

func (n *notes) has(message string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Contains(n.list, message)
}

func TestPushServicesThatFail(t *testing.T) {
	noted := &notes{}
	s := apptest.Start(t, func(c *config.Config, o *app.Options) {
		c.Push.Hosts, o.Log = []string{webpushtest.Host}, slog.New(noted)
	})
	service := webpushtest.Start(t)
	lan, ming := s.Person("lan"), s.Person("ming")
	conv := s.Befriend(lan, ming)
	phone := service.Device()
	subscribe(t, s, ming, phone)
	left := func() int {
		list, err := s.Store.Subscriptions(t.Context(), ming.ID, s.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}

	service.Answer(func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	say(t, s, lan, conv, `"body":"one"`)
	phone.Called(t)
	service.Answer(nil)
	apptest.Eventually(t, "the failure is noted", func() bool { return noted.has("a device was not called") })
	s.Clock.Advance(9 * time.Minute)
	say(t, s, lan, conv, `"body":"two"`)
	mark := newMarker(t, s, service)
	mark.pass(t)
	phone.Quiet(t, "the push service wants to be left alone")
	s.Clock.Advance(2 * time.Minute)
	phone.Called(t)

	service.Answer(func(w http.ResponseWriter) { w.WriteHeader(http.StatusGone) })
	do(t, s, ming, "GET /conversations", "")
	say(t, s, lan, conv, `"body":"three"`)
	phone.Called(t)
	apptest.Eventually(t, "the subscription is removed", func() bool { return left() == 0 })
}

// Whoever names an address of the server's own network gets nothing by it.
func TestPushStaysOutOfTheOwnNetwork(t *testing.T) {
	service := webpushtest.Start(t)
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Push.Hosts = []string{"ntfy.lan"} })
	lan, eve := s.Person("lan"), s.Person("eve")
	conv := s.Befriend(lan, eve)
	inner := service.Device()
	if a := s.Do(eve, "PUT", "/sessions/current/push", inner.JSON()); a.Code() != "push.bad_subscription" {
		t.Fatalf("an address without TLS: %d %s", a.Status, a.Raw)
	}
	do(t, s, eve, "PUT /sessions/current/push", strings.Replace(inner.JSON(), "http://", "https://", 1))
	say(t, s, lan, conv, `"body":"hello"`)
	apptest.Eventually(t, "the subscription is removed", func() bool {
		list, err := s.Store.Subscriptions(t.Context(), eve.ID, s.Clock.Now())
		return err == nil && len(list) == 0
	})
	inner.Quiet(t, "it is in the own network")
}

// One node calls, and knows who is connected to the others and who was called
// by them.
func TestPushOfSeveralNodes(t *testing.T) {
	join := overNATS(natstest.Start(t, nil))
	nodes := apptest.StartNodes(t, 2, database(t), func(i int, c *config.Config, o *app.Options) {
		join(i, c, o)
		c.Push.Hosts = []string{webpushtest.Host}
	})
	one, two := nodes[0], nodes[1]
	service := webpushtest.Start(t)
	if a, b := do(t, one, nil, "GET /server", "").Get("push.publicKey"), do(t, two, nil, "GET /server", "").Get("push.publicKey"); a != b {
		t.Errorf("the nodes have keys of their own: %s, %s", a, b)
	}
	lan, ming := one.Person("lan"), one.Person("ming")
	conv := one.Befriend(lan, ming)
	mark := newMarker(t, one, service)
	phone := service.Device()
	subscribe(t, two, ming, phone)
	// heard returns when a node has heard what another said before.
	heard := func(by, from *apptest.Server) {
		t.Helper()
		ear := by.Connect(mark.from.Token)
		sends++
		body := fmt.Sprint("heard ", sends)
		say(t, from, mark.to, mark.conv, fmt.Sprintf(`"body":%q`, body))
		until(t, ear, "conversation.changed", "messages.0.body", body)
		ear.Close()
	}

	socket := two.Connect(ming.Token)
	apptest.Eventually(t, "one knows who is at two", func() bool { return len(one.Hub.Live([]change.ID{ming.Session})) == 1 })
	say(t, one, lan, conv, `"body":"you see it"`)
	mark.pass(t)
	phone.Quiet(t, "it is connected to the other node")
	socket.Close()
	apptest.Eventually(t, "one knows who left two", func() bool { return len(one.Hub.Live([]change.ID{ming.Session})) == 0 })

	do(t, one, ming, "GET /conversations", "")
	say(t, one, lan, conv, `"body":"one"`)
	phone.Called(t)
	heard(two, one)
	say(t, two, lan, conv, `"body":"two"`)
	other := newMarkerOf(mark, two)
	other.pass(t)
	phone.Quiet(t, "the other node called it")
	do(t, two, ming, "GET /conversations", "")
	heard(one, two)
	say(t, one, lan, conv, `"body":"three"`)
	phone.Called(t)
	mark.pass(t)
	phone.Quiet(t, "one call is enough")
}

// newMarkerOf marks at another node.
func newMarkerOf(m *marker, s *apptest.Server) *marker {
	other := *m
	other.s = s
	return &other
}
