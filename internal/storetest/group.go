package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// group makes one, of which the first is the owner.
func (w *world) group(number string, people ...account.Account) conversation.Conversation {
	w.t.Helper()
	c := conversation.Conversation{ID: w.ids.Next(), Kind: conversation.InGroup, CreatedAt: w.clock.Now(), Group: conversation.Group{
		Name: "Group " + number, Number: number, JoinPolicy: conversation.JoinByRequest, State: conversation.GroupActive,
	}}
	w.update(func(ctx context.Context) error {
		if _, err := w.CreateGroup(ctx, c); err != nil {
			return err
		}
		if err := w.Join(ctx, c.ID, w.comers(people...)); err != nil {
			return err
		}
		var err error
		c, err = w.Conversation(ctx, c.ID)
		return err
	})
	return c
}

// comers are people as they join; the first as the owner.
func (w *world) comers(people ...account.Account) []conversation.Member {
	members := make([]conversation.Member, len(people))
	for i, a := range people {
		members[i] = conversation.Member{Account: a.Card(), Role: conversation.Ordinary, JoinedAt: w.clock.Now()}
		if i == 0 {
			members[i].Role = conversation.Owner
		}
	}
	return members
}

// join brings people in as ordinary members.
func (w *world) join(c conversation.Conversation, people ...account.Account) {
	w.t.Helper()
	members := w.comers(people...)
	members[0].Role = conversation.Ordinary
	w.update(func(ctx context.Context) error { return w.Join(ctx, c.ID, members) })
}

func (w *world) leave(c conversation.Conversation, reason conversation.LeftReason, people ...account.Account) {
	w.t.Helper()
	ids := names(people, func(a account.Account) change.ID { return a.ID })
	w.update(func(ctx context.Context) error { return w.Leave(ctx, c.ID, ids, reason) })
}

