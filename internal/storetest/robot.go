package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot"
)

// machine makes the account of a robot.
func (w *world) machine(username string) account.Account {
	w.t.Helper()
	a := account.Account{
		ID: w.ids.Next(), Kind: account.Robot, Username: username, Name: "Robot " + username,
		Role: account.User, State: account.Active, Language: "en", CreatedAt: w.clock.Now(),
	}
	w.update(func(ctx context.Context) (err error) {
		if a, err = w.CreateAccount(ctx, a); err != nil {
			return err
		}
		return w.PutRobot(ctx, username, a.ID)
	})
	return a
}

// meet introduces a robot to people.
func (w *world) meet(self account.Account, people ...account.Account) []robot.Acquaintance {
	w.t.Helper()
	var list []robot.Acquaintance
	for _, a := range people {
		list = append(list, robot.Acquaintance{Account: a, ConversationID: w.ids.Next(), Since: a.CreatedAt})
	}
	w.update(func(ctx context.Context) error { return w.Introduce(ctx, self, list) })
	return list
}

var robots = map[string]func(*testing.T, *world){
	"a robot's account is found by its name": func(t *testing.T, w *world) {
		_, err := w.RobotAccount(t.Context(), "lele")
		wantErr(t, err, change.ErrNotFound)
		one := w.machine("lele")
		wantEqual(t, "the account", must(w.RobotAccount(t.Context(), "lele"))(t).ID, one.ID)
		other := w.person("other")
		w.update(func(ctx context.Context) error { return w.PutRobot(ctx, "lele", other.ID) })
		wantEqual(t, "another", must(w.RobotAccount(t.Context(), "lele"))(t).ID, other.ID)
	},

	"those introduced are friends with a conversation, as if each had been befriended": func(t *testing.T, w *world) {
		ctx := t.Context()
		self := w.machine("lele")
		var people []account.Account
		for i := range 30 { // more than one set
			people = append(people, w.person(fmt.Sprint("person", i)))
		}
		gone := people[3]
		gone.State = account.Disabled
		w.update(func(ctx context.Context) error {
			_, err := w.PutAccount(ctx, gone)
			return err
		})
		strangers := func(after change.ID, limit int) []change.ID {
			return names(must(w.Strangers(ctx, self.ID, after, limit))(t), func(a account.Account) change.ID { return a.ID })
		}
		all := names(people, func(a account.Account) change.ID { return a.ID })
		wantEqual(t, "strangers", strangers(0, 100), all)
		wantEqual(t, "a page", strangers(all[1], 5), all[2:7])

		list := w.meet(self, people...)
		wantEqual(t, "strangers afterwards", len(strangers(0, 100)), 0)
		for i, a := range people {
			theirs := must(w.Contacts(ctx, a.ID, 0))(t)
			mine := must(w.Contact(ctx, self.ID, a.ID))(t)
			if len(theirs) != 1 || theirs[0].Account != self.Card() || theirs[0].State != contact.Friend || mine.State != contact.Friend {
				t.Fatalf("contacts of %s: %+v, %+v", a.Username, theirs, mine)
			}
			c := must(w.DirectConversation(ctx, a.ID, self.ID))(t)
			if c.ID != list[i].ConversationID || c.Kind != conversation.Direct || c.MemberCount != 2 || c.LastActivityAt != a.CreatedAt || c.Version != 1 {
				t.Fatalf("conversation: %+v", c)
			}
			wantEqual(t, "members", len(must(w.Members(ctx, []conversation.Since{{Conversation: c.ID}}))(t)), 2)
			ms := must(w.Memberships(ctx, a.ID, 0))(t)
			if len(ms) != 1 || ms[0].ConversationID != c.ID || ms[0].State != conversation.Joined {
				t.Fatalf("memberships: %+v", ms)
			}
			// What was published is what is stored.
			changes := w.log.of(userScope(a.ID))
			wantEqual[[]change.Row](t, "published", changes[len(changes)-1].Rows, []change.Row{theirs[0], ms[0]})
			wantEqual(t, "version", must(w.UserVersion(ctx, a.ID))(t), changes[len(changes)-1].Version)
			wantEqual(t, "conversation", w.log.of(talkScope(c.ID))[0].Rows[0], change.Row(c))
		}
		// They can write to each other; whoever is removed stays no stranger.
		c := must(w.Conversation(ctx, list[0].ConversationID))(t)
		w.send(c, people[0], "client-1", "hello")
		m := w.send(c, self, "client-2", "hello")
		wantEqual(t, "seq", m.Seq, 2)
		w.update(func(ctx context.Context) error {
			_, err := w.PutContact(ctx, contact.Contact{Owner: people[0].ID, Account: self.Card(), State: contact.None})
			return err
		})
		wantEqual(t, "strangers after a removal", len(strangers(0, 100)), 0)
		wantEqual(t, "inhabitants", must(w.Inhabitants(ctx))(t), 29)
	},

	"conversations in which something happened lately": func(t *testing.T, w *world) {
		self := w.machine("lele")
		ann, bob := w.person("ann"), w.person("bob")
		list := w.meet(self, ann, bob)
		lately := func(since int64) []change.ID {
			return names(must(w.Lately(t.Context(), self.ID, since))(t), func(c conversation.Conversation) change.ID { return c.ID })
		}
		wantEqual(t, "nothing was said", lately(0), []change.ID{})
		c := must(w.Conversation(t.Context(), list[1].ConversationID))(t)
		m := w.send(c, bob, "client-1", "hello")
		wantEqual(t, "since", lately(m.CreatedAt), []change.ID{c.ID})
		wantEqual(t, "since later", lately(m.CreatedAt+1), []change.ID{})
	},

	"reminders come when they are due, and move once": func(t *testing.T, w *world) {
		ctx := t.Context()
		ann, bob := w.person("ann"), w.person("bob")
		keep := func(a account.Account, due int64) robot.Reminder {
			r := robot.Reminder{ID: w.ids.Next(), AccountID: a.ID, ConversationID: 7, Body: "eat 吃饭", DueAt: due, Every: "day", Zone: "Asia/Shanghai", Language: "zh-CN", CreatedAt: 5}
			w.update(func(ctx context.Context) error { return w.CreateReminder(ctx, r) })
			return r
		}
		second, first, other := keep(ann, 200), keep(ann, 100), keep(bob, 150)
		wantEqual(t, "ann's", must(w.Reminders(ctx, ann.ID))(t), []robot.Reminder{first, second})
		wantEqual(t, "too early", len(must(w.DueReminders(ctx, 99, 10))(t)), 0)
		wantEqual(t, "due", must(w.DueReminders(ctx, 150, 10))(t), []robot.Reminder{first, other})
		wantEqual(t, "the oldest", must(w.DueReminders(ctx, 1000, 1))(t), []robot.Reminder{first})
		move := func(r robot.Reminder, next int64) (moved bool) {
			w.update(func(ctx context.Context) (err error) {
				moved, err = w.MoveReminder(ctx, r, next)
				return err
			})
			return moved
		}
		wantEqual(t, "moved", []bool{move(first, 300), move(first, 400), move(first, 0)}, []bool{true, false, false})
		first.DueAt = 300
		wantEqual(t, "ann's", must(w.Reminders(ctx, ann.ID))(t), []robot.Reminder{second, first})
		wantEqual(t, "removed", []bool{move(second, 0), move(second, 0)}, []bool{true, false})
		w.update(func(ctx context.Context) error { return w.ForgetPerson(ctx, ann.ID) })
		wantEqual(t, "forgotten", len(must(w.Reminders(ctx, ann.ID))(t)), 0)
		wantEqual(t, "bob's", len(must(w.Reminders(ctx, bob.ID))(t)), 1)
	},

	"answers are counted by the day": func(t *testing.T, w *world) {
		ann, bob := w.person("ann"), w.person("bob")
		use := func(a account.Account, day string, budget int) (left bool) {
			w.update(func(ctx context.Context) (err error) {
				left, err = w.UseAnswer(ctx, a.ID, day, budget)
				return err
			})
			return left
		}
		const today, tomorrow = "2026-03-04", "2026-03-05"
		wantEqual(t, "two", []bool{use(ann, today, 2), use(ann, today, 2), use(ann, today, 2)}, []bool{true, true, false})
		wantEqual(t, "somebody else", use(bob, today, 2), true)
		w.update(func(ctx context.Context) error { return w.ReturnAnswer(ctx, ann.ID, today) })
		wantEqual(t, "one came back", []bool{use(ann, today, 2), use(ann, today, 2)}, []bool{true, false})
		wantEqual(t, "the next day", use(ann, tomorrow, 2), true)
		wantEqual(t, "none at all", use(bob, tomorrow, 0), false)
		w.update(func(ctx context.Context) error { return w.ForgetPerson(ctx, ann.ID) })
		wantEqual(t, "forgotten", []bool{use(ann, tomorrow, 1), use(ann, tomorrow, 1)}, []bool{true, false})
	},
}
