package httpapi_test

import (
	"strings"
	"testing"
	"time"
)

func TestFriendship(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.run(
		step{as: "lan", do: "POST /account-lookups", with: `{'query':'MING'}`, status: 200, want: "account.id={ming} account.name=Ming account.username=ming"},
		step{as: "lan", do: "POST /account-lookups", with: `{'query':'Ming@Example.org'}`, status: 200, want: "account.id={ming}"},
		step{as: "lan", do: "POST /account-lookups", with: `{'query':'min'}`, status: 404, want: "code=account.not_found"},
		step{
			as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}','greeting':'hello','remark':'老明'}`, status: 201,
			want: "state=pending from.id={lan} to.id={ming} greeting=hello", keep: "request=id",
			events: []string{"lan friendRequests.0.state=pending", "ming friendRequests.0.greeting=hello"},
		},
		// Asking twice is one request, with the newer greeting.
		step{
			as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}','greeting':'again'}`, status: 201,
			want: "id={request} greeting=again", events: []string{"lan friendRequests.0.greeting=again", "ming friendRequests.0.greeting=again"},
		},
		step{as: "lan", do: "POST /friend-requests/{request}/accept", status: 404, want: "code=friend_request.not_found"},
		step{as: "ming", do: "POST /friend-requests/{request}/withdraw", status: 404, want: "code=friend_request.not_found"},
		step{
			as: "ming", do: "POST /friend-requests/{request}/accept", with: `{'remark':'兰'}`, status: 200, want: "state=accepted",
			events: []string{
				"lan friendRequests.0.state=accepted contacts.0.state=friend memberships.0.readSeq=0",
				"ming friendRequests.0.state=accepted contacts.0.remark=兰 memberships.#=1",
				"conversation version=1 conversation.kind=direct members.#=2",
			},
		},
		step{as: "ming", do: "POST /friend-requests/{request}/decline", status: 409, want: "code=friend_request.answered"},
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}'}`, status: 409, want: "code=contact.already_friends"},
		step{as: "ming", do: "GET /contacts", status: 200, want: "contacts.#=1 contacts.0.account.id={lan} contacts.0.remark=兰"},
		step{as: "lan", do: "PATCH /contacts/{ming}", with: `{'remark':'  明 '}`, status: 200, want: "remark=明", events: []string{"lan contacts.0.remark=明"}},
		step{as: "lan", do: "PATCH /contacts/{ming}", with: `{'remark':'明'}`, status: 200, want: "remark=明"},
		step{
			as: "lan", do: "DELETE /contacts/{ming}", status: 200, want: "state=none",
			events: []string{"lan contacts.0.state=none", "ming contacts.0.state=none"},
		},
		step{as: "lan", do: "DELETE /contacts/{ming}", status: 200, want: "state=none"},
		step{as: "lan", do: "PATCH /contacts/{ming}", with: `{'remark':'x'}`, status: 404, want: "code=contact.not_found"},
		// Friends again: the same conversation.
		step{as: "ming", do: "POST /friend-requests", with: `{'accountId':'{lan}'}`, status: 201, keep: "second=id", events: []string{"lan", "ming"}},
		step{
			as: "lan", do: "POST /friend-requests/{second}/accept", status: 200,
			events: []string{"lan contacts.0.state=friend memberships=-", "ming contacts.0.state=friend memberships=-"},
		},
	)
}

func TestAskingOneself(t *testing.T) {
	w := newWorld(t, "lan")
	w.run(step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{lan}'}`, status: 422, want: "code=contact.self"},
		step{as: "lan", do: "PUT /blocks/{lan}", status: 422, want: "code=contact.self"})
}

// Both ask each other: the second request accepts the first.
func TestAskingEachOther(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.run(
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}','remark':'明'}`, status: 201, keep: "request=id", events: []string{"lan", "ming"}},
		step{
			as: "ming", do: "POST /friend-requests", with: `{'accountId':'{lan}','remark':'兰'}`, status: 201, want: "id={request} state=accepted",
			events: []string{"lan contacts.0.remark=明", "ming contacts.0.remark=兰", "conversation"},
		},
	)
}

