package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/push"
)

// pushKeyName names the one key that there is.
const pushKeyName = "vapid"

// PushKey implements push.Store.
func (s *Store) PushKey(ctx context.Context) (k push.Key, err error) {
	err = s.one(ctx, `SELECT private_key, created_at FROM push_key WHERE name = $1`, []any{pushKeyName}, &k.Private, &k.CreatedAt)
	return k, err
}

// CreatePushKey implements push.Store.
func (s *Store) CreatePushKey(ctx context.Context, k push.Key) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO push_key (name, private_key, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
		pushKeyName, k.Private, k.CreatedAt)
	return err
}

const subscriptionColumns = `p.session_id, p.account_id, p.endpoint, p.public_key, p.secret, p.created_at`

func subscriptionFields(p *push.Subscription) []any {
	return []any{&p.SessionID, &p.AccountID, &p.Endpoint, &p.PublicKey, &p.Secret, &p.CreatedAt}
}

// PutSubscription implements push.Store.
func (s *Store) PutSubscription(ctx context.Context, p push.Subscription) error {
	if _, err := s.q(ctx).exec(ctx, `DELETE FROM push_subscription WHERE endpoint = $1 AND session_id <> $2`, p.Endpoint, p.SessionID); err != nil {
		return err
	}
	return found(s.q(ctx).exec(ctx, `INSERT INTO push_subscription (session_id, account_id, endpoint, public_key, secret, created_at)
		SELECT s.id, s.account_id, $3, $4, $5, $6 FROM session s WHERE s.id = $1 AND s.account_id = $2
		ON CONFLICT (session_id) DO UPDATE SET endpoint = excluded.endpoint, public_key = excluded.public_key,
			secret = excluded.secret, created_at = excluded.created_at`,
		p.SessionID, p.AccountID, p.Endpoint, p.PublicKey, p.Secret, p.CreatedAt))
}

// DeleteSubscription implements push.Store.
func (s *Store) DeleteSubscription(ctx context.Context, session change.ID, endpoint string) error {
	_, err := s.q(ctx).exec(ctx, `DELETE FROM push_subscription WHERE session_id = $1 AND ($2 = '' OR endpoint = $2)`, session, endpoint)
	return err
}

var unsubscribed = newSetText("i", `DELETE FROM push_subscription WHERE session_id IN (SELECT k.column1 FROM (VALUES %s) AS k)`)

// unsubscribe removes the subscriptions of sessions that are gone.
func (s *Store) unsubscribe(ctx context.Context, sessions []change.ID) error {
	return s.execSets(ctx, unsubscribed, integers(sessions))
}

// Subscriptions implements push.Store.
func (s *Store) Subscriptions(ctx context.Context, account change.ID, now int64) ([]push.Subscription, error) {
	return all(ctx, s, func(rows *sql.Rows) (p push.Subscription, err error) {
		return p, rows.Scan(subscriptionFields(&p)...)
	}, `SELECT `+subscriptionColumns+` FROM push_subscription p JOIN session s ON s.id = p.session_id
		WHERE p.account_id = $1 AND s.expires_at > $2 ORDER BY p.session_id`, account, now)
}

// Concerned implements push.Store. It goes from the members to their
// subscriptions, of whom most have none.
func (s *Store) Concerned(ctx context.Context, conversation change.ID, now int64) ([]push.Concern, error) {
	return all(ctx, s, func(rows *sql.Rows) (c push.Concern, err error) {
		return c, rows.Scan(append(subscriptionFields(&c.Subscription), &c.Muted)...)
	}, `SELECT `+subscriptionColumns+`, m.notify = 'none' FROM conversation c CROSS JOIN member m CROSS JOIN push_subscription p CROSS JOIN session s
		WHERE c.id = $1 AND m.conversation_id = c.id AND m.rank < 9 AND m.read_seq < c.last_seq
		AND p.account_id = m.account_id AND s.id = p.session_id AND s.expires_at > $2 ORDER BY p.session_id`, conversation, now)
}
