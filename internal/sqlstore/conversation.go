package sqlstore

import (
	"context"
	"database/sql"
	"math"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

const conversationColumns = `c.id, c.kind, c.version, c.row_version, c.members_version, c.member_count, c.last_seq, c.created_at, c.last_activity_at, c.muted,
	CASE WHEN g.number IS NULL THEN '' ELSE c.state END, coalesce(g.number, ''), coalesce(g.name, ''), coalesce(g.avatar, ''), coalesce(g.join_policy, ''), coalesce(g.join_requests, 0),
	coalesce(g.announcement_number, 0), coalesce(g.announcement, ''), coalesce(g.announcement_by, 0), coalesce(g.announcement_at, 0)`

const selectConversation = `SELECT ` + conversationColumns + ` FROM conversation c LEFT JOIN group_profile g ON g.conversation_id = c.id `

func scanConversation(rows *sql.Rows) (c conversation.Conversation, err error) {
	g := &c.Group
	err = rows.Scan(&c.ID, &c.Kind, &c.Version, &c.RowVersion, &c.MembersVersion, &c.MemberCount, &c.LastSeq, &c.CreatedAt, &c.LastActivityAt, &g.Muted,
		&g.State, &g.Number, &g.Name, &g.Avatar, &g.JoinPolicy, &g.JoinRequests,
		&g.Announcement.Number, &g.Announcement.Body, &g.Announcement.AuthorID, &g.Announcement.CreatedAt)
	return c, err
}

// Conversation implements conversation.Store.
func (s *Store) Conversation(ctx context.Context, id change.ID) (conversation.Conversation, error) {
	return first(ctx, s, scanConversation, selectConversation+`WHERE c.id = $1`, id)
}

// DirectConversation implements conversation.Store.
func (s *Store) DirectConversation(ctx context.Context, a, b change.ID) (conversation.Conversation, error) {
	return first(ctx, s, scanConversation, selectConversation+`WHERE c.direct_low = $1 AND c.direct_high = $2`, min(a, b), max(a, b))
}

// Joined implements conversation.Store.
func (s *Store) Joined(ctx context.Context, id change.ID) ([]conversation.Conversation, error) {
	return all(ctx, s, scanConversation, selectConversation+`WHERE c.id IN (SELECT conversation_id FROM member WHERE account_id = $1 AND state = 'member')
		ORDER BY c.last_activity_at DESC, c.id DESC`, id)
}

const (
	entries = `SELECT c.id, c.version, c.last_activity_at FROM member m JOIN conversation c ON c.id = m.conversation_id
		WHERE m.account_id = $1 AND m.state = 'member' `
	newestFirst = `ORDER BY c.last_activity_at DESC, c.id DESC `
)

// Entries implements conversation.Store.
func (s *Store) Entries(ctx context.Context, id change.ID, behind conversation.Entry, limit int) ([]conversation.Entry, error) {
	scan := func(rows *sql.Rows) (e conversation.Entry, err error) {
		return e, rows.Scan(&e.ID, &e.Version, &e.LastActivityAt)
	}
	if limit == 0 {
		limit = math.MaxInt32
	}
	if behind == (conversation.Entry{}) {
		return all(ctx, s, scan, entries+newestFirst+`LIMIT $2`, id, limit)
	}
	return all(ctx, s, scan, entries+`AND (c.last_activity_at, c.id) < ($2, $3) `+newestFirst+`LIMIT $4`, id, behind.LastActivityAt, behind.ID, limit)
}

var conversationSet = newSetText("i", `SELECT `+conversationColumns+` FROM (VALUES %s) AS k CROSS JOIN conversation c
	LEFT JOIN group_profile g ON g.conversation_id = c.id WHERE c.id = k.column1`)

// ConversationsAt implements conversation.Store.
func (s *Store) ConversationsAt(ctx context.Context, ids []change.ID) ([]conversation.Conversation, error) {
	return readSets(ctx, s, scanConversation, conversationSet, integers(ids))
}

const commonGroups = selectConversation + `WHERE c.id IN (
		SELECT mine.conversation_id FROM member mine JOIN member theirs ON theirs.conversation_id = mine.conversation_id
		WHERE mine.account_id = $1 AND mine.state = 'member' AND theirs.account_id = $2 AND theirs.state = 'member')
	AND c.kind = 'group' AND c.state = 'active' AND c.id < $3 ORDER BY c.id DESC LIMIT $4`

// CommonGroups implements conversation.Store.
func (s *Store) CommonGroups(ctx context.Context, a, b, before change.ID, limit int) ([]conversation.Conversation, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return all(ctx, s, scanConversation, commonGroups, a, b, before, limit)
}

// FindGroups implements conversation.Store.
func (s *Store) FindGroups(ctx context.Context, query string, limit int) ([]conversation.Conversation, error) {
	return all(ctx, s, scanConversation, selectConversation+`WHERE c.id IN (
			SELECT conversation_id FROM group_profile WHERE number = $1 UNION SELECT conversation_id FROM group_profile WHERE name_key = $2)
		AND c.state = 'active' AND g.join_policy = 'request' ORDER BY c.member_count DESC, c.id LIMIT $3`,
		query, conversation.NameKey(query), limit)
}

const insertConversation = `INSERT INTO conversation
	(id, kind, version, row_version, members_version, member_count, last_seq, created_at, last_activity_at, direct_low, direct_high)
	VALUES ($1, $2, 0, 1, 1, $3, 0, $4, $5, $6, $7)`

// CreateDirect implements conversation.Store.
func (s *Store) CreateDirect(ctx context.Context, c conversation.Conversation, a, b change.ID) (conversation.Conversation, error) {
	if _, err := s.q(ctx).exec(ctx, insertConversation,
		c.ID, string(c.Kind), c.MemberCount, c.CreatedAt, c.LastActivityAt, min(a, b), max(a, b)); err != nil {
		return c, err
	}
	ch, err := s.touch(ctx, talk(c.ID))
	if err != nil {
		return c, err
	}
	c.Version, c.RowVersion, c.MembersVersion = ch.Version, ch.Version, ch.Version
	ch.Put(c)
	for _, id := range []change.ID{a, b} {
		them, err := s.Account(ctx, id)
		if err != nil {
			return c, err
		}
		if err := s.insertMembers(ctx, ch, []conversation.Member{{
			ConversationID: c.ID, Account: them.Card(), Role: conversation.Ordinary, State: conversation.Joined, JoinedAt: c.CreatedAt,
		}}, 0); err != nil {
			return c, err
		}
	}
	return c, nil
}

// talk is the scope of a conversation, and self that of an account.
func talk(id change.ID) change.Scope { return change.Scope{Kind: change.Conversation, ID: id} }
func self(id change.ID) change.Scope { return change.Scope{Kind: change.User, ID: id} }

// CreateGroup implements conversation.Store.
func (s *Store) CreateGroup(ctx context.Context, c conversation.Conversation) (conversation.Conversation, error) {
	g := c.Group
	n, err := s.q(ctx).exec(ctx, `INSERT INTO group_profile
		(conversation_id, number, name, name_key, avatar, join_policy, join_requests, announcement_number, announcement, announcement_by, announcement_at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10) ON CONFLICT (number) DO NOTHING`,
		c.ID, g.Number, g.Name, conversation.NameKey(g.Name), g.Avatar, string(g.JoinPolicy),
		g.Announcement.Number, g.Announcement.Body, g.Announcement.AuthorID, g.Announcement.CreatedAt)
	if err == nil && n == 0 {
		err = change.ErrNotFound
	}
	if err != nil {
		return c, err
	}
	if _, err := s.q(ctx).exec(ctx, insertConversation,
		c.ID, string(c.Kind), 0, c.CreatedAt, c.LastActivityAt, nil, nil); err != nil {
		return c, err
	}
	if g.Avatar != "" {
		if err := s.hold(ctx, holdsGroup, c.ID, g.Avatar); err != nil {
			return c, err
		}
	}
	ch, err := s.touch(ctx, talk(c.ID))
	if err != nil {
		return c, err
	}
	return s.putConversation(ctx, ch)
}

// PutGroup implements conversation.Store.
func (s *Store) PutGroup(ctx context.Context, id change.ID, g conversation.Group) (conversation.Conversation, error) {
	ch, err := s.touch(ctx, talk(id))
	if err != nil {
		return conversation.Conversation{}, err
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE group_profile SET name = $2, name_key = $3, avatar = $4, join_policy = $5,
		announcement_number = $6, announcement = $7, announcement_by = $8, announcement_at = $9 WHERE conversation_id = $1`,
		id, g.Name, conversation.NameKey(g.Name), g.Avatar, string(g.JoinPolicy),
		g.Announcement.Number, g.Announcement.Body, g.Announcement.AuthorID, g.Announcement.CreatedAt); err != nil {
		return conversation.Conversation{}, err
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE conversation SET muted = $2, state = $3 WHERE id = $1`, id, g.Muted, string(g.State)); err != nil {
		return conversation.Conversation{}, err
	}
	if err := s.hold(ctx, holdsGroup, id, g.Avatar); err != nil {
		return conversation.Conversation{}, err
	}
	return s.putConversation(ctx, ch)
}

// putConversation gives the row of a conversation the version of the change,
// and puts it there as it is now.
func (s *Store) putConversation(ctx context.Context, ch *change.Change) (conversation.Conversation, error) {
	if _, err := s.q(ctx).exec(ctx, `UPDATE conversation SET row_version = $2 WHERE id = $1`, ch.Scope.ID, ch.Version); err != nil {
		return conversation.Conversation{}, err
	}
	c, err := s.Conversation(ctx, ch.Scope.ID)
	if err == nil {
		ch.Put(c)
	}
	return c, err
}

// membersMoved notes that n members came, or went if it is negative.
func (s *Store) membersMoved(ctx context.Context, ch *change.Change, n int) (conversation.Conversation, error) {
	if _, err := s.q(ctx).exec(ctx, `UPDATE conversation SET members_version = $2, member_count = member_count + $3 WHERE id = $1`, ch.Scope.ID, ch.Version, n); err != nil {
		return conversation.Conversation{}, err
	}
	ch.MembersVersion = ch.Version
	return s.putConversation(ctx, ch)
}

var accountSet = newSetText("i", `SELECT `+accountColumns+` FROM (VALUES %s) AS k CROSS JOIN account a WHERE a.id = k.column1`)

// AccountsOf implements conversation.Store.
func (s *Store) AccountsOf(ctx context.Context, ids []change.ID) ([]account.Account, error) {
	return readSets(ctx, s, scanAccount, accountSet, integers(ids))
}
