package robot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot/offline"
)

const (
	// contextRunes bounds what an endpoint is told of a conversation.
	contextRunes = 8000
	// waitForTurn is how long an answer waits while others are being given.
	waitForTurn = 5 * time.Second
	// typingEvery is how often people are told that the robot writes.
	typingEvery = 3 * time.Second
	// finishTime is how long the last change of a message may take when the
	// program stops.
	finishTime = 3 * time.Second
	// abandoned is how long a message that grows has not grown when nobody
	// writes it any more: longer than any endpoint may stall.
	abandoned = 90 * time.Second
)

// defaultSystem tells an endpoint who it is.
const defaultSystem = "You are %s, a friendly robot in a small self-hosted messenger called Happy Chat (乐聊). " +
	"Answer in the language of the last message, briefly and in plain text. If you do not know, say so."

// converse lets the endpoint answer, in one message that grows. own is what the
// robot would have said itself, and says if the endpoint does not.
func (s *Service) converse(ctx context.Context, l *lane, q question, before []conversation.Message, own offline.Answer) error {
	now, _ := s.timeOf(q.sender)
	day := now.Format(time.DateOnly)
	var left bool
	if err := s.Store.Update(ctx, func(ctx context.Context) (err error) {
		left, err = s.Store.UseAnswer(ctx, q.sender.ID, day, s.Budget)
		return err
	}); err != nil {
		return err
	}
	if !left {
		return s.instead(ctx, q, offline.OverBudget, own)
	}
	why := s.speak(ctx, l, q, before, now)
	fault, ours := errors.AsType[*storeFault](why)
	switch {
	case ours:
		return unlessUnwanted(fault.error)
	case settled(why):
		return nil
	case ctx.Err() != nil:
		return why
	}
	s.Log.Warn("robot: the endpoint has not answered", "host", s.Endpoint.Host(), "err", why)
	if err := s.Store.Update(ctx, func(ctx context.Context) error { return s.Store.ReturnAnswer(ctx, q.sender.ID, day) }); err != nil {
		s.Log.Warn("robot: an answer was counted that was not given", "err", err)
	}
	return s.instead(ctx, q, awayBecause(why), own)
}

// settled tells that nothing more is to be said: all was said, or nobody wants
// it.
func settled(err error) bool {
	return err == nil || errors.Is(err, errUnwanted) || errors.Is(err, errEnough)
}

// instead says why the endpoint has not answered, and answers.
func (s *Service) instead(ctx context.Context, q question, why offline.Away, own offline.Answer) error {
	return s.reply(ctx, q, offline.Instead(own.Chinese, why, own.Text))
}

// storeFault is an error of ours, not of the endpoint.
type storeFault struct{ error }

// speak asks the endpoint. It returns an error only if nothing was said.
func (s *Service) speak(ctx context.Context, l *lane, q question, before []conversation.Message, now time.Time) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s.lanes.stoppable(l, q.sender.ID, stop)

	turn := time.NewTimer(waitForTurn)
	defer turn.Stop()
	select {
	case s.talks <- struct{}{}:
		defer func() { <-s.talks }()
	case <-turn.C:
		return ErrBusy
	case <-ctx.Done():
		return context.Cause(ctx)
	}

	begun := make(chan struct{})
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		s.showTyping(ctx, q, begun)
	}()
	w := &growing{s: s, q: q, begun: begun}
	err := s.Endpoint.Converse(ctx, s.system(now), s.told(q, before), func(piece string) error { return w.write(ctx, piece) })
	w.begin()
	<-typed
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if w.seq == 0 && strings.TrimSpace(w.text.String()) == "" {
		if err == nil {
			err = ErrUnreachable // it had nothing to say
		}
		return err
	}
	if _, ours := errors.AsType[*storeFault](err); ours && w.seq == 0 {
		return err
	}
	if err != nil && !errors.Is(err, errFull) && !errors.Is(err, errEnough) {
		s.Log.Warn("robot: the endpoint has not finished", "host", s.Endpoint.Host(), "err", err)
		w.interrupted = !errors.Is(err, errUnwanted)
	}
	return w.finish(ctx)
}

// system is what the endpoint is told first.
func (s *Service) system(now time.Time) string {
	text := s.System
	if text == "" {
		text = strings.ReplaceAll(defaultSystem, "%s", s.self.Name)
	}
	return text + "\nIt is " + now.Format("Monday, 2 January 2006, 15:04 (-07:00)") + "."
}

