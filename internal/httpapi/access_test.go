package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

// What is forbidden and what does not exist look the same: a stranger is
// answered about a conversation, a request or a contact of others exactly what
// they are answered about one that there never was.
func TestStrangersLearnNothing(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve", "hong")
	w.befriend("lan", "ming")
	w.run(step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{hong}'}`, status: 201, keep: "request=id", events: []string{"lan", "hong"}},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'secret'}`, status: 201, events: []string{"conversation"}})
	const never = "412316860416000001"
	for _, c := range []struct{ do, id, with string }{
		{"GET /conversations/%s", "lan+ming", ""},
		{"GET /conversations/%s/messages", "lan+ming", ""},
		{"GET /conversations/%s/messages?before=9", "lan+ming", ""},
		{"POST /conversations/%s/messages", "lan+ming", `{"clientId":"client-9","body":"hi"}`},
		{"PUT /conversations/%s/read", "lan+ming", `{"seq":1}`},
		{"POST /conversations/%s/typing", "lan+ming", ""},
		{"POST /friend-requests/%s/accept", "request", ""},
		{"POST /friend-requests/%s/decline", "request", ""},
		{"POST /friend-requests/%s/withdraw", "request", ""},
		{"PATCH /contacts/%s", "ming", `{"remark":"x"}`},
		{"DELETE /contacts/%s", "ming", ""},
	} {
		method, path, _ := strings.Cut(c.do, " ")
		var with any
		if c.with != "" {
			with = c.with
		}
		theirs := w.Do(w.people["eve"], method, fmt.Sprintf(path, w.vars[c.id]), with)
		none := w.Do(w.people["eve"], method, fmt.Sprintf(path, never), with)
		if theirs.Status != 404 || string(theirs.Raw) != string(none.Raw) {
			t.Errorf("%s: %d %s, but of what never was: %d %s", c.do, theirs.Status, theirs.Raw, none.Status, none.Raw)
		}
	}
	if events := w.Events(); len(events) > 0 {
		t.Errorf("a stranger changed something: %s", w.describe(events))
	}
	for _, path := range []string{"/contacts", "/conversations", "/friend-requests"} {
		if a := w.Do(w.people["eve"], "GET", path, nil); strings.Contains(string(a.Raw), w.vars["lan"]) || strings.Contains(string(a.Raw), "secret") {
			t.Errorf("GET %s tells a stranger %s", path, a.Raw)
		}
	}
	if s := w.people["eve"].Snapshot().String(); strings.Contains(s, "secret") || strings.Contains(s, w.vars["lan"]) {
		t.Errorf("a stranger's snapshot holds %s", s)
	}
}
