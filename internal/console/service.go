package console

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/feedback"
)

// Errors of this noun.
var (
	ErrNotOwner = change.Errorf(change.Forbidden, "console.not_owner", "Only owners of this server can see this.")
	ErrSelf     = change.Errorf(change.Conflict, "console.self", "You can not do this to yourself. Ask another owner.")
	ErrNoGroup  = change.Errorf(change.NotFound, "conversation.not_found", "There is no such group.")
	ErrRobot    = change.Errorf(change.Conflict, "console.robot", "This is a robot: nobody signs in with it.")
)

// mayLook tells whether the actor may see and do anything here.
func mayLook(actor account.Actor) error {
	if actor.Role != account.Owner {
		return ErrNotOwner
	}
	return nil
}

// mayManage tells whether the actor may do something to an account that would
// lock out whoever does it.
func mayManage(actor account.Actor, a account.Account) error {
	switch {
	case a.ID == actor.AccountID:
		return ErrSelf
	case a.Kind != account.Person:
		return ErrRobot
	}
	return nil
}

// Store is what the console needs from storage. Writes need a transaction.
type Store interface {
	change.Transactor
	Account(ctx context.Context, id change.ID) (account.Account, error)
	// People lists accounts, the newest first, at most the filter's Limit.
	People(ctx context.Context, f PeopleFilter) ([]Person, error)
	// CountPeople counts what People without Before and Limit would list.
	CountPeople(ctx context.Context, f PeopleFilter) (int, error)
	// Groups lists groups, the newest first, at most the filter's Limit.
	Groups(ctx context.Context, f GroupFilter) ([]Group, error)
	// SignIns lists sign-ins, the newest first, at most the filter's Limit.
	SignIns(ctx context.Context, f SignInFilter) ([]SignIn, error)
	// FeedbackList is feedback.Store's.
	FeedbackList(ctx context.Context, f feedback.Filter) ([]feedback.Feedback, error)

	// AddAudit stores an entry; of its Actor only the ID.
	AddAudit(ctx context.Context, e Entry) error
	// Audit lists entries older than before (0: all), the newest first.
	Audit(ctx context.Context, before change.ID, limit int) ([]Entry, error)

	// AddCounts adds to the counts of a day; what is in highest replaces those
	// that are lower.
	AddCounts(ctx context.Context, day string, add, highest map[Count]int64) error
	// NoteActive notes that accounts were there on a day, each once.
	NoteActive(ctx context.Context, day string, accounts []change.ID) error
	// CountDay counts who was noted as there on a day, and who signed in and
	// which people's accounts were made since it began.
	CountDay(ctx context.Context, day string, since int64) (active, signIns, accounts int64, err error)
	// DayCounts gives the counts of the days from `from` on, by day. Days
	// without any are left out.
	DayCounts(ctx context.Context, from string) (map[string]map[Count]int64, error)
	// ForgetDays removes who was there before a day, and sign-ins before a
	// time. The counts stay.
	ForgetDays(ctx context.Context, before string, signInsBefore int64) error
	// StorageUse tells what is kept.
	StorageUse(ctx context.Context) (Storage, error)
}

// Options of a Service. All are required but Log.
type Options struct {
	Store    Store
	Accounts *account.Service
	Feedback *feedback.Service
	// Dissolve ends a group because an operator wants it so, whoever owns it.
	Dissolve func(ctx context.Context, operator, group change.ID) error
	IDs      *change.IDs
	Clock    change.Clock
	// Zone is where a day begins at midnight.
	Zone *time.Location
}

// Service does what owners do. Every method but the ones for the command line
// answers ErrNotOwner to anybody else.
type Service struct{ Options }

// NewService makes the service.
func NewService(o Options) *Service { return &Service{o} }

// page bounds a limit.
func page(limit int) int {
	if limit == 0 {
		return DefaultPage
	}
	return min(limit, MaxPage)
}

