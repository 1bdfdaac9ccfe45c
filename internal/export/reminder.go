package export

import (
	"context"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/robot"
	"github.com/happychat/happychat/internal/wire"
)

// Reminders gives those that somebody has asked the robot for.
type Reminders interface {
	Reminders(ctx context.Context, account change.ID) ([]robot.Reminder, error)
}

// reminder is one in reminders.json.
type reminder struct {
	ID             wire.ID `json:"id"`
	ConversationID wire.ID `json:"conversationId"`
	Body           string  `json:"body"`
	DueAt          int64   `json:"dueAt"`
	Every          string  `json:"every,omitempty"`
	TimeZone       string  `json:"timeZone"`
	CreatedAt      int64   `json:"createdAt"`
}

func newReminders(list []robot.Reminder) map[string][]reminder {
	out := make([]reminder, len(list))
	for i, r := range list {
		out[i] = reminder{
			ID: wire.ID(r.ID), ConversationID: wire.ID(r.ConversationID), Body: r.Body, DueAt: r.DueAt,
			Every: string(r.Every), TimeZone: r.Zone, CreatedAt: r.CreatedAt,
		}
	}
	return map[string][]reminder{"reminders": out}
}
