package httpapi_test

import (
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
)

// Who may see which part of a profile, from outside.
func TestProfileAccess(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve", "hong")
	w.befriend("lan", "ming")
	w.befriend("lan", "hong")
	w.run(
		step{as: "lan", do: "PUT /blocks/{hong}", status: 200, events: []string{"lan contacts.0.blocked=true"}},
		step{
			as: "lan", do: "PATCH /account", with: `{'about':' Sails ','gender':'female','place':'Riga','website':'lan.example','github':'@lan','visibility':{'place':'everyone','github':'nobody','email':'friends'}}`, status: 200,
			want:   "about=Sails website=https://lan.example github=lan visibility.about=friends visibility.place=everyone",
			events: []string{"lan account.place=Riga"},
		},
	)
	fields := []string{"about", "gender", "place", "website", "github", "email"}
	for _, c := range []struct{ viewer, sees string }{
		{"lan", "about gender place website github email"},
		{"ming", "about gender place website email"},
		{"eve", "place"},
		{"hong", "place"},
	} {
		a := w.Do(w.people[c.viewer], "GET", "/accounts/"+w.vars["lan"], nil)
		status(t, c.viewer, a, 200, "")
		var seen []string
		for _, f := range fields {
			if a.Get(f) != "-" {
				seen = append(seen, f)
			}
		}
		if got := strings.Join(seen, " "); got != c.sees || a.Get("account.username") != "lan" {
			t.Errorf("%s sees %s: %s", c.viewer, got, a.Raw)
		}
	}
	status(t, "nobody", w.Do(nil, "GET", "/accounts/"+w.vars["lan"], nil), 401, "session.required")
	none := w.Do(w.people["eve"], "GET", "/accounts/412316860416000001", nil)
	status(t, "no such account", none, 404, "account.not_found")
	if _, err := w.Accounts.Disable(t.Context(), "lan"); err != nil {
		t.Fatal(err)
	}
	if a := w.Do(w.people["eve"], "GET", "/accounts/"+w.vars["lan"], nil); string(a.Raw) != string(none.Raw) {
		t.Errorf("a disabled account: %s", a.Raw)
	}
	if a := w.Do(w.people["ming"], "GET", "/accounts/"+w.vars["lan"], nil); a.Status != 200 || a.Get("place") != "-" {
		t.Errorf("a disabled friend: %s", a.Raw)
	}
}

func TestProfileInput(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	for _, c := range []struct {
		body   string
		status int
		code   string
	}{
		{`{}`, 422, "request.invalid"},
		{`{"about":"` + strings.Repeat("啊", 200) + `"}`, 200, ""},
		{`{"about":"` + strings.Repeat("啊", 201) + `"}`, 422, "request.invalid"},
		{`{"gender":"robot"}`, 422, "request.invalid"},
		{`{"gender":""}`, 200, ""},
		{`{"website":"javascript:alert(1)"}`, 422, "website.invalid"},
		{`{"github":"not one"}`, 422, "github.invalid"},
		{`{"place":"Ri\nga"}`, 422, "request.invalid"},
		{`{"visibility":{"about":"all"}}`, 422, "request.invalid"},
		{`{"visibility":{"name":"nobody"}}`, 422, "request.invalid"},
		{`{"avatar":""}`, 200, ""},
	} {
		status(t, c.body[:min(len(c.body), 40)], s.Do(lan, "PATCH", "/account", c.body), c.status, c.code)
	}
}

