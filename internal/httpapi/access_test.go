package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/app/apptest"
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

// inside tells what members of each role are answered, in the order member,
// admin, owner.
type inside [3]int

// roles are those who are in a group, in the order of inside.
var roles = [3]string{"member", "admin", "owner"}

// outside are those who are not, and what they are: to each of them every group
// that is not found looks like one that never was.
var outside = []string{"stranger", "blocked", "former"}

// accessTable has every operation on a conversation, with an input that would
// do. {member} is an ordinary member, {target} another.
var accessTable = map[string]struct {
	do, with string
	want     inside
}{
	"conversation.get":      {"GET /conversations/{group}", "", inside{200, 200, 200}},
	"conversation.read":     {"PUT /conversations/{group}/read", `{'seq':1}`, inside{200, 200, 200}},
	"conversation.typing":   {"POST /conversations/{group}/typing", "", inside{204, 204, 204}},
	"message.list":          {"GET /conversations/{group}/messages?before=3", "", inside{200, 200, 200}},
	"message.send":          {"POST /conversations/{group}/messages", `{'clientId':'{unique}','body':'hi','mentions':['{target}']}`, inside{201, 201, 201}},
	"group.update":          {"PATCH /conversations/{group}", `{'name':'New','muted':true}`, inside{403, 200, 200}},
	"group.hand_over":       {"POST /conversations/{group}/owner", `{'accountId':'{target}'}`, inside{403, 403, 200}},
	"group.dissolve":        {"DELETE /conversations/{group}", "", inside{403, 403, 204}},
	"group.leave":           {"DELETE /conversations/{group}/members/me", "", inside{204, 204, 204}},
	"announcement.set":      {"PUT /conversations/{group}/announcement", `{'body':'Read this'}`, inside{403, 200, 200}},
	"membership.update":     {"PATCH /conversations/{group}/membership", `{'pinned':true,'announcementSeen':1}`, inside{200, 200, 200}},
	"member.list":           {"GET /conversations/{group}/members?ids={target}", "", inside{200, 200, 200}},
	"member.add":            {"POST /conversations/{group}/members", `{'accountIds':['{guest}']}`, inside{403, 200, 200}},
	"member.rename":         {"PATCH /conversations/{group}/members/me", `{'nickname':'Nick'}`, inside{200, 200, 200}},
	"member.update":         {"PATCH /conversations/{group}/members/{target}", `{'mutedUntil':9007199254740991}`, inside{403, 200, 200}},
	"member.remove":         {"DELETE /conversations/{group}/members/{target}", "", inside{403, 204, 204}},
	"join_request.create":   {"POST /conversations/{group}/join-requests", `{}`, inside{409, 409, 409}},
	"join_request.list":     {"GET /conversations/{group}/join-requests", "", inside{403, 200, 200}},
	"join_request.accept":   {"POST /conversations/{group}/join-requests/{never}/accept", "", inside{403, 404, 404}},
	"join_request.decline":  {"POST /conversations/{group}/join-requests/{never}/decline", "", inside{403, 404, 404}},
	"join_request.withdraw": {"POST /conversations/{group}/join-requests/{never}/withdraw", "", inside{404, 404, 404}},
	"group_link.create":     {"POST /conversations/{group}/links", `{'approval':false}`, inside{403, 201, 201}},
	"group_link.list":       {"GET /conversations/{group}/links", "", inside{403, 200, 200}},
	"group_link.revoke":     {"DELETE /conversations/{group}/links/{link}", "", inside{403, 204, 204}},
}

// Who may do what in a group: nobody, strangers, those who are blocked, former
// members, members, admins, the owner, in every operation that there is.
func TestAccessToGroups(t *testing.T) {
	w := newWorld(t, "owner", "admin", "member", "target", "former", "blocked", "stranger", "guest")
	for _, friend := range []string{"admin", "member", "target", "former"} {
		w.befriend("owner", friend)
	}
	w.mustDo("owner", "PUT /blocks/{blocked}", "", 200)
	listed := 0
	for path, methods := range describe(t).Paths {
		for _, op := range methods {
			if !strings.Contains(path, "/conversations/{id}") {
				continue
			}
			listed++
			c, ok := accessTable[op.OperationID]
			if !ok {
				t.Errorf("%s is in no line of the table: who may do it?", op.OperationID)
				continue
			}
			w.tryOutside(t, op.OperationID, c.do, c.with)
			for i, role := range roles {
				w.newAccessGroup()
				if a := w.as(role, c.do, c.with); a.Status != c.want[i] {
					t.Errorf("%s as %s: %d %s, want %d", op.OperationID, role, a.Status, a.Raw, c.want[i])
				}
			}
		}
	}
	if listed != len(accessTable) {
		t.Errorf("the table has %d lines for %d operations", len(accessTable), listed)
	}
	// The rights of ranks over each other.
	for _, c := range []struct {
		as, do, with string
		want         int
	}{
		{"admin", "PATCH /conversations/{group}/members/{owner}", `{'mutedUntil':9007199254740991}`, 403},
		{"admin", "PATCH /conversations/{group}/members/{admin}", `{'mutedUntil':0}`, 403},
		{"admin", "PATCH /conversations/{group}/members/{target}", `{'role':'admin'}`, 403},
		{"admin", "DELETE /conversations/{group}/members/{owner}", "", 403},
		{"owner", "PATCH /conversations/{group}/members/{admin}", `{'mutedUntil':9007199254740991}`, 200},
		{"owner", "PATCH /conversations/{group}/members/{admin}", `{'role':'member'}`, 200},
		{"owner", "DELETE /conversations/{group}/members/{admin}", "", 204},
		{"owner", "PATCH /conversations/{group}/members/{former}", `{'role':'admin'}`, 404},
		{"owner", "POST /conversations/{group}/owner", `{'accountId':'{former}'}`, 404},
		{"owner", "POST /conversations/{group}/owner", `{'accountId':'{owner}'}`, 404},
	} {
		w.newAccessGroup()
		if a := w.as(c.as, c.do, c.with); a.Status != c.want {
			t.Errorf("%s %s %s: %d %s, want %d", c.as, c.do, c.with, a.Status, a.Raw, c.want)
		}
	}
}

