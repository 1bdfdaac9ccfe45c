package httpapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/feedback"
)

// owned is a world whose first person owns the server.
func owned(t *testing.T, names ...string) *world {
	w := newWorld(t, names...)
	if _, err := w.Accounts.MakeOwner(context.Background(), names[0]); err != nil {
		t.Fatal(err)
	}
	w.reset()
	return w
}

// What people tell reaches the owners, and what owners answer its author.
func TestFeedback(t *testing.T) {
	w := owned(t, "owner", "lan", "ming")
	w.befriend("lan", "ming")
	w.run(
		step{
			as: "lan", do: "POST /feedback", with: `{'body':'  I like it 👍 '}`, status: 201, keep: "one=id",
			want: "kind=feedback author.id={lan} state=open",
		},
		step{as: "lan", do: "POST /feedback", with: `{'body':' '}`, status: 422, want: "code=feedback.empty errors.0.location=body.body"},
		step{as: "lan", do: "POST /feedback", with: `{'body':'x','picture':'nothing'}`, status: 404, want: "code=attachment.not_found"},
		step{as: "lan", do: "GET /feedback", status: 200, want: "feedback.0.id={one} feedback.1=-"},
		step{as: "ming", do: "GET /feedback", status: 200, want: "feedback.0=-"},
		step{as: "owner", do: "GET /console/feedback?kind=feedback&state=open", status: 200, want: "feedback.0.id={one}"},
		step{as: "owner", do: "GET /console/feedback?kind=report", status: 200, want: "feedback.0=-"},
		step{as: "owner", do: "POST /console/feedback/{one}/answer", with: `{'answer':'Thanks!'}`, status: 200, want: "state=answered answer=Thanks!"},
		step{as: "lan", do: "GET /feedback", status: 200, want: "feedback.0.answer=Thanks! feedback.0.state=answered"},
		step{as: "owner", do: "POST /console/feedback/{one}/close", status: 200, want: "state=closed"},
		step{as: "owner", do: "POST /console/feedback/{one}/answer", with: `{'answer':'More'}`, status: 409, want: "code=feedback.closed"},
		step{as: "owner", do: "POST /console/feedback/{one}/reopen", status: 200, want: "state=answered"},
		step{as: "owner", do: "POST /console/feedback/412316860416000001/close", status: 404, want: "code=feedback.not_found"},
	)
}

func TestFeedbackIsLimited(t *testing.T) {
	w := owned(t, "owner", "lan")
	for i := range feedback.MaxOpen {
		w.run(step{as: "lan", do: "POST /feedback", with: fmt.Sprintf(`{'body':'number %d'}`, i), status: 201, keep: "last=id"})
	}
	w.run(
		step{as: "lan", do: "POST /feedback", with: `{'body':'one more'}`, status: 409, want: "code=feedback.too_many"},
		step{as: "owner", do: "POST /console/feedback/{last}/close", status: 200},
		step{as: "lan", do: "POST /feedback", with: `{'body':'one more'}`, status: 201},
	)
}

// A report shows the owners one message, because somebody who can see it did.
func TestReport(t *testing.T) {
	w := owned(t, "owner", "lan", "ming", "eve")
	w.befriend("lan", "ming")
	w.run(
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'rude words'}`, status: 201, events: []string{"conversation"}},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-2','body':'my own'}`, status: 201, events: []string{"conversation"}},
		step{
			as: "lan", do: "POST /reports", with: `{'conversationId':'{lan+ming}','seq':1,'body':'Look'}`, status: 201,
			want: "kind=report subject.accountId={ming} subject.seq=1",
		},
		step{as: "owner", do: "GET /console/feedback?kind=report", status: 200, want: "feedback.0.subject.accountId={ming} feedback.0.author.id={lan}"},
		step{as: "lan", do: "POST /reports", with: `{'conversationId':'{lan+ming}','seq':2,'body':'x'}`, status: 422, want: "code=feedback.self"},
		step{as: "lan", do: "POST /reports", with: `{'conversationId':'{lan+ming}','seq':3,'body':'x'}`, status: 404, want: "code=feedback.no_subject"},
		step{as: "lan", do: "POST /reports", with: `{'accountId':'{lan}','body':'x'}`, status: 422, want: "code=feedback.self"},
		step{as: "lan", do: "POST /reports", with: `{'accountId':'{eve}','body':'Spam'}`, status: 201, want: "subject.accountId={eve}"},
		step{as: "eve", do: "POST /reports", with: `{'accountId':'412316860416000001','body':'x'}`, status: 404, want: "code=feedback.no_subject"},
	)
	// To others the message does not exist, reported or not.
	theirs := w.Do(w.people["eve"], "POST", "/reports", w.fill(`{"conversationId":"{lan+ming}","seq":1,"body":"x"}`))
	none := w.Do(w.people["eve"], "POST", "/reports", `{"conversationId":"412316860416000001","seq":1,"body":"x"}`)
	if theirs.Status != 404 || string(theirs.Raw) != string(none.Raw) {
		t.Errorf("a stranger is told %d %s, and of nothing %d %s", theirs.Status, theirs.Raw, none.Status, none.Raw)
	}
	if a := w.Do(w.people["owner"], "GET", "/console/feedback?kind=report", nil); strings.Contains(string(a.Raw), "my own") || !strings.Contains(string(a.Raw), "rude words") {
		t.Errorf("owners see %s", a.Raw)
	}
}