func TestDecliningAndWithdrawing(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.run(
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}'}`, status: 201, keep: "request=id", events: []string{"lan", "ming"}},
		step{
			as: "lan", do: "POST /friend-requests/{request}/withdraw", status: 200, want: "state=withdrawn",
			events: []string{"lan friendRequests.0.state=withdrawn", "ming friendRequests.0.state=withdrawn"},
		},
		step{as: "ming", do: "POST /friend-requests/{request}/accept", status: 409, want: "code=friend_request.answered"},
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}'}`, status: 201, keep: "second=id", events: []string{"lan", "ming"}},
		step{as: "ming", do: "POST /friend-requests/{second}/decline", status: 200, want: "state=declined", events: []string{"lan", "ming"}},
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}'}`, status: 409, want: "code=friend_request.declined"},
	)
	w.Clock.Advance(25 * time.Hour)
	w.people["lan"].SignIn() // nothing of it is announced
	w.run(step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}'}`, status: 201, events: []string{"lan", "ming"}})
}

func TestBlocking(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.befriend("lan", "ming")
	w.run(
		step{as: "lan", do: "PUT /blocks/{ming}", status: 200, want: "blocked=true state=friend", events: []string{"lan contacts.0.blocked=true"}},
		step{as: "lan", do: "PUT /blocks/{ming}", status: 200, want: "blocked=true"},
		step{as: "ming", do: "POST /account-lookups", with: `{'query':'lan'}`, status: 404, want: "code=account.not_found"},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'aaaaaaaa','body':'hi'}`, status: 403, want: "code=conversation.not_allowed"},
		step{as: "lan", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'bbbbbbbb','body':'hi'}`, status: 403, want: "code=conversation.blocked"},
		step{as: "ming", do: "POST /conversations/{lan+ming}/typing", status: 403, want: "code=conversation.not_allowed"},
		step{as: "lan", do: "DELETE /blocks/{ming}", status: 200, want: "blocked=false", events: []string{"lan contacts.0.blocked=false"}},
		step{as: "ming", do: "POST /conversations/{lan+ming}/messages", with: `{'clientId':'aaaaaaaa','body':'hi'}`, status: 201, events: []string{"conversation messages.0.body=hi"}},
	)
}

// A stranger who is blocked asks, and does not notice; nor is the other
// bothered.
func TestBlockedStrangerAsks(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.run(
		step{as: "ming", do: "POST /friend-requests", with: `{'accountId':'{lan}'}`, status: 201, keep: "first=id", events: []string{"lan", "ming"}},
		step{
			as: "lan", do: "PUT /blocks/{ming}", status: 200, want: "state=none blocked=true",
			events: []string{"lan contacts.0.blocked=true friendRequests.0.state=declined", "ming friendRequests.0.state=declined"},
		},
		step{as: "lan", do: "POST /friend-requests", with: `{'accountId':'{ming}'}`, status: 409, want: "code=contact.blocked"},
	)
	w.Clock.Advance(25 * time.Hour)
	w.people["ming"].SignIn()
	w.run(
		step{as: "ming", do: "POST /friend-requests", with: `{'accountId':'{lan}'}`, status: 201, want: "state=pending", keep: "hidden=id", events: []string{"ming"}},
	)
	w.people["lan"].SignIn()
	w.run(
		step{as: "lan", do: "POST /friend-requests/{hidden}/accept", status: 404, want: "code=friend_request.not_found"},
		step{as: "ming", do: "POST /friend-requests/{hidden}/withdraw", status: 200, events: []string{"ming"}},
	)
}

func TestTooManyRequests(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	lan := w.people["lan"]
	refused := 0
	for range 200 {
		a := w.Do(lan, "POST", "/account-lookups", `{"query":"nobody"}`)
		if a.Status == 429 {
			refused++
			if a.Header.Get("Retry-After") == "" || a.Get("retryAfter") == "-" || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
				t.Fatalf("429 without when to come back: %v %s", a.Header, a.Raw)
			}
		}
	}
	if refused == 0 {
		t.Error("anybody may try names without end")
	}
	if a := w.Do(w.people["ming"], "POST", "/account-lookups", `{"query":"lan"}`); a.Status != 200 {
		t.Errorf("somebody else is refused too: %s", a.Raw)
	}
}
