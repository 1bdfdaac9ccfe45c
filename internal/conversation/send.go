package conversation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sticker"
)

// Draft is what somebody sends.
type Draft struct {
	// ClientID is the sender's own name for the send.
	ClientID string
	// Body is the text, or what is said of the attachments: then it may be empty.
	Body        string
	Attachments []attachment.ID
	// Sticker names the sticker that is sent, which goes alone; empty: none is.
	Sticker string
	// Mentions are members who are called by it; MentionsAll calls all.
	Mentions    []change.ID
	MentionsAll bool
	// Via and Partial are those of a Message. Only robots have them.
	Via     string
	Partial bool
}

// check checks what does not depend on anything stored. The body is kept as
// typed.
func (d Draft) check() error {
	if err := checkClientID(d.ClientID); err != nil {
		return err
	}
	if d.Sticker != "" {
		if d.Body != "" || len(d.Attachments) > 0 || len(d.Mentions) > 0 || d.MentionsAll || d.Partial {
			return ErrAlone
		}
		return nil
	}
	if len(d.Mentions) > MaxMentions {
		return change.Errorf(change.Invalid, "request.invalid", "A message can mention %d people.", MaxMentions).On("mentions")
	}
	if n := len(d.Attachments); n > attachment.MaxPerMessage || len(slices.Compact(slices.Sorted(slices.Values(d.Attachments)))) != n {
		return ErrAttachments
	}
	return checkBody(d.Body, d.Partial || len(d.Attachments) > 0)
}

// attachments names those of the draft.
func (d Draft) attachments() []attachment.Attachment {
	var list []attachment.Attachment
	for _, id := range d.Attachments {
		list = append(list, attachment.Attachment{ID: id})
	}
	return list
}

func checkClientID(id string) error {
	if n := len(id); n < MinClientID || n > MaxClientID {
		return ErrClientID
	}
	for i := range len(id) {
		c := id[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return ErrClientID
		}
	}
	return nil
}

// checkBody refuses an empty text, unless it is still to be written or only
// goes with something.
func checkBody(body string, mayBeEmpty bool) error {
	if !mayBeEmpty && strings.TrimSpace(body) == "" {
		return ErrEmpty
	}
	if utf8.RuneCountInString(body) > MaxBody {
		return ErrTooLong
	}
	return change.CheckText("body", body, 0, MaxBody)
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
	if draft.Sticker != "" {
		s.submitSticker(ctx, actor, conversation, draft, done)
		return
	}
	admit := MayPost
	if len(draft.Mentions) > 0 || draft.MentionsAll {
		var err error
		if admit, err = s.mayMention(ctx, conversation, &draft); err != nil {
			done(Delta{}, err)
			return
		}
	}
	s.store.AppendMessage(ctx, Message{
		ConversationID: conversation, SenderID: actor, ClientID: draft.ClientID,
		Kind: Text, Body: draft.Body, CreatedAt: s.clock.Now(),
		Mentions: draft.Mentions, MentionsAll: draft.MentionsAll, Via: draft.Via, Partial: draft.Partial, Attachments: draft.attachments(),
	}, admit, sent(done))
}

// sent makes of a stored message what its sender has to know.
func sent(done func(Delta, error)) func(Message, error) {
	return func(m Message, err error) {
		if err != nil {
			done(Delta{}, err)
			return
		}
		done(Delta{ConversationID: m.ConversationID, Version: m.Version, Messages: []Message{m}}, nil)
	}
}

// submitSticker is Submit for a sticker. What it says and shows is the server's
// to know. One that is gone may have been sent before, under the same ClientID.
func (s *Service) submitSticker(ctx context.Context, actor, conversation change.ID, draft Draft, done func(Delta, error)) {
	m := Message{ConversationID: conversation, SenderID: actor, ClientID: draft.ClientID, Kind: OfSticker, CreatedAt: s.clock.Now()}
	admit := MayPost
	one, found := sticker.BuiltIn(draft.Sticker)
	if !found {
		id, _ := attachment.ParseID(draft.Sticker) // what is none is not found
		var err error
		one, err = s.store.Sticker(ctx, id)
		switch {
		case err == nil:
			m.Attachments = []attachment.Attachment{{ID: id}}
		case errors.Is(err, change.ErrNotFound):
			admit = func(st Standing) error {
				if err := MayPost(st); err != nil {
					return err
				}
				return sticker.ErrNotFound
			}
		default:
			done(Delta{}, err)
			return
		}
	}
	m.Body = one.Emoji
	m.Sticker = &sticker.Sticker{Key: one.Key, PackID: one.PackID, Emoji: one.Emoji}
	s.store.AppendMessage(ctx, m, admit, sent(done))
}

// mayMention is MayPost for a draft that mentions somebody: only members can be
// mentioned. Whoever leaves at the same moment may still be.
func (s *Service) mayMention(ctx context.Context, conversation change.ID, draft *Draft) (func(Standing) error, error) {
	draft.Mentions = slices.Compact(slices.Sorted(slices.Values(draft.Mentions)))
	places := make([]Place, len(draft.Mentions))
	for i, id := range draft.Mentions {
		places[i] = Place{conversation, id}
	}
	found, err := s.store.MembersAt(ctx, places)
	if err != nil {
		return nil, err
	}
	known := 0
	for _, m := range found {
		if m.State == Joined {
			known++
		}
	}
	unknown, all := known < len(places), draft.MentionsAll
	return func(st Standing) error {
		if err := MayPost(st); err != nil {
			return err
		}
		if unknown {
			return ErrMention
		}
		if all {
			return mayMentionAll(st)
		}
		return nil
	}, nil
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

// Edit is what a message becomes.
type Edit struct {
	Body    string
	Via     string
	Partial bool // there is more to come
}

// Edit changes a text message of the actor's own: it is how a robot writes one
// that grows. The same again changes nothing.
func (s *Service) Edit(ctx context.Context, actor, conversation change.ID, seq int64, edit Edit) (Delta, error) {
	if err := checkBody(edit.Body, edit.Partial); err != nil {
		return Delta{}, err
	}
	var m Message
	err := s.store.Update(ctx, func(ctx context.Context) error {
		member, err := s.member(ctx, conversation, actor)
		if err != nil {
			return err
		}
		if m, err = s.store.Message(ctx, conversation, seq); err != nil && !errors.Is(err, change.ErrNotFound) {
			return err
		}
		if err := mayEdit(m, member); err != nil {
			return err
		}
		if m.Body == edit.Body && m.Via == edit.Via && m.Partial == edit.Partial {
			return nil
		}
		m.Body, m.Via, m.Partial, m.EditedAt = edit.Body, edit.Via, edit.Partial, s.clock.Now()
		m, err = s.store.PutMessage(ctx, m)
		return err
	})
	if err != nil {
		return Delta{}, err
	}
	return Delta{ConversationID: conversation, Version: m.Version, Messages: []Message{m}}, nil
}

// Unfinished lists the actor's own messages that are still being written: what
// a robot finds that was interrupted.
func (s *Service) Unfinished(ctx context.Context, actor change.ID) ([]Message, error) {
	return s.store.PartialMessages(ctx, actor)
}
