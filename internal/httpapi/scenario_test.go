package httpapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
)

// world is a server with people in it, whose copies of what they see are kept
// up to date by events alone.
type world struct {
	*apptest.Server
	t       *testing.T
	people  map[string]*apptest.Person
	mirrors map[string]*apptest.Mirror
	vars    map[string]string // what steps refer to as {name}
	unique  int
}

func newWorld(t *testing.T, names ...string) *world {
	w := &world{Server: apptest.Start(t, nil), t: t, people: map[string]*apptest.Person{}, mirrors: map[string]*apptest.Mirror{}, vars: map[string]string{"never": "412316860416000001"}}
	for _, name := range names {
		w.people[name] = w.Person(name)
		w.vars[name] = w.people[name].ID.String()
	}
	w.reset()
	return w
}

// befriend makes friends before a scenario begins, and names the conversation.
func (w *world) befriend(a, b string) {
	w.vars[a+"+"+b] = w.Befriend(w.people[a], w.people[b]).String()
	w.reset()
}

func (w *world) reset() {
	w.Events()
	for name, p := range w.people {
		w.mirrors[name] = p.Snapshot()
	}
}

// step is one request and all that must come of it.
type step struct {
	as     string // empty: nobody
	do     string // "POST /friend-requests"
	with   string // body; single quotes stand for double ones
	status int
	want   string   // "path=value path=value" of the body
	events []string // in any order: who or what is told, which row: "lan contacts.0.state=friend"
	keep   string   // "name=path": keeps a value of the body as {name}
}

func (w *world) fill(s string) string {
	for name, value := range w.vars {
		s = strings.ReplaceAll(s, "{"+name+"}", value)
	}
	return s
}

// run takes the steps one after the other. After each, everybody's copy, kept
// up to date by the events, equals what the server says now.
func (w *world) run(steps ...step) {
	w.t.Helper()
	for i, s := range steps {
		title := fmt.Sprintf("step %d: %s %s %s", i+1, s.as, s.do, s.with)
		method, path, _ := strings.Cut(w.fill(s.do), " ")
		var body any
		if s.with != "" {
			body = strings.ReplaceAll(w.fill(s.with), "'", `"`)
		}
		a := w.Do(w.people[s.as], method, path, body)
		if a.Status != s.status {
			w.t.Fatalf("%s: status %d, want %d: %s", title, a.Status, s.status, a.Raw)
		}
		for pair := range strings.FieldsSeq(w.fill(s.want)) {
			path, value, _ := strings.Cut(pair, "=")
			if got := a.Get(path); got != value {
				w.t.Errorf("%s: %s is %s, want %s: %s", title, path, got, value, a.Raw)
			}
		}
		if s.keep != "" {
			name, path, _ := strings.Cut(s.keep, "=")
			w.vars[name] = a.Get(path)
		}
		events := w.Events()
		w.expect(title, events, s.events)
		for name, m := range w.mirrors {
			for _, e := range events {
				m.Apply(e)
			}
			if got, want := m.String(), w.people[name].Snapshot().String(); got != want {
				w.t.Fatalf("%s: %s's copy after the events is\n%s\nbut the server says\n%s", title, name, got, want)
			}
		}
	}
}

// expect finds each wanted event among those that came, and none besides.
func (w *world) expect(title string, events []apptest.Event, want []string) {
	w.t.Helper()
	left := append([]apptest.Event(nil), events...)
	for _, text := range want {
		who, conditions, _ := strings.Cut(w.fill(text), " ")
		found := -1
		for i, e := range left {
			if w.scopeName(e) == who && holds(e.Payload, conditions) {
				found = i
				break
			}
		}
		if found < 0 {
			w.t.Fatalf("%s: no event %q among %s", title, text, w.describe(left))
		}
		left = append(left[:found:found], left[found+1:]...)
	}
	if len(left) > 0 {
		w.t.Fatalf("%s: more events than expected: %s", title, w.describe(left))
	}
}

func holds(payload json.RawMessage, conditions string) bool {
	for c := range strings.FieldsSeq(conditions) {
		path, value, _ := strings.Cut(c, "=")
		if apptest.Get(payload, path) != value {
			return false
		}
	}
	return true
}

// scopeName is the person's name for a user scope, and "conversation" for one.
func (w *world) scopeName(e apptest.Event) string {
	if e.Scope.Kind == change.Conversation {
		return "conversation"
	}
	for name, p := range w.people {
		if p.ID == e.Scope.ID {
			return name
		}
	}
	return "?"
}

func (w *world) describe(events []apptest.Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "\n  %s %s", w.scopeName(e), e.Payload)
	}
	return b.String()
}
