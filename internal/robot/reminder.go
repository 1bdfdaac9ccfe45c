package robot

import (
	"context"
	"fmt"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot/offline"
)

const (
	// remindAtOnce is how many reminders are looked at together.
	remindAtOnce = 200
	// lateAfter is from when on a reminder says that it comes late.
	lateAfter = 2 * time.Minute
)

// keep keeps a reminder. A question that is answered again keeps no second one.
func (s *Service) keep(ctx context.Context, q question, zh bool, r offline.Remind, now time.Time, known bool) (string, error) {
	text := offline.Reminded(zh, r, now, !known && !relative(r, now))
	language := "en"
	if zh {
		language = chinese
	}
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		list, err := s.Store.Reminders(ctx, q.sender.ID)
		if err != nil {
			return err
		}
		if len(list) >= MaxReminders {
			text = offline.TooManyReminders(zh, MaxReminders)
			return nil
		}
		for _, have := range list {
			if have.CreatedAt == q.message.CreatedAt && have.ConversationID == q.message.ConversationID && have.Body == r.What {
				return nil
			}
		}
		return s.Store.CreateReminder(ctx, Reminder{
			ID: s.IDs.Next(), AccountID: q.sender.ID, ConversationID: q.message.ConversationID, Body: r.What, DueAt: r.At.UnixMilli(),
			Every: r.Every, Zone: now.Location().String(), Language: language, CreatedAt: q.message.CreatedAt,
		})
	})
	return text, err
}

// relative tells whether a reminder comes so soon that no zone matters.
func relative(r offline.Remind, now time.Time) bool {
	return r.Every == offline.Once && r.At.Sub(now) < time.Hour && r.At.Second() == now.Second()
}

// reminds are reminders as people see them.
func reminds(list []Reminder, zone *time.Location) []offline.Remind {
	out := make([]offline.Remind, len(list))
	for i, r := range list {
		out[i] = offline.Remind{At: time.UnixMilli(r.DueAt).In(zone), Every: r.Every, What: r.Body}
	}
	return out
}

// drop cancels reminders.
func (s *Service) drop(ctx context.Context, q question, zh bool, f offline.ForgetReminder, now time.Time) (string, error) {
	var text string
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		list, err := s.Store.Reminders(ctx, q.sender.ID)
		if err != nil {
			return err
		}
		if f.Number == 0 && len(list) == 1 {
			f.Number = 1 // there is but one
		}
		gone := list
		if !f.All {
			if f.Number < 1 || f.Number > len(list) {
				gone = nil
			} else {
				gone = list[f.Number-1 : f.Number]
			}
		}
		if len(gone) == 0 {
			text = offline.WhichReminder(zh, reminds(list, now.Location()), now)
			return nil
		}
		for _, r := range gone {
			if _, err := s.Store.MoveReminder(ctx, r, 0); err != nil {
				return err
			}
		}
		text = offline.Forgotten(zh, reminds(gone, now.Location()), now)
		return nil
	})
	return text, err
}

// Remind sends the reminders that are due. Each is sent under a name of its own
// and only then moved on, so that it arrives once, however often the program
// stops between the two, and whichever node sends it.
func (s *Service) Remind(ctx context.Context) {
	for ctx.Err() == nil {
		list, err := s.Store.DueReminders(ctx, s.Clock.Now(), remindAtOnce)
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Warn("robot: reminders were not looked for", "err", err)
			}
			return
		}
		sent := 0
		for _, r := range list {
			if err := s.remind(ctx, r); err != nil {
				if ctx.Err() == nil {
					s.Log.Warn("robot: a reminder was not sent", "reminder", r.ID, "err", err)
				}
				continue
			}
			sent++
		}
		if sent < remindAtOnce {
			return
		}
	}
}

func (s *Service) remind(ctx context.Context, r Reminder) error {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = s.Zone
	}
	now, due := time.UnixMilli(s.Clock.Now()), time.UnixMilli(r.DueAt).In(zone)
	text := offline.Reminding(r.Language == chinese, r.Body, due, now.Sub(due) > lateAfter)
	if err := s.deliver(ctx, r, text); err != nil && !refused(err) {
		return err
	}
	next := int64(0)
	if at, ok := r.Every.Next(due, now); ok {
		next = at.UnixMilli()
	}
	return s.Store.Update(ctx, func(ctx context.Context) error {
		_, err := s.Store.MoveReminder(ctx, r, next)
		return err
	})
}

// deliver sends a reminder where it was asked for, or, where that is not
// possible any more, to the person alone.
func (s *Service) deliver(ctx context.Context, r Reminder, text string) error {
	draft := conversation.Draft{ClientID: fmt.Sprintf("reminder-%d-%d", r.ID, r.DueAt), Body: text}
	mine, err := s.isMine(ctx, r.ConversationID)
	if err != nil {
		return err
	}
	if !mine {
		if err := s.deliverToGroup(ctx, r, draft); !refused(err) {
			return err
		}
		direct, err := s.Conversations.OpenDirect(ctx, s.self.ID, r.AccountID)
		if err != nil {
			return err
		}
		r.ConversationID = direct.ConversationID
	}
	_, err = s.Conversations.Send(ctx, s.self.ID, r.ConversationID, draft)
	return err
}

func (s *Service) deliverToGroup(ctx context.Context, r Reminder, draft conversation.Draft) error {
	person, err := s.Store.Account(ctx, r.AccountID)
	if err != nil {
		return err
	}
	member, err := s.Store.Member(ctx, r.ConversationID, r.AccountID)
	if err != nil {
		return err
	}
	if member.State != conversation.Joined {
		return change.ErrNotFound
	}
	draft.Body, draft.Mentions = addressTo(person, draft.Body), []change.ID{person.ID}
	_, err = s.Conversations.Send(ctx, s.self.ID, r.ConversationID, draft)
	return err
}
