package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

func refuse(conversation.Standing) error { return errOwn }
func admit(conversation.Standing) error  { return nil }

var appends = map[string]func(*testing.T, *world){
	"the result is what is stored and what is published": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		body := "Ünïcode kept as typed: 你好 👩‍👩‍👧 e\u0301 \u202e\ttab\nline " + strings.Repeat("长", 9000)
		draft := w.draft(c, ann, "client-1", body)
		m := must(w.post(draft))(t)
		draft.Seq, draft.Version = 1, c.Version+1
		wantEqual(t, "result", m, draft)
		wantEqual(t, "stored", w.history(c), []conversation.Message{m})
		list := w.log.of(talkScope(c.ID))
		last := list[len(list)-1]
		wantEqual(t, "rows", last.Rows, []change.Row{m})
		wantEqual(t, "members version", last.MembersVersion, c.MembersVersion)
		head := must(w.Conversation(t.Context(), c.ID))(t)
		c.Version, c.LastSeq, c.LastActivityAt = m.Version, 1, m.CreatedAt
		wantEqual(t, "conversation", head, c)

		// The sender has read up to it, at the version of the message.
		mine := must(w.Member(t.Context(), c.ID, ann.ID))(t)
		if mine.ReadSeq != 1 || mine.Version != m.Version {
			t.Errorf("the sender's read position is %d at version %d", mine.ReadSeq, mine.Version)
		}
		theirs := must(w.Member(t.Context(), c.ID, bob.ID))(t)
		if theirs.ReadSeq != 0 || theirs.Version != 1 {
			t.Errorf("the other's read position is %d at version %d", theirs.ReadSeq, theirs.Version)
		}
		if v := w.userVersion(ann); v != 2 {
			t.Errorf("the user scope of the sender has moved to %d", v)
		}
	},

	"drafts given one after the other get ascending seqs": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		_, _, d := w.pair("other")
		carl := w.person("carl")
		e := w.befriend(ann, carl)
		const n = 700 // more than one statement holds
		var waiting []<-chan sent
		for i := range n {
			sender := ann
			if i%3 == 0 {
				sender = bob
			}
			waiting = append(waiting, w.submit(w.draft(c, sender, fmt.Sprintf("client-%d", i), "hi"), conversation.MayPost))
			if i%2 == 0 {
				w.submit(w.draft(e, ann, fmt.Sprintf("other-%d", i), "hi"), conversation.MayPost)
			}
		}
		for i, r := range waiting {
			if got := <-r; got.err != nil || got.message.Seq != int64(i+1) {
				t.Fatalf("draft %d: seq %d, %v", i+1, got.message.Seq, got.err)
			}
		}
		w.send(e, ann, "the-last", "hi") // behind all others
		w.checkDense(c, n)
		w.checkDense(e, n/2+1)
		w.checkDense(d, 0)
	},

	"hundreds of parallel senders: dense seqs, each its own message": func(t *testing.T, w *world) {
		const pairs, each = 12, 12
		type talk struct {
			people [2]account.Account
			c      conversation.Conversation
		}
		talks := make([]talk, pairs)
		for i := range talks {
			a, b, c := w.pair(fmt.Sprint("p", i))
			talks[i] = talk{[2]account.Account{a, b}, c}
		}
		parallel(pairs*2*10, func(i int) {
			p := talks[i%pairs]
			if i%2 == 0 {
				p = talks[0] // half of all write in one
			}
			sender := p.people[i/pairs%2]
			for k := range each {
				id := fmt.Sprintf("client-%d-%d", i, k)
				m, err := w.post(w.draft(p.c, sender, id, "body of "+id))
				if err != nil || m.ClientID != id || m.Body != "body of "+id || m.Seq < 1 {
					t.Errorf("%s: %+v, %v", id, m, err)
				}
			}
		})
		total := 0
		for _, p := range talks {
			list := w.history(p.c)
			total += len(list)
			w.checkDense(p.c, len(list))
			last := map[change.ID]int64{}
			for _, m := range list {
				if m.Body != "body of "+m.ClientID {
					t.Errorf("%s holds %q", m.ClientID, m.Body)
				}
				last[m.SenderID] = m.Seq
			}
			for _, a := range p.people {
				if m := must(w.Member(t.Context(), p.c.ID, a.ID))(t); m.ReadSeq != last[a.ID] {
					t.Errorf("the read position of a sender is %d, of whom the last message is %d", m.ReadSeq, last[a.ID])
				}
			}
		}
		if total != pairs*2*10*each {
			t.Errorf("%d messages of %d are stored", total, pairs*2*10*each)
		}
	},

	"a repeated clientId gives the first result": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		carl := w.person("carl")
		other := w.befriend(ann, carl)
		first := w.send(c, ann, "client-1", "first")
		published := len(w.log.all())
		again := func(what string, draft conversation.Message, allow func(conversation.Standing) error) {
			t.Helper()
			r := <-w.submit(draft, allow)
			if r.err != nil {
				t.Errorf("%s: %v", what, r.err)
			}
			wantEqual(t, what, r.message, first)
		}
		again("the same", w.draft(c, ann, "client-1", "first"), conversation.MayPost)
		again("another body", w.draft(c, ann, "client-1", "another"), conversation.MayPost)
		again("in another conversation", w.draft(other, ann, "client-1", "first"), conversation.MayPost)
		again("no longer admitted", w.draft(c, ann, "client-1", "first"), refuse)
		w.update(func(ctx context.Context) error {
			_, err := w.PutContact(ctx, contact.Contact{Owner: bob.ID, Account: ann.Card(), State: contact.None, Blocked: true})
			return err
		})
		published++
		again("blocked meanwhile", w.draft(c, ann, "client-1", "first"), conversation.MayPost)
		again("in no conversation", w.draft(conversation.Conversation{ID: w.ids.Next()}, ann, "client-1", "first"), conversation.MayPost)
		if n := len(w.log.all()); n != published {
			t.Errorf("%d changes were published by repeating", n-published)
		}
		// The name is the sender's own.
		if m, err := w.post(w.draft(c, bob, "client-1", "mine")); !errors.Is(err, conversation.ErrIBlocked) {
			t.Errorf("%+v, %v", m, err)
		}
		m := w.send(other, carl, "client-1", "carl's")
		wantEqual(t, "seq", m.Seq, 1)
		w.checkDense(c, 1)
		w.checkDense(other, 1)
	},

	"a clientId repeated at once is stored once": func(t *testing.T, w *world) {
		ann, _, c := w.pair("ann")
		for round := range 10 {
			var waiting []<-chan sent
			for i := range 20 {
				waiting = append(waiting, w.submit(w.draft(c, ann, fmt.Sprintf("client-%d-%d", round, i%4), fmt.Sprint("body ", i)), conversation.MayPost))
			}
			results := make([]conversation.Message, len(waiting))
			for i, r := range waiting {
				got := <-r
				if got.err != nil {
					t.Fatal(got.err)
				}
				results[i] = got.message
				wantEqual(t, "the repeated", got.message, results[i%4])
				wantEqual(t, "body", got.message.Body, fmt.Sprint("body ", i%4))
			}
		}
		w.checkDense(c, 40)
	},

	"a clientId repeated in parallel is stored once": func(t *testing.T, w *world) {
		ann, _, c := w.pair("ann")
		results := make([]conversation.Message, 80)
		parallel(len(results), func(i int) {
			m, err := w.post(w.draft(c, ann, fmt.Sprintf("client-%d", i%5), "hello"))
			if err != nil {
				t.Error(err)
			}
			results[i] = m
		})
		for i, m := range results {
			m.CreatedAt = results[i%5].CreatedAt
			wantEqual(t, "result", m, results[i%5])
		}
		w.checkDense(c, 5)
	},

	"admit decides, by the standing as of the commit": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		eve := w.person("eve")
		see := func(sender account.Account, in conversation.Conversation) (got conversation.Standing) {
			draft := w.draft(in, sender, "client-x", "x")
			r := <-w.submit(draft, func(s conversation.Standing) error {
				got = s
				return errOwn
			})
			if got.At != draft.CreatedAt {
				t.Errorf("a draft of %d stands as of %d", draft.CreatedAt, got.At)
			}
			got.At = 0
			if r.err != errOwn { //nolint:errorlint // as it is
				t.Errorf("the error is %v", r.err)
			}
			return got
		}
		open := conversation.Standing{Kind: conversation.Direct, Member: conversation.Joined, Role: conversation.Ordinary, Friends: true, PeerState: account.Active}
		wantEqual(t, "friends", see(ann, c), open)
		wantEqual(t, "no conversation", see(ann, conversation.Conversation{ID: w.ids.Next()}), conversation.Standing{})
		if s := see(eve, c); s.Member != "" || s.Friends {
			t.Errorf("a stranger stands as %+v", s)
		}
		put := func(owner, other account.Account, state contact.State, blocked bool) {
			w.update(func(ctx context.Context) error {
				_, err := w.PutContact(ctx, contact.Contact{Owner: owner.ID, Account: other.Card(), State: state, Blocked: blocked})
				return err
			})
		}
		put(bob, ann, contact.Friend, true)
		s := open
		s.Blocked = true
		wantEqual(t, "blocked", see(ann, c), s)
		s = open
		s.IBlocked = true
		wantEqual(t, "I blocked", see(bob, c), s)
		put(bob, ann, contact.None, false)
		put(ann, bob, contact.None, false)
		s = open
		s.Friends = false
		wantEqual(t, "no friends", see(ann, c), s)
		w.update(func(ctx context.Context) error {
			b, err := w.Account(ctx, bob.ID)
			if err != nil {
				return err
			}
			b.State = account.Disabled
			_, err = w.PutAccount(ctx, b)
			return err
		})
		s.PeerState = account.Disabled
		wantEqual(t, "disabled", see(ann, c), s)
		w.checkDense(c, 0)
		wantEqual(t, "read position", must(w.Member(t.Context(), c.ID, ann.ID))(t).ReadSeq, 0)
		r := <-w.submit(w.draft(c, ann, "client-x", "x"), admit)
		if r.err != nil || r.message.Seq != 1 {
			t.Errorf("what was refused before: %+v, %v", r.message, r.err)
		}
	},

	"the refused are apart from the admitted around them": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		eve := w.person("eve")
		nowhere := conversation.Conversation{ID: w.ids.Next()}
		const n = 120
		waiting := make([]<-chan sent, n)
		for i := range n {
			id := fmt.Sprintf("client-%d", i)
			switch i % 6 {
			case 0, 3:
				waiting[i] = w.submit(w.draft(c, ann, id, "a"), conversation.MayPost)
			case 1:
				waiting[i] = w.submit(w.draft(c, eve, id, "stranger"), conversation.MayPost)
			case 2:
				waiting[i] = w.submit(w.draft(c, bob, id, "panic"), func(conversation.Standing) error { panic("in admit") })
			case 4:
				waiting[i] = w.submit(w.draft(nowhere, ann, id, "nowhere"), conversation.MayPost)
			case 5:
				waiting[i] = w.submit(w.draft(nowhere, ann, id, "admitted to nowhere"), admit)
			}
		}
		seq := int64(0)
		for i, r := range waiting {
			got := <-r
			switch i % 6 {
			case 0, 3:
				seq++
				if got.err != nil || got.message.Seq != seq {
					t.Errorf("draft %d: seq %d, want %d, %v", i, got.message.Seq, seq, got.err)
				}
			case 1, 4:
				wantErr(t, got.err, conversation.ErrNotFound)
			default:
				if got.err == nil {
					t.Errorf("draft %d was stored", i)
				}
			}
		}
		w.checkDense(c, n/3)
	},

	"one that can not be stored is apart from the others": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		var waiting []<-chan sent
		for i := range 40 {
			draft := w.draft(c, ann, fmt.Sprintf("client-%d", i), "fine")
			if i%20 == 7 {
				draft.Body = "no database keeps \xff\xfe and not all keep \x00"
			}
			waiting = append(waiting, w.submit(draft, conversation.MayPost))
		}
		stored := 0
		for i, r := range waiting {
			got := <-r
			if got.err != nil && i%20 != 7 {
				t.Errorf("draft %d: %v", i, got.err)
			}
			if got.err == nil {
				stored++
			}
		}
		w.checkDense(c, stored)
		w.send(c, bob, "client-1", "goes on")
	},

	"inside a transaction it is refused": func(t *testing.T, w *world) {
		ann, _, c := w.pair("ann")
		w.update(func(ctx context.Context) error {
			calls := 0
			w.AppendMessage(ctx, w.draft(c, ann, "client-1", "x"), admit, func(_ conversation.Message, err error) {
				calls++
				if err == nil {
					t.Error("it was not refused")
				}
			})
			wantEqual(t, "calls of done", calls, 1)
			return nil
		})
		w.checkDense(c, 0)
	},

	"done may append": func(t *testing.T, w *world) {
		ann, _, c := w.pair("ann")
		finished := make(chan struct{})
		var next func(i int)
		next = func(i int) {
			w.AppendMessage(t.Context(), w.draft(c, ann, fmt.Sprintf("client-%d", i), "x"), admit, func(m conversation.Message, err error) {
				if err != nil || m.Seq != int64(i+1) {
					t.Errorf("seq %d, %v", m.Seq, err)
				}
				if i == 9 {
					close(finished)
					return
				}
				next(i + 1)
			})
		}
		next(0)
		<-finished
		w.checkDense(c, 10)
	},

	"done is called once for each, whatever becomes of it": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		random := rand.New(rand.NewPCG(1, 2))
		const n = 400
		var mu sync.Mutex
		calls := make([]int, n)
		var all sync.WaitGroup
		all.Add(n)
		for i := range n {
			ctx, cancel := context.WithCancel(t.Context())
			if random.IntN(5) == 0 {
				cancel()
			}
			defer cancel()
			allow := conversation.MayPost
			if random.IntN(5) == 0 {
				allow = refuse
			}
			sender := ann
			if random.IntN(2) == 0 {
				sender = bob
			}
			w.AppendMessage(ctx, w.draft(c, sender, fmt.Sprintf("client-%d", random.IntN(200)), "x"), allow, func(conversation.Message, error) {
				mu.Lock()
				calls[i]++
				again := calls[i] > 1
				mu.Unlock()
				if !again {
					all.Done()
				}
			})
		}
		all.Wait()
		w.send(c, ann, "the-last", "x") // whatever was wrongly told twice is told by now
		mu.Lock()
		defer mu.Unlock()
		for i, n := range calls {
			if n != 1 {
				t.Errorf("done %d was called %d times", i, n)
			}
		}
		w.checkDense(c, len(w.history(c)))
	},
}