// told are the question and what was said before it, the newest that fit.
func (s *Service) told(q question, before []conversation.Message) []Line {
	list := append(s.lines(q, before), Line{Text: s.addressed(q.message.Body)})
	left := contextRunes
	from := len(list)
	for from > 0 {
		n := utf8.RuneCountInString(list[from-1].Text)
		if n > left && from < len(list) {
			break
		}
		left -= n
		from--
	}
	return slices.Clone(list[from:])
}

// showTyping tells the others that the robot writes, until there is something
// to read.
func (s *Service) showTyping(ctx context.Context, q question, begun <-chan struct{}) {
	again := time.NewTicker(typingEvery)
	defer again.Stop()
	for {
		if err := s.Typing(ctx, s.self.ID, q.message.ConversationID); err != nil {
			return
		}
		select {
		case <-again.C:
		case <-begun:
			return
		case <-ctx.Done():
			return
		}
	}
}

// growing is a message that is being written.
type growing struct {
	s     *Service
	q     question
	begun chan struct{}
	text  strings.Builder
	runes int

	seq         int64 // 0: not sent yet
	sent        int   // how much of the text is stored, in bytes
	at          time.Time
	interrupted bool
}

var errFull = errors.New("robot: the message is full")

// room is how long an answer may be: a message less what is put around it.
const room = conversation.MaxBody - 200

// begin tells that nothing is waited for any more.
func (w *growing) begin() {
	select {
	case <-w.begun:
	default:
		close(w.begun)
	}
}

// write adds a piece. It is stored at once, or with those that come within the
// gap.
func (w *growing) write(ctx context.Context, piece string) error {
	piece = strings.ToValidUTF8(strings.ReplaceAll(piece, "\x00", ""), "\uFFFD")
	if w.text.Len() == 0 {
		piece = strings.TrimLeft(piece, " \n\r\t")
	}
	full := false
	if n := utf8.RuneCountInString(piece); w.runes+n > room {
		piece, full = string([]rune(piece)[:room-w.runes])+" …", true
		w.runes = room
	} else {
		w.runes += n
	}
	w.text.WriteString(piece)
	if full {
		return errFull
	}
	if w.text.Len() == w.sent || time.Since(w.at) < w.s.Gap {
		return nil
	}
	return w.store(ctx, true)
}

// store makes the message what the text is.
func (w *growing) store(ctx context.Context, partial bool) error {
	s, id := w.s, w.q.message.ConversationID
	draft := s.draft(w.q, w.text.String())
	if w.interrupted {
		draft.Body += offline.Interrupted(w.q.sender.Language == chinese)
	}
	if w.seq == 0 {
		draft.Via, draft.Partial = s.Endpoint.Host(), partial
		d, err := s.Conversations.Send(ctx, s.self.ID, id, draft)
		if err != nil {
			return &storeFault{err}
		}
		m := d.Messages[0]
		if w.begin(); m.Body != draft.Body || !m.Partial && partial {
			return errUnwanted // somebody else has answered
		}
		w.seq = m.Seq
	} else if _, err := s.Conversations.Edit(ctx, s.self.ID, id, w.seq, conversation.Edit{Body: draft.Body, Via: s.Endpoint.Host(), Partial: partial}); err != nil {
		return &storeFault{err}
	}
	w.sent, w.at = w.text.Len(), time.Now()
	return nil
}

// finish stores all of the text, even if the program stops.
func (w *growing) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	return w.store(ctx, false)
}

// finishAll ends the messages that nobody writes any more: those that have not
// grown for a while.
func (s *Service) finishAll(ctx context.Context, quiet time.Duration) {
	list, err := s.Conversations.Unfinished(ctx, s.self.ID)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Warn("robot: unfinished messages were not looked for", "err", err)
		}
		return
	}
	for _, m := range list {
		if s.Clock.Now()-max(m.CreatedAt, m.EditedAt) < quiet.Milliseconds() || s.lanes.busy(m.ConversationID) {
			continue
		}
		if _, err := s.Conversations.Edit(ctx, s.self.ID, m.ConversationID, m.Seq, conversation.Edit{
			Body: m.Body + offline.Interrupted(offline.Chinese(m.Body)), Via: m.Via,
		}); err != nil && !refused(err) {
			s.Log.Warn("robot: a message stays unfinished", "conversation", m.ConversationID, "err", err)
		}
	}
}
