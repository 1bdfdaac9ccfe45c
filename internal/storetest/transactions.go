package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
)

var errOwn = errors.New("the function's own error")

func (w *world) userVersion(a account.Account) int64 {
	w.t.Helper()
	return must(w.UserVersion(w.t.Context(), a.ID))(w.t)
}

// rename changes an account within a transaction.
func (w *world) rename(ctx context.Context, id change.ID, name string) error {
	a, err := w.Account(ctx, id)
	if err != nil {
		return err
	}
	a.Name = name
	_, err = w.PutAccount(ctx, a)
	return err
}

var transactions = map[string]func(*testing.T, *world){
	"an error changes nothing, publishes nothing and comes back as it is": func(t *testing.T, w *world) {
		ann := w.person("ann")
		published := len(w.log.all())
		err := w.Update(t.Context(), func(ctx context.Context) error {
			w.AfterCommit(ctx, func() { t.Error("an effect of a transaction that failed") })
			if err := w.rename(ctx, ann.ID, "nobody"); err != nil {
				return err
			}
			return errOwn
		})
		if err != errOwn { //nolint:errorlint // as it is
			t.Errorf("the error is %v", err)
		}
		wantEqual(t, "account", must(w.Account(t.Context(), ann.ID))(t), ann)
		if w.userVersion(ann) != ann.Version {
			t.Error("the version of the scope has moved")
		}
		if n := len(w.log.all()); n != published {
			t.Errorf("%d changes were published", n-published)
		}
		w.update(func(ctx context.Context) error { return w.rename(ctx, ann.ID, "Ann") })
	},

	"changes are published and effects run before Update returns": func(t *testing.T, w *world) {
		ann := w.person("ann")
		for i := range 20 {
			ran := false
			w.update(func(ctx context.Context) error {
				w.AfterCommit(ctx, func() {
					a, err := w.Account(context.Background(), ann.ID)
					if err != nil || a.Name != fmt.Sprint("name ", i) {
						t.Errorf("the effect sees %q, %v", a.Name, err)
					}
					if list := w.log.of(userScope(ann.ID)); len(list) != i+2 {
						t.Error("the effect ran before the change was published")
					}
					ran = true
				})
				return w.rename(ctx, ann.ID, fmt.Sprint("name ", i))
			})
			if !ran {
				t.Fatal("the effect did not run")
			}
			list := w.log.of(userScope(ann.ID))
			if len(list) != i+2 || list[i+1].Version != int64(i+2) {
				t.Fatalf("%d changes are published after %d transactions", len(list), i+2)
			}
		}
	},

	"a scope has one version per transaction, and the later state of a row replaces the earlier": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		w.update(func(ctx context.Context) error {
			for i := range 3 {
				if err := w.rename(ctx, ann.ID, fmt.Sprint("name ", i)); err != nil {
					return err
				}
				if _, err := w.PutContact(ctx, contact.Contact{Owner: ann.ID, Account: bob.Card(), State: contact.Friend, Remark: fmt.Sprint("remark ", i)}); err != nil {
					return err
				}
			}
			return nil
		})
		list := w.log.of(userScope(ann.ID))
		last := list[len(list)-1]
		if len(list) != 2 || last.Version != 2 || w.userVersion(ann) != 2 {
			t.Fatalf("%d changes, the last with version %d", len(list), last.Version)
		}
		if len(last.Rows) != 2 {
			t.Fatalf("%d rows: %+v", len(last.Rows), last.Rows)
		}
		for _, r := range last.Rows {
			switch r := r.(type) {
			case account.Account:
				wantEqual(t, "account", r.Name, "name 2")
				wantEqual(t, "version", r.Version, 2)
			case contact.Contact:
				wantEqual(t, "contact", r.Remark, "remark 2")
				wantEqual(t, "version", r.Version, 2)
			default:
				t.Errorf("unexpected %T", r)
			}
		}
	},

	"an Update inside an Update joins it": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var order []string
		w.update(func(ctx context.Context) error {
			w.AfterCommit(ctx, func() { order = append(order, "outer") })
			if err := w.rename(ctx, ann.ID, "outer"); err != nil {
				return err
			}
			return w.Update(ctx, func(ctx context.Context) error {
				w.AfterCommit(ctx, func() { order = append(order, "inner") })
				a, err := w.Account(ctx, ann.ID)
				if err != nil || a.Name != "outer" {
					t.Errorf("the inner one sees %q, %v", a.Name, err)
				}
				return w.rename(ctx, ann.ID, "inner")
			})
		})
		wantEqual(t, "effects", order, []string{"outer", "inner"})
		if list := w.log.of(userScope(ann.ID)); len(list) != 2 {
			t.Errorf("%d changes, want 2", len(list))
		}
		err := w.Update(t.Context(), func(ctx context.Context) error {
			if err := w.rename(ctx, ann.ID, "gone"); err != nil {
				return err
			}
			return w.Update(ctx, func(context.Context) error { return errOwn })
		})
		wantErr(t, err, errOwn)
		wantEqual(t, "name", must(w.Account(t.Context(), ann.ID))(t).Name, "inner")
	},

	"a View inside an Update sees its writes": func(t *testing.T, w *world) {
		ann := w.person("ann")
		w.update(func(ctx context.Context) error {
			if err := w.rename(ctx, ann.ID, "new"); err != nil {
				return err
			}
			return w.View(ctx, func(ctx context.Context) error {
				a, err := w.Account(ctx, ann.ID)
				wantEqual(t, "name", a.Name, "new")
				return err
			})
		})
	},

	"an Update inside a View is refused": func(t *testing.T, w *world) {
		ann := w.person("ann")
		err := w.View(t.Context(), func(ctx context.Context) error {
			return w.Update(ctx, func(ctx context.Context) error { return w.rename(ctx, ann.ID, "new") })
		})
		if err == nil {
			t.Error("it was not refused")
		}
		err = w.View(t.Context(), func(ctx context.Context) error { return w.rename(ctx, ann.ID, "new") })
		if err == nil {
			t.Error("a write in a View was not refused")
		}
		if err := w.rename(t.Context(), ann.ID, "new"); err == nil {
			t.Error("a write without a transaction was not refused")
		}
		wantEqual(t, "account", must(w.Account(t.Context(), ann.ID))(t), ann)
	},

	"a View sees one snapshot": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		w.send(c, ann, "client-1", "one")
		err := w.View(t.Context(), func(ctx context.Context) error {
			before := must(w.Conversation(ctx, c.ID))(t)
			w.send(c, bob, "client-2", "two")
			w.update(func(ctx context.Context) error { return w.rename(ctx, ann.ID, "new") })
			after := must(w.Conversation(ctx, c.ID))(t)
			wantEqual(t, "conversation", after, before)
			if n := len(must(w.Messages(ctx, c.ID, 0, 1<<62, 10, true))(t)); n != 1 {
				t.Errorf("the view sees %d messages", n)
			}
			wantEqual(t, "name", must(w.Account(ctx, ann.ID))(t).Name, ann.Name)
			wantEqual(t, "version", must(w.UserVersion(ctx, ann.ID))(t), 2)
			return errOwn
		})
		if err != errOwn { //nolint:errorlint // as it is
			t.Errorf("the error is %v", err)
		}
		wantEqual(t, "name", must(w.Account(t.Context(), ann.ID))(t).Name, "new")
	},

	"many Views read at once what was never read before": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		reads := []func(ctx context.Context) error{
			func(ctx context.Context) error { _, err := w.Joined(ctx, ann.ID); return err },
			func(ctx context.Context) error {
				_, err := w.Members(ctx, []conversation.Since{{Conversation: c.ID}})
				return err
			},
			func(ctx context.Context) error { _, err := w.Friends(ctx, ann.ID); return err },
			func(ctx context.Context) error { _, err := w.Contacts(ctx, bob.ID, 0); return err },
			func(ctx context.Context) error { _, err := w.Contacts(ctx, bob.ID, 1); return err },
			func(ctx context.Context) error { _, err := w.Requests(ctx, bob.ID, 0); return err },
			func(ctx context.Context) error { _, err := w.Owners(ctx); return err },
			func(ctx context.Context) error { _, err := w.Messages(ctx, c.ID, 0, 10, 10, true); return err },
		}
		parallel(64, func(i int) {
			err := w.View(t.Context(), func(ctx context.Context) error {
				for k := range reads {
					if err := reads[(i+k)%len(reads)](ctx); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	},

	"a panic fails its own transaction only": func(t *testing.T, w *world) {
		ann := w.person("ann")
		bobs := make([]account.Account, 30)
		for i := range bobs {
			bobs[i] = w.person(fmt.Sprint("bob", i))
		}
		var kept atomic.Int64
		parallel(len(bobs), func(i int) {
			err := w.Update(t.Context(), func(ctx context.Context) error {
				if _, err := w.PutContact(ctx, contact.Contact{Owner: ann.ID, Account: bobs[i].Card(), State: contact.Friend}); err != nil {
					return err
				}
				switch i % 3 {
				case 0:
					panic("of one")
				case 1:
					return errOwn
				}
				return nil
			})
			switch {
			case (err == nil) != (i%3 == 2), i%3 == 1 && !errors.Is(err, errOwn):
				t.Errorf("transaction %d: %v", i, err)
			case err == nil:
				kept.Add(1)
			}
		})
		list := must(w.Contacts(t.Context(), ann.ID, 0))(t)
		if len(list) != 10 || kept.Load() != 10 {
			t.Errorf("%d contacts are stored and %d acknowledged, want 10", len(list), kept.Load())
		}
		wantEqual(t, "version", w.userVersion(ann), 11)
	},

	"many at once: published in the order of commits": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("ann")
		var effects atomic.Int64
		parallel(60, func(i int) {
			switch i % 3 {
			case 0:
				w.send(c, ann, fmt.Sprintf("client-%d", i), "hello")
			case 1:
				err := w.Update(t.Context(), func(ctx context.Context) error {
					w.AfterCommit(ctx, func() { effects.Add(1) })
					head, err := w.Conversation(ctx, c.ID)
					if err != nil {
						return err
					}
					m, err := w.Member(ctx, c.ID, bob.ID)
					if err != nil {
						return err
					}
					_, err = w.SetReadSeq(ctx, c.ID, bob.ID, max(m.ReadSeq, head.LastSeq), true)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			case 2:
				if err := w.Update(t.Context(), func(ctx context.Context) error { return w.rename(ctx, ann.ID, fmt.Sprint("name ", i)) }); err != nil {
					t.Error(err)
				}
			}
		})
		if effects.Load() != 20 {
			t.Errorf("%d effects of 20 ran", effects.Load())
		}
		// The version order is checked for every world. Here: seqs follow it.
		seq := int64(0)
		for _, ch := range w.log.of(talkScope(c.ID)) {
			for _, r := range ch.Rows {
				if m, ok := r.(conversation.Message); ok {
					if m.Seq != seq+1 || m.Version != ch.Version {
						t.Errorf("seq %d of version %d came after seq %d in the change of version %d", m.Seq, m.Version, seq, ch.Version)
					}
					seq = m.Seq
				}
			}
		}
		w.checkDense(c, 20)
	},

	"who has given up before the turn came changes nothing": func(t *testing.T, w *world) {
		ann, _, c := w.pair("ann")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Update(ctx, func(ctx context.Context) error { return w.rename(ctx, ann.ID, "late") }); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		done := make(chan error, 1)
		w.AppendMessage(ctx, w.draft(c, ann, "client-1", "late"), conversation.MayPost, func(_ conversation.Message, err error) { done <- err })
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		wantEqual(t, "name", must(w.Account(t.Context(), ann.ID))(t).Name, ann.Name)
		w.checkDense(c, 0)
		w.send(c, ann, "client-1", "in time")
	},

	"a transaction that has ended is of no more use": func(t *testing.T, w *world) {
		ann := w.person("ann")
		var kept context.Context
		w.update(func(ctx context.Context) error {
			kept = ctx
			return nil
		})
		w.update(func(context.Context) error {
			if err := w.rename(kept, ann.ID, "smuggled"); err == nil {
				t.Error("a write with the context of an ended transaction was taken")
			}
			return nil
		})
		wantEqual(t, "name", must(w.Account(t.Context(), ann.ID))(t).Name, ann.Name)
	},

	"a failed write fails its transaction, also when the error is not passed on": func(t *testing.T, w *world) {
		ann := w.person("ann")
		parallel(20, func(i int) {
			err := w.Update(t.Context(), func(ctx context.Context) error {
				for range 1 + i%2 { // every other one stores the same twice
					_ = w.CreateToken(ctx, account.Token{Hash: fmt.Sprint("hash", i), Purpose: account.Reset, AccountID: ann.ID, ExpiresAt: 1})
				}
				return nil
			})
			if (err == nil) != (i%2 == 0) {
				t.Errorf("transaction %d: %v", i, err)
			}
		})
		var found []int
		for i := range 20 {
			if _, err := w.Token(t.Context(), fmt.Sprint("hash", i)); err == nil {
				found = append(found, i)
			}
		}
		if len(found) != 10 || slices.ContainsFunc(found, func(i int) bool { return i%2 == 1 }) {
			t.Errorf("stored: %v", found)
		}
	},
}
