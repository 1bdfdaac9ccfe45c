package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/push"
)

// subscribe stores where a session is called.
func (w *world) subscribe(s account.Session, endpoint string) push.Subscription {
	w.t.Helper()
	p := push.Subscription{SessionID: s.ID, AccountID: s.AccountID, Endpoint: endpoint, PublicKey: "key of " + endpoint, Secret: "secret", CreatedAt: w.clock.Now()}
	w.update(func(ctx context.Context) error { return w.PutSubscription(ctx, p) })
	return p
}

// subscriptions reads those of an account.
func (w *world) subscriptions(a account.Account, now int64) []push.Subscription {
	w.t.Helper()
	return must(w.Subscriptions(w.t.Context(), a.ID, now))(w.t)
}

var pushes = map[string]func(*testing.T, *world){
	"the first key stays": func(t *testing.T, w *world) {
		_, err := w.PushKey(t.Context())
		wantErr(t, err, change.ErrNotFound)
		var mu sync.Mutex
		seen := map[push.Key]int{}
		parallel(20, func(i int) {
			err := w.Update(t.Context(), func(ctx context.Context) error {
				if err := w.CreatePushKey(ctx, push.Key{Private: fmt.Sprint("key-", i), CreatedAt: 5}); err != nil {
					return err
				}
				k, err := w.PushKey(ctx)
				mu.Lock()
				defer mu.Unlock()
				seen[k]++
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		k := must(w.PushKey(t.Context()))(t)
		wantEqual(t, "all see one key", seen, map[push.Key]int{k: 20})
	},

	"a session has one subscription, and an endpoint one session": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		one, two := w.session(ann, "t1", 1, 100), w.session(ann, "t2", 1, 200)
		bobs := w.session(bob, "t3", 1, 100)
		w.subscribe(one, "https://push.example/a")
		first, second := w.subscribe(one, "https://push.example/b"), w.subscribe(two, "https://push.example/c")
		wantEqual(t, "the later takes the place", w.subscriptions(ann, 99), []push.Subscription{first, second})
		again := w.subscribe(one, "https://push.example/b")
		wantEqual(t, "the same again", w.subscriptions(ann, 99), []push.Subscription{again, second})
		wantEqual(t, "of sessions that have not expired", w.subscriptions(ann, 100), []push.Subscription{second})
		// Somebody else signed in on that device.
		moved := w.subscribe(bobs, "https://push.example/c")
		wantEqual(t, "moved from", w.subscriptions(ann, 99), []push.Subscription{again})
		wantEqual(t, "moved to", w.subscriptions(bob, 99), []push.Subscription{moved})

		for _, s := range []push.Subscription{
			{SessionID: w.ids.Next(), AccountID: ann.ID, Endpoint: "https://push.example/d"},
			{SessionID: one.ID, AccountID: bob.ID, Endpoint: "https://push.example/d"},
		} {
			wantErr(t, w.Update(t.Context(), func(ctx context.Context) error { return w.PutSubscription(ctx, s) }), change.ErrNotFound)
		}
		remove := func(s account.Session, endpoint string) {
			w.update(func(ctx context.Context) error { return w.DeleteSubscription(ctx, s.ID, endpoint) })
		}
		remove(two, "")
		remove(one, "https://push.example/a") // leads elsewhere now
		wantEqual(t, "left", w.subscriptions(ann, 99), []push.Subscription{again})
		remove(one, again.Endpoint)
		remove(bobs, "")
		wantEqual(t, "none left", len(w.subscriptions(ann, 99))+len(w.subscriptions(bob, 99)), 0)
	},

	"a subscription ends with its session": func(t *testing.T, w *world) {
		ann := w.person("ann")
		one, two, three := w.session(ann, "t1", 1, 100), w.session(ann, "t2", 1, 200), w.session(ann, "t3", 1, 300)
		for i, s := range []account.Session{one, two, three} {
			w.subscribe(s, fmt.Sprint("https://push.example/", i))
		}
		left := func() []change.ID {
			return names(w.subscriptions(ann, 0), func(s push.Subscription) change.ID { return s.SessionID })
		}
		w.update(func(ctx context.Context) error { return second(w.DeleteSessions(ctx, ann.ID, []change.ID{two.ID})) })
		wantEqual(t, "ended", left(), []change.ID{one.ID, three.ID})
		w.update(func(ctx context.Context) error { return second(w.DeleteExpired(ctx, 100)) })
		wantEqual(t, "expired", left(), []change.ID{three.ID})
	},

	"a conversation concerns its members who have not read all of it": func(t *testing.T, w *world) {
		ann, bob, c := w.pair("concern")
		eve := w.person("eve")
		phone, tablet := w.session(bob, "t1", 1, 100), w.session(bob, "t2", 1, 200)
		at := w.subscribe(phone, "https://push.example/phone")
		also := w.subscribe(tablet, "https://push.example/tablet")
		w.subscribe(w.session(ann, "t3", 1, 100), "https://push.example/ann")
		w.subscribe(w.session(eve, "t4", 1, 100), "https://push.example/eve")
		concerned := func(now int64) []push.Concern {
			t.Helper()
			return must(w.Concerned(t.Context(), c.ID, now))(t)
		}
		wantEqual(t, "nothing was said", len(concerned(50)), 0)
		m := w.send(c, ann, "client-1", "hello")
		wantEqual(t, "all devices of the other", concerned(50), []push.Concern{{Subscription: at}, {Subscription: also}})
		wantEqual(t, "sessions that have not expired", concerned(100), []push.Concern{{Subscription: also}})
		w.update(func(ctx context.Context) error {
			list, err := w.MembershipsAt(ctx, bob.ID, []change.ID{c.ID})
			if err != nil {
				return err
			}
			list[0].Notify = conversation.NotifyNone
			return second(w.PutMembership(ctx, list[0]))
		})
		wantEqual(t, "muted", concerned(100), []push.Concern{{Subscription: also, Muted: true}})
		w.update(func(ctx context.Context) error { return second(w.SetReadSeq(ctx, c.ID, bob.ID, m.Seq, true)) })
		wantEqual(t, "all was read", len(concerned(50)), 0)
	},
}
