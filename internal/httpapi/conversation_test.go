package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestConversation(t *testing.T) {
	w := newWorld(t, "lan", "ming", "eve")
	w.befriend("lan", "ming")
	w.run(
		step{as: "lan", do: "POST /conversations", with: `{'accountId':'{ming}'}`, status: 200, want: "conversationId={lan+ming} members.#=2 conversation.lastSeq=0"},
		step{as: "lan", do: "POST /conversations", with: `{'accountId':'{eve}'}`, status: 404, want: "code=contact.not_found"},
		step{
			as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':' 你好 👋\n'}`, status: 201,
			want:   "conversationId={lan+ming} version=2 messages.#=1 messages.0.seq=1 messages.0.senderId={lan} messages.0.clientId=client-1",
			events: []string{"conversation version=2 messages.0.seq=1"},
		},
		// Repeated: the first result, nothing stored, nobody told.
		step{
			as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'something else'}`, status: 201,
			want: "version=2 messages.0.seq=1",
		},
		// The same name of another sender is another send.
		step{
			as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'hi'}`, status: 201,
			want: "messages.0.seq=2", events: []string{"conversation messages.0.seq=2"},
		},
		step{as: "lan", do: "GET /conversations", status: 200, want: "conversations.#=1 conversations.0.messages.0.seq=2 memberships.0.readSeq=1 nextCursor=-"},
		step{
			as: "lan", do: "PUT /conversations/{lan+ming}/read", with: `{'seq':2}`, status: 200, want: "readSeq=2",
			events: []string{"lan memberships.0.readSeq=2", "conversation members.0.readSeq=2 members.0.account.id={lan}"},
		},
		step{as: "lan", do: "PUT /conversations/{lan+ming}/read", with: `{'seq':1}`, status: 200, want: "readSeq=2"},
		step{as: "lan", do: "PUT /conversations/{lan+ming}/read", with: `{'seq':99}`, status: 200, want: "readSeq=2"},
		step{as: "ming", do: "GET /conversations/{lan+ming}", status: 200, want: "version=4 members.#=2 messages.#=2 truncated=true"},
		step{as: "lan", do: "POST /conversations/{lan+ming}/typing", status: 204},
		step{as: "ming", do: "DELETE /contacts/{lan}", status: 200, events: []string{"lan", "ming"}},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-2','body':'hi'}`, status: 403, want: "code=conversation.not_friends"},
		// What was accepted before is still the answer to its name.
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'client-1','body':'hi'}`, status: 201, want: "messages.0.seq=1"},
		step{as: "lan", do: "GET /conversations/{lan+ming}/messages", status: 200, want: "messages.#=2 lastSeq=2"},
		step{as: "ming", do: "POST /conversations", with: `{'accountId':'{lan}'}`, status: 200, want: "conversationId={lan+ming}"},
	)
	body := w.Do(w.people["ming"], "GET", w.fill("/conversations/{lan+ming}/messages?before=2"), nil).Get("messages.0.body")
	if body != " 你好 👋\n" {
		t.Errorf("the text was not kept as typed: %q", body)
	}
}

func TestHistoryPages(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.befriend("lan", "ming")
	path := w.fill("/conversations/{lan+ming}/messages")
	for i := range 120 {
		if a := w.Do(w.people["lan"], "POST", path, fmt.Sprintf(`{"clientId":"client-%03d","body":"message %d"}`, i, i+1)); a.Status != 201 {
			t.Fatal(a.Status, string(a.Raw))
		}
	}
	for _, c := range []struct {
		query       string
		first, last string
		count       string
	}{
		{"", "71", "120", "50"},
		{"?limit=100", "21", "120", "100"},
		{"?before=71", "21", "70", "50"},
		{"?before=1", "-", "-", "0"},
		{"?before=11&limit=100", "1", "10", "10"},
		{"?after=100", "101", "120", "20"},
		{"?after=1&limit=10", "2", "11", "10"},
		{"?after=120", "-", "-", "0"},
		{"?after=10&before=13", "11", "12", "2"},
	} {
		a := w.Do(w.people["ming"], "GET", path+c.query, nil)
		n := a.Get("messages.#")
		last := "-"
		if n != "0" {
			var i int
			_, _ = fmt.Sscan(n, &i)
			last = a.Get(fmt.Sprintf("messages.%d.seq", i-1))
		}
		if n != c.count || a.Get("messages.0.seq") != c.first || last != c.last || a.Get("lastSeq") != "120" {
			t.Errorf("%q: %s messages, %s to %s; want %s, %s to %s", c.query, n, a.Get("messages.0.seq"), last, c.count, c.first, c.last)
		}
	}
}

// Whoever was away asks for what changed since the versions they have.
func TestSync(t *testing.T) {
	w := newWorld(t, "lan", "ming", "hong")
	w.befriend("lan", "ming")
	w.befriend("lan", "hong")
	send := func(conv string, from, to int) {
		for i := from; i <= to; i++ {
			if a := w.Do(w.people["lan"], "POST", w.fill("/conversations/{"+conv+"}/messages"), fmt.Sprintf(`{"clientId":"%s-%03d","body":"message %d"}`, strings.ReplaceAll(conv, "+", "-"), i, i)); a.Status != 201 {
				t.Fatal(a.Status, string(a.Raw))
			}
		}
	}
	sync := func(body string) func(path string) string {
		return w.Do(w.people["lan"], "POST", "/sync", strings.ReplaceAll(w.fill(body), "'", `"`)).Get
	}
	w.Clock.Advance(time.Second)
	send("lan+ming", 1, 3)

	got := sync(`{'user':0,'conversations':[]}`)
	user := got("user.version")
	if got("conversations.#") != "2" || got("user.contacts.#") != "2" || got("user.memberships.#") != "2" || got("more") != "false" ||
		got("conversations.0.truncated") != "true" || got("conversations.0.messages.#") != "3" {
		t.Errorf("a new device gets %s", got("conversations"))
	}
	known := fmt.Sprintf(`{'user':%s,'conversations':[{'id':'{lan+ming}','version':4},{'id':'{lan+hong}','version':1}]}`, user)
	if got := sync(known); got("conversations.#") != "0" || got("user.account") != "-" || got("user.contacts") != "-" {
		t.Errorf("who missed nothing gets %s %s", got("user"), got("conversations"))
	}
	send("lan+ming", 4, 5)
	if got := sync(known); got("conversations.#") != "1" || got("conversations.0.messages.#") != "2" || got("conversations.0.messages.0.seq") != "4" || got("conversations.0.truncated") != "-" {
		t.Errorf("who missed two messages gets %s", got("conversations"))
	}
	send("lan+ming", 6, 120)
	if got := sync(known); got("conversations.0.truncated") != "true" || got("conversations.0.messages.#") != "20" || got("conversations.0.messages.19.seq") != "120" {
		t.Errorf("who is far behind gets %s", got("conversations"))
	}
	// The server was set back to a backup: a version from the future is none.
	if got := sync(`{'user':999,'conversations':[{'id':'{lan+ming}','version':999},{'id':'77','version':1}]}`); got("conversations.#") != "2" || got("conversations.0.truncated") != "true" || got("user.contacts.#") != "2" {
		t.Errorf("who knows the future gets %s", got("conversations"))
	}
}

func TestConversationListIsPaged(t *testing.T) {
	names := []string{"lan", "a-one", "a-two", "a-three", "a-four", "a-five"}
	w := newWorld(t, names...)
	for _, n := range names[1:] {
		w.befriend("lan", n)
	}
	var seen []string
	cursor := ""
	for range names {
		a := w.Do(w.people["lan"], "GET", "/conversations?limit=2&cursor="+cursor, nil)
		for i := range 2 {
			if id := a.Get(fmt.Sprintf("conversations.%d.conversationId", i)); id != "-" {
				seen = append(seen, id)
			}
		}
		if cursor = a.Get("nextCursor"); cursor == "-" {
			break
		}
	}
	if len(seen) != 5 {
		t.Errorf("the pages hold %v", seen)
	}
	if a := w.Do(w.people["lan"], "GET", "/conversations?cursor=nonsense", nil); a.Status != 422 || a.Code() != "request.invalid" {
		t.Errorf("a cursor that was not given: %d %s", a.Status, a.Raw)
	}
}
