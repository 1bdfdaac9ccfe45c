package sqlstore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

const conversationColumns = `c.id, c.kind, c.version, c.row_version, c.members_version, c.member_count, c.last_seq, c.created_at, c.last_activity_at`

func scanConversation(rows *sql.Rows) (c conversation.Conversation, err error) {
	err = rows.Scan(&c.ID, &c.Kind, &c.Version, &c.RowVersion, &c.MembersVersion, &c.MemberCount, &c.LastSeq, &c.CreatedAt, &c.LastActivityAt)
	return c, err
}

// Conversation implements conversation.Store.
func (s *Store) Conversation(ctx context.Context, id change.ID) (conversation.Conversation, error) {
	return first(ctx, s, scanConversation, `SELECT `+conversationColumns+` FROM conversation c WHERE c.id = $1`, id)
}

// DirectConversation implements conversation.Store.
func (s *Store) DirectConversation(ctx context.Context, a, b change.ID) (conversation.Conversation, error) {
	return first(ctx, s, scanConversation,
		`SELECT `+conversationColumns+` FROM conversation c WHERE c.direct_low = $1 AND c.direct_high = $2`, min(a, b), max(a, b))
}

// Joined implements conversation.Store.
func (s *Store) Joined(ctx context.Context, id change.ID) ([]conversation.Conversation, error) {
	return all(ctx, s, scanConversation, `SELECT `+conversationColumns+` FROM member m JOIN conversation c ON c.id = m.conversation_id
		WHERE m.account_id = $1 AND m.state = 'member' ORDER BY c.last_activity_at DESC, c.id DESC`, id)
}

