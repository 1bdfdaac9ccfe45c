package storetest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

var workloads = map[string]func(*testing.T, *world){
	"a snapshot and what was published since make a later snapshot": func(t *testing.T, w *world) {
		crowd := w.crowd("p", 7)
		for round := range 4 {
			known := crowd.snapshots(t)
			published := len(w.log.all())
			crowd.live(t, uint64(round), 6, 60)
			fresh := crowd.snapshots(t)
			later := w.log.all()[published:]
			for scope, before := range known {
				if fresh[scope] == nil {
					continue // nobody is in it any more
				}
				replayed := before.clone()
				for _, c := range later {
					if c.Scope == scope {
						replayed.apply(t, c)
					}
				}
				wantSame(t, fmt.Sprintf("scope %v by events", scope), replayed, fresh[scope])
				// Once more, from the beginning: repeating does no harm.
				for _, c := range w.log.all() {
					if c.Scope == scope {
						replayed.apply(t, c)
					}
				}
				wantSame(t, fmt.Sprintf("scope %v by events repeated", scope), replayed, fresh[scope])
				wantSame(t, fmt.Sprintf("scope %v by asking", scope), before.catchUp(t, w), fresh[scope])
			}
			// And from nothing at all.
			for scope, want := range fresh {
				state := newState(scope)
				for _, c := range w.log.all() {
					if c.Scope == scope {
						state.apply(t, c)
					}
				}
				wantSame(t, fmt.Sprintf("scope %v from nothing", scope), state, want)
			}
		}
	},
}

// crowd is people who do things at random.
type crowd struct {
	w      *world
	people []account.Account
	talks  *conversation.Service
	list   *contact.Service
}

func (w *world) crowd(name string, n int) *crowd {
	c := &crowd{w: w, talks: conversation.NewService(conversation.Options{Store: w.Store, IDs: w.ids, Clock: w.clock})}
	c.list = contact.NewService(w.Store, w.ids, w.clock, func(ctx context.Context, a, b change.ID) error {
		_, err := c.talks.EnsureDirect(ctx, a, b)
		return err
	})
	for i := range n {
		c.people = append(c.people, w.person(fmt.Sprint(name, i)))
	}
	return c
}

