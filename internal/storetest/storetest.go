// Package storetest proves that a store keeps the contracts that the nouns
// wrote on their ports, sentence by sentence. It knows no database: whoever has
// a store runs it.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/console"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/feedback"
	"github.com/happychat/happychat/internal/push"
	"github.com/happychat/happychat/internal/robot"
	"github.com/happychat/happychat/internal/sticker"
)

// Store is every port that a store implements.
type Store interface {
	account.Store
	contact.Store
	conversation.Store
	robot.Store
	attachment.Store
	sticker.Store
	feedback.Store
	console.Store
	push.Store
}

// Opener opens a store that is empty when it is called for the first time in a
// test, and closes it when the test ends.
type Opener func(t *testing.T, publish func([]change.Change)) Store

// Run proves the contracts of all ports.
func Run(t *testing.T, open Opener) {
	for _, group := range []struct {
		name  string
		tests map[string]func(*testing.T, *world)
	}{
		{"Transactions", transactions},
		{"Append", appends},
		{"Conversations", conversations},
		{"Groups", groups},
		{"Races", races},
		{"Contacts", contacts},
		{"Accounts", accounts},
		{"Identities", identities},
		{"Attachments", attachments},
		{"Stickers", stickers},
		{"Feedback", feedbacks},
		{"Console", consoles},
		{"Robots", robots},
		{"Push", pushes},
		{"Workload", workloads},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, name := range sortedKeys(group.tests) {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					group.tests[name](t, newWorld(t, open))
				})
			}
		})
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// world is a store with people in it, and a record of what it published.
type world struct {
	Store
	t     *testing.T
	ids   *change.IDs
	clock *ticks
	log   *record
}

// ticks is a clock that never stands still, so that later things are later.
type ticks struct{ ms atomic.Int64 }

func (c *ticks) Now() int64 { return c.ms.Add(1) }

// record keeps what was published.
type record struct {
	mu      sync.Mutex
	changes []change.Change
}

func (r *record) publish(changes []change.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = append(r.changes, changes...)
}

// all gives everything published until now.
func (r *record) all() []change.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.changes)
}

// of gives what was published of one scope.
func (r *record) of(scope change.Scope) []change.Change {
	return slices.DeleteFunc(r.all(), func(c change.Change) bool { return c.Scope != scope })
}

func userScope(id change.ID) change.Scope { return change.Scope{Kind: change.User, ID: id} }
func talkScope(id change.ID) change.Scope { return change.Scope{Kind: change.Conversation, ID: id} }

func newWorld(t *testing.T, open Opener) *world {
	log := &record{}
	w := node(t, open, log)
	// Whatever a test does: versions of a scope rise by one, in the order of
	// publishing, and no row comes twice in a change.
	t.Cleanup(func() {
		last := map[change.Scope]int64{}
		for _, c := range log.all() {
			if c.Version != last[c.Scope]+1 {
				t.Errorf("scope %v: version %d was published after %d", c.Scope, c.Version, last[c.Scope])
			}
			last[c.Scope] = c.Version
			checkRows(t, c)
		}
	})
	return w
}

func checkRows(t *testing.T, c change.Change) {
	keys := map[any]bool{}
	for _, r := range c.Rows {
		if keys[r.RowKey()] {
			t.Errorf("scope %v, version %d: row %v comes twice", c.Scope, c.Version, r.RowKey())
		}
		keys[r.RowKey()] = true
	}
}

// node opens a store that shares the record with others on the same database.
func node(t *testing.T, open Opener, log *record) *world {
	clock := &ticks{}
	clock.ms.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	return &world{Store: open(t, log.publish), t: t, ids: change.NewIDs(change.SystemClock{}), clock: clock, log: log}
}

