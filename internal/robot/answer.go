package robot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot/offline"
)

// question is a message that the robot answers.
type question struct {
	message conversation.Message
	sender  account.Account
	kind    conversation.Kind
}

// remembered is how many messages before a question are looked at.
const remembered = 50

// drive answers the questions of a lane until there are none.
func (s *Service) drive(ctx context.Context, place change.ID, l *lane) {
	for {
		q, ok := s.lanes.next(place, l)
		if !ok {
			return
		}
		if ctx.Err() != nil {
			continue // the next start answers
		}
		if err := s.answer(ctx, l, q); err != nil && ctx.Err() == nil {
			s.Log.Warn("robot: a question was not answered", "conversation", place, "seq", q.message.Seq, "err", err)
		}
	}
}

// answer gives one answer.
func (s *Service) answer(ctx context.Context, l *lane, q question) error {
	if self, err := s.Store.Account(ctx, s.self.ID); err != nil || self.State != account.Active {
		return err // whoever runs the server has switched it off
	}
	before, err := s.Store.Messages(ctx, q.message.ConversationID, 0, q.message.Seq, remembered, true)
	if err != nil {
		return err
	}
	zh := q.sender.Language == chinese
	if t := q.message.Sticker; t != nil {
		return s.reply(ctx, q, offline.Sticker(zh, t.Key, t.Emoji))
	}
	if q.message.Kind != conversation.Text || strings.TrimSpace(q.message.Body) == "" {
		return s.reply(ctx, q, offline.CannotSee(zh))
	}
	now, known := s.timeOf(q.sender)
	own := offline.Reply(offline.Question{
		Text: s.addressed(q.message.Body), Chinese: zh, Now: now, ZoneKnown: known, Random: s.Random(),
		Before: s.turns(q, before), Name: s.self.Name,
	})
	if own.Do != nil {
		own.Text, err = s.do(ctx, q, own, now, known)
		if err != nil {
			return err
		}
	}
	if own.Tool || s.Endpoint == nil {
		return s.reply(ctx, q, own.Text)
	}
	return s.converse(ctx, l, q, before, own)
}

// timeOf is the time where somebody is; known tells whether that is known.
func (s *Service) timeOf(a account.Account) (now time.Time, known bool) {
	zone := s.Zone
	if a.TimeZone != "" {
		if loc, err := time.LoadLocation(a.TimeZone); err == nil {
			zone, known = loc, true
		}
	}
	return time.UnixMilli(s.Clock.Now()).In(zone), known
}

// addressed is a text without the robot's name where it only calls it.
func (s *Service) addressed(text string) string {
	for _, name := range []string{s.self.Name, s.self.Username} {
		text = strings.ReplaceAll(text, "@"+name, " ")
	}
	return strings.TrimSpace(text)
}

// turns are what was said before, as far as it was said to the robot.
func (s *Service) turns(q question, before []conversation.Message) []offline.Turn {
	var list []offline.Turn
	for _, line := range s.lines(q, before) {
		list = append(list, offline.Turn(line))
	}
	return list
}

// lines are the messages that were said to the robot and by it. In a group they
// are those that mention it: it passes on nothing that was not said to it.
func (s *Service) lines(q question, before []conversation.Message) []Line {
	var list []Line
	for _, m := range before {
		mine := m.SenderID == s.self.ID
		if m.Kind != conversation.Text || m.Body == "" || !mine && q.kind != conversation.Direct && !s.mentions(m) {
			continue
		}
		text := m.Body
		switch {
		case !mine:
			text = s.addressed(text)
		case q.kind != conversation.Direct:
			text = unaddressed(text)
		}
		list = append(list, Line{Robot: mine, Text: text})
	}
	return list
}

func (s *Service) mentions(m conversation.Message) bool {
	return slices.Contains(m.Mentions, s.self.ID)
}

// reply sends a text as the answer to a question.
func (s *Service) reply(ctx context.Context, q question, text string) error {
	_, err := s.Conversations.Send(ctx, s.self.ID, q.message.ConversationID, s.draft(q, text))
	return unlessUnwanted(err)
}

// separator ends the name that an answer in a group begins with.
const separator = "\u2005" // a space that no name holds

// draft addresses an answer in a group to whoever asked.
func (s *Service) draft(q question, text string) conversation.Draft {
	d := conversation.Draft{ClientID: answerID(q.message), Body: text}
	if q.kind != conversation.Direct {
		d.Body = addressTo(q.sender, text)
		d.Mentions = []change.ID{q.sender.ID}
	}
	return d
}

func addressTo(a account.Account, text string) string { return "@" + a.Name + separator + text }

func unaddressed(text string) string {
	if _, rest, ok := strings.Cut(text, separator); ok && strings.HasPrefix(text, "@") {
		return rest
	}
	return text
}

// unlessUnwanted forgets a refusal: whoever asked has left, or wants to hear
// nothing more.
func unlessUnwanted(err error) error {
	if refused(err) {
		return nil
	}
	return err
}

// refused tells that a message can not be sent there, now or later.
func refused(err error) bool {
	switch change.KindOf(err) {
	case change.Forbidden, change.NotFound, change.Conflict, change.Invalid, change.Gone:
		return err != nil && !errors.Is(err, context.Canceled)
	}
	return false
}

// do carries out what only the service can, and gives what to say.
func (s *Service) do(ctx context.Context, q question, a offline.Answer, now time.Time, known bool) (string, error) {
	switch do := a.Do.(type) {
	case offline.Remind:
		return s.keep(ctx, q, a.Chinese, do, now, known)
	case offline.ListReminders:
		list, err := s.Store.Reminders(ctx, q.sender.ID)
		return offline.Reminders(a.Chinese, reminds(list, now.Location()), now), err
	case offline.ForgetReminder:
		return s.drop(ctx, q, a.Chinese, do, now)
	default: // offline.TellServer
		facts := s.Facts()
		people, err := s.Store.Inhabitants(ctx)
		facts.People = people
		if facts.Name == "" {
			facts.Name = map[bool]string{true: "乐聊", false: "Happy Chat"}[a.Chinese]
		}
		return offline.Facts(a.Chinese, facts), err
	}
}
