package conversation

import (
	"context"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

const (
	// SyncPage is how many conversations one catch-up answer holds.
	SyncPage = 50
	// SyncKnown is how many conversations a caller may name in one request.
	SyncKnown = 5000
	// SyncMessages is how many of the newest messages come with a conversation
	// that the caller does not know, or is far behind in, unless told.
	SyncMessages = 20
)

// Known is what a caller has: the version of their user scope, and those of
// the conversations. The zero Known is that of a new device.
type Known struct {
	User          int64
	Conversations map[change.ID]int64
}

// CatchUp is what somebody missed. A row older than what was known is not in
// it; with Known.User 0 it holds all that there is.
type CatchUp struct {
	UserVersion int64
	Account     *account.Account
	Contacts    []contact.Contact
	Requests    []contact.Request
	Memberships []Membership
	// Conversations has those with the newest activity first, at most SyncPage.
	Conversations []Delta
	// More: there are more conversations that changed.
	More bool
	// Friends are those whose presence the actor may see.
	Friends []change.ID
}

// Sync gives what changed for the actor since the versions known. messages is
// how many come with a conversation that is new to the caller; 0 means
// SyncMessages. A known version beyond the present one (the server was set back
// to a backup) counts as nothing known.
func (s *Service) Sync(ctx context.Context, actor change.ID, known Known, messages int) (CatchUp, error) {
	if messages == 0 {
		messages = SyncMessages
	}
	var out CatchUp
	err := s.store.View(ctx, func(ctx context.Context) error {
		out = CatchUp{}
		if err := s.syncUser(ctx, actor, known.User, &out); err != nil {
			return err
		}
		list, err := s.store.Joined(ctx, actor)
		if err != nil {
			return err
		}
		for _, c := range list {
			since := known.Conversations[c.ID]
			if since == c.Version {
				continue
			}
			if since > c.Version {
				since = 0
			}
			if out.More = len(out.Conversations) == SyncPage; out.More {
				break
			}
			d, err := s.delta(ctx, c, since, messages)
			if err != nil {
				return err
			}
			out.Conversations = append(out.Conversations, d)
		}
		return nil
	})
	return out, err
}

func (s *Service) syncUser(ctx context.Context, actor change.ID, since int64, out *CatchUp) (err error) {
	if out.UserVersion, err = s.store.UserVersion(ctx, actor); err != nil {
		return err
	}
	if since > out.UserVersion {
		since = 0
	}
	if out.Friends, err = s.store.Friends(ctx, actor); err != nil || since == out.UserVersion {
		return err
	}
	a, err := s.store.Account(ctx, actor)
	if err != nil {
		return err
	}
	if a.Version > since {
		out.Account = &a
	}
	if out.Contacts, err = s.store.Contacts(ctx, actor, since); err != nil {
		return err
	}
	if out.Requests, err = s.store.Requests(ctx, actor, since, MaxPage); err != nil {
		return err
	}
	out.Memberships, err = s.store.Memberships(ctx, actor, since)
	return err
}

// delta gives what changed in a conversation since a version. With 0, or when
// more than MaxPage messages were missed, it is the newest page and Truncated.
func (s *Service) delta(ctx context.Context, c Conversation, since int64, page int) (Delta, error) {
	d := Delta{ConversationID: c.ID, Version: c.Version}
	if c.RowVersion > since {
		d.Conversation = &c
	}
	var err error
	if d.Members, err = s.store.Members(ctx, c.ID, since); err != nil {
		return d, err
	}
	// A version holds one message at most, and versions of messages ascend
	// with seq: those missed are among as many of the newest as there were
	// versions.
	missed := c.Version - since
	if since == 0 || missed > MaxPage {
		d.Truncated = true
		d.Conversation = &c
		d.Messages, err = s.store.Messages(ctx, c.ID, 0, 1<<63-1, min(page, MaxPage), true)
		return d, err
	}
	newest, err := s.store.Messages(ctx, c.ID, 0, 1<<63-1, int(missed), true)
	if err != nil {
		return d, err
	}
	for i, m := range newest {
		if m.Version > since {
			d.Messages = newest[i:]
			break
		}
	}
	return d, nil
}