// people makes accounts in one transaction.
func (w *world) people(name string, n int) []account.Account {
	w.t.Helper()
	list := make([]account.Account, n)
	w.update(func(ctx context.Context) (err error) {
		for i := range list {
			username := fmt.Sprintf("%s-%05d", name, i)
			list[i] = account.Account{
				ID: w.ids.Next(), Kind: account.Person, Username: username, Name: username, Email: username + "@example.org",
				Role: account.User, State: account.Active, Language: "en", CreatedAt: w.clock.Now(),
			}
			if list[i], err = w.CreateAccount(ctx, list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list
}

func (w *world) last(scope change.Scope) change.Change {
	w.t.Helper()
	list := w.log.of(scope)
	if len(list) == 0 {
		w.t.Fatalf("nothing was published of %v", scope)
	}
	return list[len(list)-1]
}

func notice(w *world, c conversation.Conversation, by account.Account, event conversation.Occurrence) conversation.Message {
	return conversation.Message{
		ConversationID: c.ID, SenderID: by.ID, ClientID: "." + w.ids.Next().String(), Kind: conversation.Notice, CreatedAt: w.clock.Now(),
		Happening: &conversation.Happening{Event: event, Accounts: []change.ID{by.ID}, Count: 1, Text: "文", Role: conversation.Admin, Until: 7, Via: conversation.ViaLink},
	}
}

// rows gives those of one kind.
func rows[R change.Row](c change.Change) []R {
	var list []R
	for _, r := range c.Rows {
		if row, ok := r.(R); ok {
			list = append(list, row)
		}
	}
	return list
}

func idsOf(list []conversation.Member) []change.ID {
	return names(list, func(m conversation.Member) change.ID { return m.Account.ID })
}

var groups = map[string]func(*testing.T, *world){
	"a group is what was made, under a number of its own": func(t *testing.T, w *world) {
		ann := w.person("ann")
		c := w.group("12345678", ann)
		want := conversation.Conversation{
			ID: c.ID, Kind: conversation.InGroup, Version: 1, RowVersion: 1, MembersVersion: 1, MemberCount: 1, CreatedAt: c.CreatedAt,
			Group: conversation.Group{Name: "Group 12345678", Number: "12345678", JoinPolicy: conversation.JoinByRequest, State: conversation.GroupActive},
		}
		wantEqual(t, "group", c, want)
		wantEqual(t, "published", w.last(talkScope(c.ID)), change.Change{
			Scope: talkScope(c.ID), Version: 1, MembersVersion: 1, Rows: []change.Row{c, must(w.Member(t.Context(), c.ID, ann.ID))(t)},
		})
		err := w.Update(t.Context(), func(ctx context.Context) error {
			_, err := w.CreateGroup(ctx, conversation.Conversation{ID: w.ids.Next(), Kind: conversation.InGroup, Group: want.Group})
			wantErr(t, err, change.ErrNotFound)
			other := want.Group
			other.Number = "87654321"
			_, err = w.CreateGroup(ctx, conversation.Conversation{ID: w.ids.Next(), Kind: conversation.InGroup, Group: other})
			return err
		})
		if err != nil {
			t.Error("after a number that was taken:", err)
		}
		g := conversation.Group{
			Name: "新名", Number: "not changed", Avatar: string(w.attach(ann, "hash", 1).ID), JoinPolicy: conversation.JoinByInvitation, Muted: true, JoinRequests: 99,
			State:        conversation.GroupActive,
			Announcement: conversation.Announcement{Number: 3, Body: "Read this", AuthorID: ann.ID, CreatedAt: 5},
		}
		w.update(func(ctx context.Context) error {
			_, err := w.PutGroup(ctx, c.ID, g)
			return err
		})
		g.Number, g.JoinRequests = "12345678", 0
		want.Group, want.Version, want.RowVersion = g, 2, 2
		wantEqual(t, "changed", must(w.Conversation(t.Context(), c.ID))(t), want)
		wantEqual(t, "published", w.last(talkScope(c.ID)).Rows, []change.Row{want})
	},

	"groups are found by their whole name or number": func(t *testing.T, w *world) {
		ann := w.person("ann")
		find := func(query string) []string {
			return names(must(w.FindGroups(t.Context(), query, 2))(t), func(c conversation.Conversation) string { return c.Group.Number })
		}
		a, b := w.group("10000001", ann), w.group("10000002", ann)
		alter := func(c conversation.Conversation, do func(*conversation.Group)) {
			do(&c.Group)
			w.update(func(ctx context.Context) error { _, err := w.PutGroup(ctx, c.ID, c.Group); return err })
		}
		wantEqual(t, "by number", find("10000001"), []string{"10000001"})
		wantEqual(t, "by a part of it", len(find("1000000")), 0)
		alter(a, func(g *conversation.Group) { g.Name = "Ärzte 团" })
		alter(b, func(g *conversation.Group) { g.Name = "ÄRZTE 团" })
		w.join(b, w.person("bob"))
		wantEqual(t, "by name", find("ärzte 团"), []string{"10000002", "10000001"})
		alter(b, func(g *conversation.Group) { g.JoinPolicy = conversation.JoinByInvitation })
		wantEqual(t, "who only invites", find("10000002"), []string{})
		alter(a, func(g *conversation.Group) { g.State = conversation.GroupDissolved })
		wantEqual(t, "who is gone", len(find("10000001"))+len(find("ärzte 团")), 0)
	},

	"groups in common are those that both are in now, the newest first": func(t *testing.T, w *world) {
		ann, bob, carl := w.person("ann"), w.person("bob"), w.person("carl")
		w.befriend(ann, bob)
		a, b, c, d := w.group("10000001", ann, bob), w.group("10000002", bob, ann, carl), w.group("10000003", ann, bob), w.group("10000004", ann, carl)
		common := func(one, other account.Account, before change.ID, limit int) []string {
			return names(must(w.CommonGroups(t.Context(), one.ID, other.ID, before, limit))(t), func(c conversation.Conversation) string { return c.Group.Number })
		}
		wantEqual(t, "all", common(ann, bob, 0, 9), []string{"10000003", "10000002", "10000001"})
		wantEqual(t, "seen from the other side", common(bob, ann, 0, 9), []string{"10000003", "10000002", "10000001"})
		wantEqual(t, "the first", common(ann, bob, 0, 2), []string{"10000003", "10000002"})
		wantEqual(t, "the rest", common(ann, bob, b.ID, 2), []string{"10000001"})
		wantEqual(t, "of three", common(bob, carl, 0, 9), []string{"10000002"})
		wantEqual(t, "of nobody", common(ann, account.Account{ID: 7}, 0, 9), []string{})
		w.leave(c, conversation.Quit, bob)
		w.update(func(ctx context.Context) error {
			a.Group.State = conversation.GroupDissolved
			_, err := w.PutGroup(ctx, a.ID, a.Group)
			return err
		})
		wantEqual(t, "after leaving and dissolving", common(ann, bob, 0, 9), []string{"10000002"})
		wantEqual(t, "with another", common(ann, carl, 0, 9), []string{d.Group.Number, "10000002"})
	},

	"who joins reads from the newest message on, and has set nothing": func(t *testing.T, w *world) {
		ann, bob, carl := w.person("ann"), w.person("bob"), w.person("carl")
		c := w.group("12345678", ann, bob)
		ctx := t.Context()
		w.send(c, ann, "client-1", "x")
		w.update(func(ctx context.Context) error {
			m := must(w.Member(ctx, c.ID, bob.ID))(t)
			m.Role, m.Nickname, m.MutedUntil = conversation.Admin, "Bobby", 77
			if m = must(w.PutMember(ctx, m))(t); m.Version != 3 {
				t.Errorf("put as %+v", m)
			}
			ms := must(w.Membership(ctx, c.ID, bob.ID))(t)
			ms.Remark, ms.Notify, ms.PinnedAt, ms.AnnouncementSeen = "mine", conversation.NotifyNone, 5, 6
			if put := must(w.PutMembership(ctx, ms))(t); put.Version != ms.Version+1 {
				t.Errorf("put as %+v", put)
			}
			return nil
		})
		ms := must(w.Membership(ctx, c.ID, bob.ID))(t)
		wantEqual(t, "set", ms, conversation.Membership{
			ConversationID: c.ID, AccountID: bob.ID, State: conversation.Joined, Remark: "mine", Notify: conversation.NotifyNone, PinnedAt: 5, AnnouncementSeen: 6, Version: 3,
		})
		wantEqual(t, "rows", rows[conversation.Membership](w.last(userScope(bob.ID))), []conversation.Membership{ms})

		w.leave(c, conversation.Removed, bob)
		ms.State, ms.LeftReason, ms.PinnedAt, ms.Version = "left", conversation.Removed, 0, 4
		wantEqual(t, "left", w.last(userScope(bob.ID)).Rows, []change.Row{ms})
		m := must(w.Member(ctx, c.ID, bob.ID))(t)
		if m.State != "left" || m.LeftReason != conversation.Removed || m.Role != conversation.Ordinary || m.MutedUntil != 77 || m.Version != 4 {
			t.Errorf("left as %+v", m)
		}
		head := must(w.Conversation(ctx, c.ID))(t)
		wantEqual(t, "published", w.last(talkScope(c.ID)), change.Change{Scope: talkScope(c.ID), Version: 4, MembersVersion: 4, Rows: []change.Row{m, head}})
		if head.MemberCount != 1 || head.RowVersion != 4 {
			t.Errorf("the head is %+v", head)
		}
		ids, version, err := w.MemberIDs(ctx, c.ID)
		wantEqual(t, "members", fmt.Sprint(ids, version, err), fmt.Sprint([]change.ID{ann.ID}, 4, nil))
		wantEqual(t, "joined", len(must(w.Joined(ctx, bob.ID))(t)), 0)
		wantEqual(t, "memberships", len(must(w.Memberships(ctx, bob.ID, 0))(t)), 0)

		back := w.comers(carl, bob)
		back[0].Role, back[1].MutedUntil = conversation.Ordinary, 77
		w.update(func(ctx context.Context) error { return w.Join(ctx, c.ID, back) })
		wantEqual(t, "back", must(w.Membership(ctx, c.ID, bob.ID))(t), conversation.Membership{
			ConversationID: c.ID, AccountID: bob.ID, State: conversation.Joined, ReadSeq: 1, Notify: conversation.NotifyAll, Version: 5,
		})
		m = must(w.Member(ctx, c.ID, bob.ID))(t)
		if m.Nickname != "" || m.MutedUntil != 77 || m.ReadSeq != 1 || m.LeftReason != "" || m.Role != conversation.Ordinary {
			t.Errorf("back as %+v", m)
		}
		wantEqual(t, "published", idsOf(rows[conversation.Member](w.last(talkScope(c.ID)))), []change.ID{carl.ID, bob.ID})
	},

	"members since a version, of many conversations at once": func(t *testing.T, w *world) {
		people := w.people("p", 6)
		one := w.group("10000001", people[0], people[1], people[2]) // version 1
		two := w.group("10000002", people[0], people[3])
		w.leave(one, conversation.Quit, people[1]) // 2
		w.send(one, people[2], "client-1", "x")    // 3
		w.join(two, people[4], people[5])          // 2
		w.update(func(ctx context.Context) error { // 3
			m := must(w.Member(ctx, two.ID, people[4].ID))(t)
			m.Role = conversation.Admin
			_, err := w.PutMember(ctx, m)
			return err
		})
		find := func(list []conversation.Member, err error) []string {
			if err != nil {
				t.Fatal(err)
			}
			out := names(list, func(m conversation.Member) string {
				return fmt.Sprint(m.ConversationID == one.ID, m.Account.Username[2:])
			})
			slices.Sort(out)
			return out
		}
		since := func(a, b int64) []conversation.Since {
			return []conversation.Since{{Conversation: one.ID, Version: a}, {Conversation: two.ID, Version: b}}
		}
		ctx := t.Context()
		wantEqual(t, "all", find(w.Members(ctx, since(0, 0))), []string{"false00000", "false00003", "false00004", "false00005", "true00000", "true00002"})
		wantEqual(t, "since 1", find(w.Members(ctx, since(1, 1))), []string{"false00004", "false00005", "true00001", "true00002"})
		wantEqual(t, "since 2", find(w.Members(ctx, since(2, 2))), []string{"false00004", "true00002"})
		wantEqual(t, "leaders", find(w.Leaders(ctx, []change.ID{one.ID, two.ID, w.ids.Next()})), []string{"false00000", "false00004", "true00000"})
		wantEqual(t, "some", find(w.MembersAt(ctx, []conversation.Place{
			{Conversation: one.ID, Account: people[1].ID}, {Conversation: one.ID, Account: people[5].ID}, {Conversation: two.ID, Account: people[5].ID},
		})), []string{"false00005", "true00001"})
		changed, many, err := w.ChangedMembers(ctx, since(1, 2))
		wantEqual(t, "changed", find(changed, err), []string{"false00004", "true00001"}) // reading is no change
		wantEqual(t, "many", len(many), 0)
		wantEqual(t, "accounts", names(must(w.AccountsOf(ctx, []change.ID{people[3].ID, w.ids.Next()}))(t), func(a account.Account) change.ID { return a.ID }), []change.ID{people[3].ID})
	},

	"the list of members: owner, admins, others, as long as they have been there": func(t *testing.T, w *world) {
		people := w.people("p", 7)
		c := w.group("12345678", people[0], people[1])
		for _, p := range people[2:] {
			w.join(c, p)
		}
		w.update(func(ctx context.Context) error {
			for _, i := range []int{5, 3} {
				m := must(w.Member(ctx, c.ID, people[i].ID))(t)
				m.Role = conversation.Admin
				if _, err := w.PutMember(ctx, m); err != nil {
					return err
				}
			}
			return nil
		})
		w.leave(c, conversation.Quit, people[6])
		page := func(role conversation.Role, after conversation.MemberPosition, limit int) (order []int) {
			for _, m := range must(w.MemberPage(t.Context(), c.ID, role, after, limit))(t) {
				order = append(order, slices.IndexFunc(people, func(a account.Account) bool { return a.ID == m.Account.ID }))
			}
			return order
		}
		at := func(i int) conversation.MemberPosition {
			m := must(w.Member(t.Context(), c.ID, people[i].ID))(t)
			return conversation.MemberPosition{Role: m.Role, JoinedAt: m.JoinedAt, Account: m.Account.ID}
		}
		wantEqual(t, "all", page("", conversation.MemberPosition{}, 10), []int{0, 3, 5, 1, 2, 4})
		wantEqual(t, "first", page("", conversation.MemberPosition{}, 2), []int{0, 3})
		wantEqual(t, "next", page("", at(3), 2), []int{5, 1})
		wantEqual(t, "last", page("", at(4), 2), []int(nil))
		wantEqual(t, "admins", page(conversation.Admin, conversation.MemberPosition{}, 10), []int{3, 5})
		wantEqual(t, "admins on", page(conversation.Admin, at(3), 10), []int{5})
		wantEqual(t, "owner", page(conversation.Owner, conversation.MemberPosition{}, 10), []int{0})
		wantEqual(t, "others", page(conversation.Ordinary, at(1), 10), []int{2, 4})
		for role, n := range map[conversation.Role]int{"": 6, conversation.Owner: 1, conversation.Admin: 2, conversation.Ordinary: 3} {
			wantEqual(t, "count of "+string(role), must(w.CountMembers(t.Context(), c.ID, role))(t), n)
		}
	},

	"a large group that becomes small shows all of its members": func(t *testing.T, w *world) {
		people := w.people("p", conversation.MaxSmall+2)
		c := w.group("12345678", people...)
		w.send(c, people[1], "client-1", "x")
		version := must(w.Member(t.Context(), c.ID, people[1].ID))(t).Version
		wantEqual(t, "of a large one who writes", version, int64(1))
		w.leave(c, conversation.Quit, people[2])
		wantEqual(t, "still large", len(rows[conversation.Member](w.last(talkScope(c.ID)))), 1)
		w.leave(c, conversation.Quit, people[3])
		last := w.last(talkScope(c.ID))
		list := rows[conversation.Member](last)
		wantEqual(t, "small", len(list), conversation.MaxSmall+1)
		for _, m := range list {
			if m.Version != last.Version || m.Account.ID == people[1].ID && m.ReadSeq != 1 {
				t.Fatalf("shown %+v", m)
			}
		}
		w.leave(c, conversation.Quit, people[4])
		wantEqual(t, "stays small", len(rows[conversation.Member](w.last(talkScope(c.ID)))), 1)
	},

	"what tells of a change is in its version, and counts": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		c := w.group("12345678", ann, bob)
		w.send(c, bob, "client-1", "x")
		var one, two conversation.Message
		w.update(func(ctx context.Context) (err error) {
			if one, err = w.AddMessage(ctx, notice(w, c, ann, conversation.GroupRenamed)); err != nil {
				return err
			}
			if two, err = w.AddMessage(ctx, notice(w, c, ann, conversation.GroupMuted)); err != nil {
				return err
			}
			_, err = w.PutGroup(ctx, c.ID, c.Group)
			return err
		})
		wantEqual(t, "seqs", fmt.Sprint(one.Seq, two.Seq, one.Version, two.Version), "2 3 3 3")
		head := must(w.Conversation(t.Context(), c.ID))(t)
		wantEqual(t, "published", w.last(talkScope(c.ID)), change.Change{Scope: talkScope(c.ID), Version: 3, MembersVersion: 1, Rows: []change.Row{one, two, head}})
		if head.LastSeq != 3 || head.LastActivityAt != two.CreatedAt {
			t.Errorf("the head is %+v", head)
		}
		wantEqual(t, "read by who did it", must(w.Member(t.Context(), c.ID, ann.ID))(t).ReadSeq, int64(3))
		wantEqual(t, "read by the other", must(w.Member(t.Context(), c.ID, bob.ID))(t).ReadSeq, int64(1))
		wantEqual(t, "stored", *w.history(c)[1].Happening, *one.Happening)
		wantEqual(t, "by its name", must(w.MessageSent(t.Context(), ann.ID, two.ClientID))(t).Seq, int64(3))
		wantErr(t, second(w.MessageSent(t.Context(), bob.ID, two.ClientID)), change.ErrNotFound)
		if m := w.send(c, ann, "client-2", "x"); m.Seq != 4 {
			t.Errorf("the next has seq %d", m.Seq)
		}
	},

	"a message that grows": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		c := w.group("12345678", ann, bob)
		draft := w.draft(c, ann, "client-1", "…")
		draft.Partial, draft.Via, draft.Mentions, draft.MentionsAll = true, "llm.example", []change.ID{bob.ID}, true
		m, err := w.post(draft)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "stored", must(w.Message(t.Context(), c.ID, 1))(t), m)
		wantEqual(t, "unfinished", must(w.PartialMessages(t.Context(), ann.ID))(t), []conversation.Message{m})
		wantEqual(t, "unfinished of others", len(must(w.PartialMessages(t.Context(), bob.ID))(t)), 0)
		for i := range 20 {
			w.send(c, bob, fmt.Sprintf("client-%d", i), "x")
		}
		m.Body, m.Partial, m.EditedAt = "It is done.", false, 99
		w.update(func(ctx context.Context) (err error) {
			m, err = w.PutMessage(ctx, m)
			return err
		})
		wantEqual(t, "version", m.Version, int64(23))
		wantEqual(t, "published", w.last(talkScope(c.ID)).Rows, []change.Row{m})
		wantEqual(t, "stored", must(w.Message(t.Context(), c.ID, 1))(t), m)
		wantEqual(t, "unfinished", len(must(w.PartialMessages(t.Context(), ann.ID))(t)), 0)
		if found := w.history(c)[0]; found.Mentions[0] != bob.ID || !found.MentionsAll || found.Via != "llm.example" {
			t.Errorf("it lost something: %+v", found)
		}
		wantErr(t, second(w.Message(t.Context(), c.ID, 22)), change.ErrNotFound)
		// A repeated send gives it as it is now.
		again, err := w.post(draft)
		wantEqual(t, "repeated", fmt.Sprintf("%+v %v", again, err), fmt.Sprintf("%+v %v", m, nil))
	},

	"messages of spans: new ones, and those edited since": func(t *testing.T, w *world) {
		ann := w.person("ann")
		one, two := w.group("10000001", ann), w.group("10000002", ann)
		for i := range 10 {
			w.send(one, ann, fmt.Sprintf("one-client-%d", i), "x") // versions 2 to 11
			w.send(two, ann, fmt.Sprintf("two-client-%d", i), "x")
		}
		for _, seq := range []int64{3, 9} {
			w.update(func(ctx context.Context) error { // versions 12, 13
				m := must(w.Message(ctx, one.ID, seq))(t)
				m.EditedAt = 5
				_, err := w.PutMessage(ctx, m)
				return err
			})
		}
		for _, tt := range []struct {
			after, version int64
			want           []int64
		}{
			{7, 0, []int64{8, 9, 10}},
			{0, 0, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
			{10, 0, nil},
			{5, 9, []int64{3, 9, 10}},
			{5, 11, []int64{3, 9}},
			{5, 12, []int64{9}},
			{9, 12, []int64{9}},
			{0, 11, []int64{3, 9}},
			{5, 13, nil},
		} {
			list := must(w.MessagesIn(t.Context(), []conversation.Span{{Conversation: two.ID, After: 9}, {Conversation: one.ID, After: tt.after, Version: tt.version}}))(t)
			var got []int64
			for _, m := range list {
				if m.ConversationID == one.ID {
					got = append(got, m.Seq)
				} else if m.Seq != 10 {
					t.Errorf("of the other: %d", m.Seq)
				}
			}
			wantEqual(t, fmt.Sprint("after ", tt.after, " since ", tt.version), got, tt.want)
			wantEqual(t, "all", len(list), len(tt.want)+1)
		}
		wantEqual(t, "none", len(must(w.MessagesIn(t.Context(), nil))(t)), 0)
	},

	"in a group one stands as one's role and mutes say": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		c := w.group("12345678", ann, bob)
		w.update(func(ctx context.Context) error {
			m := must(w.Member(ctx, c.ID, bob.ID))(t)
			m.MutedUntil = 1 << 50
			if _, err := w.PutMember(ctx, m); err != nil {
				return err
			}
			c.Group.Muted = true
			_, err := w.PutGroup(ctx, c.ID, c.Group)
			return err
		})
		see := func(a account.Account) (got conversation.Standing) {
			<-w.submit(w.draft(c, a, "client-x", "x"), func(s conversation.Standing) error { got = s; return errOwn })
			got.At = 0
			return got
		}
		wantEqual(t, "owner", see(ann), conversation.Standing{Kind: conversation.InGroup, Member: conversation.Joined, Role: conversation.Owner, Muted: true})
		wantEqual(t, "member", see(bob), conversation.Standing{Kind: conversation.InGroup, Member: conversation.Joined, Role: conversation.Ordinary, MutedUntil: 1 << 50, Muted: true})
		wantEqual(t, "stranger", see(w.person("eve")), conversation.Standing{Kind: conversation.InGroup, Muted: true})
		_, err := w.post(w.draft(c, bob, "client-1", "x"))
		if e := (*change.Error)(nil); !errors.As(err, &e) || e.Code != "member.muted" {
			t.Errorf("who is muted: %v", err)
		}
		w.send(c, ann, "client-1", "x")
	},

	"requests to be let in, and how many wait": func(t *testing.T, w *world) {
		ann, bob, carl := w.person("ann"), w.person("bob"), w.person("carl")
		c := w.group("12345678", ann)
		ctx := t.Context()
		put := func(r conversation.JoinRequest) conversation.JoinRequest {
			w.update(func(ctx context.Context) (err error) {
				r, err = w.PutJoinRequest(ctx, r)
				return err
			})
			return r
		}
		ask := func(a account.Account) conversation.JoinRequest {
			return put(conversation.JoinRequest{ID: w.ids.Next(), Group: c.Card(), From: a.Card(), Greeting: "你好", Via: conversation.ViaLink, State: conversation.Pending, CreatedAt: 1})
		}
		one := ask(bob)
		wantEqual(t, "stored", must(w.JoinRequest(ctx, one.ID))(t), one)
		wantEqual(t, "published", w.last(userScope(bob.ID)).Rows, []change.Row{one})
		wantEqual(t, "counted", must(w.Conversation(ctx, c.ID))(t).Group.JoinRequests, 1)
		wantEqual(t, "counted", rows[conversation.Conversation](w.last(talkScope(c.ID)))[0].Group.JoinRequests, 1)
		two := ask(carl)
		wantEqual(t, "pending", must(w.PendingJoinRequests(ctx, c.ID, 10))(t), []conversation.JoinRequest{one, two})
		wantEqual(t, "pending", len(must(w.PendingJoinRequests(ctx, c.ID, 1))(t)), 1)
		version := w.last(talkScope(c.ID)).Version
		one.Greeting = "again"
		one = put(one)
		wantEqual(t, "the same count", w.last(talkScope(c.ID)).Version, version)
		if err := w.Update(ctx, func(ctx context.Context) error {
			_, err := w.PutJoinRequest(ctx, conversation.JoinRequest{ID: w.ids.Next(), Group: c.Card(), From: bob.Card(), State: conversation.Pending})
			return err
		}); err == nil {
			t.Error("somebody has two requests waiting")
		}
		one.State, one.AnsweredAt = conversation.Declined, 9
		one = put(one)
		wantEqual(t, "counted", must(w.Conversation(ctx, c.ID))(t).Group.JoinRequests, 1)
		wantEqual(t, "last", must(w.LastJoinRequest(ctx, c.ID, bob.ID))(t), one)
		three := ask(bob)
		wantEqual(t, "last", must(w.LastJoinRequest(ctx, c.ID, bob.ID))(t), three)
		wantEqual(t, "mine", must(w.JoinRequests(ctx, bob.ID, 0))(t), []conversation.JoinRequest{three, one})
		wantEqual(t, "mine since", must(w.JoinRequests(ctx, bob.ID, one.Version))(t), []conversation.JoinRequest{three})
		wantEqual(t, "waiting", must(w.CountJoinRequests(ctx, bob.ID))(t), 1)
		wantErr(t, second(w.JoinRequest(ctx, w.ids.Next())), change.ErrNotFound)
		wantErr(t, second(w.LastJoinRequest(ctx, c.ID, ann.ID)), change.ErrNotFound)
		// What the group is now, who is not in it does not learn.
		c.Group.Name = "Renamed"
		w.update(func(ctx context.Context) error { _, err := w.PutGroup(ctx, c.ID, c.Group); return err })
		wantEqual(t, "as it was", must(w.JoinRequest(ctx, three.ID))(t).Group.Name, "Group 12345678")
	},

	"invitations, shown or not": func(t *testing.T, w *world) {
		ann, bob, carl := w.person("ann"), w.person("bob"), w.person("carl")
		c := w.group("12345678", ann)
		ctx := t.Context()
		put := func(i conversation.Invitation) conversation.Invitation {
			w.update(func(ctx context.Context) (err error) {
				i, err = w.PutInvitation(ctx, i)
				return err
			})
			return i
		}
		shown := put(conversation.Invitation{ID: w.ids.Next(), Group: c.Card(), From: ann.Card(), To: bob.ID, State: conversation.Pending, CreatedAt: 1, Version: 1})
		wantEqual(t, "stored", must(w.Invitation(ctx, shown.ID))(t), shown)
		wantEqual(t, "published", w.last(userScope(bob.ID)).Rows, []change.Row{shown})
		before := w.last(userScope(carl.ID)).Version
		hidden := put(conversation.Invitation{ID: w.ids.Next(), Group: c.Card(), From: ann.Card(), To: carl.ID, State: conversation.Pending, CreatedAt: 1})
		wantEqual(t, "hidden", w.last(userScope(carl.ID)).Version, before)
		wantEqual(t, "hidden", len(must(w.Invitations(ctx, carl.ID, 0))(t)), 0)
		wantEqual(t, "pending", must(w.PendingInvitations(ctx, c.ID))(t), []conversation.Invitation{shown, hidden})
		wantEqual(t, "waiting", must(w.CountInvitations(ctx, ann.ID))(t), 2)
		// A new name of the inviter is told.
		w.update(func(ctx context.Context) error {
			ann.Name = "Anna"
			_, err := w.PutAccount(ctx, ann)
			return err
		})
		list := must(w.Invitations(ctx, bob.ID, shown.Version))(t)
		if len(list) != 1 || list[0].From.Name != "Anna" || list[0].Version != shown.Version+1 {
			t.Errorf("after a new name: %+v", list)
		}
		wantEqual(t, "published", rows[conversation.Invitation](w.last(userScope(bob.ID))), list)
		wantEqual(t, "hidden", w.last(userScope(carl.ID)).Version, before)
		shown.State, shown.AnsweredAt, shown.Version = conversation.Accepted, 3, 1
		shown = put(shown)
		wantEqual(t, "pending", len(must(w.PendingInvitations(ctx, c.ID))(t)), 1)
		wantEqual(t, "all", names(must(w.Invitations(ctx, bob.ID, 0))(t), func(i conversation.Invitation) conversation.AnswerState { return i.State }), []conversation.AnswerState{conversation.Accepted})
		wantErr(t, second(w.Invitation(ctx, w.ids.Next())), change.ErrNotFound)
	},

	"links are found by their hashes": func(t *testing.T, w *world) {
		ann := w.person("ann")
		c := w.group("12345678", ann)
		ctx := t.Context()
		l := conversation.Link{ID: w.ids.Next(), ConversationID: c.ID, TokenHash: "hash", CreatedBy: ann.Card(), CreatedAt: 1, ExpiresAt: 2, MaxUses: 3, Uses: 0, Approval: true}
		put := func() { w.update(func(ctx context.Context) error { return w.PutLink(ctx, l) }) }
		put()
		l.Uses = 1
		put()
		wantEqual(t, "by hash", must(w.LinkByHash(ctx, "hash"))(t), l)
		wantEqual(t, "by id", must(w.Link(ctx, l.ID))(t), l)
		wantEqual(t, "all", must(w.Links(ctx, c.ID))(t), []conversation.Link{l})
		w.update(func(ctx context.Context) error { return w.DeleteLink(ctx, l.ID) })
		wantErr(t, second(w.LinkByHash(ctx, "hash")), change.ErrNotFound)
		wantErr(t, second(w.Link(ctx, l.ID)), change.ErrNotFound)
		wantEqual(t, "all", len(must(w.Links(ctx, c.ID))(t)), 0)
	},
}
