package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A group from its making to its end: after every step everybody's copy, kept
// by events alone, is what the server says.
func TestGroup(t *testing.T) {
	w := newWorld(t, "lan", "ming", "hong", "eve", "dan")
	w.befriend("lan", "ming")
	w.befriend("lan", "hong")
	w.befriend("ming", "dan")
	conv := func(more string) string { return strings.TrimSpace("conversation " + more) }
	w.run(
		step{as: "lan", do: "POST /conversations", with: `{}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "POST /conversations", with: `{'accountId':'{ming}','group':{'name':'x','members':[]}}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "POST /conversations", with: `{'group':{'name':'Family','members':['{eve}']}}`, status: 404, want: "code=contact.not_found"},
		step{as: "lan", do: "POST /conversations", with: `{'group':{'name':'Family','members':['{never}']}}`, status: 404, want: "code=contact.not_found"},
		step{as: "lan", do: "POST /conversations", with: `{'group':{'name':'   ','members':[]}}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "POST /conversations", with: `{'group':{'name':'Family','avatar':'AAAAAAAAAAAAAAAAAAAAAA','members':[]}}`, status: 404, want: "code=attachment.not_found"},
		step{
			as: "lan", do: "POST /conversations", with: `{'group':{'clientId':'make-it-once','name':'Family','announcement':'Kindness','members':['{ming}','{ming}','{lan}']}}`, status: 201, keep: "group=conversationId",
			want: "version=1 conversation.kind=group conversation.memberCount=2 conversation.group.name=Family conversation.group.announcement.number=1 conversation.group.announcement.body=Kindness members.#=2 messages.0.kind=notice messages.0.notice.event=group.created messages.0.notice.accountIds.0={ming} messages.0.notice.count=1",
			events: []string{
				conv("version=1 members.#=2 messages.#=1"), "lan memberships.0.announcementSeen=1 memberships.0.readSeq=1", "ming memberships.0.readSeq=1 memberships.0.announcementSeen=0",
			},
		},
		// The same again gives the same.
		step{as: "lan", do: "POST /conversations", with: `{'group':{'clientId':'make-it-once','name':'Other','members':[]}}`, status: 201, want: "conversationId={group} conversation.group.name=Family"},
		step{
			as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-1','body':'hello @lan','mentions':['{lan}']}`, status: 201,
			want: "messages.0.mentions.0={lan}", events: []string{conv("messages.0.mentions.0={lan}")},
		},
		step{as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-2','body':'hello @eve','mentions':['{eve}']}`, status: 422, want: "code=message.mention_unknown"},
		step{as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-2','body':'hello all','mentionsAll':true}`, status: 403, want: "code=message.mention_all"},
		step{as: "lan", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-2','body':'hello all','mentionsAll':true}`, status: 201, events: []string{conv("messages.0.mentionsAll=true")}},

		// Members add their friends; strangers are invited.
		step{
			as: "ming", do: "POST /conversations/{group}/members", with: `{'accountIds':['{dan}','{eve}','{lan}']}`, status: 200, want: "added.#=1 added.0={dan} invited.#=1 invited.0={eve}",
			events: []string{
				conv("conversation.memberCount=3 members.#=1 members.0.account.id={dan} members.0.readSeq=4 messages.0.notice.event=member.added"),
				"dan memberships.0.readSeq=4", "eve invitations.0.state=pending invitations.0.conversation.name=Family invitations.0.from.id={ming}",
			},
		},
		step{as: "ming", do: "POST /conversations/{group}/members", with: `{'accountIds':['{never}']}`, status: 404, want: "code=account.not_found"},
		step{as: "ming", do: "POST /conversations/{group}/members", with: `{'accountIds':['{eve}']}`, status: 200, want: "added.#=0 invited.#=1"},
		step{as: "eve", do: "GET /conversations/{group}", status: 404, want: "code=conversation.not_found"},
		step{as: "dan", do: "GET /conversations/{group}/messages", status: 200, want: "messages.#=4"},

		// Roles.
		step{as: "ming", do: "PATCH /conversations/{group}", with: `{'name':'Mine'}`, status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "PATCH /conversations/{group}/members/{dan}", with: `{'role':'admin'}`, status: 403, want: "code=group.not_allowed"},
		step{
			as: "lan", do: "PATCH /conversations/{group}/members/{ming}", with: `{'role':'admin'}`, status: 200, want: "members.1.role=admin",
			events: []string{conv("members.#=1 members.0.role=admin messages.0.notice.event=role.changed messages.0.notice.role=admin")},
		},
		step{as: "lan", do: "PATCH /conversations/{group}/members/{ming}", with: `{'role':'admin'}`, status: 200},
		step{as: "lan", do: "PATCH /conversations/{group}/members/{ming}", with: `{}`, status: 422, want: "code=request.invalid"},
		step{as: "lan", do: "PATCH /conversations/{group}/members/{lan}", with: `{'role':'member'}`, status: 403, want: "code=group.not_allowed"},
		step{as: "lan", do: "PATCH /conversations/{group}/members/{eve}", with: `{'role':'admin'}`, status: 404, want: "code=member.not_found"},
		step{
			as: "ming", do: "PATCH /conversations/{group}", with: `{'name':'  Family & friends ','muted':true,'joinPolicy':'invite'}`, status: 200, want: "conversation.group.muted=true messages.#=2",
			events: []string{conv("conversation.group.joinPolicy=invite messages.#=2 messages.0.notice.event=group.renamed messages.1.notice.event=group.muted")},
		},
		step{as: "ming", do: "PATCH /conversations/{group}", with: `{'muted':true}`, status: 200},
		step{as: "dan", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-3','body':'hi'}`, status: 403, want: "code=group.muted"},
		step{as: "dan", do: "POST /conversations/{group}/members", with: `{'accountIds':['{ming}']}`, status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-3','body':'hi'}`, status: 201, events: []string{conv("")}},
		step{as: "ming", do: "PATCH /conversations/{group}", with: `{'muted':false,'joinPolicy':'request'}`, status: 200, events: []string{conv("messages.0.notice.event=group.unmuted")}},
		step{
			as: "ming", do: "PATCH /conversations/{group}/members/{dan}", with: `{'mutedUntil':9007199254740991}`, status: 200,
			events: []string{conv("members.0.mutedUntil=9007199254740991 messages.0.notice.event=member.muted messages.0.notice.until=9007199254740991")},
		},
		step{as: "dan", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-3','body':'hi'}`, status: 403, want: "code=member.muted"},
		step{as: "ming", do: "PATCH /conversations/{group}/members/{lan}", with: `{'mutedUntil':9007199254740991}`, status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "PATCH /conversations/{group}/members/{dan}", with: `{'mutedUntil':0}`, status: 200, events: []string{conv("members.0.mutedUntil=0 messages.0.notice.event=member.unmuted")}},
		step{as: "dan", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-4','body':'hi'}`, status: 201, events: []string{conv("")}},

		// What is one's own.
		step{as: "dan", do: "PATCH /conversations/{group}/members/me", with: `{'nickname':' Danny '}`, status: 200, want: "members.0.nickname=Danny", events: []string{conv("members.0.nickname=Danny messages=-")}},
		step{as: "dan", do: "PATCH /conversations/{group}/members/me", with: `{'nickname':'Danny'}`, status: 200},
		step{
			as: "dan", do: "PATCH /conversations/{group}/membership", with: `{'remark':'Lans','notify':'none','pinned':true,'announcementSeen':99}`, status: 200,
			want:   "notify=none announcementSeen=1 pinnedAt=1772600767000",
			events: []string{"dan memberships.0.remark=Lans memberships.0.notify=none"},
		},
		step{as: "dan", do: "PATCH /conversations/{group}/membership", with: `{'pinned':true,'announcementSeen':0}`, status: 200, want: "announcementSeen=1"},
		step{as: "dan", do: "PATCH /conversations/{group}/membership", with: `{}`, status: 422},
		step{as: "lan", do: "PATCH /conversations/{lan+ming}/membership", with: `{'pinned':true}`, status: 200, events: []string{"lan"}},
		step{as: "lan", do: "PATCH /conversations/{lan+ming}/membership", with: `{'remark':'x'}`, status: 409, want: "code=conversation.no_group"},

		// Announcements.
		step{
			as: "ming", do: "PUT /conversations/{group}/announcement", with: `{'body':'Rules'}`, status: 200, want: "conversation.group.announcement.number=2",
			events: []string{conv("conversation.group.announcement.body=Rules messages.0.notice.event=announcement.changed messages.0.notice.text=Rules"), "ming memberships.0.announcementSeen=2"},
		},
		step{as: "dan", do: "PUT /conversations/{group}/announcement", with: `{'body':'x'}`, status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "PUT /conversations/{group}/announcement", with: `{'body':'  '}`, status: 200, want: "conversation.group.announcement=-", events: []string{conv("messages=-")}},
		step{as: "ming", do: "PUT /conversations/{group}/announcement", with: `{'body':''}`, status: 200},

		// Members.
		step{as: "dan", do: "GET /conversations/{group}/members", status: 200, want: "total=3 members.0.role=owner members.1.role=admin members.2.nickname=Danny nextCursor=-"},
		step{as: "dan", do: "GET /conversations/{group}/members?role=admin", status: 200, want: "total=1 members.0.account.id={ming}"},
		step{as: "dan", do: "GET /conversations/{group}/members?query=DANN", status: 200, want: "total=1 members.0.account.id={dan}"},
		step{as: "dan", do: "GET /conversations/{group}/members?ids={lan},{eve}", status: 200, want: "members.#=1 members.0.account.id={lan}"},
		step{as: "dan", do: "GET /conversations/{group}/members?ids=x", status: 422},
		step{as: "dan", do: "GET /conversations/{lan+ming}/members", status: 404},

		// Out, and back only by whoever may.
		step{as: "dan", do: "DELETE /conversations/{group}/members/{ming}", status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "DELETE /conversations/{group}/members/{lan}", status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "DELETE /conversations/{group}/members/{eve}", status: 404, want: "code=member.not_found"},
		step{
			as: "ming", do: "DELETE /conversations/{group}/members/{dan}", status: 204,
			events: []string{conv("conversation.memberCount=2 members.0.state=left messages.0.notice.event=member.removed messages.0.notice.accountIds.0={dan}"), "dan memberships.0.state=left memberships.0.leftReason=removed"},
		},
		step{as: "dan", do: "GET /conversations/{group}/messages", status: 404, want: "code=conversation.not_found"},
		step{as: "ming", do: "GET /conversations/{group}/members?ids={dan}", status: 200, want: "members.0.state=left"},
		step{as: "lan", do: "PATCH /conversations/{group}/members/{ming}", with: `{'role':'member'}`, status: 200, events: []string{conv("")}},
		step{as: "ming", do: "POST /conversations/{group}/members", with: `{'accountIds':['{dan}']}`, status: 403, want: "code=group.not_allowed"},

		// Handing over, and the owner who quits.
		step{as: "lan", do: "POST /conversations/{group}/owner", with: `{'accountId':'{dan}'}`, status: 404, want: "code=member.not_found"},
		step{as: "ming", do: "POST /conversations/{group}/owner", with: `{'accountId':'{ming}'}`, status: 403, want: "code=group.not_allowed"},
		step{
			as: "lan", do: "POST /conversations/{group}/owner", with: `{'accountId':'{ming}'}`, status: 200,
			events: []string{conv("members.#=2 messages.0.notice.event=owner.changed messages.0.notice.accountIds.0={ming}")},
		},
		step{as: "lan", do: "DELETE /conversations/{group}", status: 403, want: "code=group.not_allowed"},
		step{as: "ming", do: "DELETE /conversations/{group}/members/me", status: 204, events: []string{conv("members.#=2 messages.#=2 messages.0.notice.event=owner.changed messages.1.notice.event=member.quit"), "ming memberships.0.leftReason=quit"}},
		step{as: "lan", do: "GET /conversations/{group}/members", status: 200, want: "total=1 members.0.role=owner members.0.account.id={lan}"},
		// Who quit is asked before coming back.
		step{as: "lan", do: "POST /conversations/{group}/members", with: `{'accountIds':['{ming}','{hong}']}`, status: 200, want: "added.0={hong} invited.0={ming}", events: []string{conv(""), "hong", "ming invitations.#=1"}},
		step{
			as: "lan", do: "DELETE /conversations/{group}", status: 204,
			events: []string{conv("conversation.group.state=dissolved conversation.memberCount=0 messages.0.notice.event=group.dissolved"), "lan memberships.0.leftReason=dissolved", "hong memberships.0.leftReason=dissolved", "ming invitations.0.state=withdrawn", "eve invitations.0.state=withdrawn"},
		},
		step{as: "lan", do: "GET /conversations/{group}", status: 404, want: "code=conversation.not_found"},
		step{as: "lan", do: "DELETE /conversations/{lan+ming}", status: 409, want: "code=conversation.no_group"},
	)
}

// A member who is muted for a time may write again afterwards.
func TestMuteEnds(t *testing.T) {
	w := newWorld(t, "lan", "ming")
	w.befriend("lan", "ming")
	w.group("group", "lan", "ming")
	until := w.Clock.Now() + 60_000
	w.run(
		step{as: "lan", do: "PATCH /conversations/{group}/members/{ming}", with: fmt.Sprintf(`{'mutedUntil':%d}`, until), status: 200, events: []string{"conversation"}},
		step{as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-1','body':'hi'}`, status: 403, want: "code=member.muted"},
		step{as: "ming", do: "DELETE /conversations/{group}/members/{ming}", status: 204, events: []string{"conversation", "ming"}},
		step{as: "lan", do: "POST /conversations/{group}/members", with: `{'accountIds':['{ming}']}`, status: 200, want: "invited.0={ming}", events: []string{"ming"}, keep: "x=invited.0"},
	)
	w.run(step{as: "ming", do: "POST /group-invitations/" + w.invitation("ming") + "/accept", status: 200, want: "members.#=2 truncated=true", events: []string{"conversation messages.0.notice.via=invitation", "ming"}},
		// Going and coming back does not end it; time does.
		step{as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-1','body':'hi'}`, status: 403, want: "code=member.muted"})
	w.Clock.Advance(time.Minute)
	w.run(step{as: "ming", do: "POST /conversations/{group}/messages", with: `{'clientId':'client-1','body':'hi'}`, status: 201, events: []string{"conversation"}})
}

// invitation gives the newest one that somebody has waiting.
func (w *world) invitation(name string) string {
	return w.Do(w.people[name], "POST", "/sync", `{"user":0,"conversations":[]}`).Get("user.invitations.0.id")
}

// group makes a group before a scenario begins, and names it.
func (w *world) group(name, owner string, members ...string) {
	w.t.Helper()
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = `"` + w.vars[m] + `"`
	}
	a := w.Do(w.people[owner], "POST", "/conversations", fmt.Sprintf(`{"group":{"name":%q,"members":[%s]}}`, name, strings.Join(ids, ",")))
	if a.Status != 201 {
		w.t.Fatalf("%d %s", a.Status, a.Raw)
	}
	w.vars[name], w.vars[name+" number"] = a.Get("conversationId"), a.Get("conversation.group.number")
	w.reset()
}

// The ways into a group.
func TestComingIntoGroups(t *testing.T) {
	w := newWorld(t, "lan", "ming", "hong", "eve", "dan")
	w.befriend("lan", "ming")
	w.befriend("lan", "hong")
	w.group("group", "lan", "ming")
	w.group("secret", "lan")
	w.run(
		step{as: "lan", do: "PATCH /conversations/{secret}", with: `{'joinPolicy':'invite'}`, status: 200, events: []string{"conversation"}},

		step{as: "eve", do: "POST /group-lookups", with: `{'query':' GROUP '}`, status: 200, want: "groups.#=1 groups.0.id={group} groups.0.memberCount=2"},
		step{as: "eve", do: "POST /group-lookups", with: `{'query':'{group number}'}`, status: 200, want: "groups.#=1"},
		step{as: "eve", do: "POST /group-lookups", with: `{'query':'grou'}`, status: 200, want: "groups.#=0"},
		step{as: "eve", do: "POST /group-lookups", with: `{'query':'secret'}`, status: 200, want: "groups.#=0"},
		step{as: "eve", do: "POST /group-lookups", with: `{'query':'{secret number}'}`, status: 200, want: "groups.#=0"},
		step{as: "eve", do: "POST /conversations/{secret}/join-requests", with: `{}`, status: 404, want: "code=conversation.not_found"},
		step{as: "eve", do: "POST /conversations/{lan+ming}/join-requests", with: `{}`, status: 404, want: "code=conversation.not_found"},

		// Asking, and asking again.
		step{
			as: "eve", do: "POST /conversations/{group}/join-requests", with: `{'greeting':'Hello'}`, status: 201, keep: "request=id", want: "state=pending conversation.name=group via=number from=-",
			events: []string{"eve joinRequests.0.greeting=Hello joinRequests.0.from=-", "conversation conversation.group.joinRequests=1"},
		},
		step{as: "eve", do: "POST /conversations/{group}/join-requests", with: `{'greeting':'Please'}`, status: 201, want: "id={request} greeting=Please", events: []string{"eve"}},
		step{as: "ming", do: "GET /conversations/{group}/join-requests", status: 403, want: "code=group.not_allowed"},
		step{as: "lan", do: "GET /conversations/{group}/join-requests", status: 200, want: "joinRequests.#=1 joinRequests.0.from.id={eve} joinRequests.0.greeting=Please"},
		step{as: "ming", do: "POST /conversations/{group}/join-requests/{request}/accept", status: 403, want: "code=group.not_allowed"},
		step{as: "eve", do: "POST /conversations/{group}/join-requests/{request}/accept", status: 404, want: "code=conversation.not_found"},
		step{as: "lan", do: "POST /conversations/{secret}/join-requests/{request}/accept", status: 404, want: "code=join_request.not_found"},
		step{as: "lan", do: "POST /conversations/{group}/join-requests/{request}/withdraw", status: 404, want: "code=join_request.not_found"},
		step{as: "lan", do: "POST /conversations/{group}/join-requests/{request}/decline", status: 200, want: "state=declined", events: []string{"eve joinRequests.0.state=declined", "conversation conversation.group.joinRequests=0"}},
		step{as: "lan", do: "POST /conversations/{group}/join-requests/{request}/accept", status: 409, want: "code=join_request.answered"},
		step{as: "eve", do: "POST /conversations/{group}/join-requests", with: `{}`, status: 409, want: "code=join_request.declined"},
	)
	w.Clock.Advance(24 * time.Hour)
	w.run(
		step{as: "eve", do: "POST /conversations/{group}/join-requests", status: 201, keep: "request=id", events: []string{"eve", "conversation"}},
		step{as: "eve", do: "POST /conversations/{group}/join-requests/{request}/withdraw", status: 200, want: "state=withdrawn", events: []string{"eve", "conversation conversation.group.joinRequests=0"}},
		step{as: "eve", do: "POST /conversations/{group}/join-requests", status: 201, keep: "request=id", events: []string{"eve", "conversation"}},
		step{
			as: "lan", do: "POST /conversations/{group}/join-requests/{request}/accept", status: 200, want: "state=accepted from.id={eve}",
			events: []string{"eve joinRequests.0.state=accepted memberships.0.state=member", "conversation members.0.account.id={eve} conversation.group.joinRequests=0 messages.0.notice.event=member.joined messages.0.notice.via=request messages.0.senderId={lan}"},
		},
		step{as: "eve", do: "POST /conversations/{group}/join-requests", status: 409, want: "code=group.already_in"},

		// Invitations.
		step{as: "lan", do: "POST /conversations/{group}/members", with: `{'accountIds':['{dan}']}`, status: 200, want: "invited.0={dan}", events: []string{"dan invitations.#=1"}},
	)
	w.vars["invitation"] = w.invitation("dan")
	w.run(
		step{as: "eve", do: "POST /group-invitations/{invitation}/accept", status: 404, want: "code=invitation.not_found"},
		step{as: "dan", do: "POST /group-invitations/{invitation}/decline", status: 200, want: "state=declined", events: []string{"dan invitations.0.state=declined"}},
		step{as: "dan", do: "POST /group-invitations/{invitation}/accept", status: 409, want: "code=invitation.answered"},
		step{as: "lan", do: "POST /conversations/{group}/members", with: `{'accountIds':['{dan}']}`, status: 200, events: []string{"dan"}},
	)
	w.vars["invitation"] = w.invitation("dan")
	w.run(
		// Who has asked too is in once, and both are answered.
		step{as: "dan", do: "POST /conversations/{group}/join-requests", status: 201, events: []string{"dan", "conversation"}},
		step{
			as: "dan", do: "POST /group-invitations/{invitation}/accept", status: 200, want: "conversationId={group} members.#=4",
			events: []string{"dan invitations.0.state=accepted joinRequests.0.state=accepted memberships.0.state=member", "conversation messages.0.senderId={dan} messages.0.notice.via=invitation conversation.group.joinRequests=0"},
		},
		// Whoever has blocked the inviter is not asked, and nobody notices.
		step{as: "hong", do: "PUT /blocks/{lan}", status: 200, events: []string{"hong"}},
		step{as: "lan", do: "POST /conversations/{group}/members", with: `{'accountIds':['{hong}']}`, status: 200, want: "added.#=0 invited.0={hong}"},
	)
}

// Links lead into a group, by the rules that they were made with.
func TestGroupLinks(t *testing.T) {
	w := newWorld(t, "lan", "ming", "hong", "eve", "dan")
	w.befriend("lan", "ming")
	w.group("group", "lan", "ming")
	w.run(
		step{as: "ming", do: "POST /conversations/{group}/links", with: `{'approval':false}`, status: 403, want: "code=group.not_allowed"},
		step{as: "lan", do: "POST /conversations/{group}/links", with: `{'approval':false,'maxUses':1,'expiresIn':60}`, status: 201, keep: "token=token", want: "maxUses=1 uses=0 createdBy.id={lan}"},
		step{as: "lan", do: "GET /conversations/{group}/links", status: 200, keep: "link=links.0.id", want: "links.#=1 links.0.token=- links.0.url=-"},
		step{as: "eve", do: "POST /group-link-lookups", with: `{'token':'{token}'}`, status: 200, want: "group.id={group} approval=false member=false"},
		step{as: "ming", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 200, want: "delta.conversationId={group}"}, // in already: nothing is used up
		step{
			as: "eve", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 200, want: "delta.conversationId={group} delta.members.#=3 joinRequest=-",
			events: []string{"conversation messages.0.notice.event=member.joined messages.0.notice.via=link messages.0.senderId={eve}", "eve memberships.0.state=member"},
		},
		step{as: "dan", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 410, want: "code=link.invalid"},
		step{as: "dan", do: "POST /group-link-lookups", with: `{'token':'{token}'}`, status: 410, want: "code=link.invalid"},
		step{as: "dan", do: "POST /group-link-uses", with: `{'token':'made-up'}`, status: 410, want: "code=link.invalid"},

		step{as: "lan", do: "POST /conversations/{group}/links", with: `{'approval':true}`, status: 201, keep: "token=token", want: "expiresAt=- maxUses=-"},
		step{as: "lan", do: "GET /conversations/{group}/links", status: 200, keep: "link=links.0.id", want: "links.#=1"}, // what is used up has gone
		step{
			as: "dan", do: "POST /group-link-uses", with: `{'token':'{token}','greeting':'hi'}`, status: 200, keep: "request=joinRequest.id", want: "delta=- joinRequest.via=link",
			events: []string{"dan joinRequests.#=1", "conversation conversation.group.joinRequests=1"},
		},
		step{as: "dan", do: "POST /group-link-uses", with: `{'token':'{token}','greeting':'hi'}`, status: 200, want: "joinRequest.id={request}", events: []string{"dan"}},
		step{as: "lan", do: "GET /conversations/{group}/links", status: 200, want: "links.0.uses=1"},
		step{as: "ming", do: "DELETE /conversations/{group}/links/{link}", status: 403, want: "code=group.not_allowed"},
		step{as: "lan", do: "DELETE /conversations/{group}/links/{link}", status: 204},
		step{as: "lan", do: "DELETE /conversations/{group}/links/{link}", status: 404, want: "code=link.not_found"},
		step{as: "hong", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 410, want: "code=link.invalid"},

		// Who was removed only asks.
		step{as: "lan", do: "POST /conversations/{group}/links", with: `{'approval':false,'expiresIn':60}`, status: 201, keep: "token=token"},
		step{as: "lan", do: "DELETE /conversations/{group}/members/{eve}", status: 204, events: []string{"conversation", "eve"}},
		step{as: "eve", do: "POST /group-link-lookups", with: `{'token':'{token}'}`, status: 200, want: "approval=true"},
		step{as: "eve", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 200, want: "joinRequest.state=pending", events: []string{"conversation", "eve"}},
	)
	w.Clock.Advance(time.Minute)
	w.run(step{as: "hong", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 410, want: "code=link.invalid"},
		step{as: "lan", do: "POST /conversations/{group}/links", with: `{'approval':false}`, status: 201, keep: "token=token"},
		step{as: "lan", do: "DELETE /conversations/{group}", status: 204, events: []string{"conversation", "lan", "ming", "dan", "eve"}},
		step{as: "hong", do: "POST /group-link-uses", with: `{'token':'{token}'}`, status: 410, want: "code=link.invalid"})
}

// The last to quit closes the door.
func TestLastQuits(t *testing.T) {
	w := newWorld(t, "lan", "eve")
	w.group("group", "lan")
	w.run(
		step{as: "eve", do: "POST /conversations/{group}/join-requests", status: 201, events: []string{"eve", "conversation"}},
		step{
			as: "lan", do: "DELETE /conversations/{group}/members/{lan}", status: 204,
			events: []string{"conversation conversation.group.state=dissolved conversation.memberCount=0", "lan memberships.0.leftReason=quit", "eve joinRequests.0.state=declined"},
		},
		step{as: "eve", do: "POST /group-lookups", with: `{'query':'group'}`, status: 200, want: "groups.#=0"},
	)
}

// The groups that two people have in common are told to those two, and to
// nobody whom the other has blocked.
func TestGroupsInCommon(t *testing.T) {
	w := newWorld(t, "lan", "ming", "hong", "dan", "eve")
	w.befriend("lan", "ming")
	w.befriend("lan", "hong")
	w.befriend("lan", "dan")
	for _, c := range []struct{ name, with string }{{"One", "'{ming}','{hong}'"}, {"Two", "'{ming}','{dan}'"}, {"Three", "'{dan}'"}, {"Four", "'{ming}','{hong}'"}} {
		w.vars[c.name] = w.mustDo("lan", "POST /conversations", `{'group':{'name':'`+c.name+`','members':[`+c.with+`]}}`, 201).Get("conversationId")
	}
	w.mustDo("lan", "PATCH /conversations/{Four}", `{'joinPolicy':'invite'}`, 200)
	w.Events()
	common := func(viewer, other string) string {
		a := w.mustDo(viewer, "GET /accounts/{"+other+"}/groups", "", 200)
		var names []string
		for i := 0; a.Get(fmt.Sprintf("groups.%d.name", i)) != "-"; i++ {
			names = append(names, a.Get(fmt.Sprintf("groups.%d.name", i)))
		}
		return strings.Join(names, " ")
	}
	for _, c := range []struct{ viewer, other, want string }{
		{"lan", "ming", "Four Two One"},
		{"ming", "lan", "Four Two One"},
		{"ming", "hong", "Four One"}, // no friends
		{"hong", "dan", ""},
		{"eve", "lan", ""},
		{"lan", "eve", ""},
		{"lan", "never", ""},
	} {
		if got := common(c.viewer, c.other); got != c.want {
			t.Errorf("%s and %s have %q in common, want %q", c.viewer, c.other, got, c.want)
		}
	}
	status(t, "nobody", w.as("nobody", "GET /accounts/{lan}/groups", ""), 401, "session.required")

	first := w.mustDo("lan", "GET /accounts/{ming}/groups?limit=2", "", 200)
	next := w.mustDo("lan", "GET /accounts/{ming}/groups?limit=2&cursor="+first.Get("nextCursor"), "", 200)
	if first.Get("groups.#") != "2" || next.Get("groups.0.name") != "One" || next.Get("groups.#") != "1" || next.Get("nextCursor") != "-" {
		t.Errorf("pages: %s, %s", first.Raw, next.Raw)
	}
	status(t, "a cursor of one's own", w.as("lan", "GET /accounts/{ming}/groups?cursor=x", ""), 422, "request.invalid")

	w.mustDo("lan", "PUT /blocks/{ming}", "", 200)
	if got := common("ming", "lan"); got != "" {
		t.Errorf("somebody who is blocked sees %q", got)
	}
	if got := common("lan", "ming"); got != "Four Two One" {
		t.Errorf("who blocked sees %q", got)
	}
	if blocked, none := w.as("ming", "GET /accounts/{lan}/groups", ""), w.as("ming", "GET /accounts/{never}/groups", ""); string(blocked.Raw) != string(none.Raw) {
		t.Errorf("somebody who is blocked is told %s, not %s", blocked.Raw, none.Raw)
	}
	w.mustDo("lan", "DELETE /conversations/{One}/members/{hong}", "", 204)
	w.mustDo("lan", "DELETE /conversations/{Four}", "", 204)
	if got := common("ming", "hong"); got != "" {
		t.Errorf("after one was removed and the other dissolved: %q", got)
	}
}
