package conversation

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/change"
)

// Draft is what somebody sends.
type Draft struct {
	// ClientID is the sender's own name for the send.
	ClientID string
	Body     string
}

// check checks what does not depend on anything stored. The body is kept as
// typed.
func (d Draft) check() error {
	if n := len(d.ClientID); n < MinClientID || n > MaxClientID {
		return ErrClientID
	}
	for i := range len(d.ClientID) {
		c := d.ClientID[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return ErrClientID
		}
	}
	return checkBody(d.Body)
}

func checkBody(body string) error {
	if strings.TrimSpace(body) == "" {
		return ErrEmpty
	}
	if utf8.RuneCountInString(body) > MaxBody {
		return ErrTooLong
	}
	return change.CheckText("body", body, 1, MaxBody)
}

// Submit stores a message and calls done once with it when it is durable, or
// with what is wrong; done must not block. Messages submitted one after the
// other are stored in that order. The same ClientID again gives the same
// message, at any later time.
func (s *Service) Submit(ctx context.Context, actor, conversation change.ID, draft Draft, done func(Delta, error)) {
	if err := draft.check(); err != nil {
		done(Delta{}, err)
		return
	}
	s.store.AppendMessage(ctx, Message{
		ConversationID: conversation, SenderID: actor, ClientID: draft.ClientID,
		Kind: Text, Body: draft.Body, CreatedAt: s.clock.Now(),
	}, MayPost, func(m Message, err error) {
		if err != nil {
			done(Delta{}, err)
			return
		}
		done(Delta{ConversationID: m.ConversationID, Version: m.Version, Messages: []Message{m}}, nil)
	})
}

// Send is Submit for callers that wait.
func (s *Service) Send(ctx context.Context, actor, conversation change.ID, draft Draft) (Delta, error) {
	type result struct {
		delta Delta
		err   error
	}
	done := make(chan result, 1)
	s.Submit(ctx, actor, conversation, draft, func(d Delta, err error) { done <- result{d, err} })
	r := <-done
	return r.delta, r.err
}
