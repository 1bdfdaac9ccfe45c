package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/sticker"
)

const (
	// plainColumns are those of messages that have nothing extra.
	plainColumns   = `conversation_id, seq, sender_id, client_id, kind, body, created_at, version`
	messageColumns = plainColumns + `, extra, partial, edited_at`
)

// extra is what few messages have, as it is stored.
type extra struct {
	Mentions    []change.ID `json:"mentions,omitempty"`
	MentionsAll bool        `json:"mentionsAll,omitempty"`
	Via         string      `json:"via,omitempty"`
	Happening   *happening  `json:"happening,omitempty"`
	// Attachments are kept here for reading, and in message_attachment for
	// finding out who may see one.
	Attachments []attachment.ID `json:"attachments,omitempty"`
	Sticker     *said           `json:"sticker,omitempty"`
}

// said is a sticker as it was sent. Its picture is the attachment.
type said struct {
	Key    string    `json:"key,omitempty"`
	PackID change.ID `json:"pack,omitempty"`
	Emoji  string    `json:"emoji"`
}

type happening struct {
	Event    conversation.Occurrence `json:"event"`
	Accounts []change.ID             `json:"accounts,omitempty"`
	Count    int                     `json:"count,omitempty"`
	Text     string                  `json:"text,omitempty"`
	Role     conversation.Role       `json:"role,omitempty"`
	Until    int64                   `json:"until,omitempty"`
	Via      conversation.Via        `json:"via,omitempty"`
}

// plain tells whether a message has nothing extra.
func plain(m *conversation.Message) bool {
	return m.Happening == nil && len(m.Mentions) == 0 && !m.MentionsAll && m.Via == "" && !m.Partial && m.EditedAt == 0 && len(m.Attachments) == 0 && m.Sticker == nil
}

func extraOf(m *conversation.Message) (string, error) {
	if plain(m) {
		return "", nil
	}
	e := extra{Mentions: m.Mentions, MentionsAll: m.MentionsAll, Via: m.Via, Happening: (*happening)(m.Happening)}
	for _, a := range m.Attachments {
		e.Attachments = append(e.Attachments, a.ID)
	}
	if t := m.Sticker; t != nil {
		e.Sticker = &said{Key: t.Key, PackID: t.PackID, Emoji: t.Emoji}
	}
	text, err := json.Marshal(e)
	return string(text), err
}

func scanMessage(rows *sql.Rows) (m conversation.Message, err error) {
	var text string
	err = rows.Scan(&m.ConversationID, &m.Seq, &m.SenderID, &m.ClientID, &m.Kind, &m.Body, &m.CreatedAt, &m.Version, &text, &m.Partial, &m.EditedAt)
	if err != nil || text == "" {
		return m, err
	}
	var e extra
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return m, fmt.Errorf("message %d of conversation %d: %w", m.Seq, m.ConversationID, err)
	}
	m.Mentions, m.MentionsAll, m.Via, m.Happening = e.Mentions, e.MentionsAll, e.Via, (*conversation.Happening)(e.Happening)
	if t := e.Sticker; t != nil {
		m.Sticker = &sticker.Sticker{Key: t.Key, PackID: t.PackID, Emoji: t.Emoji}
	}
	for _, id := range e.Attachments {
		m.Attachments = append(m.Attachments, attachment.Attachment{ID: id})
	}
	return m, nil
}

// messages reads all messages of a query, with their attachments.
func (s *Store) messages(ctx context.Context, query string, args ...any) ([]conversation.Message, error) {
	list, err := all(ctx, s, scanMessage, query, args...)
	if err == nil {
		err = fillAttachments(ctx, s.q(ctx), list)
	}
	return list, err
}

// message is messages for at most one; change.ErrNotFound if there is none.
func (s *Store) message(ctx context.Context, query string, args ...any) (conversation.Message, error) {
	list, err := s.messages(ctx, query, args...)
	if err == nil && len(list) == 0 {
		err = change.ErrNotFound
	}
	if err != nil {
		return conversation.Message{}, err
	}
	return list[0], nil
}

var attachmentSet = newSetText("t", `SELECT `+attachmentColumns+` FROM (VALUES %s) AS k
	JOIN attachment a ON a.id = k.column1 JOIN content c ON c.id = a.content_id`)

