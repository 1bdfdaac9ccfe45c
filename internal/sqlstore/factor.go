package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

// TOTP implements account.Store.
func (s *Store) TOTP(ctx context.Context, id change.ID) (t account.TOTP, err error) {
	err = s.one(ctx, `SELECT account_id, secret, confirmed, last_step, created_at FROM totp WHERE account_id = $1`, []any{id},
		&t.AccountID, &t.Secret, &t.Confirmed, &t.LastStep, &t.CreatedAt)
	return t, err
}

// PutTOTP implements account.Store.
func (s *Store) PutTOTP(ctx context.Context, t account.TOTP) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO totp (account_id, secret, confirmed, last_step, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, confirmed = excluded.confirmed, last_step = excluded.last_step, created_at = excluded.created_at`,
		t.AccountID, t.Secret, t.Confirmed, t.LastStep, t.CreatedAt)
	return err
}

// DeleteTOTP implements account.Store.
func (s *Store) DeleteTOTP(ctx context.Context, id change.ID) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM totp WHERE account_id = $1`, id)
	return err
}

// RecoveryCodes implements account.Store.
func (s *Store) RecoveryCodes(ctx context.Context, id change.ID) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM recovery_code WHERE account_id = $1`, []any{id}, &n)
	return n, err
}

// PutRecoveryCodes implements account.Store.
func (s *Store) PutRecoveryCodes(ctx context.Context, id change.ID, hashes []string) error {
	if _, err := s.q(ctx).exec(ctx, `DELETE FROM recovery_code WHERE account_id = $1`, id); err != nil {
		return err
	}
	for _, hash := range hashes {
		if _, err := s.q(ctx).exec(ctx, `INSERT INTO recovery_code (account_id, code_hash) VALUES ($1, $2)`, id, hash); err != nil {
			return err
		}
	}
	return nil
}

// TakeRecoveryCode implements account.Store.
func (s *Store) TakeRecoveryCode(ctx context.Context, id change.ID, hash string) (bool, error) {
	n, err := s.q(ctx).exec(ctx, `DELETE FROM recovery_code WHERE account_id = $1 AND code_hash = $2`, id, hash)
	return n > 0, err
}

// DeleteFactors implements account.Store.
func (s *Store) DeleteFactors(ctx context.Context, id change.ID) error {
	for _, table := range []string{"totp", "passkey", "recovery_code", "sign_in_challenge"} {
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM `+table+` WHERE account_id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// Challenge implements account.Store.
func (s *Store) Challenge(ctx context.Context, hash string) (account.Challenge, error) {
	return first(ctx, s, func(rows *sql.Rows) (c account.Challenge, err error) {
		return c, rows.Scan(&c.TokenHash, &c.AccountID, &c.Remember, &c.Tries, &c.ExpiresAt)
	}, `SELECT token_hash, account_id, remember, tries, expires_at FROM sign_in_challenge WHERE token_hash = $1`, hash)
}

// PutChallenge implements account.Store.
func (s *Store) PutChallenge(ctx context.Context, c account.Challenge) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO sign_in_challenge (token_hash, account_id, remember, tries, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (token_hash) DO UPDATE SET tries = excluded.tries`,
		c.TokenHash, c.AccountID, c.Remember, c.Tries, c.ExpiresAt)
	return err
}

// DeleteChallenges implements account.Store.
func (s *Store) DeleteChallenges(ctx context.Context, id change.ID) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM sign_in_challenge WHERE account_id = $1`, id)
	return err
}
