package realtime_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/wire"
)

// must gives the result of a command.
func must(t *testing.T, ack json.RawMessage) json.RawMessage {
	t.Helper()
	var r struct{ Result, Error json.RawMessage }
	if err := json.Unmarshal(ack, &r); err != nil || r.Error != nil {
		t.Fatalf("acknowledged with %s", ack)
	}
	return r.Result
}

// makeGroup makes a group of friends over the socket.
func makeGroup(t *testing.T, owner *apptest.Person, c *apptest.Socket, members ...*apptest.Person) string {
	t.Helper()
	var ids []string
	for _, m := range members {
		owner.Server.Befriend(owner, m)
		ids = append(ids, `"`+m.ID.String()+`"`)
	}
	return get(must(t, c.Ask(wire.CommandGroupCreate, fmt.Sprintf(`{"name":"group","members":[%s]}`, strings.Join(ids, ",")))), "conversationId")
}

// flush waits until all that a socket was told before has come, and gives the
// events that it then has and has not looked at.
func flush(t *testing.T, c *apptest.Socket) []string {
	t.Helper()
	must(t, c.Ask(wire.CommandSync, `{"user":0,"conversations":[]}`))
	return slices.DeleteFunc(c.Seen(), func(name string) bool { return name == wire.EventPresence })
}

// Every command on a group does what its HTTP operation does.
func TestGroupOverTheSocket(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming, eve := s.Person("lan"), s.Person("ming"), s.Person("eve")
	a, b, e := lan.Connect(), ming.Connect(), eve.Connect()
	id := makeGroup(t, lan, a, ming)
	in := func(more string) string { return fmt.Sprintf(`{"conversationId":%q%s}`, id, more) }
	is := func(raw json.RawMessage, path, want string) {
		t.Helper()
		if got := get(raw, path); got != want {
			t.Errorf("%s is %s, want %s: %s", path, got, want, raw)
		}
	}
	is(must(t, a.Ask(wire.CommandGroupUpdate, in(`,"name":"Renamed"`))), "conversation.group.name", "Renamed")
	is(must(t, a.Ask(wire.CommandAnnounce, in(`,"body":"Read this"`))), "conversation.group.announcement.number", "1")
	is(must(t, b.Ask(wire.CommandMembership, in(`,"announcementSeen":1,"notify":"none"`))), "announcementSeen", "1")
	is(must(t, b.Ask(wire.CommandMemberRename, in(`,"nickname":"Mimi"`))), "members.0.nickname", "Mimi")
	is(must(t, b.Ask(wire.CommandMemberList, in(`,"query":"mimi"`))), "total", "1")
	is(must(t, b.Ask(wire.CommandGroupCommon, fmt.Sprintf(`{"accountId":"%d"}`, lan.ID))), "groups.0.id", id)
	is(must(t, e.Ask(wire.CommandGroupCommon, fmt.Sprintf(`{"accountId":"%d"}`, lan.ID))), "groups.#", "0")
	is(must(t, b.Ask(wire.CommandMemberGet, in(fmt.Sprintf(`,"accountIds":["%d"]`, lan.ID)))), "members.0.role", "owner")
	is(must(t, a.Ask(wire.CommandMemberUpdate, in(fmt.Sprintf(`,"accountId":"%d","role":"admin"`, ming.ID)))), "messages.0.notice.role", "admin")
	is(must(t, b.Ask(wire.CommandMemberAdd, in(fmt.Sprintf(`,"accountIds":["%d"]`, eve.ID)))), "invited.#", "1")
	invitation := get(e.Event(wire.EventUser), "invitations.0.id")
	is(must(t, e.Ask(wire.CommandInvitationDecline, fmt.Sprintf(`{"invitationId":%q}`, invitation))), "state", "declined")
	is(e.Ask(wire.CommandInvitationAccept, fmt.Sprintf(`{"invitationId":%q}`, invitation)), "error.code", "invitation.answered")
	is(must(t, e.Ask(wire.CommandGroupLookup, `{"query":"renamed"}`)), "groups.0.id", id)
	request := get(must(t, e.Ask(wire.CommandJoinRequestCreate, in(`,"greeting":"hi"`))), "id")
	is(must(t, e.Ask(wire.CommandJoinRequestWithdraw, in(fmt.Sprintf(`,"requestId":%q`, request)))), "state", "withdrawn")
	request = get(must(t, e.Ask(wire.CommandJoinRequestCreate, in(``))), "id")
	is(must(t, b.Ask(wire.CommandJoinRequestList, in(``))), "joinRequests.0.from.username", "eve")
	is(must(t, b.Ask(wire.CommandJoinRequestAccept, in(fmt.Sprintf(`,"requestId":%q`, request)))), "state", "accepted")
	is(b.Ask(wire.CommandJoinRequestDecline, in(fmt.Sprintf(`,"requestId":%q`, request))), "error.code", "join_request.answered")
	is(must(t, b.Ask(wire.CommandMemberRemove, in(fmt.Sprintf(`,"accountId":"%d"`, eve.ID)))), "#", "-")
	link := must(t, b.Ask(wire.CommandLinkCreate, in(`,"approval":false`)))
	token := get(link, "token")
	is(link, "url", s.URL().String()+"/join#"+token)
	is(must(t, e.Ask(wire.CommandLinkLookup, fmt.Sprintf(`{"token":%q}`, token))), "group.name", "Renamed")
	is(must(t, e.Ask(wire.CommandLinkUse, fmt.Sprintf(`{"token":%q}`, token))), "joinRequest.via", "link")
	is(must(t, b.Ask(wire.CommandLinkList, in(``))), "links.0.uses", "1")
	is(must(t, b.Ask(wire.CommandLinkRevoke, in(fmt.Sprintf(`,"linkId":%q`, get(link, "id"))))), "#", "-")
	is(must(t, a.Ask(wire.CommandGroupHandOver, in(fmt.Sprintf(`,"accountId":"%d"`, ming.ID)))), "messages.0.notice.event", "owner.changed")
	is(must(t, a.Ask(wire.CommandGroupLeave, in(``))), "#", "-")
	is(must(t, b.Ask(wire.CommandGroupDissolve, in(``))), "#", "-")
	is(b.Ask(wire.CommandList, in(``)), "error.code", "conversation.not_found")
}