// People lists accounts, and counts how many the filter chooses in all.
func (s *Service) People(ctx context.Context, actor account.Actor, f PeopleFilter) (list []Person, total int, err error) {
	if err := mayLook(actor); err != nil {
		return nil, 0, err
	}
	f.Limit, f.Query = page(f.Limit), strings.TrimSpace(f.Query)
	err = s.Store.View(ctx, func(ctx context.Context) error {
		if list, err = s.Store.People(ctx, f); err != nil {
			return err
		}
		total, err = s.Store.CountPeople(ctx, f)
		return err
	})
	return list, total, err
}

// Groups lists groups.
func (s *Service) Groups(ctx context.Context, actor account.Actor, f GroupFilter) ([]Group, error) {
	if err := mayLook(actor); err != nil {
		return nil, err
	}
	f.Limit, f.Query = page(f.Limit), strings.TrimSpace(f.Query)
	return s.Store.Groups(ctx, f)
}

// SignIns lists who signed in.
func (s *Service) SignIns(ctx context.Context, actor account.Actor, f SignInFilter) ([]SignIn, error) {
	if err := mayLook(actor); err != nil {
		return nil, err
	}
	f.Limit = page(f.Limit)
	return s.Store.SignIns(ctx, f)
}

// Feedbacks lists what people told.
func (s *Service) Feedbacks(ctx context.Context, actor account.Actor, f feedback.Filter) ([]feedback.Feedback, error) {
	if err := mayLook(actor); err != nil {
		return nil, err
	}
	f.Limit = page(f.Limit)
	return s.Store.FeedbackList(ctx, f)
}

// Audit lists what was done here.
func (s *Service) Audit(ctx context.Context, actor account.Actor, before change.ID, limit int) ([]Entry, error) {
	if err := mayLook(actor); err != nil {
		return nil, err
	}
	return s.Store.Audit(ctx, before, page(limit))
}

// Storage tells what is kept.
func (s *Service) Storage(ctx context.Context, actor account.Actor) (Storage, error) {
	if err := mayLook(actor); err != nil {
		return Storage{}, err
	}
	return s.Store.StorageUse(ctx)
}

// Note writes into the audit log what was done to an account at the command
// line of the server.
func (s *Service) Note(ctx context.Context, action Action, a account.Account) error {
	return s.note(ctx, 0, action, a.ID.String(), a.Username, "")
}

func (s *Service) note(ctx context.Context, actor change.ID, action Action, subject, name, detail string) error {
	return s.Store.Update(ctx, func(ctx context.Context) error {
		return s.Store.AddAudit(ctx, Entry{
			ID: s.IDs.Next(), At: s.Clock.Now(), Actor: account.Card{ID: actor},
			Action: action, Subject: subject, Name: name, Detail: detail,
		})
	})
}

// onAccount does something to somebody's account and writes it down, both or
// neither.
func (s *Service) onAccount(ctx context.Context, actor account.Actor, id change.ID, action Action, do func(ctx context.Context, a account.Account) error) (Person, error) {
	if err := mayLook(actor); err != nil {
		return Person{}, err
	}
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		a, err := s.Store.Account(ctx, id)
		if errors.Is(err, change.ErrNotFound) {
			return account.ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := mayManage(actor, a); err != nil {
			return err
		}
		if err := do(ctx, a); err != nil {
			return err
		}
		return s.note(ctx, actor.AccountID, action, id.String(), a.Username, "")
	})
	if err != nil {
		return Person{}, err
	}
	return s.person(ctx, id)
}

// Person gives one account.
func (s *Service) Person(ctx context.Context, actor account.Actor, id change.ID) (Person, error) {
	if err := mayLook(actor); err != nil {
		return Person{}, err
	}
	return s.person(ctx, id)
}

func (s *Service) person(ctx context.Context, id change.ID) (Person, error) {
	list, err := s.Store.People(ctx, PeopleFilter{Before: id + 1, Limit: 1})
	if err == nil && (len(list) == 0 || list[0].Account.ID != id) {
		err = account.ErrNotFound
	}
	if err != nil {
		return Person{}, err
	}
	return list[0], nil
}

