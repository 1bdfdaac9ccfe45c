package robot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot/offline"
)

// heard is a message that may be for the robot.
type heard struct {
	message   conversation.Message
	mentioned bool
}

// Committed hears what was committed. It never blocks: what does not fit is
// found again by recover.
func (s *Service) Committed(changes []change.Change) {
	if s.self.ID == 0 {
		return
	}
	for _, c := range changes {
		for _, row := range c.Rows {
			switch r := row.(type) {
			case conversation.Message:
				s.hear(r)
			case conversation.Member:
				if r.State == conversation.Left && r.Account.ID == s.self.ID {
					s.lanes.stop(r.ConversationID, 0)
				}
			case contact.Contact:
				if r.Account.ID == s.self.ID && (r.Blocked || r.State != contact.Friend) {
					s.lanes.stop(0, r.Owner)
				}
			case contact.Request:
				if c.Scope.ID == s.self.ID && r.To.ID == s.self.ID && r.State == contact.Pending {
					select {
					case s.asked <- r.ID:
					default:
					}
				}
			}
		}
	}
}

func (s *Service) hear(m conversation.Message) {
	if m.SenderID == s.self.ID || m.EditedAt != 0 || m.Kind == conversation.Notice {
		return
	}
	mentioned := slices.Contains(m.Mentions, s.self.ID)
	if mine, known := s.places.of(m.ConversationID); known && !mine && !mentioned {
		return
	}
	select {
	case s.heard <- heard{m, mentioned}:
	default:
	}
}

// listen takes what was heard until ctx ends.
func (s *Service) listen(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case h := <-s.heard:
			if err := s.consider(ctx, h); err != nil && ctx.Err() == nil {
				s.Log.Warn("robot: a message was not looked at", "conversation", h.message.ConversationID, "err", err)
			}
		case id := <-s.asked:
			s.befriend(ctx, id)
		}
	}
}

// consider finds out whether a message is for the robot, and hands it to the
// lane of its conversation.
func (s *Service) consider(ctx context.Context, h heard) error {
	place := h.message.ConversationID
	mine, err := s.isMine(ctx, place)
	if err != nil {
		return err
	}
	kind := conversation.InGroup
	if mine {
		kind = conversation.Direct
	} else if !h.mentioned {
		return nil
	}
	sender, err := s.Store.Account(ctx, h.message.SenderID)
	if err != nil {
		return err
	}
	if !mayAnswer(h.message, kind, sender, s.self.ID, h.mentioned) {
		return nil
	}
	if s.lanes.interrupt(place, h.message.SenderID, h.message.Body) {
		return nil
	}
	if _, ok := s.pace.Take(sender.ID.String()); !ok {
		s.slowDown(ctx, h.message, sender.Language == chinese)
		return nil
	}
	q := question{message: h.message, sender: sender, kind: kind}
	if !s.lanes.join(place, q, func(l *lane) {
		s.work.Go(func() { s.drive(ctx, place, l) })
	}) {
		s.slowDown(ctx, h.message, sender.Language == chinese)
	}
	return nil
}

// slowDown asks somebody once a minute not to write so fast.
func (s *Service) slowDown(ctx context.Context, m conversation.Message, zh bool) {
	if _, ok := s.asides.Take(m.SenderID.String()); ok {
		s.Conversations.Submit(ctx, s.self.ID, m.ConversationID, conversation.Draft{ClientID: answerID(m), Body: offline.SlowDown(zh)}, func(conversation.Delta, error) {})
	}
}

// answerID names the answer to a message, so that it is stored once, whoever
// answers, and however often.
func answerID(m conversation.Message) string {
	return fmt.Sprintf("answer-%d-%d", m.ConversationID, m.Seq)
}

// isMine tells whether a conversation is the direct one of the robot and
// somebody, which never changes.
func (s *Service) isMine(ctx context.Context, place change.ID) (bool, error) {
	if mine, known := s.places.of(place); known {
		return mine, nil
	}
	_, err := s.Store.Member(ctx, place, s.self.ID)
	mine := err == nil
	if err != nil && !errors.Is(err, change.ErrNotFound) {
		return false, err
	}
	if mine {
		c, err := s.Store.Conversation(ctx, place)
		if err != nil {
			return false, err
		}
		mine = c.Kind == conversation.Direct
	}
	s.places.note(place, mine)
	return mine, nil
}

// places remembers which conversations are direct ones of the robot.
type places struct {
	mu   sync.Mutex
	byID map[change.ID]bool
}

// maxPlaces is how many are remembered; beyond it all are looked up again.
const maxPlaces = 100_000

func (p *places) of(id change.ID) (mine, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	mine, known = p.byID[id]
	return mine, known
}

