package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// sessionColumns are those of account.Session, of the table or alias `s`.
const sessionColumns = `s.id, s.account_id, s.token_hash, s.device, s.address, s.remember, s.created_at, s.last_used_at, s.expires_at`

func sessionFields(v *account.Session) []any {
	return []any{&v.ID, &v.AccountID, &v.TokenHash, &v.Device, &v.Address, &v.Remember, &v.CreatedAt, &v.LastUsedAt, &v.ExpiresAt}
}

func scanSession(rows *sql.Rows) (v account.Session, err error) {
	err = rows.Scan(sessionFields(&v)...)
	return v, err
}

// CreateSession implements account.Store.
func (s *Store) CreateSession(ctx context.Context, v account.Session) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO session
		(id, account_id, token_hash, device, address, remember, created_at, last_used_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		v.ID, v.AccountID, v.TokenHash, v.Device, v.Address, v.Remember, v.CreatedAt, v.LastUsedAt, v.ExpiresAt)
	if err != nil {
		return err
	}
	_, err = s.q(ctx).exec(ctx, `INSERT INTO sign_in (session_id, account_id, at, device, address) VALUES ($1, $2, $3, $4, $5)`,
		v.ID, v.AccountID, v.CreatedAt, v.Device, v.Address)
	return err
}

// SessionByToken implements account.Store.
func (s *Store) SessionByToken(ctx context.Context, hash string) (v account.Session, a account.Account, err error) {
	fields := append(sessionFields(&v), accountFields(&a)...)
	err = s.one(ctx, `SELECT `+sessionColumns+`, `+accountColumns+` FROM session s JOIN account a ON a.id = s.account_id WHERE s.token_hash = $1`,
		[]any{hash}, fields...)
	return v, a, err
}

// Sessions implements account.Store.
func (s *Store) Sessions(ctx context.Context, id change.ID, now int64) ([]account.Session, error) {
	return all(ctx, s, scanSession, `SELECT `+sessionColumns+` FROM session s
		WHERE s.account_id = $1 AND s.expires_at > $2 ORDER BY s.last_used_at DESC, s.id DESC`, id, now)
}

// DeleteSessions implements account.Store.
func (s *Store) DeleteSessions(ctx context.Context, id change.ID, sessions []change.ID) ([]change.ID, error) {
	var gone []change.ID
	for _, session := range sessions {
		n, err := s.q(ctx).exec(ctx, `DELETE FROM session WHERE account_id = $1 AND id = $2`, id, session)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			gone = append(gone, session)
		}
	}
	return gone, s.unsubscribe(ctx, gone)
}

var noteUses = newSetText("iii", `UPDATE session SET last_used_at = k.column2, expires_at = k.column3
	FROM (VALUES %s) AS k WHERE session.id = k.column1 AND session.last_used_at < k.column2`)

// NoteUses implements account.Store.
func (s *Store) NoteUses(ctx context.Context, uses []account.Use) error {
	rows := make([]int64, 0, 3*len(uses))
	for _, u := range uses {
		rows = append(rows, int64(u.SessionID), u.At, u.ExpiresAt)
	}
	return s.execSets(ctx, noteUses, rows)
}

// DeleteExpired implements account.Store.
func (s *Store) DeleteExpired(ctx context.Context, now int64) (map[change.ID][]change.ID, error) {
	for _, text := range []string{
		`DELETE FROM registration WHERE expires_at <= $1`, `DELETE FROM one_time_token WHERE expires_at <= $1`,
		`DELETE FROM email_change WHERE expires_at <= $1`, `DELETE FROM retired_username WHERE expires_at <= $1`,
		`DELETE FROM sign_in_challenge WHERE expires_at <= $1`, `DELETE FROM visit WHERE expires_at <= $1`,
	} {
		if _, err := s.q(ctx).exec(ctx, text, now); err != nil {
			return nil, err
		}
	}
	gone, err := all(ctx, s, func(rows *sql.Rows) (v account.Session, err error) {
		return v, rows.Scan(&v.AccountID, &v.ID)
	}, `DELETE FROM session WHERE expires_at <= $1 RETURNING account_id, id`, now)
	if err != nil {
		return nil, err
	}
	byAccount := map[change.ID][]change.ID{}
	ids := make([]change.ID, len(gone))
	for i, v := range gone {
		byAccount[v.AccountID] = append(byAccount[v.AccountID], v.ID)
		ids[i] = v.ID
	}
	return byAccount, s.unsubscribe(ctx, ids)
}
