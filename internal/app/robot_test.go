package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/app"
	"github.com/happychat/happychat/internal/app/apptest"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/config"
)

// An answer to feedback reaches its author as a message of the robot.
func TestTheRobotTellsAnswersToFeedback(t *testing.T) {
	s := apptest.Start(t, func(c *config.Config, _ *app.Options) { c.Robot = config.Robot{State: config.RobotOn} })
	owner, lan := s.Person("owner"), s.Person("lan")
	if _, err := s.Accounts.MakeOwner(t.Context(), "owner"); err != nil {
		t.Fatal(err)
	}
	owner.SignIn()
	// said gives what the robot told lan, the greeting left out.
	said := func() (texts []string) {
		t.Helper()
		talk, err := s.Store.DirectConversation(t.Context(), lan.ID, s.Robot.Account().ID)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Store.Messages(t.Context(), talk.ID, 0, 1<<62, 1000, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.SenderID == s.Robot.Account().ID && !strings.HasPrefix(m.Body, "Hello Lan") {
				texts = append(texts, m.Body)
			}
		}
		return texts
	}
	tell := func(text string) string {
		t.Helper()
		a := s.Do(lan, "POST", "/feedback", map[string]string{"body": text})
		if a.Status != 201 {
			t.Fatalf("%d %s", a.Status, a.Raw)
		}
		return a.Get("id")
	}
	answer := func(id, text string) {
		t.Helper()
		if a := s.Do(owner, "POST", "/console/feedback/"+id+"/answer", map[string]string{"answer": text}); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Raw)
		}
	}
	answer(tell("It is\n\ngood. "+strings.Repeat("乐", 100)), "Thank you!\nSincerely")
	if a := s.Do(lan, "PATCH", "/account", map[string]string{"language": "zh-CN"}); a.Status != 200 {
		t.Fatalf("%d %s", a.Status, a.Raw)
	}
	apptest.Eventually(t, "the first answer", func() bool { return len(said()) == 1 })
	if got, want := said()[0], "There is an answer to your feedback “It is good. "+strings.Repeat("乐", 68)+"…”:\n\nThank you!\nSincerely"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	answer(tell("字太小"), "改好了")
	apptest.Eventually(t, "the second answer", func() bool { return len(said()) == 2 })
	if got, want := said()[1], "你的反馈“字太小”有答复了：\n\n改好了"; got != want {
		t.Errorf("%q, want %q", got, want)
	}

	// The same key once more says nothing; another does.
	for _, key := range []string{"key", "key", "another key"} {
		if err := s.Robot.Tell(t.Context(), lan.ID, key, "by the way"); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(); len(got) != 4 {
		t.Errorf("it said %q", got)
	}
	// Whoever has removed the robot is left in peace, and so is nobody at all.
	if _, err := s.Contacts.Delete(t.Context(), lan.ID, s.Robot.Account().ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []change.ID{lan.ID, 12345} {
		if err := s.Robot.Tell(t.Context(), id, "removed", "by the way"); err != nil {
			t.Error(err)
		}
	}
	if got := said(); len(got) != 4 {
		t.Errorf("it said %q", got)
	}
}

// Any number of answers at once is no trouble for who answers, and what waits
// when the server stops is told.
func TestManyAnswersToFeedback(t *testing.T) {
	for _, state := range []config.RobotState{config.RobotOn, config.RobotOff} {
		data := t.TempDir()
		alter := func(c *config.Config, _ *app.Options) { c.Data, c.Robot = data, config.Robot{State: state} }
		s := apptest.Start(t, alter)
		lan := s.Person("lan")
		f, err := s.Feedback.Tell(t.Context(), account.Actor{AccountID: lan.ID}, "good", "")
		if err != nil {
			t.Fatal(err)
		}
		const n = 600
		// One transaction, so that all are to be told at the same moment.
		if err := s.Store.Update(t.Context(), func(ctx context.Context) error {
			for range n {
				s.Clock.Advance(time.Millisecond)
				if _, err := s.Feedback.Answer(ctx, account.Actor{AccountID: lan.ID}, f.ID, "yes"); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		s.Stop()
		s = apptest.Start(t, alter)
		self, err := s.Store.RobotAccount(t.Context(), "lele")
		if state == config.RobotOff {
			if !errors.Is(err, change.ErrNotFound) {
				t.Errorf("there is a robot: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		talk, err := s.Store.DirectConversation(t.Context(), lan.ID, self.ID)
		if err != nil || talk.LastSeq < 100 {
			t.Errorf("it said %d things, %v", talk.LastSeq, err)
		}
		s.Stop()
	}
}
