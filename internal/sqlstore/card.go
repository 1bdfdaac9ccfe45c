package sqlstore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

var (
	touchUsers = newSetText("i", `UPDATE account SET version = account.version + 1
		FROM (VALUES %s) AS k WHERE account.id = k.column1 RETURNING id, version, 0`)
	touchConversations = newSetText("i", `UPDATE conversation SET version = conversation.version + 1
		FROM (VALUES %s) AS k WHERE conversation.id = k.column1 RETURNING id, version, members_version`)
	moveContacts = newSetText("iii", `UPDATE contact SET version = k.column3
		FROM (VALUES %s) AS k WHERE contact.owner_id = k.column1 AND contact.account_id = k.column2`)
	moveRequests = newSetText("iii", `UPDATE friend_request SET from_version = k.column2, to_version = k.column3
		FROM (VALUES %s) AS k WHERE friend_request.id = k.column1`)
	moveInvitations = newSetText("ii", `UPDATE invitation SET version = k.column2
		FROM (VALUES %s) AS k WHERE invitation.id = k.column1`)
	moveMembers = newSetText("iii", `UPDATE member SET version = k.column3, roster_version = k.column3
		FROM (VALUES %s) AS k WHERE member.conversation_id = k.column1 AND member.account_id = k.column2`)
)

// spreadCard gives every row that shows the card of an account the new version
// of its scope, set by set, and collects them. The account is stored already.
func (s *Store) spreadCard(ctx context.Context, id change.ID) error {
	contacts, err := s.ContactsOf(ctx, id)
	if err != nil {
		return err
	}
	requests, err := all(ctx, s, scanRequest, selectRequest+`WHERE r.id IN (
		SELECT id FROM friend_request WHERE from_id = $1 UNION SELECT id FROM friend_request WHERE to_id = $1)`, id)
	if err != nil {
		return err
	}
	invitations, err := all(ctx, s, scanInvitation, selectInvitation+`WHERE i.from_id = $1 AND i.version > 0`, id)
	if err != nil {
		return err
	}
	members, err := all(ctx, s, scanMember, selectMember+`WHERE m.account_id = $1`, id)
	if err != nil {
		return err
	}

	var users, conversations []change.ID
	for _, c := range contacts {
		users = append(users, c.Owner)
	}
	for _, r := range requests {
		users = append(users, r.From.ID)
		if shown(r) {
			users = append(users, r.To.ID)
		}
	}
	for _, i := range invitations {
		users = append(users, i.To)
	}
	for _, m := range members {
		conversations = append(conversations, m.ConversationID)
	}
	byUser, err := s.touchAll(ctx, change.User, users)
	if err != nil {
		return err
	}
	byConversation, err := s.touchAll(ctx, change.Conversation, conversations)
	if err != nil {
		return err
	}

	rows := make([]int64, 0, 3*max(len(contacts), len(requests), len(members)))
	for _, c := range contacts {
		ch := byUser[c.Owner]
		c.Version = ch.Version
		ch.Put(c)
		rows = append(rows, int64(c.Owner), int64(id), c.Version)
	}
	if err := s.execSets(ctx, moveContacts, rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, r := range requests {
		r.FromVersion = byUser[r.From.ID].Version
		if shown(r) {
			r.ToVersion = byUser[r.To.ID].Version
			byUser[r.To.ID].Put(r)
		}
		byUser[r.From.ID].Put(r)
		rows = append(rows, int64(r.ID), r.FromVersion, r.ToVersion)
	}
	if err := s.execSets(ctx, moveRequests, rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, i := range invitations {
		i.Version = byUser[i.To].Version
		byUser[i.To].Put(i)
		rows = append(rows, int64(i.ID), i.Version)
	}
	if err := s.execSets(ctx, moveInvitations, rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, m := range members {
		ch := byConversation[m.ConversationID]
		m.Version = ch.Version
		ch.Put(m)
		rows = append(rows, int64(m.ConversationID), int64(id), m.Version)
	}
	return s.execSets(ctx, moveMembers, rows)
}

// shown tells whether a request is in the list of whom it asks.
func shown(r contact.Request) bool { return r.ToVersion != 0 }

// touchAll is touch for many scopes of one kind.
func (s *Store) touchAll(ctx context.Context, kind change.ScopeKind, ids []change.ID) (map[change.ID]*change.Change, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make(map[change.ID]*change.Change, len(ids))
	t := txFrom(ctx)
	for _, c := range t.changes {
		if c.Scope.Kind == kind {
			found[c.Scope.ID] = c
		}
	}
	fresh := make([]int64, 0, len(ids))
	for _, id := range ids {
		if found[id] == nil {
			fresh = append(fresh, int64(id))
		}
	}
	text := touchUsers
	if kind == change.Conversation {
		text = touchConversations
	}
	err := inSets(len(fresh), func(from, size int) error {
		args := make([]any, size)
		for i, id := range fresh[from : from+size] {
			args[i] = id
		}
		changes, err := all(ctx, s, func(rows *sql.Rows) (*change.Change, error) {
			c := &change.Change{Scope: change.Scope{Kind: kind}}
			return c, rows.Scan(&c.Scope.ID, &c.Version, &c.MembersVersion)
		}, text.text(size), args...)
		for _, c := range changes {
			found[c.Scope.ID] = c
			t.changes = append(t.changes, c)
		}
		return err
	})
	return found, err
}

// execSets runs a statement over rows of integers, one after the other.
func (s *Store) execSets(ctx context.Context, text *setText, values []int64) error {
	width := len(text.types)
	return inSets(len(values)/width, func(from, size int) error {
		args := make([]any, 0, size*width)
		for _, v := range values[from*width : (from+size)*width] {
			args = append(args, v)
		}
		_, err := s.q(ctx).exec(ctx, text.text(size), args...)
		return err
	})
}