// fillAttachments reads the attachments of messages that have some, all in one
// set.
func fillAttachments(ctx context.Context, q querier, list []conversation.Message) error {
	found := map[attachment.ID]attachment.Attachment{}
	var ids []any
	for _, m := range list {
		for _, a := range m.Attachments {
			if _, known := found[a.ID]; !known {
				found[a.ID] = attachment.Attachment{}
				ids = append(ids, string(a.ID))
			}
		}
	}
	err := inSets(len(ids), func(from, size int) error {
		rows, err := q.query(ctx, attachmentSet.text(size), ids[from:from+size]...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a, err := scanAttachment(rows)
			if err != nil {
				return err
			}
			found[a.ID] = a
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	for _, m := range list {
		for i, a := range m.Attachments {
			if m.Attachments[i] = found[a.ID]; m.Attachments[i].ID == "" {
				return fmt.Errorf("message %d of conversation %d has attachment %s, which is gone", m.Seq, m.ConversationID, a.ID)
			}
		}
	}
	return nil
}

// Message implements conversation.Store.
func (s *Store) Message(ctx context.Context, conv change.ID, seq int64) (conversation.Message, error) {
	return s.message(ctx, `SELECT `+messageColumns+` FROM message WHERE conversation_id = $1 AND seq = $2`, conv, seq)
}

// MessageSent implements conversation.Store.
func (s *Store) MessageSent(ctx context.Context, sender change.ID, clientID string) (conversation.Message, error) {
	return s.message(ctx, `SELECT `+messageColumns+` FROM message WHERE sender_id = $1 AND client_id = $2`, sender, clientID)
}

// PartialMessages implements conversation.Store.
func (s *Store) PartialMessages(ctx context.Context, sender change.ID) ([]conversation.Message, error) {
	return s.messages(ctx, `SELECT `+messageColumns+` FROM message WHERE sender_id = $1 AND partial ORDER BY conversation_id, seq`, sender)
}

// Messages implements conversation.Store.
func (s *Store) Messages(ctx context.Context, conv change.ID, after, before int64, limit int, newest bool) ([]conversation.Message, error) {
	const where = `SELECT ` + messageColumns + ` FROM message WHERE conversation_id = $1 AND seq > $2 AND seq < $3 `
	if !newest {
		return s.messages(ctx, where+`ORDER BY seq LIMIT $4`, conv, after, before, limit)
	}
	list, err := s.messages(ctx, where+`ORDER BY seq DESC LIMIT $4`, conv, after, before, limit)
	slices.Reverse(list)
	return list, err
}

var (
	spanSet = newSetText("iii", `SELECT m.conversation_id, m.seq, m.sender_id, m.client_id, m.kind, m.body, m.created_at, m.version, m.extra, m.partial, m.edited_at
		FROM (VALUES %s) AS k CROSS JOIN message m WHERE m.conversation_id = k.column1 AND m.seq > k.column2 AND m.version > k.column3`)
	editedSet = newSetText("iii", `SELECT m.conversation_id, m.seq, m.sender_id, m.client_id, m.kind, m.body, m.created_at, m.version, m.extra, m.partial, m.edited_at
		FROM (VALUES %s) AS k CROSS JOIN message m WHERE m.edited_at > 0 AND m.conversation_id = k.column1 AND +m.seq <= k.column2 AND m.version > k.column3`)
)

// MessagesIn implements conversation.Store.
func (s *Store) MessagesIn(ctx context.Context, spans []conversation.Span) ([]conversation.Message, error) {
	var values, edited []int64
	for _, p := range spans {
		values = append(values, int64(p.Conversation), p.After, p.Version)
		if p.Version > 0 && p.After > 0 {
			edited = append(edited, int64(p.Conversation), p.After, p.Version)
		}
	}
	list, err := readSets(ctx, s, scanMessage, spanSet, values)
	if err == nil && len(edited) > 0 {
		var older []conversation.Message
		older, err = readSets(ctx, s, scanMessage, editedSet, edited)
		list = append(list, older...)
	}
	if err == nil {
		err = fillAttachments(ctx, s.q(ctx), list)
	}
	slices.SortFunc(list, func(a, b conversation.Message) int {
		return compare(a.ConversationID, b.ConversationID, a.Seq, b.Seq)
	})
	return list, err
}

// AddMessage implements conversation.Store.
func (s *Store) AddMessage(ctx context.Context, m conversation.Message) (conversation.Message, error) {
	ch, err := s.touch(ctx, talk(m.ConversationID))
	if err != nil {
		return m, err
	}
	m.Version = ch.Version
	var members int
	err = s.one(ctx, `UPDATE conversation SET last_seq = last_seq + 1, last_activity_at = CASE WHEN last_activity_at < $2 THEN $3 ELSE last_activity_at END
		WHERE id = $1 RETURNING last_seq, member_count`, []any{m.ConversationID, m.CreatedAt, m.CreatedAt}, &m.Seq, &members)
	if err != nil {
		return m, err
	}
	text, err := extraOf(&m)
	if err != nil {
		return m, err
	}
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO message (`+messageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		m.ConversationID, m.Seq, m.SenderID, m.ClientID, string(m.Kind), m.Body, m.CreatedAt, m.Version, text, m.Partial, m.EditedAt); err != nil {
		return m, err
	}
	for i, a := range m.Attachments {
		if _, err := s.q(ctx).exec(ctx, `INSERT INTO message_attachment (conversation_id, seq, place, attachment_id) VALUES ($1, $2, $3, $4)`,
			m.ConversationID, m.Seq, i, string(a.ID)); err != nil {
			return m, err
		}
	}
	version := int64(0)
	if members <= conversation.MaxSmall {
		version = m.Version
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE member SET read_seq = $3, version = CASE WHEN $4 = 0 THEN version ELSE $5 END
		WHERE conversation_id = $1 AND account_id = $2`, m.ConversationID, m.SenderID, m.Seq, version, version); err != nil {
		return m, err
	}
	ch.Put(m)
	return m, nil
}

// PutMessage implements conversation.Store.
func (s *Store) PutMessage(ctx context.Context, m conversation.Message) (conversation.Message, error) {
	ch, err := s.touch(ctx, talk(m.ConversationID))
	if err != nil {
		return m, err
	}
	m.Version = ch.Version
	text, err := extraOf(&m)
	if err != nil {
		return m, err
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE message SET body = $3, extra = $4, partial = $5, edited_at = $6, version = $7 WHERE conversation_id = $1 AND seq = $2`,
		m.ConversationID, m.Seq, m.Body, text, m.Partial, m.EditedAt, m.Version); err != nil {
		return m, err
	}
	ch.Put(m)
	return m, nil
}