func (w *world) update(fn func(ctx context.Context) error) {
	w.t.Helper()
	if err := w.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// person makes an account that is active.
func (w *world) person(username string) account.Account {
	w.t.Helper()
	a := account.Account{
		ID: w.ids.Next(), Kind: account.Person, Username: username, Name: "The one called " + username,
		Email: username + "@example.org", PasswordHash: "hash of " + username, Role: account.User, State: account.Active,
		Language: "en", CreatedAt: w.clock.Now(),
	}
	w.update(func(ctx context.Context) (err error) {
		a, err = w.CreateAccount(ctx, a)
		return err
	})
	return a
}

// befriend makes friends of two people, and their conversation.
func (w *world) befriend(a, b account.Account) conversation.Conversation {
	w.t.Helper()
	var c conversation.Conversation
	w.update(func(ctx context.Context) (err error) {
		now := w.clock.Now()
		for _, side := range [][2]account.Account{{a, b}, {b, a}} {
			if _, err := w.PutContact(ctx, contact.Contact{Owner: side[0].ID, Account: side[1].Card(), State: contact.Friend, Since: now}); err != nil {
				return err
			}
		}
		c, err = w.CreateDirect(ctx, conversation.Conversation{
			ID: w.ids.Next(), Kind: conversation.Direct, MemberCount: 2, CreatedAt: now, LastActivityAt: now,
		}, a.ID, b.ID)
		return err
	})
	return c
}

// pair makes two friends.
func (w *world) pair(name string) (a, b account.Account, c conversation.Conversation) {
	w.t.Helper()
	a, b = w.person(name+"-a"), w.person(name+"-b")
	return a, b, w.befriend(a, b)
}

func (w *world) draft(c conversation.Conversation, sender account.Account, clientID, body string) conversation.Message {
	return conversation.Message{
		ConversationID: c.ID, SenderID: sender.ID, ClientID: clientID,
		Kind: conversation.Text, Body: body, CreatedAt: w.clock.Now(),
	}
}

// sent is what AppendMessage told.
type sent struct {
	message conversation.Message
	err     error
}

// submit appends without waiting.
func (w *world) submit(draft conversation.Message, admit func(conversation.Standing) error) <-chan sent {
	done := make(chan sent, 2) // a second call would be seen
	w.AppendMessage(w.t.Context(), draft, admit, func(m conversation.Message, err error) { done <- sent{m, err} })
	return done
}

// post appends and waits.
func (w *world) post(draft conversation.Message) (conversation.Message, error) {
	r := <-w.submit(draft, conversation.MayPost)
	return r.message, r.err
}

// send appends what must be admitted.
func (w *world) send(c conversation.Conversation, sender account.Account, clientID, body string) conversation.Message {
	w.t.Helper()
	m, err := w.post(w.draft(c, sender, clientID, body))
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// members reads those of one conversation.
func (w *world) members(id change.ID, since int64) ([]conversation.Member, error) {
	return w.Members(w.t.Context(), []conversation.Since{{Conversation: id, Version: since}})
}

// history reads all messages.
func (w *world) history(c conversation.Conversation) []conversation.Message {
	w.t.Helper()
	list, err := w.Messages(w.t.Context(), c.ID, 0, 1<<62, 1_000_000, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// checkDense checks what holds of every history: seqs 1, 2, 3, …, ascending
// versions, no clientId of a sender twice, and a head that agrees.
func (w *world) checkDense(c conversation.Conversation, want int) []conversation.Message {
	w.t.Helper()
	list := w.history(c)
	if len(list) != want {
		w.t.Errorf("%d messages are stored, want %d", len(list), want)
	}
	type key struct {
		sender change.ID
		client string
	}
	seen := map[key]bool{}
	version := int64(0)
	for i, m := range list {
		if m.Seq != int64(i+1) {
			w.t.Fatalf("message %d has seq %d", i+1, m.Seq)
		}
		if m.Version <= version {
			w.t.Errorf("seq %d has version %d, and the one before has %d", m.Seq, m.Version, version)
		}
		version = m.Version
		k := key{m.SenderID, m.ClientID}
		if seen[k] {
			w.t.Errorf("clientId %s is stored twice", m.ClientID)
		}
		seen[k] = true
	}
	head := must(w.Conversation(w.t.Context(), c.ID))(w.t)
	if head.LastSeq != int64(len(list)) || head.Version < version {
		w.t.Errorf("the head has seq %d and version %d, the newest message %d and %d", head.LastSeq, head.Version, len(list), version)
	}
	return list
}

// must fails the test on an error: must(f())(t).
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, want %v", err, want)
	}
}

func wantEqual[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// parallel runs fn n times at once and waits.
func parallel(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

// names maps rows to something to compare, in order.
func names[T any, V any](list []T, name func(T) V) []V {
	out := make([]V, 0, len(list))
	for _, v := range list {
		out = append(out, name(v))
	}
	return out
}
