package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// party is a group with the service that people use, and the check that holds
// whatever they do to each other at once.
type party struct {
	*world
	talks *conversation.Service
	id    change.ID
	all   []account.Account
}

// newParty makes a group: the first owns it, the next are admins.
func newParty(w *world, members, admins, others int) *party {
	w.t.Helper()
	p := &party{world: w, talks: conversation.NewService(conversation.Options{Store: w.Store, IDs: w.ids, Clock: w.clock}), all: w.people("p", members+others)}
	c := w.group("12345678", p.all[:members]...)
	p.id = c.ID
	for i := range admins {
		admin := conversation.Admin
		if _, err := p.talks.UpdateMember(w.t.Context(), p.all[0].ID, p.id, p.all[i+1].ID, conversation.MemberEdit{Role: &admin}); err != nil {
			w.t.Fatal(err)
		}
	}
	return p
}

// check holds a group to what must always be so: one owner, as many members as
// it says, a row for each in their own list that agrees, seqs without a hole,
// and as many requests waiting as it says.
func (p *party) check() conversation.Conversation {
	t, ctx := p.t, p.t.Context()
	t.Helper()
	c := must(p.Conversation(ctx, p.id))(t)
	members := must(p.members(p.id, 0))(t)
	owners := 0
	for _, m := range members {
		if m.Role == conversation.Owner {
			owners++
		}
		if ms := must(p.Membership(ctx, p.id, m.Account.ID))(t); ms.State != conversation.Joined || ms.LeftReason != "" {
			t.Errorf("a member has %+v", ms)
		}
	}
	if c.MemberCount != len(members) {
		t.Errorf("%d members are counted, and there are %d", c.MemberCount, len(members))
	}
	if c.Group.State == conversation.GroupActive && owners != 1 || c.Group.State == conversation.GroupDissolved && len(members) != 0 {
		t.Errorf("a group that is %s has %d owners of %d members", c.Group.State, owners, len(members))
	}
	if waiting := must(p.PendingJoinRequests(ctx, p.id, 10_000))(t); len(waiting) != c.Group.JoinRequests {
		t.Errorf("%d requests are counted, and there are %d", c.Group.JoinRequests, len(waiting))
	}
	versions := map[int64]int{}
	for i, m := range p.history(c) {
		if m.Seq != int64(i+1) {
			t.Fatalf("message %d has seq %d", i+1, m.Seq)
		}
		versions[m.Version]++
	}
	if c.LastSeq != int64(len(p.history(c))) {
		t.Errorf("the head has seq %d", c.LastSeq)
	}
	for v, n := range versions {
		if n > 4 {
			t.Errorf("version %d adds %d messages", v, n)
		}
	}
	return c
}

// succeed counts those of n at once that succeed; the others must be refused by
// a sentence for people.
func (p *party) succeed(n int, do func(i int) error) int {
	p.t.Helper()
	var ok atomic.Int64
	parallel(n, func(i int) {
		err := do(i)
		if err == nil {
			ok.Add(1)
		} else if change.KindOf(err) == change.Internal {
			p.t.Errorf("%d: %v", i, err)
		}
	})
	return int(ok.Load())
}

