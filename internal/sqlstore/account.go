package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

const accountColumns = `a.id, a.kind, a.username, a.name, a.email, a.password_hash, a.role, a.state, a.language, a.created_at, a.row_version`

func accountFields(a *account.Account) []any {
	return []any{&a.ID, &a.Kind, &a.Username, &a.Name, &a.Email, &a.PasswordHash, &a.Role, &a.State, &a.Language, &a.CreatedAt, &a.Version}
}

func scanAccount(rows *sql.Rows) (a account.Account, err error) {
	err = rows.Scan(accountFields(&a)...)
	return a, err
}

// cardColumns are those of account.Card, of the table or alias `a`.
const cardColumns = `a.id, a.username, a.name, a.kind`

func cardFields(c *account.Card) []any { return []any{&c.ID, &c.Username, &c.Name, &c.Kind} }

// Account implements the ports of the nouns.
func (s *Store) Account(ctx context.Context, id change.ID) (account.Account, error) {
	return first(ctx, s, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1`, id)
}

// AccountByLogin implements the ports of the nouns.
func (s *Store) AccountByLogin(ctx context.Context, login string) (account.Account, error) {
	if strings.Contains(login, "@") {
		return first(ctx, s, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.email_key = $1`, account.EmailKey(login))
	}
	return first(ctx, s, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.username_key = $1`, account.UsernameKey(login))
}

// UserVersion implements conversation.Store.
func (s *Store) UserVersion(ctx context.Context, id change.ID) (version int64, err error) {
	err = s.one(ctx, `SELECT version FROM account WHERE id = $1`, []any{id}, &version)
	return version, err
}

// CreateAccount implements account.Store.
func (s *Store) CreateAccount(ctx context.Context, a account.Account) (account.Account, error) {
	var email any // NULL when there is none, so that many can have none
	if a.Email != "" {
		email = account.EmailKey(a.Email)
	}
	n, err := s.q(ctx).exec(ctx, `INSERT INTO account
		(id, kind, username, username_key, name, email, email_key, password_hash, role, state, language, created_at, row_version, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 0) ON CONFLICT DO NOTHING`,
		a.ID, string(a.Kind), a.Username, account.UsernameKey(a.Username), a.Name, a.Email, email, a.PasswordHash,
		string(a.Role), string(a.State), a.Language, a.CreatedAt)
	if err != nil {
		return a, err
	}
	if n == 0 {
		return a, account.ErrTaken
	}
	ch, err := s.touch(ctx, change.Scope{Kind: change.User, ID: a.ID})
	if err != nil {
		return a, err
	}
	a.Version = ch.Version
	ch.Put(a)
	return a, nil
}

// Accounts implements account.Store.
func (s *Store) Accounts(ctx context.Context, after change.ID, limit int) ([]account.Account, error) {
	return all(ctx, s, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.id > $1 ORDER BY a.id LIMIT $2`, after, limit)
}

// Owners implements account.Store.
func (s *Store) Owners(ctx context.Context) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM account WHERE role = $1 AND state = $2`, []any{string(account.Owner), string(account.Active)}, &n)
	return n, err
}

// PutAccount implements account.Store.
func (s *Store) PutAccount(ctx context.Context, a account.Account) (account.Account, error) {
	before, err := s.Account(ctx, a.ID)
	if err != nil {
		return a, err
	}
	ch, err := s.touch(ctx, change.Scope{Kind: change.User, ID: a.ID})
	if err != nil {
		return a, err
	}
	a.Version = ch.Version
	if _, err := s.q(ctx).exec(ctx, `UPDATE account SET name = $2, password_hash = $3, role = $4, state = $5, language = $6, row_version = $7 WHERE id = $1`,
		a.ID, a.Name, a.PasswordHash, string(a.Role), string(a.State), a.Language, a.Version); err != nil {
		return a, err
	}
	ch.Put(a)
	if before.Card() != a.Card() {
		err = s.spreadCard(ctx, a.ID)
	}
	return a, err
}