// CreateDirect implements conversation.Store.
func (s *Store) CreateDirect(ctx context.Context, c conversation.Conversation, a, b change.ID) (conversation.Conversation, error) {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO conversation
		(id, kind, version, row_version, members_version, member_count, last_seq, created_at, last_activity_at, direct_low, direct_high)
		VALUES ($1, $2, 0, 1, 1, $3, 0, $4, $5, $6, $7)`,
		c.ID, string(c.Kind), c.MemberCount, c.CreatedAt, c.LastActivityAt, min(a, b), max(a, b))
	if err != nil {
		return c, err
	}
	ch, err := s.touch(ctx, change.Scope{Kind: change.Conversation, ID: c.ID})
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
		m := conversation.Member{
			ConversationID: c.ID, Account: them.Card(), Role: conversation.Ordinary,
			State: conversation.Joined, JoinedAt: c.CreatedAt, Version: ch.Version,
		}
		ms := conversation.Membership{ConversationID: c.ID, AccountID: id, State: m.State}
		user, err := s.touch(ctx, change.Scope{Kind: change.User, ID: id})
		if err != nil {
			return c, err
		}
		ms.Version = user.Version
		if _, err := s.q(ctx).exec(ctx, `INSERT INTO member
			(conversation_id, account_id, role, state, read_seq, joined_at, version, user_version) VALUES ($1, $2, $3, $4, 0, $5, $6, $7)`,
			c.ID, id, string(m.Role), string(m.State), m.JoinedAt, m.Version, ms.Version); err != nil {
			return c, err
		}
		ch.Put(m)
		user.Put(ms)
	}
	return c, nil
}

const selectMember = `SELECT m.conversation_id, m.role, m.state, m.read_seq, m.joined_at, m.version, ` + cardColumns + `
	FROM member m JOIN account a ON a.id = m.account_id `

func scanMember(rows *sql.Rows) (m conversation.Member, err error) {
	err = rows.Scan(append([]any{&m.ConversationID, &m.Role, &m.State, &m.ReadSeq, &m.JoinedAt, &m.Version}, cardFields(&m.Account)...)...)
	return m, err
}

// Member implements conversation.Store.
func (s *Store) Member(ctx context.Context, conv, id change.ID) (conversation.Member, error) {
	return first(ctx, s, scanMember, selectMember+`WHERE m.conversation_id = $1 AND m.account_id = $2`, conv, id)
}

// Members implements conversation.Store.
func (s *Store) Members(ctx context.Context, conv change.ID, since int64) ([]conversation.Member, error) {
	if since == 0 {
		return all(ctx, s, scanMember, selectMember+`WHERE m.conversation_id = $1 AND m.state = 'member' ORDER BY m.account_id`, conv)
	}
	return all(ctx, s, scanMember, selectMember+`WHERE m.conversation_id = $1 AND m.version > $2 ORDER BY m.account_id`, conv, since)
}

// MemberIDs lists the accounts that belong to a conversation, and the version
// at which that last changed: who is told of its changes.
func (s *Store) MemberIDs(ctx context.Context, conv change.ID) (ids []change.ID, version int64, err error) {
	err = s.View(ctx, func(ctx context.Context) error {
		if err := s.one(ctx, `SELECT members_version FROM conversation WHERE id = $1`, []any{conv}, &version); err != nil {
			return err
		}
		ids, err = all(ctx, s, func(rows *sql.Rows) (id change.ID, err error) {
			return id, rows.Scan(&id)
		}, `SELECT account_id FROM member WHERE conversation_id = $1 AND state = 'member'`, conv)
		return err
	})
	return ids, version, err
}

func scanMembership(rows *sql.Rows) (m conversation.Membership, err error) {
	err = rows.Scan(&m.ConversationID, &m.AccountID, &m.State, &m.ReadSeq, &m.Version)
	return m, err
}

// Memberships implements conversation.Store.
func (s *Store) Memberships(ctx context.Context, id change.ID, since int64) ([]conversation.Membership, error) {
	const columns = `SELECT conversation_id, account_id, state, read_seq, user_version FROM member `
	if since == 0 {
		return all(ctx, s, scanMembership, columns+`WHERE account_id = $1 AND state = 'member' ORDER BY conversation_id`, id)
	}
	return all(ctx, s, scanMembership, columns+`WHERE account_id = $1 AND user_version > $2 ORDER BY conversation_id`, id, since)
}

// SetReadSeq implements conversation.Store.
func (s *Store) SetReadSeq(ctx context.Context, conv, id change.ID, seq int64, shown bool) (conversation.Membership, error) {
	m, err := s.Member(ctx, conv, id)
	if err != nil {
		return conversation.Membership{}, err
	}
	ms := conversation.Membership{ConversationID: conv, AccountID: id, State: m.State, ReadSeq: m.ReadSeq}
	if m.ReadSeq == seq {
		err := s.one(ctx, `SELECT user_version FROM member WHERE conversation_id = $1 AND account_id = $2`, []any{conv, id}, &ms.Version)
		return ms, err
	}
	m.ReadSeq, ms.ReadSeq = seq, seq
	user, err := s.touch(ctx, change.Scope{Kind: change.User, ID: id})
	if err != nil {
		return ms, err
	}
	ms.Version = user.Version
	if shown {
		ch, err := s.touch(ctx, change.Scope{Kind: change.Conversation, ID: conv})
		if err != nil {
			return ms, err
		}
		m.Version = ch.Version
		ch.Put(m)
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE member SET read_seq = $3, version = $4, user_version = $5
		WHERE conversation_id = $1 AND account_id = $2`, conv, id, seq, m.Version, ms.Version); err != nil {
		return ms, err
	}
	user.Put(ms)
	return ms, nil
}

const messageColumns = `conversation_id, seq, sender_id, client_id, kind, body, created_at, version`

func scanMessage(rows *sql.Rows) (m conversation.Message, err error) {
	err = rows.Scan(&m.ConversationID, &m.Seq, &m.SenderID, &m.ClientID, &m.Kind, &m.Body, &m.CreatedAt, &m.Version)
	return m, err
}

// Messages implements conversation.Store.
func (s *Store) Messages(ctx context.Context, conv change.ID, after, before int64, limit int, newest bool) ([]conversation.Message, error) {
	const where = `SELECT ` + messageColumns + ` FROM message WHERE conversation_id = $1 AND seq > $2 AND seq < $3 `
	if !newest {
		return all(ctx, s, scanMessage, where+`ORDER BY seq LIMIT $4`, conv, after, before, limit)
	}
	list, err := all(ctx, s, scanMessage, where+`ORDER BY seq DESC LIMIT $4`, conv, after, before, limit)
	slices.Reverse(list)
	return list, err
}