// Nobody but owners sees or does anything in the console.
func TestConsoleIsForOwners(t *testing.T) {
	w := owned(t, "owner", "lan")
	for _, do := range []string{
		"GET /console/people", "GET /console/people/{owner}", "POST /console/people/{owner}/disable", "POST /console/people/{owner}/enable",
		"POST /console/people/{owner}/sign-out", "POST /console/people/{owner}/send-reset", "POST /console/people/{lan}/make-owner",
		"POST /console/people/{owner}/make-user", "GET /console/groups", "DELETE /console/groups/{lan}", "GET /console/feedback",
		"POST /console/feedback/{lan}/close", "POST /console/feedback/{lan}/reopen", "GET /console/sign-ins", "GET /console/audit",
		"GET /console/statistics", "GET /console/storage",
	} {
		w.run(
			step{as: "lan", do: do, status: 403, want: "code=console.not_owner"},
			step{do: do, status: 401, want: "code=session.required"},
		)
	}
	w.run(
		step{as: "lan", do: "POST /console/feedback/{lan}/answer", with: `{'answer':'x'}`, status: 403, want: "code=console.not_owner"},
		step{as: "owner", do: "GET /console/audit", status: 200, want: "entries.0=-"},
	)
}

// What an owner does to an account takes effect at once, and is written down.
func TestConsolePeople(t *testing.T) {
	w := owned(t, "owner", "lan", "ming")
	w.befriend("lan", "ming")
	socket := w.people["lan"].Connect()
	w.run(
		step{as: "owner", do: "GET /console/people", status: 200, want: "total=3 people.0.account.id={ming} people.2.account.id={owner}"},
		step{as: "owner", do: "GET /console/people?limit=2", status: 200, want: "people.1.account.id={lan} people.2=- nextCursor={lan}"},
		step{as: "owner", do: "GET /console/people?limit=2&cursor={lan}", status: 200, want: "people.0.account.id={owner} nextCursor=-"},
		step{as: "owner", do: "GET /console/people?query=LAN", status: 200, want: "total=1 people.0.friends=1 people.0.sessions=1"},
		step{as: "owner", do: "POST /console/people/{owner}/disable", status: 409, want: "code=console.self"},
		step{as: "owner", do: "POST /console/people/412316860416000001/disable", status: 404, want: "code=account.not_found"},
	)
	if a := w.Do(w.people["owner"], "POST", w.fill("/console/people/{lan}/sign-out"), nil); a.Get("sessions") != "0" {
		t.Errorf("signed out: %d %s", a.Status, a.Raw)
	}
	socket.Event("session.ended")
	socket.Ended()
	if a := w.Do(w.people["lan"], "GET", "/account", nil); a.Status != 401 {
		t.Errorf("signed out, and answered %d", a.Status)
	}
	if a := w.Do(w.people["owner"], "POST", w.fill("/console/people/{ming}/disable"), nil); a.Get("state") != "disabled" || a.Get("sessions") != "0" {
		t.Errorf("disabled: %d %s", a.Status, a.Raw)
	}
	if a := w.Do(w.people["owner"], "GET", "/console/people?state=disabled", nil); a.Get("total") != "1" || a.Get("people.0.account.id") != w.vars["ming"] {
		t.Errorf("those who are disabled: %s", a.Raw)
	}
}

func TestConsoleWritesDown(t *testing.T) {
	w := owned(t, "owner", "lan")
	for _, verb := range []string{"disable", "enable", "send-reset", "make-owner", "make-user"} {
		if a := w.Do(w.people["owner"], "POST", w.fill("/console/people/{lan}/"+verb), nil); a.Status != 200 {
			t.Fatalf("%s: %d %s", verb, a.Status, a.Raw)
		}
	}
	a := w.Do(w.people["owner"], "GET", "/console/audit", nil)
	for i, action := range []string{"account.made_user", "account.made_owner", "account.reset_sent", "account.enabled", "account.disabled"} {
		at := fmt.Sprintf("entries.%d.", i)
		if a.Get(at+"action") != action || a.Get(at+"actor.id") != w.vars["owner"] || a.Get(at+"subject") != w.vars["lan"] || a.Get(at+"name") != "lan" {
			t.Errorf("entry %d is not %s: %s", i, action, a.Raw)
		}
	}
	// The last owner stays one, and nothing is written down of what did not happen.
	a = w.Do(w.people["owner"], "POST", w.fill("/console/people/{lan}/make-user"), nil)
	if a.Status != 200 {
		t.Errorf("no owner made a user: %d %s", a.Status, a.Raw)
	}
	if a := w.Do(w.people["owner"], "GET", "/console/sign-ins?accountId="+w.vars["lan"], nil); a.Get("signIns.0.device") != "test" || a.Get("signIns.0.address") != "192.0.2.1" || a.Get("signIns.1") != "-" {
		t.Errorf("sign-ins are %s", a.Raw)
	}
}

