package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// groupCard is a group as it was when somebody was asked into it or asked to be
// let in, as it is stored: those who are not in it learn nothing newer.
type groupCard struct {
	ID          change.ID `json:"id"`
	Name        string    `json:"name"`
	Number      string    `json:"number"`
	Avatar      string    `json:"avatar,omitempty"`
	MemberCount int       `json:"memberCount"`
}

func scanCard(text string, c *conversation.GroupCard) error {
	var stored groupCard
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return fmt.Errorf("the card of a group: %w", err)
	}
	*c = conversation.GroupCard(stored)
	return nil
}

func cardText(c conversation.GroupCard) (string, error) {
	text, err := json.Marshal(groupCard(c))
	return string(text), err
}

const selectJoinRequest = `SELECT r.id, r.card, r.greeting, r.via, r.state, r.created_at, r.answered_at, r.version, ` + cardColumns + `
	FROM join_request r JOIN account a ON a.id = r.from_id `

func scanJoinRequest(rows *sql.Rows) (r conversation.JoinRequest, err error) {
	var card string
	err = rows.Scan(append([]any{&r.ID, &card, &r.Greeting, &r.Via, &r.State, &r.CreatedAt, &r.AnsweredAt, &r.Version}, cardFields(&r.From)...)...)
	if err == nil {
		err = scanCard(card, &r.Group)
	}
	return r, err
}

// JoinRequest implements conversation.Store.
func (s *Store) JoinRequest(ctx context.Context, id change.ID) (conversation.JoinRequest, error) {
	return first(ctx, s, scanJoinRequest, selectJoinRequest+`WHERE r.id = $1`, id)
}

// LastJoinRequest implements conversation.Store.
func (s *Store) LastJoinRequest(ctx context.Context, conv, from change.ID) (conversation.JoinRequest, error) {
	return first(ctx, s, scanJoinRequest, selectJoinRequest+`WHERE r.conversation_id = $1 AND r.from_id = $2 ORDER BY r.id DESC LIMIT 1`, conv, from)
}

// JoinRequests implements conversation.Store.
func (s *Store) JoinRequests(ctx context.Context, from change.ID, since int64) ([]conversation.JoinRequest, error) {
	if since > 0 {
		return all(ctx, s, scanJoinRequest, selectJoinRequest+`WHERE r.from_id = $1 AND r.version > $2 ORDER BY r.id DESC`, from, since)
	}
	return all(ctx, s, scanJoinRequest, selectJoinRequest+`WHERE r.id IN (
			SELECT id FROM join_request WHERE from_id = $1 AND state = 'pending'
			UNION SELECT id FROM (SELECT id FROM join_request WHERE from_id = $1 AND state <> 'pending' ORDER BY id DESC LIMIT $2) AS answered)
		ORDER BY r.id DESC`, from, conversation.MaxAnswered)
}

// PendingJoinRequests implements conversation.Store.
func (s *Store) PendingJoinRequests(ctx context.Context, conv change.ID, limit int) ([]conversation.JoinRequest, error) {
	return all(ctx, s, scanJoinRequest, selectJoinRequest+`WHERE r.conversation_id = $1 AND r.state = 'pending' ORDER BY r.id LIMIT $2`, conv, limit)
}

// CountJoinRequests implements conversation.Store.
func (s *Store) CountJoinRequests(ctx context.Context, from change.ID) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM join_request WHERE from_id = $1 AND state = 'pending'`, []any{from}, &n)
	return n, err
}

// PutJoinRequest implements conversation.Store.
func (s *Store) PutJoinRequest(ctx context.Context, r conversation.JoinRequest) (conversation.JoinRequest, error) {
	user, err := s.touch(ctx, self(r.From.ID))
	if err != nil {
		return r, err
	}
	r.Version = user.Version
	card, err := cardText(r.Group)
	if err != nil {
		return r, err
	}
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO join_request (id, conversation_id, from_id, card, greeting, via, state, created_at, answered_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET card = excluded.card, greeting = excluded.greeting, via = excluded.via, state = excluded.state,
			answered_at = excluded.answered_at, version = excluded.version`,
		r.ID, r.Group.ID, r.From.ID, card, r.Greeting, string(r.Via), string(r.State), r.CreatedAt, r.AnsweredAt, r.Version); err != nil {
		return r, err
	}
	user.Put(r)

	n, err := s.q(ctx).exec(ctx, `UPDATE group_profile SET join_requests = counted.n FROM (
			SELECT count(*) AS n FROM join_request WHERE conversation_id = $1 AND state = 'pending') AS counted
		WHERE conversation_id = $1 AND join_requests <> counted.n`, r.Group.ID)
	if err != nil || n == 0 {
		return r, err
	}
	ch, err := s.touch(ctx, talk(r.Group.ID))
	if err == nil {
		_, err = s.putConversation(ctx, ch)
	}
	return r, err
}