// newAccessGroup makes a group with somebody of each kind. It holds a secret,
// and is not found.
func (w *world) newAccessGroup() {
	w.t.Helper()
	made := w.mustDo("owner", "POST /conversations", `{'group':{'name':'secret name','announcement':'secret word','members':['{admin}','{member}','{target}','{former}']}}`, 201)
	w.vars["group"] = made.Get("conversationId")
	w.mustDo("owner", "PATCH /conversations/{group}/members/{admin}", `{'role':'admin'}`, 200)
	w.mustDo("owner", "PATCH /conversations/{group}", `{'joinPolicy':'invite'}`, 200)
	w.vars["link"] = w.mustDo("owner", "POST /conversations/{group}/links", `{'approval':false}`, 201).Get("id")
	w.mustDo("owner", "DELETE /conversations/{group}/members/{former}", "", 204)
	w.mustDo("owner", "POST /conversations/{group}/messages", `{'clientId':'{unique}','body':'secret word'}`, 201)
}

// as does something as somebody.
func (w *world) as(who, do, with string) apptest.Answer {
	w.t.Helper()
	w.Clock.Advance(time.Minute) // no limit of how often is reached
	w.unique++
	w.vars["unique"] = fmt.Sprintf("unique-%d", w.unique)
	method, path, _ := strings.Cut(w.fill(do), " ")
	var body any
	if with != "" {
		body = strings.ReplaceAll(w.fill(with), "'", `"`)
	}
	return w.Do(w.people[who], method, path, body)
}

func (w *world) mustDo(who, do, with string, status int) apptest.Answer {
	w.t.Helper()
	a := w.as(who, do, with)
	if a.Status != status {
		w.t.Fatalf("%s %s %s: %d %s", who, do, with, a.Status, a.Raw)
	}
	return a
}

// tryOutside does something to a group as those who are not in it, and to one
// that never was.
func (w *world) tryOutside(t *testing.T, operation, do, with string) {
	t.Helper()
	w.newAccessGroup()
	w.Events()
	if a := w.as("nobody", do, with); a.Status != 401 || a.Code() != "session.required" {
		t.Errorf("%s as nobody: %d %s", operation, a.Status, a.Raw)
	}
	for _, who := range outside {
		theirs := w.as(who, do, with)
		none := w.as(who, strings.ReplaceAll(do, "{group}", "{never}"), with)
		if theirs.Status != 404 || string(theirs.Raw) != string(none.Raw) {
			t.Errorf("%s as %s: %d %s, but of what never was: %d %s", operation, who, theirs.Status, theirs.Raw, none.Status, none.Raw)
		}
		for _, path := range []string{"/conversations", "/contacts"} {
			if a := w.Do(w.people[who], "GET", path, nil); strings.Contains(string(a.Raw), w.vars["group"]) || strings.Contains(string(a.Raw), "secret") {
				t.Errorf("GET %s tells %s %s", path, who, a.Raw)
			}
		}
		// Somebody who was removed is told that, and nothing else.
		left := `"conversationId":"` + w.vars["group"] + `","state":"left","leftReason":"removed"`
		s := w.Do(w.people[who], "POST", "/sync", `{"user":1,"conversations":[{"id":"`+w.vars["group"]+`","version":1}]}`)
		if text := strings.ReplaceAll(string(s.Raw), left, ""); strings.Contains(text, w.vars["group"]) || strings.Contains(text, "secret") {
			t.Errorf("sync tells %s %s", who, s.Raw)
		}
	}
	if events := w.Events(); len(events) > 0 {
		t.Errorf("%s changed something: %s", operation, w.describe(events))
	}
}