// Disable ends all sessions of an account and keeps it from signing in.
func (s *Service) Disable(ctx context.Context, actor account.Actor, id change.ID) (Person, error) {
	return s.onAccount(ctx, actor, id, Disabled, func(ctx context.Context, a account.Account) error {
		_, err := s.Accounts.Disable(ctx, a.Username)
		return err
	})
}

// Enable lets a disabled account sign in again.
func (s *Service) Enable(ctx context.Context, actor account.Actor, id change.ID) (Person, error) {
	return s.onAccount(ctx, actor, id, Enabled, func(ctx context.Context, a account.Account) error {
		_, err := s.Accounts.Enable(ctx, a.Username)
		return err
	})
}

// SignOut ends all sessions of an account.
func (s *Service) SignOut(ctx context.Context, actor account.Actor, id change.ID) (Person, error) {
	return s.onAccount(ctx, actor, id, SignedOut, func(ctx context.Context, a account.Account) error {
		return s.Accounts.EndSessions(ctx, a.ID)
	})
}

// SendReset mails somebody a link with which they choose a new password.
func (s *Service) SendReset(ctx context.Context, actor account.Actor, id change.ID) (Person, error) {
	return s.onAccount(ctx, actor, id, ResetSent, func(ctx context.Context, a account.Account) error {
		return s.Accounts.SendReset(ctx, a.ID)
	})
}

// SetOwner lets somebody run the installation, or no longer.
func (s *Service) SetOwner(ctx context.Context, actor account.Actor, id change.ID, owner bool) (Person, error) {
	action := MadeUser
	if owner {
		action = MadeOwner
	}
	return s.onAccount(ctx, actor, id, action, func(ctx context.Context, a account.Account) error {
		if owner {
			_, err := s.Accounts.MakeOwner(ctx, a.Username)
			return err
		}
		_, err := s.Accounts.MakeUser(ctx, a.Username)
		return err
	})
}

// DissolveGroup ends a group for everybody in it.
func (s *Service) DissolveGroup(ctx context.Context, actor account.Actor, id change.ID) error {
	if err := mayLook(actor); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context) error {
		list, err := s.Store.Groups(ctx, GroupFilter{Before: id + 1, Limit: 1})
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].ID != id {
			return ErrNoGroup
		}
		if err := s.Dissolve(ctx, actor.AccountID, id); err != nil {
			return err
		}
		return s.note(ctx, actor.AccountID, GroupDissolved, id.String(), list[0].Name, "")
	})
}

// Answer answers feedback.
func (s *Service) Answer(ctx context.Context, actor account.Actor, id change.ID, text string) (feedback.Feedback, error) {
	return s.onFeedback(ctx, actor, FeedbackAnswered, func(ctx context.Context) (feedback.Feedback, error) {
		return s.Feedback.Answer(ctx, actor, id, text)
	})
}

// SetClosed closes feedback, or opens it again.
func (s *Service) SetClosed(ctx context.Context, actor account.Actor, id change.ID, closed bool) (feedback.Feedback, error) {
	action := FeedbackReopened
	if closed {
		action = FeedbackClosed
	}
	return s.onFeedback(ctx, actor, action, func(ctx context.Context) (feedback.Feedback, error) {
		return s.Feedback.SetClosed(ctx, id, closed)
	})
}

func (s *Service) onFeedback(ctx context.Context, actor account.Actor, action Action, do func(ctx context.Context) (feedback.Feedback, error)) (feedback.Feedback, error) {
	if err := mayLook(actor); err != nil {
		return feedback.Feedback{}, err
	}
	var out feedback.Feedback
	err := s.Store.Update(ctx, func(ctx context.Context) (err error) {
		if out, err = do(ctx); err != nil {
			return err
		}
		return s.note(ctx, actor.AccountID, action, out.ID.String(), out.Author.Username, out.Answer)
	})
	return out, err
}
