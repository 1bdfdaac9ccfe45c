package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

const selectRegistration = `SELECT id, token_hash, username, name, email, password_hash, language, provider, issuer, subject, label, created_at, expires_at FROM registration `

func scanRegistration(rows *sql.Rows) (r account.Registration, err error) {
	err = rows.Scan(&r.ID, &r.TokenHash, &r.Username, &r.Name, &r.Email, &r.PasswordHash, &r.Language,
		&r.Claim.Provider, &r.Claim.Issuer, &r.Claim.Subject, &r.Claim.Label, &r.CreatedAt, &r.ExpiresAt)
	return r, err
}

// CreateRegistration implements account.Store.
func (s *Store) CreateRegistration(ctx context.Context, r account.Registration) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO registration
		(id, token_hash, username, username_key, name, email, email_key, password_hash, language, created_at, expires_at, provider, issuer, subject, label)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.ID, r.TokenHash, r.Username, account.UsernameKey(r.Username), r.Name, r.Email, account.EmailKey(r.Email),
		r.PasswordHash, r.Language, r.CreatedAt, r.ExpiresAt, r.Claim.Provider, r.Claim.Issuer, r.Claim.Subject, r.Claim.Label)
	return err
}

// RegistrationByToken implements account.Store.
func (s *Store) RegistrationByToken(ctx context.Context, hash string) (account.Registration, error) {
	return first(ctx, s, scanRegistration, selectRegistration+`WHERE token_hash = $1`, hash)
}

// RegistrationsByLogin implements account.Store.
func (s *Store) RegistrationsByLogin(ctx context.Context, login string, now int64) ([]account.Registration, error) {
	if strings.Contains(login, "@") {
		return all(ctx, s, scanRegistration, selectRegistration+`WHERE email_key = $1 AND expires_at > $2 ORDER BY id DESC`, account.EmailKey(login), now)
	}
	return all(ctx, s, scanRegistration, selectRegistration+`WHERE username_key = $1 AND expires_at > $2 ORDER BY id DESC`, account.UsernameKey(login), now)
}

// Registrations implements account.Store.
func (s *Store) Registrations(ctx context.Context, now int64) ([]account.Registration, error) {
	return all(ctx, s, scanRegistration, selectRegistration+`WHERE expires_at > $1 ORDER BY id`, now)
}

// RenewRegistration implements account.Store.
func (s *Store) RenewRegistration(ctx context.Context, id change.ID, hash string, expiresAt int64) error {
	n, err := s.q(ctx).exec(ctx, `UPDATE registration SET token_hash = $2, expires_at = $3 WHERE id = $1`, id, hash, expiresAt)
	if err == nil && n == 0 {
		err = change.ErrNotFound
	}
	return err
}

// DeleteRegistrations implements account.Store.
func (s *Store) DeleteRegistrations(ctx context.Context, email string, keep int) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM registration WHERE email_key = $1 AND id NOT IN
		(SELECT id FROM registration WHERE email_key = $1 ORDER BY id DESC LIMIT $2)`, account.EmailKey(email), keep)
	return err
}

const tokenColumns = `token_hash, purpose, account_id, created_at, expires_at`

func scanToken(rows *sql.Rows) (t account.Token, err error) {
	err = rows.Scan(&t.Hash, &t.Purpose, &t.AccountID, &t.CreatedAt, &t.ExpiresAt)
	return t, err
}

// CreateToken implements account.Store.
func (s *Store) CreateToken(ctx context.Context, t account.Token) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO one_time_token (`+tokenColumns+`) VALUES ($1, $2, $3, $4, $5)`,
		t.Hash, string(t.Purpose), t.AccountID, t.CreatedAt, t.ExpiresAt)
	return err
}

// Token implements account.Store.
func (s *Store) Token(ctx context.Context, hash string) (account.Token, error) {
	return first(ctx, s, scanToken, `SELECT `+tokenColumns+` FROM one_time_token WHERE token_hash = $1`, hash)
}

// TakeToken implements account.Store.
func (s *Store) TakeToken(ctx context.Context, hash string) (account.Token, error) {
	return first(ctx, s, scanToken, `DELETE FROM one_time_token WHERE token_hash = $1 RETURNING `+tokenColumns, hash)
}

// DeleteTokens implements account.Store.
func (s *Store) DeleteTokens(ctx context.Context, id change.ID, purpose account.Purpose) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM one_time_token WHERE account_id = $1 AND purpose = $2`, id, string(purpose))
	return err
}