func (p *places) note(id change.ID, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byID == nil || len(p.byID) >= maxPlaces {
		p.byID = map[change.ID]bool{}
	}
	p.byID[id] = mine
}

// befriend accepts whoever asks to be a friend again.
func (s *Service) befriend(ctx context.Context, request change.ID) {
	r, err := s.Contacts.Accept(ctx, s.self.ID, request, "")
	if err != nil {
		if change.KindOf(err) == change.Internal {
			s.Log.Warn("robot: a friend request was not accepted", "request", request, "err", err)
		}
		return
	}
	delta, err := s.Conversations.OpenDirect(ctx, s.self.ID, r.From.ID)
	if err != nil {
		s.Log.Warn("robot: nobody greeted", "account", r.From.ID, "err", err)
		return
	}
	from, err := s.Store.Account(ctx, r.From.ID)
	if err == nil {
		s.greet(delta.ConversationID, from, offline.WelcomeBack(from.Language == chinese), "welcome-"+request.String())
	}
}

// answeredWithin is how old a question may be that is answered after the robot
// was away.
const answeredWithin = 5 * time.Minute

// recover looks for questions that were not answered: those that were asked
// when the program stopped, and those that another node left when it did. A
// question that is being answered is answered once all the same, because the
// answer has a name.
func (s *Service) recover(ctx context.Context) {
	since := s.Clock.Now() - change.Ms(answeredWithin)
	list, err := s.Store.Lately(ctx, s.self.ID, since)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Warn("robot: unanswered questions were not looked for", "err", err)
		}
		return
	}
	for _, c := range list {
		if s.lanes.busy(c.ID) {
			continue
		}
		messages, err := s.Store.Messages(ctx, c.ID, 0, 1<<63-1, 2*laneLength, true)
		if err != nil {
			return
		}
		for _, m := range messages {
			mentioned := slices.Contains(m.Mentions, s.self.ID)
			if m.SenderID == s.self.ID || m.CreatedAt < since || c.Kind != conversation.Direct && !mentioned {
				continue
			}
			if _, err := s.Store.MessageSent(ctx, s.self.ID, answerID(m)); !errors.Is(err, change.ErrNotFound) {
				continue
			}
			select {
			case s.heard <- heard{m, mentioned}:
			default:
				return
			}
		}
	}
}

// lanes let the robot talk in many conversations at once, and in each of them
// answer one question after the other.
type lanes struct {
	mu      sync.Mutex
	byPlace map[change.ID]*lane
}

type lane struct {
	waiting []question
	// stop ends the answer that is being given to somebody; nil if it can not
	// be ended.
	stop   context.CancelCauseFunc
	person change.ID
	seqs   []int64 // of what waits or is being answered
}

var (
	errUnwanted = errors.New("robot: nobody is to read this")
	errEnough   = errors.New("robot: told to stop")
)

// join queues a question; start is called for a new lane. False: too many wait.
func (l *lanes) join(place change.ID, q question, start func(*lane)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	have := l.byPlace[place]
	if have == nil {
		if len(l.byPlace) >= lanesAtOnce {
			return false
		}
		have = &lane{}
		l.byPlace[place] = have
		defer start(have)
	}
	if slices.Contains(have.seqs, q.message.Seq) {
		return true
	}
	if len(have.waiting) >= laneLength {
		return false
	}
	have.waiting = append(have.waiting, q)
	have.seqs = append(have.seqs, q.message.Seq)
	return true
}

// next takes the next question of a lane; the lane ends when there is none.
func (l *lanes) next(place change.ID, of *lane) (question, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of.stop = nil
	if n := len(of.seqs) - len(of.waiting); n > 0 {
		of.seqs = of.seqs[n:]
	}
	if len(of.waiting) == 0 {
		delete(l.byPlace, place)
		return question{}, false
	}
	q := of.waiting[0]
	of.waiting = of.waiting[1:]
	return q, true
}

func (l *lanes) busy(place change.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byPlace[place] != nil
}

// stoppable notes how the answer that is being given can be ended.
func (l *lanes) stoppable(of *lane, person change.ID, stop context.CancelCauseFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of.stop, of.person = stop, person
}

// stop ends what is being said in a conversation, or to somebody, because it is
// not wanted any more.
func (l *lanes) stop(place, person change.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, lane := range l.byPlace {
		if lane.stop != nil && (id == place || lane.person == person && person != 0) {
			lane.stop(errUnwanted)
		}
	}
}

// interrupt ends the answer to somebody who says stop.
func (l *lanes) interrupt(place, person change.ID, body string) bool {
	if !offline.IsStop(body) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lane := l.byPlace[place]
	if lane == nil || lane.stop == nil || lane.person != person {
		return false
	}
	lane.stop(errEnough)
	return true
}
