package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
)

const accountColumns = `a.id, a.kind, a.username, a.name, a.email, a.password_hash, a.role, a.state, a.language, a.time_zone, a.created_at, a.row_version,
	a.avatar, a.about, a.gender, a.place, a.website, a.github, a.about_for, a.gender_for, a.place_for, a.website_for, a.github_for, a.email_for`

func accountFields(a *account.Account) []any {
	p := &a.Profile
	v := &p.Visibility
	return []any{
		&a.ID, &a.Kind, &a.Username, &a.Name, &a.Email, &a.PasswordHash, &a.Role, &a.State, &a.Language, &a.TimeZone, &a.CreatedAt, &a.Version,
		&a.Avatar, &p.About, &p.Gender, &p.Place, &p.Website, &p.GitHub, &v.About, &v.Gender, &v.Place, &v.Website, &v.GitHub, &v.Email,
	}
}

// profileValues are what a profile is stored as.
func profileValues(p account.Profile) []any {
	v := p.Visibility
	return []any{
		p.About, string(p.Gender), p.Place, p.Website, p.GitHub,
		string(v.About), string(v.Gender), string(v.Place), string(v.Website), string(v.GitHub), string(v.Email),
	}
}

func scanAccount(rows *sql.Rows) (a account.Account, err error) {
	err = rows.Scan(accountFields(&a)...)
	return a, err
}

// cardColumns are those of account.Card, of the table or alias `a`.
const cardColumns = `a.id, a.username, a.name, a.kind, a.avatar, a.state = 'deleted'`

func cardFields(c *account.Card) []any {
	return []any{&c.ID, &c.Username, &c.Name, &c.Kind, &c.Avatar, &c.Deleted}
}

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
	var rests int
	if err := s.one(ctx, `SELECT count(*) FROM retired_username WHERE username_key = $1 AND expires_at > $2`,
		[]any{account.UsernameKey(a.Username), a.CreatedAt}, &rests); err != nil {
		return a, err
	}
	if rests > 0 {
		return a, account.ErrTaken
	}
	n, err := s.q(ctx).exec(ctx, `INSERT INTO account
		(id, kind, username, username_key, name, email, email_key, password_hash, role, state, language, created_at, row_version, version,
		avatar, about, gender, place, website, github, about_for, gender_for, place_for, website_for, github_for, email_for, time_zone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 0, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25) ON CONFLICT DO NOTHING`,
		append([]any{
			a.ID, string(a.Kind), a.Username, account.UsernameKey(a.Username), a.Name, a.Email, emailKey(a.Email), a.PasswordHash,
			string(a.Role), string(a.State), a.Language, a.CreatedAt, a.Avatar,
		}, append(profileValues(a.Profile), a.TimeZone)...)...)
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

// emailKey is NULL for none, so that many can have none.
func emailKey(email string) any {
	if email == "" {
		return nil
	}
	return account.EmailKey(email)
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
	if _, err := s.q(ctx).exec(ctx, `UPDATE account SET name = $2, password_hash = $3, role = $4, state = $5, language = $6, row_version = $7,
		email = $8, email_key = $9, avatar = $10, about = $11, gender = $12, place = $13, website = $14, github = $15,
		about_for = $16, gender_for = $17, place_for = $18, website_for = $19, github_for = $20, email_for = $21, time_zone = $22 WHERE id = $1`,
		append([]any{
			a.ID, a.Name, a.PasswordHash, string(a.Role), string(a.State), a.Language, a.Version, a.Email, emailKey(a.Email), a.Avatar,
		}, append(profileValues(a.Profile), a.TimeZone)...)...); err != nil {
		return a, err
	}
	ch.Put(a)
	if before.Avatar != a.Avatar {
		if err := s.hold(ctx, holdsAccount, a.ID, a.Avatar); err != nil {
			return a, err
		}
	}
	if before.Card() != a.Card() {
		err = s.spreadCard(ctx, a.ID)
	}
	return a, err
}

// ownedByAccount are the tables whose rows are nobody's once an account is gone.
var ownedByAccount = []string{"one_time_token", "email_change", "totp", "passkey", "recovery_code", "sign_in_challenge", "sign_in", "identity", "visit"}

// EraseAccount implements account.Store.
func (s *Store) EraseAccount(ctx context.Context, id change.ID, usernameUntil int64) error {
	a, err := s.Account(ctx, id)
	if err != nil {
		return err
	}
	for _, table := range ownedByAccount {
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM `+table+` WHERE account_id = $1`, id); err != nil {
			return err
		}
	}
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO retired_username (username_key, expires_at) VALUES ($1, $2)
		ON CONFLICT (username_key) DO UPDATE SET expires_at = excluded.expires_at`, account.UsernameKey(a.Username), usernameUntil); err != nil {
		return err
	}
	// No user name can look like this one. It goes first, so that the card is
	// spread without it.
	if _, err := s.q(ctx).exec(ctx, `UPDATE account SET username = '', username_key = $2 WHERE id = $1`, id, "#"+id.String()); err != nil {
		return err
	}
	_, err = s.PutAccount(ctx, account.Account{ID: id, Kind: a.Kind, Role: account.User, State: account.Deleted, Language: a.Language, CreatedAt: a.CreatedAt})
	return err
}

const selectEmailChange = `SELECT account_id, email, proved, approved, created_at, expires_at FROM email_change `

func scanEmailChange(rows *sql.Rows) (c account.EmailChange, err error) {
	err = rows.Scan(&c.AccountID, &c.Email, &c.Proved, &c.Approved, &c.CreatedAt, &c.ExpiresAt)
	return c, err
}

// EmailChange implements account.Store.
func (s *Store) EmailChange(ctx context.Context, id change.ID) (account.EmailChange, error) {
	return first(ctx, s, scanEmailChange, selectEmailChange+`WHERE account_id = $1`, id)
}

// PutEmailChange implements account.Store.
func (s *Store) PutEmailChange(ctx context.Context, c account.EmailChange) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO email_change (account_id, email, proved, approved, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET
			email = excluded.email, proved = excluded.proved, approved = excluded.approved, created_at = excluded.created_at, expires_at = excluded.expires_at`,
		c.AccountID, c.Email, c.Proved, c.Approved, c.CreatedAt, c.ExpiresAt)
	return err
}

// DeleteEmailChange implements account.Store.
func (s *Store) DeleteEmailChange(ctx context.Context, id change.ID) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM email_change WHERE account_id = $1`, id)
	return err
}