// Whoever is out of a group is told nothing more of it, from then on; strangers
// and those who are blocked never were.
func TestFormerMembersHearNothing(t *testing.T) {
	s := apptest.Start(t, nil)
	owner, member, former, quitter, blocked, stranger := s.Person("owner"), s.Person("member"), s.Person("former"), s.Person("quitter"), s.Person("blocked"), s.Person("stranger")
	a, b := owner.Connect(), member.Connect()
	id := makeGroup(t, owner, a, member, former, quitter)
	s.Befriend(owner, blocked)
	if a := s.Do(owner, "PUT", "/blocks/"+blocked.ID.String(), nil); a.Status != 200 {
		t.Fatal(string(a.Raw))
	}
	outside := map[string]*apptest.Socket{"former": former.Connect(), "quitter": quitter.Connect(), "blocked": blocked.Connect(), "stranger": stranger.Connect()}
	in := func(more string) string { return fmt.Sprintf(`{"conversationId":%q%s}`, id, more) }
	must(t, a.Ask(wire.CommandMemberRemove, in(fmt.Sprintf(`,"accountId":"%d"`, former.ID))))
	must(t, outside["quitter"].Ask(wire.CommandGroupLeave, in("")))
	for who, reason := range map[string]string{"former": "removed", "quitter": "quit"} {
		if e := outside[who].Event(wire.EventUser); get(e, "memberships.0.leftReason") != reason || strings.Contains(string(e), "messages") {
			t.Errorf("%s is told %s", who, e)
		}
	}
	if names := flush(t, outside["quitter"]); len(names) > 0 && !slices.Equal(names, []string{wire.EventConversation}) {
		t.Errorf("who quits is told %v", names) // of the removal before, perhaps
	}
	before := map[string]int{}
	for who, c := range outside {
		before[who] = len(flush(t, c))
	}
	// Everything that can happen in a group.
	must(t, a.Ask(wire.CommandSend, in(`,"clientId":"client-1","body":"secret"`)))
	must(t, b.Ask(wire.CommandSend, in(`,"clientId":"client-1","body":"secret","mentions":["`+owner.ID.String()+`"]`)))
	must(t, a.Ask(wire.CommandRead, in(`,"seq":99`)))
	must(t, a.Ask(wire.CommandTyping, in("")))
	must(t, a.Ask(wire.CommandGroupUpdate, in(`,"name":"Secret","muted":true`)))
	must(t, a.Ask(wire.CommandAnnounce, in(`,"body":"Secret"`)))
	must(t, b.Ask(wire.CommandMemberRename, in(`,"nickname":"Secret"`)))
	must(t, a.Ask(wire.CommandMemberUpdate, in(fmt.Sprintf(`,"accountId":"%d","role":"admin"`, member.ID))))
	must(t, a.Ask(wire.CommandGroupHandOver, in(fmt.Sprintf(`,"accountId":"%d"`, member.ID))))
	if e := b.Event(wire.EventTyping); get(e, "accountId") != owner.ID.String() {
		t.Errorf("members are told %s", e)
	}
	must(t, b.Ask(wire.CommandGroupDissolve, in("")))
	for who, c := range outside {
		if names := flush(t, c); len(names) != before[who] {
			t.Errorf("%s was told %v", who, names[before[who]:])
		}
		for _, command := range []string{wire.CommandList, wire.CommandGroupLeave, wire.CommandMemberList, wire.CommandTyping} {
			if ack := c.Ask(command, in("")); get(ack, "error.code") != "conversation.not_found" {
				t.Errorf("%s by %s: %s", command, who, ack)
			}
		}
	}
}