// live lets several act at once. What is refused for a reason of the domain is
// no fault.
func (c *crowd) live(t *testing.T, seed uint64, actors, each int) {
	ctx := t.Context()
	parallel(actors, func(actor int) {
		random := rand.New(rand.NewPCG(seed, uint64(actor)))
		for i := range each {
			a, b := c.people[random.IntN(len(c.people))].ID, c.people[random.IntN(len(c.people))].ID
			var err error
			switch k := random.IntN(28); k {
			case 0, 1:
				_, err = c.list.Ask(ctx, a, b, fmt.Sprint("greeting ", i), "")
			case 2, 3, 4:
				err = c.answer(ctx, random, a)
			case 5:
				_, err = c.list.Remark(ctx, a, b, fmt.Sprint("remark ", i))
			case 6:
				if random.IntN(3) == 0 {
					_, err = c.list.Delete(ctx, a, b)
				}
			case 7:
				if random.IntN(3) == 0 {
					_, err = c.list.Block(ctx, a, b)
				}
			case 8:
				_, err = c.list.Unblock(ctx, a, b)
			case 9:
				err = c.w.Update(ctx, func(ctx context.Context) error { return c.w.rename(ctx, a, fmt.Sprint("name ", actor, "-", i)) })
			case 10, 11, 12:
				err = c.read(ctx, random, a)
			case 20:
				_, err = c.talks.CreateGroup(ctx, a, conversation.NewGroup{Name: fmt.Sprint("group ", actor, "-", i), Announcement: "hear"})
			case 21, 22, 23, 24, 25, 26, 27:
				err = c.inGroup(ctx, random, a, b)
			default:
				err = c.write(ctx, random, a, fmt.Sprintf("client-%d-%d-%d", seed, actor, i%50)) // some repeated
			}
			if err != nil && change.KindOf(err) == change.Internal {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}

func (c *crowd) answer(ctx context.Context, random *rand.Rand, a change.ID) error {
	list, err := c.list.Requests(ctx, a)
	if err != nil || len(list) == 0 {
		return err
	}
	r := list[random.IntN(len(list))]
	switch {
	case r.From.ID == a && random.IntN(4) == 0:
		_, err = c.list.Withdraw(ctx, a, r.ID)
	case r.To.ID == a && random.IntN(4) == 0:
		_, err = c.list.Decline(ctx, a, r.ID)
	case r.To.ID == a:
		_, err = c.list.Accept(ctx, a, r.ID, "remark on accepting")
	}
	return err
}

// inGroup does something with a group of which one of the two is a member.
func (c *crowd) inGroup(ctx context.Context, random *rand.Rand, a, b change.ID) error {
	list, err := c.w.Joined(ctx, []change.ID{a, b}[random.IntN(2)])
	list = slices.DeleteFunc(list, func(c conversation.Conversation) bool { return c.Kind != conversation.InGroup })
	if err != nil || len(list) == 0 {
		return err
	}
	id := list[random.IntN(len(list))].ID
	switch random.IntN(20) {
	case 0, 1, 2, 3, 4:
		_, err = c.talks.AddMembers(ctx, a, id, []change.ID{b, c.people[random.IntN(len(c.people))].ID})
	case 5, 6:
		_, err = c.talks.AskToJoin(ctx, a, id, "let me in")
	case 7, 8:
		var waiting []conversation.JoinRequest
		if waiting, err = c.talks.JoinRequests(ctx, a, id); err == nil && len(waiting) > 0 {
			_, err = c.talks.AnswerJoinRequest(ctx, a, id, waiting[0].ID, []conversation.AnswerState{conversation.Accepted, conversation.Declined}[random.IntN(2)])
		}
	case 9, 10, 11:
		var mine []conversation.Invitation
		if mine, err = c.w.Invitations(ctx, a, 0); err == nil && len(mine) > 0 {
			_, err = c.talks.AcceptInvitation(ctx, a, mine[0].ID)
		}
	case 12:
		err = c.talks.RemoveMember(ctx, a, id, b)
	case 13:
		role := []conversation.Role{conversation.Admin, conversation.Ordinary}[random.IntN(2)]
		_, err = c.talks.UpdateMember(ctx, a, id, b, conversation.MemberEdit{Role: &role})
	case 14:
		_, err = c.talks.HandOver(ctx, a, id, b)
	case 15:
		if err = c.talks.Quit(ctx, a, id); random.IntN(4) == 0 {
			err = c.talks.Dissolve(ctx, b, id)
		}
	case 16:
		_, err = c.talks.Rename(ctx, a, id, fmt.Sprint("nick ", random.IntN(5)))
	case 17:
		seen, pinned := random.Int64N(4), random.IntN(2) == 0
		_, err = c.talks.UpdateMembership(ctx, a, id, conversation.Settings{AnnouncementSeen: &seen, Pinned: &pinned})
	case 18:
		_, err = c.talks.Announce(ctx, a, id, []string{"", "hear, hear"}[random.IntN(2)])
	case 19:
		name, muted := fmt.Sprint("name ", random.IntN(5)), random.IntN(2) == 0
		_, err = c.talks.UpdateGroup(ctx, a, id, conversation.GroupEdit{Name: &name, Muted: &muted})
	}
	return err
}

func (c *crowd) read(ctx context.Context, random *rand.Rand, a change.ID) error {
	list, err := c.w.Joined(ctx, a)
	if err != nil || len(list) == 0 {
		return err
	}
	talk := list[random.IntN(len(list))]
	_, err = c.talks.Read(ctx, a, talk.ID, random.Int64N(talk.LastSeq+2))
	return err
}

func (c *crowd) write(ctx context.Context, random *rand.Rand, a change.ID, clientID string) error {
	list, err := c.w.Joined(ctx, a)
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = c.talks.Send(ctx, a, list[random.IntN(len(list))].ID, conversation.Draft{ClientID: clientID, Body: "body of " + clientID})
	return err
}

// snapshots reads every scope that there is.
func (c *crowd) snapshots(t *testing.T) map[change.Scope]*state {
	t.Helper()
	all := map[change.Scope]*state{}
	err := c.w.View(t.Context(), func(ctx context.Context) error {
		for _, a := range c.people {
			all[userScope(a.ID)] = c.w.snapshot(ctx, t, userScope(a.ID))
			for _, talk := range must(c.w.Joined(ctx, a.ID))(t) {
				scope := talkScope(talk.ID)
				if all[scope] == nil {
					all[scope] = c.w.snapshot(ctx, t, scope)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// state is a scope as a client holds it.
type state struct {
	scope   change.Scope
	version int64
	rows    map[any]change.Row
}

func newState(scope change.Scope) *state { return &state{scope: scope, rows: map[any]change.Row{}} }

func (s *state) clone() *state {
	return &state{scope: s.scope, version: s.version, rows: maps.Clone(s.rows)}
}

func (s *state) put(rows ...change.Row) {
	for _, r := range rows {
		s.rows[r.RowKey()] = r
	}
}

// apply does what a client does with an event.
func (s *state) apply(t *testing.T, c change.Change) {
	t.Helper()
	if c.Version <= s.version {
		return
	}
	if c.Version != s.version+1 {
		t.Errorf("scope %v: version %d follows %d", c.Scope, c.Version, s.version)
	}
	s.version = c.Version
	for _, r := range c.Rows {
		s.take(r)
	}
}

// take puts a row, or forgets it if a snapshot would not show it.
func (s *state) take(r change.Row) {
	s.put(r)
	switch r := r.(type) {
	case contact.Contact:
		if r.State != contact.Friend && !r.Blocked {
			delete(s.rows, r.RowKey())
		}
	case conversation.Member:
		if r.State != conversation.Joined {
			delete(s.rows, r.RowKey())
		}
	case conversation.Membership:
		if r.State != conversation.Joined {
			delete(s.rows, r.RowKey())
		}
	case conversation.Message: // moves the head, and the sender's read position
		for key, other := range s.rows {
			switch other := other.(type) {
			case conversation.Conversation:
				other.LastSeq = max(other.LastSeq, r.Seq)
				other.LastActivityAt = max(other.LastActivityAt, r.CreatedAt)
				s.rows[key] = other
			case conversation.Member:
				if other.Account.ID == r.SenderID && other.Version <= r.Version {
					other.ReadSeq, other.Version = max(other.ReadSeq, r.Seq), r.Version
					s.rows[key] = other
				}
			}
		}
	}
}

// view is the state as it is compared: without what the row of another scope
// says, and without the read position of the own list, which the messages move.
func (s *state) view() map[string]string {
	out := map[string]string{"version": fmt.Sprint(s.version)}
	for key, r := range s.rows {
		switch row := r.(type) {
		case contact.Request:
			if s.scope.ID == row.From.ID {
				row.ToVersion = 0
			} else {
				row.FromVersion = 0
			}
			r = row
		case conversation.Conversation:
			row.Version = 0 // the scope's
			r = row
		case conversation.Membership:
			row.ReadSeq = 0
			r = row
		case conversation.JoinRequest:
			row.From = account.Card{} // oneself
			r = row
		case conversation.Message:
			if row.Happening != nil {
				out[fmt.Sprintf("notice %v", key)] = fmt.Sprintf("%+v", *row.Happening)
				row.Happening = nil
			}
			r = row
		}
		out[fmt.Sprintf("%T %v", key, key)] = fmt.Sprintf("%+v", r)
	}
	return out
}

func wantSame(t *testing.T, what string, got, want *state) {
	t.Helper()
	g, w := got.view(), want.view()
	for key := range w {
		if g[key] != w[key] {
			t.Errorf("%s: %s:\n got %s\nwant %s", what, key, g[key], w[key])
		}
	}
	for key := range g {
		if _, ok := w[key]; !ok {
			t.Errorf("%s: %s is %s, and should not be there", what, key, g[key])
		}
	}
}

// snapshot reads a scope afresh.
func (w *world) snapshot(ctx context.Context, t *testing.T, scope change.Scope) *state {
	t.Helper()
	s := newState(scope)
	w.readSince(ctx, t, s, 0)
	return s
}

// readSince takes what changed in a scope since a version.
func (w *world) readSince(ctx context.Context, t *testing.T, s *state, since int64) {
	t.Helper()
	id := s.scope.ID
	if s.scope.Kind == change.User {
		s.version = must(w.UserVersion(ctx, id))(t)
		s.take(must(w.Account(ctx, id))(t))
		takeAll(s, must(w.Contacts(ctx, id, since))(t))
		takeAll(s, must(w.Requests(ctx, id, since))(t))
		takeAll(s, must(w.Memberships(ctx, id, since))(t))
		takeAll(s, must(w.JoinRequests(ctx, id, since))(t))
		takeAll(s, must(w.Invitations(ctx, id, since))(t))
		return
	}
	head := must(w.Conversation(ctx, id))(t)
	s.version = head.Version
	for _, m := range must(w.Messages(ctx, id, 0, 1<<62, 1_000_000, false))(t) {
		if m.Version > since {
			s.put(m)
		}
	}
	takeAll(s, must(w.members(id, since))(t))
	s.take(head)
}

func takeAll[R change.Row](s *state, rows []R) {
	for _, r := range rows {
		s.take(r)
	}
}

// catchUp asks for what changed since the state's version.
func (s *state) catchUp(t *testing.T, w *world) *state {
	t.Helper()
	out := s.clone()
	err := w.View(t.Context(), func(ctx context.Context) error {
		w.readSince(ctx, t, out, s.version)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// RunNodes proves that two stores on one database are as good as one: open
// opens another on the database of the test each time it is called.
func RunNodes(t *testing.T, open Opener) {
	two := func(t *testing.T) (*world, *world, *record) {
		log := &record{}
		one := node(t, open, log)
		other := node(t, open, log)
		// Two nodes publish side by side, but between them every version once.
		t.Cleanup(func() {
			seen := map[change.Scope]map[int64]bool{}
			for _, c := range log.all() {
				if seen[c.Scope] == nil {
					seen[c.Scope] = map[int64]bool{}
				}
				if seen[c.Scope][c.Version] {
					t.Errorf("scope %v: version %d was published twice", c.Scope, c.Version)
				}
				seen[c.Scope][c.Version] = true
				checkRows(t, c)
			}
			for scope, versions := range seen {
				for v := range int64(len(versions)) {
					if !versions[v+1] {
						t.Errorf("scope %v: %d versions were published, but not %d", scope, len(versions), v+1)
					}
				}
			}
		})
		return one, other, log
	}

	t.Run("parallel senders on both: dense seqs, nothing lost", func(t *testing.T) {
		one, other, _ := two(t)
		ann, bob, c := one.pair("ann")
		const senders, each = 40, 10
		parallel(senders, func(i int) {
			w, sender := one, ann
			if i%2 == 0 {
				w = other
			}
			if i%3 == 0 {
				sender = bob
			}
			last := int64(0)
			for k := range each {
				m, err := w.post(w.draft(c, sender, fmt.Sprintf("client-%d-%d", i, k), "x"))
				if err != nil || m.Seq <= last {
					t.Errorf("seq %d after %d, %v", m.Seq, last, err)
				}
				last = m.Seq
			}
		})
		one.checkDense(c, senders*each)
		other.checkDense(c, senders*each)
	})

	t.Run("a clientId repeated on the other node is stored once", func(t *testing.T) {
		one, other, _ := two(t)
		ann, _, c := one.pair("ann")
		var mu sync.Mutex
		first := map[string]int64{}
		parallel(60, func(i int) {
			w := one
			if i%2 == 0 {
				w = other
			}
			id := fmt.Sprintf("client-%d", i%7)
			m, err := w.post(w.draft(c, ann, id, "x"))
			mu.Lock()
			defer mu.Unlock()
			if have, ok := first[id]; err != nil || ok && have != m.Seq {
				t.Errorf("%s: seq %d and %d, %v", id, have, m.Seq, err)
			}
			first[id] = m.Seq
		})
		one.checkDense(c, 7)
	})

	t.Run("a name is taken once", func(t *testing.T) {
		one, other, _ := two(t)
		var mu sync.Mutex
		got := 0
		parallel(20, func(i int) {
			w := one
			if i%2 == 0 {
				w = other
			}
			if _, err := w.create("carol", fmt.Sprintf("carol%d@example.org", i)); err == nil {
				mu.Lock()
				got++
				mu.Unlock()
			}
		})
		wantEqual(t, "who got it", got, 1)
	})

	t.Run("a crowd on both", func(t *testing.T) {
		one, other, log := two(t)
		here := one.crowd("p", 6)
		there := other.crowd("q", 2) // its own people, and those of the other
		here.people = append(here.people, there.people...)
		there.people = here.people
		var both sync.WaitGroup
		both.Go(func() { here.live(t, 1, 3, 60) })
		both.Go(func() { there.live(t, 2, 3, 60) })
		both.Wait()
		for scope, want := range here.snapshots(t) {
			byVersion := map[int64]change.Change{}
			for _, c := range log.of(scope) {
				byVersion[c.Version] = c
			}
			s := newState(scope)
			for v := range want.version {
				s.apply(t, byVersion[v+1])
			}
			wantSame(t, fmt.Sprintf("scope %v", scope), s, want)
		}
	})
}
