package contact

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Store is what contacts need from storage. Reads return change.ErrNotFound
// when there is none. Puts stamp the row with the new version of its scope, put
// it into the transaction's change, and need a transaction.
type Store interface {
	change.Transactor
	Account(ctx context.Context, id change.ID) (account.Account, error)
	// AccountByLogin finds by user name or e-mail address, without regard to
	// case.
	AccountByLogin(ctx context.Context, login string) (account.Account, error)

	Contact(ctx context.Context, owner, other change.ID) (Contact, error)
	// Contacts lists rows of the owner with version > since; with since 0, only
	// those that are friends or blocked.
	Contacts(ctx context.Context, owner change.ID, since int64) ([]Contact, error)
	PutContact(ctx context.Context, c Contact) (Contact, error)
	// ContactsOf lists the rows that others have about an account, if they are
	// friends or have blocked it.
	ContactsOf(ctx context.Context, account change.ID) ([]Contact, error)
	// DeleteContacts removes all rows of the owner, without a change: there is
	// nobody left to be told.
	DeleteContacts(ctx context.Context, owner change.ID) error

	Request(ctx context.Context, id change.ID) (Request, error)
	// LastRequest is the newest from one account to another.
	LastRequest(ctx context.Context, from, to change.ID) (Request, error)
	// Requests lists those that the account is shown with version > since, the
	// newest first; with since 0, all that are pending and the newest
	// MaxAnswered of the others.
	Requests(ctx context.Context, account change.ID, since int64) ([]Request, error)
	PendingRequests(ctx context.Context, from change.ID) (int, error)
	PutRequest(ctx context.Context, r Request) (Request, error)
}

// Service does what a person can do with contacts.
type Service struct {
	store Store
	ids   *change.IDs
	clock change.Clock
	// befriended runs in the transaction that makes two people friends.
	befriended func(ctx context.Context, a, b change.ID) error
}

// NewService makes the service. befriended runs in the transaction that makes
// two people friends, and undoes it by failing.
func NewService(store Store, ids *change.IDs, clock change.Clock, befriended func(ctx context.Context, a, b change.ID) error) *Service {
	return &Service{store: store, ids: ids, clock: clock, befriended: befriended}
}

// optional turns ErrNotFound into the zero value.
func optional[T any](v T, err error) (T, error) {
	if errors.Is(err, change.ErrNotFound) {
		var zero T
		return zero, nil
	}
	return v, err
}

// Find gives the card of the one person with this exact user name or e-mail
// address. Whoever blocked the actor, and who is disabled, is not found.
func (s *Service) Find(ctx context.Context, actor change.ID, login string) (account.Card, error) {
	var card account.Card
	err := s.store.View(ctx, func(ctx context.Context) error {
		found, err := s.store.AccountByLogin(ctx, login)
		if errors.Is(err, change.ErrNotFound) {
			return ErrNoAccount
		} else if err != nil {
			return err
		}
		theirs, err := optional(s.store.Contact(ctx, found.ID, actor))
		if err != nil {
			return err
		}
		if found.State != account.Active || theirs.Blocked {
			return ErrNoAccount
		}
		card = found.Card()
		return nil
	})
	return card, err
}

// List gives the actor's contacts, blocked ones included.
func (s *Service) List(ctx context.Context, actor change.ID) ([]Contact, error) {
	return s.store.Contacts(ctx, actor, 0)
}

// Requests lists the requests that the actor sent or was sent: all that wait,
// and the newest MaxAnswered of the others.
func (s *Service) Requests(ctx context.Context, actor change.ID) ([]Request, error) {
	return s.store.Requests(ctx, actor, 0)
}