// Counts are of days, and of nobody in particular.
func TestConsoleStatistics(t *testing.T) {
	w := owned(t, "owner", "lan", "ming")
	w.befriend("lan", "ming")
	for i := range 3 {
		if a := w.Do(w.people["lan"], "POST", w.fill("/conversations/{lan+ming}/messages"), fmt.Sprintf(`{"clientId":"client-%d","body":"hi"}`, i)); a.Status != 201 {
			t.Fatal(a.Status)
		}
	}
	w.Events() // all that was committed has been counted now
	if err := w.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(24 * time.Hour)
	w.people["ming"].SignIn()
	if err := w.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := w.Do(w.people["owner"], "GET", "/console/statistics?days=3", nil)
	for path, want := range map[string]string{
		"days.0.active": "0", "days.1.active": "3", "days.1.messages": "3", "days.1.signIns": "3", "days.1.newAccounts": "3",
		"days.2.active": "1", "days.2.messages": "0", "days.2.signIns": "1", "days.2.newAccounts": "0", "days.3": "-",
	} {
		if got := a.Get(path); got != want {
			t.Errorf("%s is %s, want %s: %s", path, got, want, a.Raw)
		}
	}
	if a := w.Do(w.people["owner"], "GET", "/console/storage", nil); a.Get("accounts") != "3" || a.Get("messages") != "3" {
		t.Errorf("storage is %s", a.Raw)
	}
}

// Owners see that there are groups, nothing of what is said in them, and can end
// them.
func TestConsoleGroups(t *testing.T) {
	w := owned(t, "owner", "lan", "ming")
	w.befriend("lan", "ming")
	made := w.Do(w.people["lan"], "POST", "/conversations", w.fill(`{"group":{"name":"Book Club 读书会","members":["{ming}"]}}`))
	if made.Status != 201 {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	w.vars["group"] = made.Get("conversationId")
	if a := w.Do(w.people["lan"], "POST", w.fill("/conversations/{group}/messages"), `{"clientId":"client-1","body":"a secret plot"}`); a.Status != 201 {
		t.Fatalf("%d %s", a.Status, a.Raw)
	}
	for path, found := range map[string]bool{
		"": true, "?query=book": true, "?query=读书": true, "?query=" + made.Get("conversation.group.number"): true, "?query=nothing": false,
		"?cursor=" + w.vars["group"]: false, "?query=" + made.Get("conversation.group.number")[:4]: false,
	} {
		a := w.Do(w.people["owner"], "GET", "/console/groups"+path, nil)
		if got := a.Get("groups.0.id") == w.vars["group"]; a.Status != 200 || got != found {
			t.Errorf("%s: found %v: %d %s", path, got, a.Status, a.Raw)
		}
		if strings.Contains(string(a.Raw), "secret") {
			t.Errorf("owners read %s", a.Raw)
		}
	}
	a := w.Do(w.people["owner"], "GET", "/console/groups", nil)
	if a.Get("groups.0.owner.id") != w.vars["lan"] || a.Get("groups.0.memberCount") != "2" || a.Get("groups.0.messages") == "0" {
		t.Errorf("the group is %s", a.Raw)
	}
	if a := w.Do(w.people["owner"], "DELETE", w.fill("/console/groups/{lan+ming}"), nil); a.Status != 404 {
		t.Errorf("a direct conversation was dissolved: %d %s", a.Status, a.Raw)
	}
	if a := w.Do(w.people["owner"], "DELETE", w.fill("/console/groups/{group}"), nil); a.Status != 204 {
		t.Errorf("dissolving: %d %s", a.Status, a.Raw)
	}
	if a := w.Do(w.people["lan"], "GET", w.fill("/conversations/{group}"), nil); a.Status != 404 {
		t.Errorf("it is still there: %d %s", a.Status, a.Raw)
	}
	if a := w.Do(w.people["owner"], "GET", "/console/audit", nil); a.Get("entries.0.action") != "group.dissolved" || a.Get("entries.0.name") != "Book Club 读书会" {
		t.Errorf("the log is %s", a.Raw)
	}
}
