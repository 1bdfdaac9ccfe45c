package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

const selectIdentity = `SELECT id, account_id, provider, issuer, subject, label, created_at, last_used_at FROM identity `

func scanIdentity(rows *sql.Rows) (i account.Identity, err error) {
	err = rows.Scan(&i.ID, &i.AccountID, &i.Provider, &i.Issuer, &i.Subject, &i.Label, &i.CreatedAt, &i.LastUsedAt)
	return i, err
}

// Identity implements account.Store.
func (s *Store) Identity(ctx context.Context, issuer, subject string) (account.Identity, error) {
	return first(ctx, s, scanIdentity, selectIdentity+`WHERE issuer = $1 AND subject = $2`, issuer, subject)
}

// Identities implements account.Store.
func (s *Store) Identities(ctx context.Context, id change.ID) ([]account.Identity, error) {
	return all(ctx, s, scanIdentity, selectIdentity+`WHERE account_id = $1 ORDER BY id`, id)
}

// PutIdentity implements account.Store.
func (s *Store) PutIdentity(ctx context.Context, i account.Identity) error {
	n, err := s.q(ctx).exec(ctx, `INSERT INTO identity (id, account_id, provider, issuer, subject, label, created_at, last_used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (issuer, subject) DO UPDATE SET
			provider = excluded.provider, label = excluded.label, last_used_at = excluded.last_used_at WHERE identity.id = excluded.id`,
		i.ID, i.AccountID, i.Provider, i.Issuer, i.Subject, i.Label, i.CreatedAt, i.LastUsedAt)
	if err == nil && n == 0 {
		err = account.ErrIdentityTaken
	}
	return err
}

// DeleteIdentity implements account.Store.
func (s *Store) DeleteIdentity(ctx context.Context, id change.ID) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM identity WHERE id = $1`, id)
	return err
}

const visitColumns = `token_hash, provider, remember, account_id, session_id, issuer, subject, label, username, name, email, email_verified, created_at, expires_at`

func scanVisit(rows *sql.Rows) (v account.Visit, err error) {
	c := &v.Claim
	err = rows.Scan(&v.TokenHash, &v.Provider, &v.Remember, &v.AccountID, &v.SessionID,
		&c.Issuer, &c.Subject, &c.Label, &c.Username, &c.Name, &c.Email, &c.EmailVerified, &v.CreatedAt, &v.ExpiresAt)
	if c.Issuer != "" {
		c.Provider = v.Provider
	}
	return v, err
}

// CreateVisit implements account.Store.
func (s *Store) CreateVisit(ctx context.Context, v account.Visit) error {
	c := v.Claim
	_, err := s.q(ctx).exec(ctx, `INSERT INTO visit (`+visitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		v.TokenHash, v.Provider, v.Remember, v.AccountID, v.SessionID,
		c.Issuer, c.Subject, c.Label, c.Username, c.Name, c.Email, c.EmailVerified, v.CreatedAt, v.ExpiresAt)
	return err
}

// Visit implements account.Store.
func (s *Store) Visit(ctx context.Context, hash string) (account.Visit, error) {
	return first(ctx, s, scanVisit, `SELECT `+visitColumns+` FROM visit WHERE token_hash = $1`, hash)
}

// TakeVisit implements account.Store.
func (s *Store) TakeVisit(ctx context.Context, hash string) (account.Visit, error) {
	return first(ctx, s, scanVisit, `DELETE FROM visit WHERE token_hash = $1 RETURNING `+visitColumns, hash)
}
