package contact

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// Profile is what the actor may see of another account.
type Profile struct {
	account.Public
	Since int64 // when they became friends; 0 if they are not
}

// relation tells what the viewer is to the owner of a profile. mine and theirs
// are the rows of the viewer about the owner and of the owner about the viewer,
// zero when there is none. Whoever the owner blocked is a stranger.
func relation(viewer, owner change.ID, mine, theirs Contact) account.Relation {
	switch {
	case viewer == owner:
		return account.Self
	case mine.State == Friend && theirs.State == Friend && !theirs.Blocked:
		return account.Befriended
	}
	return account.Stranger
}

// Profile gives what the actor may see of an account. Who is disabled is found
// by friends only.
func (s *Service) Profile(ctx context.Context, actor, id change.ID) (Profile, error) {
	var out Profile
	err := s.store.View(ctx, func(ctx context.Context) error {
		them, err := s.store.Account(ctx, id)
		if errors.Is(err, change.ErrNotFound) {
			return ErrNoProfile
		} else if err != nil {
			return err
		}
		mine, err := optional(s.store.Contact(ctx, actor, id))
		if err != nil {
			return err
		}
		theirs, err := optional(s.store.Contact(ctx, id, actor))
		if err != nil {
			return err
		}
		r := relation(actor, id, mine, theirs)
		if them.State != account.Active && r == account.Stranger {
			return ErrNoProfile
		}
		out = Profile{Public: them.PublicFor(r)}
		if mine.State == Friend {
			out.Since = mine.Since
		}
		return nil
	})
	return out, err
}

// Forget removes an account that was deleted from everybody's contacts, and
// everybody from its own. It runs in the transaction that deletes the account.
func (s *Service) Forget(ctx context.Context, id change.ID) error {
	holders, err := s.store.ContactsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, c := range holders {
		c.State, c.Remark, c.Blocked, c.Since = None, "", false, 0
		if _, err := s.store.PutContact(ctx, c); err != nil {
			return err
		}
	}
	requests, err := s.store.Requests(ctx, id, 0)
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.State != Pending {
			continue
		}
		r.State, r.AnsweredAt = Withdrawn, s.clock.Now()
		if r.To.ID == id {
			r.State = Declined
		}
		if _, err := s.store.PutRequest(ctx, r); err != nil {
			return err
		}
	}
	return s.store.DeleteContacts(ctx, id)
}
