package conversation

import (
	"context"
	"fmt"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/sticker"
)

const (
	// SyncPage is how many conversations one catch-up answer holds.
	SyncPage = 50
	// SyncKnown is how many conversations a caller may name in one request.
	SyncKnown = 10_000
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
	// JoinRequests are the actor's own, Invitations those to the actor.
	JoinRequests []JoinRequest
	Invitations  []Invitation
	Packs        []sticker.Pack
	Favourites   []sticker.Favourite
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
		list, err := s.store.Entries(ctx, actor, Entry{}, 0)
		if err != nil {
			return err
		}
		var changed []Entry
		for _, e := range list {
			if known.Conversations[e.ID] == e.Version {
				continue
			}
			if out.More = len(changed) == SyncPage; out.More {
				break
			}
			changed = append(changed, e)
		}
		asks, err := s.asks(ctx, changed, known.Conversations)
		if err != nil {
			return err
		}
		out.Conversations, err = s.deltas(ctx, actor, asks, messages)
		return err
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
	if out.Requests, err = s.store.Requests(ctx, actor, since); err != nil {
		return err
	}
	if out.Memberships, err = s.store.Memberships(ctx, actor, since); err != nil {
		return err
	}
	if out.JoinRequests, err = s.store.JoinRequests(ctx, actor, since); err != nil {
		return err
	}
	if out.Invitations, err = s.store.Invitations(ctx, actor, since); err != nil {
		return err
	}
	if out.Packs, err = s.store.Packs(ctx, actor, since); err != nil {
		return err
	}
	out.Favourites, err = s.store.Favourites(ctx, actor, since)
	return err
}

// ListPage is a part of somebody's conversation list.
type ListPage struct {
	Conversations []Delta // each with its members and its newest message
	Memberships   []Membership
	NextCursor    string // empty on the last page
}

// List gives a page of the actor's conversations, newest activity first. An
// unknown cursor is refused.
func (s *Service) List(ctx context.Context, actor change.ID, cursor string, limit int) (ListPage, error) {
	if limit < 1 || limit > MaxPage {
		limit = DefaultPage
	}
	behind, err := parseEntry(cursor)
	if err != nil {
		return ListPage{}, err
	}
	var page ListPage
	err = s.store.View(ctx, func(ctx context.Context) error {
		page = ListPage{}
		list, err := s.store.Entries(ctx, actor, behind, limit+1)
		if err != nil {
			return err
		}
		if len(list) > limit {
			list = list[:limit]
			last := list[limit-1]
			page.NextCursor = fmt.Sprintf("%d-%d", last.LastActivityAt, last.ID)
		}
		asks, err := s.asks(ctx, list, nil)
		if err != nil {
			return err
		}
		ids := make([]change.ID, len(asks))
		place := make(map[change.ID]int, len(asks))
		for i, a := range asks {
			ids[i] = a.conversation.ID
			place[ids[i]] = i
		}
		memberships, err := s.store.MembershipsAt(ctx, actor, ids)
		if err != nil {
			return err
		}
		page.Memberships = make([]Membership, len(asks))
		for _, m := range memberships {
			page.Memberships[place[m.ConversationID]] = m
		}
		page.Conversations, err = s.deltas(ctx, actor, asks, 1)
		return err
	})
	return page, err
}

// asks are for what changed in those of a list since the versions known, in its
// order. A known version beyond the present one counts as nothing known.
func (s *Service) asks(ctx context.Context, list []Entry, known map[change.ID]int64) ([]ask, error) {
	ids := make([]change.ID, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	conversations, err := s.store.ConversationsAt(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[change.ID]Conversation, len(conversations))
	for _, c := range conversations {
		found[c.ID] = c
	}
	asks := make([]ask, 0, len(list))
	for _, id := range ids {
		c, ok := found[id]
		if !ok {
			continue
		}
		since := known[id]
		if since > c.Version {
			since = 0
		}
		asks = append(asks, ask{c, since})
	}
	return asks, nil
}

// parseEntry reads a cursor, which names the last entry of the page before by
// its activity and identifier.
func parseEntry(cursor string) (e Entry, err error) {
	if cursor == "" {
		return e, nil
	}
	if n, err := fmt.Sscanf(cursor, "%d-%d", &e.LastActivityAt, &e.ID); n != 2 || err != nil {
		return e, errCursor
	}
	return e, nil
}
