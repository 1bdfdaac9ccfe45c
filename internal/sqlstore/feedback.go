package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/feedback"
)

const selectFeedback = `SELECT f.id, f.kind, f.body, f.picture, f.account_id, f.conversation_id, f.seq, f.quote, f.state, f.answer,
	f.answered_by, f.answered_at, f.created_at, ` + cardColumns + `
	FROM feedback f JOIN account a ON a.id = f.author_id `

func scanFeedback(rows *sql.Rows) (f feedback.Feedback, err error) {
	err = rows.Scan(append([]any{
		&f.ID, &f.Kind, &f.Body, &f.Picture, &f.Subject.AccountID, &f.Subject.ConversationID, &f.Subject.Seq, &f.Subject.Quote,
		&f.State, &f.Answer, &f.AnsweredBy, &f.AnsweredAt, &f.CreatedAt,
	}, cardFields(&f.Author)...)...)
	return f, err
}

// Feedback implements feedback.Store.
func (s *Store) Feedback(ctx context.Context, id change.ID) (feedback.Feedback, error) {
	return first(ctx, s, scanFeedback, selectFeedback+`WHERE f.id = $1`, id)
}

// FeedbackList implements feedback.Store.
func (s *Store) FeedbackList(ctx context.Context, f feedback.Filter) ([]feedback.Feedback, error) {
	return all(ctx, s, scanFeedback, selectFeedback+`WHERE f.id < $1 AND ($2 = CAST(0 AS BIGINT) OR f.author_id = $2)
		AND ($3 = '' OR f.kind = $3) AND ($4 = '' OR f.state = $4) ORDER BY f.id DESC LIMIT $5`,
		olderThan(f.Before), f.Author, string(f.Kind), string(f.State), f.Limit)
}

// OpenFeedback implements feedback.Store.
func (s *Store) OpenFeedback(ctx context.Context, author change.ID) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM feedback WHERE author_id = $1 AND state = 'open'`, []any{author}, &n)
	return n, err
}

// PutFeedback implements feedback.Store.
func (s *Store) PutFeedback(ctx context.Context, f feedback.Feedback) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO feedback
		(id, kind, author_id, body, picture, account_id, conversation_id, seq, quote, state, answer, answered_by, answered_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, answer = excluded.answer, answered_by = excluded.answered_by, answered_at = excluded.answered_at`,
		f.ID, string(f.Kind), f.Author.ID, f.Body, f.Picture, f.Subject.AccountID, f.Subject.ConversationID, f.Subject.Seq, f.Subject.Quote,
		string(f.State), f.Answer, f.AnsweredBy, f.AnsweredAt, f.CreatedAt)
	if err != nil || f.Picture == "" {
		return err
	}
	return s.hold(ctx, holdsFeedback, f.ID, f.Picture)
}

// olderThan turns the last of the page before into a bound; 0 bounds nothing.
func olderThan(before change.ID) change.ID {
	if before == 0 {
		return 1<<63 - 1
	}
	return before
}