// Ask sends a friend request, or accepts the one that waits in the other
// direction. Asking again while one waits gives that one, with the new
// greeting. Somebody who has blocked the actor is not told, and the actor does
// not notice.
func (s *Service) Ask(ctx context.Context, actor, to change.ID, greeting, remark string) (Request, error) {
	if err := change.CheckText("greeting", greeting, 0, MaxGreeting); err != nil {
		return Request{}, err
	}
	remark, err := change.CheckLine("remark", remark, 0, MaxRemark)
	if err != nil {
		return Request{}, err
	}
	var out Request
	err = s.store.Update(ctx, func(ctx context.Context) error {
		st, err := s.standing(ctx, actor, to)
		if err != nil {
			return err
		}
		if err := mayAsk(st); err != nil {
			return err
		}
		counter, err := optional(s.store.LastRequest(ctx, to, actor))
		if err != nil {
			return err
		}
		if counter.State == Pending && counter.ToVersion != 0 {
			out, err = s.answer(ctx, counter, Accepted, remark)
			return err
		}
		r := st.last
		if r.State != Pending {
			r = Request{ID: s.ids.Next(), From: st.from.Card(), To: st.to.Card(), State: Pending, CreatedAt: st.now}
			if !st.theirs.Blocked {
				r.ToVersion = 1 // shown; the store sets the version
			}
		}
		r.Greeting, r.Remark = greeting, remark
		out, err = s.store.PutRequest(ctx, r)
		return err
	})
	return out, err
}

func (s *Service) standing(ctx context.Context, from, to change.ID) (standing, error) {
	st := standing{now: s.clock.Now()}
	var err error
	if st.from, err = s.store.Account(ctx, from); err != nil {
		return st, err
	}
	if st.to, err = s.store.Account(ctx, to); errors.Is(err, change.ErrNotFound) {
		return st, ErrNoAccount
	} else if err != nil {
		return st, err
	}
	if st.mine, err = optional(s.store.Contact(ctx, from, to)); err != nil {
		return st, err
	}
	if st.theirs, err = optional(s.store.Contact(ctx, to, from)); err != nil {
		return st, err
	}
	if st.last, err = optional(s.store.LastRequest(ctx, from, to)); err != nil {
		return st, err
	}
	st.pending, err = s.store.PendingRequests(ctx, from)
	return st, err
}

// Accept makes friends of both. remark is what the actor will call the other.
func (s *Service) Accept(ctx context.Context, actor, request change.ID, remark string) (Request, error) {
	remark, err := change.CheckLine("remark", remark, 0, MaxRemark)
	if err != nil {
		return Request{}, err
	}
	return s.settle(ctx, actor, request, Accepted, remark)
}

// Decline answers a request with no.
func (s *Service) Decline(ctx context.Context, actor, request change.ID) (Request, error) {
	return s.settle(ctx, actor, request, Declined, "")
}

// Withdraw takes the actor's own request back.
func (s *Service) Withdraw(ctx context.Context, actor, request change.ID) (Request, error) {
	return s.settle(ctx, actor, request, Withdrawn, "")
}

func (s *Service) settle(ctx context.Context, actor, request change.ID, answer RequestState, remark string) (Request, error) {
	var out Request
	err := s.store.Update(ctx, func(ctx context.Context) error {
		r, err := s.store.Request(ctx, request)
		if errors.Is(err, change.ErrNotFound) {
			return ErrNoRequest
		} else if err != nil {
			return err
		}
		if err := mayAnswer(r, actor, answer); err != nil {
			return err
		}
		out, err = s.answer(ctx, r, answer, remark)
		return err
	})
	return out, err
}

// answer settles r; remark is what To will call From.
func (s *Service) answer(ctx context.Context, r Request, answer RequestState, remark string) (Request, error) {
	r.State, r.AnsweredAt = answer, s.clock.Now()
	if answer == Accepted {
		for _, side := range []struct {
			owner, other account.Card
			remark       string
		}{{r.From, r.To, r.Remark}, {r.To, r.From, remark}} {
			c, err := optional(s.store.Contact(ctx, side.owner.ID, side.other.ID))
			if err != nil {
				return r, err
			}
			c.Owner, c.Account, c.State, c.Since = side.owner.ID, side.other, Friend, r.AnsweredAt
			if side.owner.ID == r.To.ID {
				c.Blocked = false // whoever accepts has thought better of it
			}
			if side.remark != "" {
				c.Remark = side.remark
			}
			if _, err := s.store.PutContact(ctx, c); err != nil {
				return r, err
			}
		}
		if err := s.befriended(ctx, r.From.ID, r.To.ID); err != nil {
			return r, err
		}
	}
	return s.store.PutRequest(ctx, r)
}