// without gives the lines of one text that another does not have.
func without(a, b string) string {
	have := map[string]bool{}
	for line := range strings.Lines(b + "\n") {
		have[line] = true
	}
	var out strings.Builder
	for line := range strings.Lines(a + "\n") {
		if !have[line] {
			out.WriteString(line)
		}
	}
	return out.String()
}

// In a group of more than a hundred nobody is told who reads and who types, and
// a mass of newcomers is told in short.
func TestLargeGroup(t *testing.T) {
	s := apptest.Start(t, nil)
	lan, ming := s.Person("lan"), s.Person("ming")
	a, b := lan.Connect(), ming.Connect()
	id := makeGroup(t, lan, a, ming)
	in := func(more string) string { return fmt.Sprintf(`{"conversationId":%q%s}`, id, more) }
	mirrors := []*apptest.Mirror{lan.Snapshot(), ming.Snapshot()}
	s.Events()
	agree := func(what string) {
		t.Helper()
		events := s.Events()
		for i, p := range []*apptest.Person{lan, ming} {
			for _, e := range events {
				mirrors[i].Apply(e)
			}
			if got, want := mirrors[i].String(), p.Snapshot().String(); got != want {
				t.Fatalf("after %s %s's copy has\n%s\nbut the server says\n%s", what, p.Name, without(got, want), without(want, got))
			}
		}
	}
	crowd := s.Crowd(lan, 400)
	agree("making friends")
	add := func(from, to int) {
		t.Helper()
		var ids []string
		for _, id := range crowd[from:to] {
			ids = append(ids, `"`+id.String()+`"`)
		}
		must(t, a.Ask(wire.CommandMemberAdd, in(`,"accountIds":[`+strings.Join(ids, ",")+`]`)))
	}
	add(0, 98) // a hundred in all
	agree("becoming a hundred")
	must(t, b.Ask(wire.CommandTyping, in("")))
	if e := a.Event(wire.EventTyping); get(e, "accountId") != ming.ID.String() {
		t.Errorf("typing among a hundred is told as %s", e)
	}
	add(98, 99)
	agree("becoming large")
	flush(t, a)
	seen := len(flush(t, a))
	must(t, b.Ask(wire.CommandTyping, in("")))
	must(t, b.Ask(wire.CommandRead, in(`,"seq":1`)))
	must(t, b.Ask(wire.CommandRead, in(`,"seq":99`)))
	if names := flush(t, a); len(names) != seen {
		t.Errorf("in a large group one was told %v", names[seen:])
	}
	agree("reading")
	must(t, b.Ask(wire.CommandSend, in(`,"clientId":"client-1","body":"hi"`)))
	must(t, a.Ask(wire.CommandMemberUpdate, in(fmt.Sprintf(`,"accountId":"%d","role":"admin"`, ming.ID))))
	agree("writing and promoting")
	must(t, a.Ask(wire.CommandMemberRemove, in(fmt.Sprintf(`,"accountId":"%d"`, crowd[0]))))
	agree("becoming small")
	add(99, 400) // more than an event holds
	agree("becoming large again")
	list := must(t, b.Ask(wire.CommandMemberList, in(`,"limit":3`)))
	if get(list, "total") != "401" || get(list, "members.#") != "3" || get(list, "members.1.account.username") != "ming" || get(list, "nextCursor") == "-" {
		t.Errorf("the list of members is %s", list)
	}
	if next := must(t, b.Ask(wire.CommandMemberList, in(fmt.Sprintf(`,"limit":3,"cursor":%q`, get(list, "nextCursor"))))); get(next, "members.0.role") != "member" || get(next, "members.#") != "3" {
		t.Errorf("the next page is %s", next)
	}
}
