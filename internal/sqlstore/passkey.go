package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

const selectPasskey = `SELECT id, account_id, credential_id, public_key, counter, transports, backupable, backed_up, doubted, name, created_at, last_used_at FROM passkey `

func scanPasskey(rows *sql.Rows) (p account.Passkey, err error) {
	err = rows.Scan(&p.ID, &p.AccountID, &p.CredentialID, &p.PublicKey, &p.Counter, &p.Transports, &p.Backupable, &p.BackedUp, &p.Doubted, &p.Name, &p.CreatedAt, &p.LastUsedAt)
	return p, err
}

// Passkeys implements account.Store.
func (s *Store) Passkeys(ctx context.Context, id change.ID) ([]account.Passkey, error) {
	return all(ctx, s, scanPasskey, selectPasskey+`WHERE account_id = $1 ORDER BY id`, id)
}

// Passkey implements account.Store.
func (s *Store) Passkey(ctx context.Context, credentialID string) (account.Passkey, error) {
	return first(ctx, s, scanPasskey, selectPasskey+`WHERE credential_id = $1`, credentialID)
}

// CreatePasskey implements account.Store.
func (s *Store) CreatePasskey(ctx context.Context, p account.Passkey) error {
	n, err := s.q(ctx).exec(ctx, `INSERT INTO passkey
		(id, account_id, credential_id, public_key, counter, transports, backupable, backed_up, doubted, name, created_at, last_used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (credential_id) DO NOTHING`,
		p.ID, p.AccountID, p.CredentialID, p.PublicKey, p.Counter, p.Transports, p.Backupable, p.BackedUp, p.Doubted, p.Name, p.CreatedAt, p.LastUsedAt)
	if err == nil && n == 0 {
		err = account.ErrPasskeyKnown
	}
	return err
}

// PutPasskey implements account.Store.
func (s *Store) PutPasskey(ctx context.Context, p account.Passkey) error {
	return found(s.q(ctx).exec(ctx, `UPDATE passkey SET name = $2, counter = $3, backed_up = $4, doubted = $5, last_used_at = $6 WHERE id = $1`,
		p.ID, p.Name, p.Counter, p.BackedUp, p.Doubted, p.LastUsedAt))
}

// DeletePasskey implements account.Store.
func (s *Store) DeletePasskey(ctx context.Context, owner, id change.ID) error {
	return found(s.q(ctx).exec(ctx, `DELETE FROM passkey WHERE account_id = $1 AND id = $2`, owner, id))
}

// found turns a statement that met no row into change.ErrNotFound.
func found(n int64, err error) error {
	if err == nil && n == 0 {
		return change.ErrNotFound
	}
	return err
}