// Remark sets what the actor calls a contact; empty removes it.
func (s *Service) Remark(ctx context.Context, actor, other change.ID, remark string) (Contact, error) {
	remark, err := change.CheckLine("remark", remark, 0, MaxRemark)
	if err != nil {
		return Contact{}, err
	}
	return s.edit(ctx, actor, other, func(c *Contact) error {
		if c.State != Friend && !c.Blocked {
			return ErrNotFound
		}
		c.Remark = remark
		return nil
	})
}

// Delete ends a friendship, for both. What they wrote stays readable to both.
// Repeating it changes nothing.
func (s *Service) Delete(ctx context.Context, actor, other change.ID) (Contact, error) {
	var out Contact
	err := s.store.Update(ctx, func(ctx context.Context) error {
		mine, err := s.store.Contact(ctx, actor, other)
		if errors.Is(err, change.ErrNotFound) {
			return ErrNotFound
		} else if err != nil {
			return err
		}
		if out = mine; mine.State == None {
			return nil
		}
		mine.State, mine.Remark, mine.Since = None, "", 0
		if out, err = s.store.PutContact(ctx, mine); err != nil {
			return err
		}
		theirs, err := s.store.Contact(ctx, other, actor)
		if err != nil {
			return err
		}
		theirs.State, theirs.Since = None, 0
		_, err = s.store.PutContact(ctx, theirs)
		return err
	})
	return out, err
}

// Block keeps another account from writing to the actor, asking and seeing
// whether they are online. A friendship stays, and the other is not told; a
// request that waits between the two ends. Repeating it changes nothing.
func (s *Service) Block(ctx context.Context, actor, other change.ID) (Contact, error) {
	if actor == other {
		return Contact{}, ErrSelf
	}
	var out Contact
	err := s.store.Update(ctx, func(ctx context.Context) error {
		var err error
		if out, err = s.edit(ctx, actor, other, func(c *Contact) error {
			c.Blocked = true
			return nil
		}); err != nil {
			return err
		}
		for _, end := range []struct {
			from, to change.ID
			answer   RequestState
		}{{other, actor, Declined}, {actor, other, Withdrawn}} {
			r, err := optional(s.store.LastRequest(ctx, end.from, end.to))
			if err != nil {
				return err
			}
			if r.State != Pending || r.ToVersion == 0 {
				continue
			}
			if _, err := s.answer(ctx, r, end.answer, ""); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Unblock ends a block. Repeating it changes nothing.
func (s *Service) Unblock(ctx context.Context, actor, other change.ID) (Contact, error) {
	return s.edit(ctx, actor, other, func(c *Contact) error {
		c.Blocked = false
		return nil
	})
}

// edit changes the actor's row about another account, which is made if there is
// none. Nothing is written when nothing changes.
func (s *Service) edit(ctx context.Context, actor, other change.ID, alter func(*Contact) error) (Contact, error) {
	var out Contact
	err := s.store.Update(ctx, func(ctx context.Context) error {
		before, err := s.store.Contact(ctx, actor, other)
		if errors.Is(err, change.ErrNotFound) {
			them, err := s.store.Account(ctx, other)
			if errors.Is(err, change.ErrNotFound) {
				return ErrNotFound
			} else if err != nil {
				return err
			}
			before = Contact{Owner: actor, Account: them.Card(), State: None}
		} else if err != nil {
			return err
		}
		after := before
		if err := alter(&after); err != nil {
			return err
		}
		if out = after; after == before {
			return nil
		}
		out, err = s.store.PutContact(ctx, after)
		return err
	})
	return out, err
}