func TestEmailChangeOverHTTP(t *testing.T) {
	s, links := startWithConsole(t)
	links.token(t, "setup")
	lan, eve := s.Person("lan"), s.Person("eve")
	status(t, "nothing waits", s.Do(lan, "GET", "/account/email-change", nil), 200, "")
	status(t, "a wrong password", s.Do(lan, "POST", "/account/email-change", object("email", "new@example.org", "password", "nope")), 422, "account.wrong_password")

	// Whether an address is another's is not told.
	taken := s.Do(lan, "POST", "/account/email-change", object("email", "eve@example.org", "password", apptest.Password))
	free := s.Do(lan, "POST", "/account/email-change", object("email", "new@example.org", "password", apptest.Password))
	if taken.Status != 202 || strings.ReplaceAll(string(taken.Raw), "eve@", "new@") != string(free.Raw) {
		t.Errorf("%s\n%s", taken.Raw, free.Raw)
	}
	links.token(t, "confirm-email") // the approval of the first
	one, two := links.token(t, "confirm-email"), links.token(t, "confirm-email")
	if a := s.Do(eve, "GET", "/account/email-change", nil); a.Get("change") != "-" {
		t.Errorf("eve sees %s", a.Raw)
	}
	a := s.Do(nil, "POST", "/email-confirmations", object("token", one))
	status(t, "the first", a, 200, "")
	proved := a.Get("proved") // letters leave side by side: either may be the first
	if a.Get("done") != "false" || proved == a.Get("approved") {
		t.Errorf("%s", a.Raw)
	}
	if a := s.Do(lan, "GET", "/account/email-change", nil); a.Get("change.proved") != proved || a.Get("change.email") != "new@example.org" {
		t.Errorf("%s", a.Raw)
	}
	s.Events()
	a = s.Do(nil, "POST", "/email-confirmations", object("token", two))
	status(t, "the second", a, 200, "")
	if a.Get("done") != "true" {
		t.Errorf("%s", a.Raw)
	}
	if events := s.Events(); len(events) != 1 || apptest.Get(events[0].Payload, "account.email") != "new@example.org" {
		t.Errorf("events: %+v", events)
	}
	status(t, "again", s.Do(nil, "POST", "/email-confirmations", object("token", two)), 410, "token.invalid")
	status(t, "cancel nothing", s.Do(lan, "DELETE", "/account/email-change", nil), 204, "")
}

func TestDeletedAccount(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve", "hong")
	w.befriend("lan", "ming")
	w.run(
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'still here'}`, status: 201, events: []string{"conversation"}},
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{eve}'}`, status: 201, events: []string{"lan", "eve"}},
		step{as: "hong", do: "PUT /blocks/{lan}", status: 200, events: []string{"hong"}},
	)
	lan := w.people["lan"]
	delete(w.people, "lan")
	delete(w.mirrors, "lan")
	status(t, "a wrong password", w.Do(lan, "POST", "/account/deletion", object("password", "nope")), 422, "account.wrong_password")
	status(t, "delete", w.Do(lan, "POST", "/account/deletion", object("password", apptest.Password)), 204, "")
	status(t, "at once", w.Do(lan, "GET", "/account", nil), 401, "session.required")
	// Everybody's copy, brought up to date by the events, is what the server says.
	events := w.Events()
	for name, m := range w.mirrors {
		for _, e := range events {
			m.Apply(e)
		}
		got, want := m.String(), w.people[name].Snapshot().String()
		if got != want {
			t.Errorf("%s's copy is\n%s\nbut the server says\n%s", name, got, want)
		}
		if strings.Contains(want, `"lan"`) || strings.Contains(want, "Lan") {
			t.Errorf("%s still sees the name: %s", name, want)
		}
	}
	ming := w.people["ming"]
	if a := w.Do(ming, "GET", "/conversations/"+w.vars["lan+ming"]+"/messages", nil); a.Get("messages.0.body") != "still here" {
		t.Errorf("the history: %s", a.Raw)
	}
	if a := w.Do(ming, "POST", "/conversations/"+w.vars["lan+ming"]+"/messages", object("clientId", "client-2", "body", "hello?")); a.Status != 403 {
		t.Errorf("writing to a deleted account: %d %s", a.Status, a.Raw)
	}
	if a := w.Do(ming, "GET", "/contacts", nil); a.Get("contacts.#") != "0" {
		t.Errorf("contacts: %s", a.Raw)
	}
	status(t, "ask again", w.Do(ming, "POST", "/friend-requests", object("accountId", w.vars["lan"])), 404, "account.not_found")
	status(t, "look up", w.Do(ming, "POST", "/account-lookups", object("query", "lan")), 404, "account.not_found")
	status(t, "profile", w.Do(ming, "GET", "/accounts/"+w.vars["lan"], nil), 404, "account.not_found")
}

// A page that starts asks whether there is a session before it asks whose.
func TestServerTellsWhetherSignedIn(t *testing.T) {
	s := apptest.Start(t, nil)
	lan := s.Person("lan")
	ask := func(p *apptest.Person) string { return s.Do(p, "GET", "/server", nil).Get("signedIn") }
	if ask(nil) != "false" || ask(lan) != "true" || ask(&apptest.Person{Server: s, Token: "nonsense"}) != "false" {
		t.Error(ask(nil), ask(lan))
	}
	status(t, "sign out", s.Do(lan, "DELETE", "/sessions/current", nil), 204, "")
	if ask(lan) != "false" {
		t.Error("signed out, and yet signed in")
	}
}
