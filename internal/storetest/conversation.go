package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

var conversations = map[string]func(*testing.T, *world){
	"a direct conversation is found by either order of its pair": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		carl := w.person("carl")
		ctx := t.Context()
		wantEqual(t, "by id", must(w.Conversation(ctx, c.ID))(t), c)
		wantEqual(t, "by pair", must(w.DirectConversation(ctx, ann.ID, bob.ID))(t), c)
		wantEqual(t, "by the pair turned round", must(w.DirectConversation(ctx, bob.ID, ann.ID))(t), c)
		for what, err := range map[string]error{
			"no conversation": second(w.Conversation(ctx, w.ids.Next())),
			"no pair":         second(w.DirectConversation(ctx, ann.ID, carl.ID)),
			"no member":       second(w.Member(ctx, c.ID, carl.ID)),
			"nowhere":         second(w.Member(ctx, w.ids.Next(), ann.ID)),
			"no account":      second(w.UserVersion(ctx, w.ids.Next())),
		} {
			t.Run(what, func(t *testing.T) { wantErr(t, err, change.ErrNotFound) })
		}
	},

	"making one puts it, its members and their memberships into their changes": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		ctx := t.Context()
		member := func(a account.Account) conversation.Member {
			return conversation.Member{ConversationID: c.ID, Account: a.Card(), Role: conversation.Ordinary, State: conversation.Joined, JoinedAt: c.CreatedAt, Version: 1}
		}
		wantEqual(t, "member", must(w.Member(ctx, c.ID, ann.ID))(t), member(ann))
		wantEqual(t, "members", must(w.members(c.ID, 0))(t), []conversation.Member{member(ann), member(bob)})
		wantEqual(t, "changes", w.log.of(talkScope(c.ID)), []change.Change{
			{Scope: talkScope(c.ID), Version: 1, MembersVersion: 1, Rows: []change.Row{c, member(ann), member(bob)}},
		})
		for _, a := range []account.Account{ann, bob} {
			ms := conversation.Membership{ConversationID: c.ID, AccountID: a.ID, State: conversation.Joined, Notify: conversation.NotifyAll, Version: 2}
			wantEqual(t, "memberships", must(w.Memberships(ctx, a.ID, 0))(t), []conversation.Membership{ms})
			list := w.log.of(userScope(a.ID))
			rows := list[len(list)-1].Rows
			wantEqual[change.Row](t, "row", rows[len(rows)-1], ms)
		}
		if c.RowVersion != 1 || c.MembersVersion != 1 || c.Version != 1 {
			t.Errorf("versions of %+v", c)
		}
		err := w.Update(ctx, func(ctx context.Context) error {
			_, err := w.CreateDirect(ctx, conversation.Conversation{ID: w.ids.Next(), Kind: conversation.Direct, MemberCount: 2}, bob.ID, ann.ID)
			return err
		})
		if err == nil {
			t.Error("a pair has two conversations")
		}
	},

	"members and memberships since a version": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		ctx := t.Context()
		one := w.send(c, ann, "client-1", "x") // version 2 of the conversation
		read := func(a account.Account, seq int64, shown bool) conversation.Membership {
			var ms conversation.Membership
			w.update(func(ctx context.Context) (err error) {
				ms, err = w.SetReadSeq(ctx, c.ID, a.ID, seq, shown)
				return err
			})
			return ms
		}
		ms := read(bob, 1, true) // version 3
		wantEqual(t, "membership", ms, conversation.Membership{ConversationID: c.ID, AccountID: bob.ID, State: conversation.Joined, ReadSeq: 1, Notify: conversation.NotifyAll, Version: 3})
		ids := func(since int64) []change.ID {
			return names(must(w.members(c.ID, since))(t), func(m conversation.Member) change.ID { return m.Account.ID })
		}
		wantEqual(t, "since 0", ids(0), []change.ID{ann.ID, bob.ID})
		wantEqual(t, "since 1", ids(1), []change.ID{ann.ID, bob.ID})
		wantEqual(t, "since 2", ids(one.Version), []change.ID{bob.ID})
		wantEqual(t, "since 3", ids(3), []change.ID{})
		wantEqual(t, "memberships since 2", must(w.Memberships(ctx, bob.ID, 2))(t), []conversation.Membership{ms})
		wantEqual(t, "memberships since 3", len(must(w.Memberships(ctx, bob.ID, 3))(t)), 0)
		wantEqual(t, "memberships of a stranger", len(must(w.Memberships(ctx, w.person("eve").ID, 0))(t)), 0)

		// Shown, it is in both scopes; not shown, in the user's only.
		last := func(scope change.Scope) change.Change { list := w.log.of(scope); return list[len(list)-1] }
		m := must(w.Member(ctx, c.ID, bob.ID))(t)
		wantEqual(t, "shown", last(talkScope(c.ID)), change.Change{Scope: talkScope(c.ID), Version: 3, MembersVersion: 1, Rows: []change.Row{m}})
		wantEqual(t, "in the list", last(userScope(bob.ID)), change.Change{Scope: userScope(bob.ID), Version: 3, Rows: []change.Row{ms}})
		w.send(c, ann, "client-2", "x")
		ms = read(bob, 2, false)
		wantEqual(t, "membership", ms.Version, 4)
		wantEqual(t, "not shown", must(w.Conversation(ctx, c.ID))(t).Version, 4)
		m.ReadSeq = 2
		wantEqual(t, "not shown", must(w.Member(ctx, c.ID, bob.ID))(t), m)
		// The same again changes nothing.
		before := len(w.log.all())
		wantEqual(t, "again", read(bob, 2, true), ms)
		if len(w.log.all()) != before {
			t.Error("reading the same again was published")
		}
		err := w.Update(ctx, func(ctx context.Context) error {
			_, err := w.SetReadSeq(ctx, c.ID, w.ids.Next(), 1, true)
			return err
		})
		wantErr(t, err, change.ErrNotFound)
	},

	"those joined, the newest activity first; friends without blocks": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var talks []conversation.Conversation
		var people []account.Account
		for i := range 5 {
			people = append(people, w.person(fmt.Sprint("friend", i)))
			talks = append(talks, w.befriend(people[i], ann))
		}
		order := func() []change.ID {
			return names(must(w.Joined(t.Context(), ann.ID))(t), func(c conversation.Conversation) change.ID { return c.ID })
		}
		wantEqual(t, "joined", order(), []change.ID{talks[4].ID, talks[3].ID, talks[2].ID, talks[1].ID, talks[0].ID})
		w.send(talks[1], ann, "client-1", "x")
		w.send(talks[3], people[3], "client-2", "x")
		wantEqual(t, "joined", order(), []change.ID{talks[3].ID, talks[1].ID, talks[4].ID, talks[2].ID, talks[0].ID})
		// A clock that is set back does not move activity back.
		late := w.draft(talks[1], ann, "client-3", "x")
		late.CreatedAt = 1
		must(w.post(late))(t)
		wantEqual(t, "joined", order(), []change.ID{talks[3].ID, talks[1].ID, talks[4].ID, talks[2].ID, talks[0].ID})
		wantEqual(t, "of a stranger", len(must(w.Joined(t.Context(), w.ids.Next()))(t)), 0)

		page := func(behind conversation.Entry, limit int) []conversation.Entry {
			return must(w.Entries(t.Context(), ann.ID, behind, limit))(t)
		}
		var whole []conversation.Entry
		for _, c := range must(w.Joined(t.Context(), ann.ID))(t) {
			whole = append(whole, conversation.Entry{ID: c.ID, Version: c.Version, LastActivityAt: c.LastActivityAt})
		}
		wantEqual(t, "entries", page(conversation.Entry{}, 0), whole)
		wantEqual(t, "the first", page(conversation.Entry{}, 2), whole[:2])
		wantEqual(t, "the next", page(whole[1], 2), whole[2:4])
		wantEqual(t, "the last", page(whole[3], 2), whole[4:])
		wantEqual(t, "behind the last", len(page(whole[4], 2)), 0)
	},

	"conversations and memberships by their identifiers, those that there are": func(t *testing.T, w *world) {
		ann, bob, talk := w.pair("ann")
		group := w.group("12345678", ann)
		ids := []change.ID{group.ID, w.ids.Next(), talk.ID}
		found := map[change.ID]conversation.Conversation{}
		for _, c := range must(w.ConversationsAt(t.Context(), ids))(t) {
			found[c.ID] = c
		}
		wantEqual(t, "conversations", found, map[change.ID]conversation.Conversation{
			group.ID: must(w.Conversation(t.Context(), group.ID))(t), talk.ID: must(w.Conversation(t.Context(), talk.ID))(t),
		})
		mine := must(w.MembershipsAt(t.Context(), bob.ID, ids))(t)
		wantEqual(t, "memberships", mine, []conversation.Membership{must(w.Membership(t.Context(), talk.ID, bob.ID))(t)})
		wantEqual(t, "of none", len(must(w.MembershipsAt(t.Context(), bob.ID, nil))(t)), 0)
	},

	"pages of the history, both ways, at the edges": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		_, _, empty := w.pair("other")
		const n = 25
		var waiting []<-chan sent
		for i := range n {
			sender := ann
			if i%2 == 0 {
				sender = bob
			}
			waiting = append(waiting, w.submit(w.draft(c, sender, fmt.Sprintf("client-%d", i), fmt.Sprint("body ", i+1)), conversation.MayPost))
		}
		for _, r := range waiting {
			<-r
		}
		const end = 1<<63 - 1
		for _, tt := range []struct {
			after, before int64
			limit         int
			newest        bool
			first, last   int64 // 0: none
		}{
			{0, end, 10, true, 16, 25},
			{0, end, 10, false, 1, 10},
			{0, end, 100, true, 1, 25},
			{0, end, 100, false, 1, 25},
			{0, end, 25, true, 1, 25},
			{0, end, 1, true, 25, 25},
			{0, end, 1, false, 1, 1},
			{0, 16, 10, true, 6, 15},
			{0, 6, 10, true, 1, 5},
			{0, 2, 10, true, 1, 1},
			{0, 1, 10, true, 0, 0},
			{0, 26, 3, true, 23, 25},
			{0, 25, 3, true, 22, 24},
			{24, end, 10, false, 25, 25},
			{25, end, 10, false, 0, 0},
			{100, end, 10, false, 0, 0},
			{10, end, 10, false, 11, 20},
			{10, 13, 10, false, 11, 12},
			{10, 13, 1, false, 11, 11},
			{10, 13, 1, true, 12, 12},
			{10, 11, 10, true, 0, 0},
			{13, 10, 10, true, 0, 0},
			{0, end, 0, true, 0, 0},
		} {
			list := must(w.Messages(t.Context(), c.ID, tt.after, tt.before, tt.limit, tt.newest))(t)
			var got, want []int64
			for _, m := range list {
				got = append(got, m.Seq)
				if m.Body != fmt.Sprint("body ", m.Seq) || m.ConversationID != c.ID {
					t.Errorf("seq %d is %+v", m.Seq, m)
				}
			}
			for seq := tt.first; seq != 0 && seq <= tt.last; seq++ {
				want = append(want, seq)
			}
			wantEqual(t, fmt.Sprintf("%+v", tt), got, want)
		}
		wantEqual(t, "of an empty one", len(must(w.Messages(t.Context(), empty.ID, 0, end, 10, true))(t)), 0)
		wantEqual(t, "of none", len(must(w.Messages(t.Context(), w.ids.Next(), 0, end, 10, true))(t)), 0)
	},
}

// second gives the error of a pair.
func second[T any](_ T, err error) error { return err }