const selectInvitation = `SELECT i.id, i.to_id, i.card, i.state, i.created_at, i.answered_at, i.version, ` + cardColumns + `
	FROM invitation i JOIN account a ON a.id = i.from_id `

func scanInvitation(rows *sql.Rows) (i conversation.Invitation, err error) {
	var card string
	err = rows.Scan(append([]any{&i.ID, &i.To, &card, &i.State, &i.CreatedAt, &i.AnsweredAt, &i.Version}, cardFields(&i.From)...)...)
	if err == nil {
		err = scanCard(card, &i.Group)
	}
	return i, err
}

// Invitation implements conversation.Store.
func (s *Store) Invitation(ctx context.Context, id change.ID) (conversation.Invitation, error) {
	return first(ctx, s, scanInvitation, selectInvitation+`WHERE i.id = $1`, id)
}

// Invitations implements conversation.Store.
func (s *Store) Invitations(ctx context.Context, to change.ID, since int64) ([]conversation.Invitation, error) {
	if since > 0 {
		return all(ctx, s, scanInvitation, selectInvitation+`WHERE i.to_id = $1 AND i.version > $2 ORDER BY i.id DESC`, to, since)
	}
	return all(ctx, s, scanInvitation, selectInvitation+`WHERE i.id IN (
			SELECT id FROM invitation WHERE to_id = $1 AND version > 0 AND state = 'pending'
			UNION SELECT id FROM (SELECT id FROM invitation WHERE to_id = $1 AND version > 0 AND state <> 'pending' ORDER BY id DESC LIMIT $2) AS answered)
		ORDER BY i.id DESC`, to, conversation.MaxAnswered)
}

// PendingInvitations implements conversation.Store.
func (s *Store) PendingInvitations(ctx context.Context, conv change.ID) ([]conversation.Invitation, error) {
	return all(ctx, s, scanInvitation, selectInvitation+`WHERE i.conversation_id = $1 AND i.state = 'pending' ORDER BY i.id`, conv)
}

// CountInvitations implements conversation.Store.
func (s *Store) CountInvitations(ctx context.Context, from change.ID) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM invitation WHERE from_id = $1 AND state = 'pending'`, []any{from}, &n)
	return n, err
}

// PutInvitation implements conversation.Store.
func (s *Store) PutInvitation(ctx context.Context, i conversation.Invitation) (conversation.Invitation, error) {
	var user *change.Change
	if i.Version != 0 {
		var err error
		if user, err = s.touch(ctx, self(i.To)); err != nil {
			return i, err
		}
		i.Version = user.Version
	}
	card, err := cardText(i.Group)
	if err != nil {
		return i, err
	}
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO invitation (id, conversation_id, from_id, to_id, card, state, created_at, answered_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET card = excluded.card, state = excluded.state, answered_at = excluded.answered_at, version = excluded.version`,
		i.ID, i.Group.ID, i.From.ID, i.To, card, string(i.State), i.CreatedAt, i.AnsweredAt, i.Version); err != nil {
		return i, err
	}
	if user != nil {
		user.Put(i)
	}
	return i, nil
}

const selectLink = `SELECT l.id, l.conversation_id, l.token_hash, l.created_at, l.expires_at, l.max_uses, l.uses, l.approval, ` + cardColumns + `
	FROM group_link l JOIN account a ON a.id = l.created_by `

func scanLink(rows *sql.Rows) (l conversation.Link, err error) {
	err = rows.Scan(append([]any{&l.ID, &l.ConversationID, &l.TokenHash, &l.CreatedAt, &l.ExpiresAt, &l.MaxUses, &l.Uses, &l.Approval}, cardFields(&l.CreatedBy)...)...)
	return l, err
}

// Link implements conversation.Store.
func (s *Store) Link(ctx context.Context, id change.ID) (conversation.Link, error) {
	return first(ctx, s, scanLink, selectLink+`WHERE l.id = $1`, id)
}

// LinkByHash implements conversation.Store.
func (s *Store) LinkByHash(ctx context.Context, tokenHash string) (conversation.Link, error) {
	return first(ctx, s, scanLink, selectLink+`WHERE l.token_hash = $1`, tokenHash)
}

// Links implements conversation.Store.
func (s *Store) Links(ctx context.Context, conv change.ID) ([]conversation.Link, error) {
	return all(ctx, s, scanLink, selectLink+`WHERE l.conversation_id = $1 ORDER BY l.id DESC`, conv)
}

// PutLink implements conversation.Store.
func (s *Store) PutLink(ctx context.Context, l conversation.Link) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO group_link (id, conversation_id, token_hash, created_by, created_at, expires_at, max_uses, uses, approval)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET uses = excluded.uses`,
		l.ID, l.ConversationID, l.TokenHash, l.CreatedBy.ID, l.CreatedAt, l.ExpiresAt, l.MaxUses, l.Uses, l.Approval)
	return err
}

// DeleteLink implements conversation.Store.
func (s *Store) DeleteLink(ctx context.Context, id change.ID) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM group_link WHERE id = $1`, id)
	return err
}
