package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
)

const selectContact = `SELECT c.owner_id, c.state, c.remark, c.blocked, c.since, c.version, ` + cardColumns + `
	FROM contact c JOIN account a ON a.id = c.account_id `

func scanContact(rows *sql.Rows) (c contact.Contact, err error) {
	err = rows.Scan(append([]any{&c.Owner, &c.State, &c.Remark, &c.Blocked, &c.Since, &c.Version}, cardFields(&c.Account)...)...)
	return c, err
}

// Contact implements contact.Store.
func (s *Store) Contact(ctx context.Context, owner, other change.ID) (contact.Contact, error) {
	return first(ctx, s, scanContact, selectContact+`WHERE c.owner_id = $1 AND c.account_id = $2`, owner, other)
}

// Contacts implements contact.Store.
func (s *Store) Contacts(ctx context.Context, owner change.ID, since int64) ([]contact.Contact, error) {
	if since == 0 {
		return all(ctx, s, scanContact, selectContact+`WHERE c.owner_id = $1 AND (c.state = 'friend' OR c.blocked) ORDER BY c.account_id`, owner)
	}
	return all(ctx, s, scanContact, selectContact+`WHERE c.owner_id = $1 AND c.version > $2 ORDER BY c.account_id`, owner, since)
}

// ContactsOf implements contact.Store.
func (s *Store) ContactsOf(ctx context.Context, id change.ID) ([]contact.Contact, error) {
	return all(ctx, s, scanContact, selectContact+`WHERE c.account_id = $1 AND (c.state = 'friend' OR c.blocked) ORDER BY c.owner_id`, id)
}

// DeleteContacts implements contact.Store.
func (s *Store) DeleteContacts(ctx context.Context, owner change.ID) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM contact WHERE owner_id = $1`, owner)
	return err
}

// Friends implements conversation.Store.
func (s *Store) Friends(ctx context.Context, owner change.ID) ([]change.ID, error) {
	return all(ctx, s, func(rows *sql.Rows) (id change.ID, err error) {
		return id, rows.Scan(&id)
	}, `SELECT c.account_id FROM contact c JOIN contact back ON back.owner_id = c.account_id AND back.account_id = c.owner_id
		WHERE c.owner_id = $1 AND c.state = 'friend' AND NOT c.blocked AND NOT back.blocked ORDER BY c.account_id`, owner)
}

// PutContact implements contact.Store.
func (s *Store) PutContact(ctx context.Context, c contact.Contact) (contact.Contact, error) {
	ch, err := s.touch(ctx, change.Scope{Kind: change.User, ID: c.Owner})
	if err != nil {
		return c, err
	}
	c.Version = ch.Version
	_, err = s.q(ctx).exec(ctx, `INSERT INTO contact (owner_id, account_id, state, remark, blocked, since, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (owner_id, account_id) DO UPDATE SET
			state = excluded.state, remark = excluded.remark, blocked = excluded.blocked, since = excluded.since, version = excluded.version`,
		c.Owner, c.Account.ID, string(c.State), c.Remark, c.Blocked, c.Since, c.Version)
	if err != nil {
		return c, err
	}
	ch.Put(c)
	return c, nil
}

const selectRequest = `SELECT r.id, r.greeting, r.remark, r.state, r.created_at, r.answered_at, r.from_version, r.to_version,
	f.id, f.username, f.name, f.kind, f.avatar, f.state = 'deleted', t.id, t.username, t.name, t.kind, t.avatar, t.state = 'deleted'
	FROM friend_request r JOIN account f ON f.id = r.from_id JOIN account t ON t.id = r.to_id `

func scanRequest(rows *sql.Rows) (r contact.Request, err error) {
	fields := []any{&r.ID, &r.Greeting, &r.Remark, &r.State, &r.CreatedAt, &r.AnsweredAt, &r.FromVersion, &r.ToVersion}
	for _, card := range []*account.Card{&r.From, &r.To} {
		fields = append(fields, cardFields(card)...)
	}
	err = rows.Scan(fields...)
	return r, err
}

// Request implements contact.Store.
func (s *Store) Request(ctx context.Context, id change.ID) (contact.Request, error) {
	return first(ctx, s, scanRequest, selectRequest+`WHERE r.id = $1`, id)
}

// LastRequest implements contact.Store.
func (s *Store) LastRequest(ctx context.Context, from, to change.ID) (contact.Request, error) {
	return first(ctx, s, scanRequest, selectRequest+`WHERE r.from_id = $1 AND r.to_id = $2 ORDER BY r.id DESC LIMIT 1`, from, to)
}

// Requests implements contact.Store.
func (s *Store) Requests(ctx context.Context, id change.ID, since int64) ([]contact.Request, error) {
	if since == 0 {
		return all(ctx, s, scanRequest, selectRequest+`WHERE r.id IN (
				SELECT id FROM friend_request WHERE from_id = $1 AND state = 'pending'
				UNION SELECT id FROM friend_request WHERE to_id = $1 AND to_version > 0 AND state = 'pending'
				UNION SELECT id FROM (SELECT id FROM friend_request
					WHERE (from_id = $1 OR to_id = $1 AND to_version > 0) AND state <> 'pending' ORDER BY id DESC LIMIT $2) AS answered)
			ORDER BY r.id DESC`, id, contact.MaxAnswered)
	}
	return all(ctx, s, scanRequest, selectRequest+`WHERE r.id IN (
			SELECT id FROM friend_request WHERE from_id = $1 AND from_version > $2
			UNION SELECT id FROM friend_request WHERE to_id = $1 AND to_version > $2)
		ORDER BY r.id DESC`, id, since)
}

// PendingRequests implements contact.Store.
func (s *Store) PendingRequests(ctx context.Context, from change.ID) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM friend_request WHERE from_id = $1 AND state = 'pending'`, []any{from}, &n)
	return n, err
}

// PutRequest implements contact.Store.
func (s *Store) PutRequest(ctx context.Context, r contact.Request) (contact.Request, error) {
	from, err := s.touch(ctx, change.Scope{Kind: change.User, ID: r.From.ID})
	if err != nil {
		return r, err
	}
	r.FromVersion = from.Version
	changes := []*change.Change{from}
	if r.ToVersion != 0 {
		to, err := s.touch(ctx, change.Scope{Kind: change.User, ID: r.To.ID})
		if err != nil {
			return r, err
		}
		r.ToVersion = to.Version
		changes = append(changes, to)
	}
	_, err = s.q(ctx).exec(ctx, `INSERT INTO friend_request (id, from_id, to_id, greeting, remark, state, created_at, answered_at, from_version, to_version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET greeting = excluded.greeting, remark = excluded.remark, state = excluded.state,
			answered_at = excluded.answered_at, from_version = excluded.from_version, to_version = excluded.to_version`,
		r.ID, r.From.ID, r.To.ID, r.Greeting, r.Remark, string(r.State), r.CreatedAt, r.AnsweredAt, r.FromVersion, r.ToVersion)
	if err != nil {
		return r, err
	}
	for _, ch := range changes {
		ch.Put(r)
	}
	return r, nil
}