var races = map[string]func(*testing.T, *world){
	"two admins, each removing the other, while the owner takes the right from one": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 4, 2, 0)
		owner, one, two, plain := p.all[0].ID, p.all[1].ID, p.all[2].ID, p.all[3].ID
		ordinary := conversation.Ordinary
		n := p.succeed(20, func(i int) error {
			if i%2 == 0 {
				return p.talks.RemoveMember(ctx, one, p.id, two)
			}
			return p.talks.RemoveMember(ctx, two, p.id, one)
		})
		wantEqual(t, "admins rule over each other", n, 0)
		p.succeed(5, func(i int) error {
			switch i {
			case 0:
				_, err := p.talks.UpdateMember(ctx, owner, p.id, one, conversation.MemberEdit{Role: &ordinary})
				return err
			case 1:
				return p.talks.RemoveMember(ctx, one, p.id, two)
			case 2:
				return p.talks.RemoveMember(ctx, two, p.id, one)
			case 3:
				return p.talks.RemoveMember(ctx, one, p.id, plain)
			}
			return p.talks.RemoveMember(ctx, two, p.id, plain)
		})
		if c := p.check(); c.MemberCount < 2 || c.MemberCount > 4 {
			t.Errorf("%d are left", c.MemberCount)
		}
		if m := must(w.Member(ctx, p.id, two))(t); m.State != conversation.Joined || m.Role != conversation.Admin {
			t.Errorf("the admin who kept the right is %+v", m)
		}
	},

	"promoting and removing the same member": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 12, 1, 0)
		owner, admin := p.all[0].ID, conversation.Admin
		p.succeed(20, func(i int) error {
			target := p.all[2+i/2].ID
			if i%2 == 0 {
				_, err := p.talks.UpdateMember(ctx, owner, p.id, target, conversation.MemberEdit{Role: &admin})
				return err
			}
			return p.talks.RemoveMember(ctx, p.all[1].ID, p.id, target)
		})
		c := p.check()
		for i := range 10 {
			m := must(w.Member(ctx, p.id, p.all[2+i].ID))(t)
			if (m.State == conversation.Joined) != (m.Role == conversation.Admin) {
				t.Errorf("after both, a member is %+v", m)
			}
		}
		if c.MemberCount < 2 {
			t.Errorf("%d are left", c.MemberCount)
		}
	},

	"a link at its limit lets in exactly as many": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 1, 0, 50)
		_, token, err := p.talks.CreateLink(ctx, p.all[0].ID, p.id, conversation.NewLink{MaxUses: 7})
		if err != nil {
			t.Fatal(err)
		}
		n := p.succeed(50, func(i int) error {
			_, err := p.talks.UseLink(ctx, p.all[1+i].ID, token, "")
			if err != nil && !errors.Is(err, conversation.ErrLinkInvalid) {
				t.Error(err)
			}
			return err
		})
		wantEqual(t, "let in", n, 7)
		wantEqual(t, "members", p.check().MemberCount, 8)
		// One person fifty times uses it once.
		_, token, err = p.talks.CreateLink(ctx, p.all[0].ID, p.id, conversation.NewLink{MaxUses: 2})
		if err != nil {
			t.Fatal(err)
		}
		late := w.person("late")
		wantEqual(t, "one person", p.succeed(50, func(int) error { _, err := p.talks.UseLink(ctx, late.ID, token, ""); return err }), 50)
		wantEqual(t, "members", p.check().MemberCount, 9)
		for _, l := range must(p.talks.Links(ctx, p.all[0].ID, p.id))(t) {
			if l.MaxUses == 2 && l.Uses != 1 {
				t.Errorf("one person used it %d times", l.Uses)
			}
		}
	},

	"the last place in a group": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 1, 0, 10)
		crowd := w.people("crowd", conversation.MaxGroupMembers-3)
		w.join(conversation.Conversation{ID: p.id}, crowd...)
		_, token, err := p.talks.CreateLink(ctx, p.all[0].ID, p.id, conversation.NewLink{})
		if err != nil {
			t.Fatal(err)
		}
		n := p.succeed(10, func(i int) error {
			_, err := p.talks.UseLink(ctx, p.all[1+i].ID, token, "")
			if err != nil && !errors.Is(err, conversation.ErrFull) {
				t.Error(err)
			}
			return err
		})
		wantEqual(t, "let in", n, 2)
		wantEqual(t, "members", must(w.Conversation(ctx, p.id))(t).MemberCount, conversation.MaxGroupMembers)
	},

	"an owner quits while the heirs do": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 20, 3, 0)
		n := p.succeed(20, func(i int) error { return p.talks.Quit(ctx, p.all[i].ID, p.id) })
		wantEqual(t, "quit", n, 20)
		if c := p.check(); c.Group.State != conversation.GroupDissolved || c.MemberCount != 0 {
			t.Errorf("what nobody is in is %+v", c)
		}
		for _, a := range p.all {
			if ms := must(w.Membership(ctx, p.id, a.ID))(t); ms.LeftReason != conversation.Quit {
				t.Errorf("somebody who quit left as %+v", ms)
			}
		}
	},

	"handing over to whoever is quitting": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 6, 0, 0)
		p.succeed(10, func(i int) error {
			if i%2 == 0 {
				_, err := p.talks.HandOver(ctx, p.all[0].ID, p.id, p.all[1+i/2].ID)
				return err
			}
			return p.talks.Quit(ctx, p.all[1+i/2].ID, p.id)
		})
		p.check()
	},

	"a request is answered once, and an invitation is": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 3, 2, 2)
		asker, guest := p.all[3].ID, p.all[4].ID
		r := must(p.talks.AskToJoin(ctx, asker, p.id, ""))(t)
		n := p.succeed(10, func(i int) error {
			answer := conversation.Accepted
			if i%3 == 2 {
				answer = conversation.Declined
			}
			_, err := p.talks.AnswerJoinRequest(ctx, p.all[i%3].ID, p.id, r.ID, answer)
			return err
		})
		wantEqual(t, "answers", n, 1)
		p.check()
		must(p.talks.AddMembers(ctx, p.all[0].ID, p.id, []change.ID{guest}))(t)
		list := must(w.Invitations(ctx, guest, 0))(t)
		n = p.succeed(10, func(i int) error {
			if i == 7 {
				_, err := p.talks.DeclineInvitation(ctx, guest, list[0].ID)
				return err
			}
			_, err := p.talks.AcceptInvitation(ctx, guest, list[0].ID)
			return err
		})
		wantEqual(t, "answers", n, 1)
		p.check()
	},

	"coming in by every way at once, and being removed meanwhile": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 2, 1, 5)
		_, token, err := p.talks.CreateLink(ctx, p.all[0].ID, p.id, conversation.NewLink{})
		if err != nil {
			t.Fatal(err)
		}
		guests := p.all[2:]
		var ids []change.ID
		for _, g := range guests {
			ids = append(ids, g.ID)
		}
		must(p.talks.AddMembers(ctx, p.all[0].ID, p.id, ids))(t)
		requests := make([]change.ID, len(guests))
		for i, g := range guests {
			requests[i] = must(p.talks.AskToJoin(ctx, g.ID, p.id, ""))(t).ID
		}
		p.succeed(len(guests)*4, func(i int) error {
			g := i / 4
			switch i % 4 {
			case 0:
				_, err := p.talks.UseLink(ctx, ids[g], token, "")
				return err
			case 1:
				_, err := p.talks.AcceptInvitation(ctx, ids[g], must(w.Invitations(ctx, ids[g], 0))(t)[0].ID)
				return err
			case 2:
				_, err := p.talks.AnswerJoinRequest(ctx, p.all[1].ID, p.id, requests[g], conversation.Accepted)
				return err
			}
			return p.talks.RemoveMember(ctx, p.all[1].ID, p.id, ids[g])
		})
		p.check()
	},

	"making a group again and again makes one": func(t *testing.T, w *world) {
		ctx := t.Context()
		ann := w.person("ann")
		talks := conversation.NewService(conversation.Options{Store: w.Store, IDs: w.ids, Clock: w.clock})
		var made sync.Map
		parallel(20, func(int) {
			d, err := talks.CreateGroup(ctx, ann.ID, conversation.NewGroup{ClientID: "make-it-once", Name: "Once"})
			if err != nil {
				t.Error(err)
			}
			made.Store(d.ConversationID, true)
		})
		n := 0
		made.Range(func(any, any) bool { n++; return true })
		wantEqual(t, "groups", n, 1)
		wantEqual(t, "joined", len(must(w.Joined(ctx, ann.ID))(t)), 1)
	},

	"writing while being muted and removed": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 6, 0, 0)
		forever := conversation.Forever
		p.succeed(40, func(i int) error {
			who := p.all[1+i%5].ID
			switch i {
			case 17:
				_, err := p.talks.UpdateMember(ctx, p.all[0].ID, p.id, p.all[1].ID, conversation.MemberEdit{MutedUntil: &forever})
				return err
			case 18:
				return p.talks.RemoveMember(ctx, p.all[0].ID, p.id, p.all[2].ID)
			}
			_, err := p.talks.Send(ctx, who, p.id, conversation.Draft{ClientID: fmt.Sprintf("client-%d", i), Body: "x"})
			return err
		})
		p.check()
		// What came after the removal is not there.
		removed := int64(0)
		for _, m := range p.history(must(w.Conversation(ctx, p.id))(t)) {
			if m.Happening != nil && m.Happening.Event == conversation.MemberRemoved {
				removed = m.Seq
			}
			if removed > 0 && m.SenderID == p.all[2].ID {
				t.Errorf("somebody who was removed by message %d wrote message %d", removed, m.Seq)
			}
		}
	},

	"ten thousand members come, talk and go, and others write meanwhile": func(t *testing.T, w *world) {
		ctx := t.Context()
		p := newParty(w, 1, 0, 0)
		crowd := w.people("crowd", conversation.MaxGroupMembers-1)
		a, _, c := w.pair("beside")
		stop := make(chan struct{})
		var longest atomic.Int64
		var beside sync.WaitGroup
		beside.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				began := time.Now()
				w.send(c, a, fmt.Sprintf("beside-%d", i), "x")
				longest.Store(max(longest.Load(), time.Since(began).Milliseconds()))
			}
		})
		clock := func(what string, do func()) {
			longest.Store(0)
			began := time.Now()
			do()
			t.Logf("%s: %d ms; the longest wait beside it %d ms", what, time.Since(began).Milliseconds(), longest.Load())
		}
		clock("10,000 join", func() { w.join(conversation.Conversation{ID: p.id}, crowd...) })
		wantEqual(t, "members", must(w.Conversation(ctx, p.id))(t).MemberCount, conversation.MaxGroupMembers)
		clock("one joins and one goes", func() {
			w.leave(conversation.Conversation{ID: p.id}, conversation.Removed, crowd[0])
			w.join(conversation.Conversation{ID: p.id}, crowd[0])
		})
		for name, since := range map[string]int64{"new": 0, "from before all came": 1} {
			known := conversation.Known{User: 1, Conversations: map[change.ID]int64{p.id: since}}
			var got conversation.CatchUp
			clock("sync, "+name, func() { got = must(p.talks.Sync(ctx, crowd[1].ID, known, 0))(t) })
			d := got.Conversations[0]
			if len(d.Members) != 2 || d.MembersTruncated != (since == 1) {
				t.Errorf("%s: %d members, truncated %t", name, len(d.Members), d.MembersTruncated)
			}
		}
		clock("the list of members, found by name", func() {
			l := must(p.talks.ListMembers(ctx, crowd[1].ID, p.id, conversation.MemberFilter{Query: "-09998"}, "", 50))(t)
			wantEqual(t, "found", fmt.Sprint(len(l.Members), l.Total), "1 1")
		})
		w.send(conversation.Conversation{ID: p.id}, crowd[2], "client-1", "x")
		clock("dissolving", func() {
			if err := p.talks.Dissolve(ctx, p.all[0].ID, p.id); err != nil {
				t.Error(err)
			}
		})
		close(stop)
		beside.Wait()
		wantEqual(t, "joined", len(must(w.Joined(ctx, crowd[5].ID))(t)), 0)
		wantEqual(t, "state", p.check().Group.State, conversation.GroupDissolved)
	},
}
