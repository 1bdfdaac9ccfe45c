package feedback

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Store is what feedback needs from storage. Reads return change.ErrNotFound
// when there is none. Puts need a transaction.
type Store interface {
	change.Transactor
	Account(ctx context.Context, id change.ID) (account.Account, error)
	Feedback(ctx context.Context, id change.ID) (Feedback, error)
	// FeedbackList lists what the filter chooses, the newest first, at most
	// its Limit.
	FeedbackList(ctx context.Context, f Filter) ([]Feedback, error)
	// OpenFeedback counts what is open of an author.
	OpenFeedback(ctx context.Context, author change.ID) (int, error)
	// PutFeedback stores it, new or changed.
	PutFeedback(ctx context.Context, f Feedback) error
}

// Options of a Service. Store, IDs and Clock are required.
type Options struct {
	Store Store
	IDs   *change.IDs
	Clock change.Clock
	// Show gives what a report is about as the actor sees it, with the Quote,
	// and ErrSubject if the actor sees no such thing.
	Show func(ctx context.Context, actor change.ID, s Subject) (Subject, error)
	// Picture tells whether an attachment is a picture that the actor may
	// show: nil, or ErrPicture.
	Picture func(ctx context.Context, actor change.ID, id string) error
	// Answered is called after the commit of an answer, and must not block. It
	// may be nil.
	Answered func(Feedback)
}

// Service does what a person can do with feedback. What owners do with it,
// package console asks for.
type Service struct{ Options }

// NewService makes the service.
func NewService(o Options) *Service { return &Service{o} }

// Tell stores what somebody thinks of the installation. picture is an
// attachment, or empty.
func (s *Service) Tell(ctx context.Context, actor account.Actor, body, picture string) (Feedback, error) {
	return s.tell(ctx, actor, Feedback{Kind: Opinion, Body: body, Picture: picture})
}

// Report stores what is wrong with somebody, a conversation or a message.
func (s *Service) Report(ctx context.Context, actor account.Actor, subject Subject, body string) (Feedback, error) {
	if subject.AccountID == actor.AccountID {
		return Feedback{}, ErrSelf
	}
	shown, err := s.Show(ctx, actor.AccountID, subject)
	if err != nil {
		return Feedback{}, err
	}
	if shown.AccountID == actor.AccountID {
		return Feedback{}, ErrSelf
	}
	return s.tell(ctx, actor, Feedback{Kind: Report, Body: body, Subject: shown})
}

func (s *Service) tell(ctx context.Context, actor account.Actor, f Feedback) (Feedback, error) {
	var err error
	if f.Body, err = checkBody("body", f.Body, MaxBody); err != nil {
		return Feedback{}, err
	}
	if f.Picture != "" {
		if err := s.Picture(ctx, actor.AccountID, f.Picture); err != nil {
			return Feedback{}, err
		}
	}
	f.ID, f.State, f.CreatedAt = s.IDs.Next(), Open, s.Clock.Now()
	err = s.Store.Update(ctx, func(ctx context.Context) error {
		open, err := s.Store.OpenFeedback(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		if err := mayTell(open); err != nil {
			return err
		}
		author, err := s.Store.Account(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		f.Author = author.Card()
		return s.Store.PutFeedback(ctx, f)
	})
	return f, err
}

// Mine lists what the actor told, the newest first.
func (s *Service) Mine(ctx context.Context, actor account.Actor) ([]Feedback, error) {
	return s.Store.FeedbackList(ctx, Filter{Author: actor.AccountID, Limit: MaxPage})
}

// Answer answers, again if need be, and tells the author. Whoever calls it has
// made sure that the actor is an owner.
func (s *Service) Answer(ctx context.Context, actor account.Actor, id change.ID, text string) (Feedback, error) {
	text, err := checkBody("answer", text, MaxAnswer)
	if err != nil {
		return Feedback{}, err
	}
	return s.alter(ctx, id, func(ctx context.Context, f *Feedback) error {
		if err := mayAnswer(*f); err != nil {
			return err
		}
		f.State, f.Answer, f.AnsweredBy, f.AnsweredAt = Answered, text, actor.AccountID, s.Clock.Now()
		if s.Answered != nil {
			answered := *f
			s.Store.AfterCommit(ctx, func() { s.Answered(answered) })
		}
		return nil
	})
}

// SetClosed closes it, or opens it again.
func (s *Service) SetClosed(ctx context.Context, id change.ID, closed bool) (Feedback, error) {
	return s.alter(ctx, id, func(_ context.Context, f *Feedback) error {
		switch {
		case closed:
			f.State = Closed
		case f.Answer != "":
			f.State = Answered
		default:
			f.State = Open
		}
		return nil
	})
}

func (s *Service) alter(ctx context.Context, id change.ID, fn func(ctx context.Context, f *Feedback) error) (Feedback, error) {
	var out Feedback
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		f, err := s.Store.Feedback(ctx, id)
		if err != nil {
			return instead(err)
		}
		if err := fn(ctx, &f); err != nil {
			return err
		}
		out = f
		return s.Store.PutFeedback(ctx, f)
	})
	return out, err
}

func instead(err error) error {
	if errors.Is(err, change.ErrNotFound) {
		return ErrNotFound
	}
	return err
}
