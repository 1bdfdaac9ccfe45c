package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/natstest"
	"github.com/happychat/happychat/internal/sqlstore"
)

// token is the bearer token of account i; what is stored is its SHA-256 in
// base64url.
func token(i int) string { return fmt.Sprint("bench-token-", i) }

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ids are made from the number of an account, so that all processes know them.
func accountID(i int) change.ID      { return change.ID(1)<<40 + change.ID(i) }
func sessionID(i int) change.ID      { return change.ID(2)<<40 + change.ID(i) }
func conversationID(i int) change.ID { return change.ID(3)<<40 + change.ID(i/2) }

// prepare makes n accounts, an even number, with a session each; account i is
// the friend of account i^1. The first two are made by the store, as the program
// would, and the others in the database, as copies of their rows.
func prepare(database string, n int) error {
	ctx := context.Background()
	s, err := sqlstore.Open(ctx, sqlstore.Options{URL: database})
	if err != nil {
		return err
	}
	err = errors.Join(s.Update(ctx, func(ctx context.Context) error { return pair(ctx, s) }), s.Close())
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, c := range []struct{ table, which, with string }{
		{"account", "c.id = $1 + i % 2", `'id', $1 + i, 'username', 'person' || i, 'username_key', 'person' || i, 'email', 'person' || i || '@example.org', 'email_key', 'person' || i || '@example.org'`},
		{"session", "c.id = $2 + i % 2", `'id', $2 + i, 'account_id', $1 + i, 'token_hash', rtrim(translate(encode(sha256(('bench-token-' || i)::bytea), 'base64'), '+/', '-_'), '=')`},
		{"contact", "c.owner_id = $1 + i % 2", `'owner_id', $1 + i, 'account_id', $1 + (i # 1)`},
		{"conversation", "c.id = $3 AND i % 2 = 0", `'id', $3 + i / 2, 'direct_low', $1 + i, 'direct_high', $1 + i + 1`},
		{"member", "c.account_id = $1 + i % 2", `'conversation_id', $3 + i / 2, 'account_id', $1 + i`},
	} {
		_, err := db.ExecContext(ctx, `WITH ids AS (SELECT $1::bigint, $2::bigint, $3::bigint)
			INSERT INTO `+c.table+` SELECT copy.* FROM ids, generate_series(2, $4::bigint - 1) i JOIN `+c.table+` c ON `+c.which+`,
			LATERAL jsonb_populate_record(c, jsonb_build_object(`+c.with+`)) copy`,
			int64(accountID(0)), int64(sessionID(0)), int64(conversationID(0)), n)
		if err != nil {
			return fmt.Errorf("%s: %w", c.table, err)
		}
	}
	_, err = db.ExecContext(ctx, "ANALYZE")
	return err
}

// pair makes accounts 0 and 1.
func pair(ctx context.Context, s *sqlstore.Store) error {
	now := time.Now().UnixMilli()
	var cards [2]account.Card
	for i := range cards {
		name := fmt.Sprint("person", i)
		a, err := s.CreateAccount(ctx, account.Account{
			ID: accountID(i), Kind: account.Person, Username: name, Name: name, Email: name + "@example.org",
			Role: account.User, State: account.Active, Language: "en", CreatedAt: now,
		})
		if err != nil {
			return err
		}
		cards[i] = a.Card()
		session := account.Session{ID: sessionID(i), AccountID: a.ID, TokenHash: hash(token(i)), Device: "bench", Remember: true, CreatedAt: now, LastUsedAt: now}
		session.ExpiresAt = now + change.Ms(session.Life())
		if err := s.CreateSession(ctx, session); err != nil {
			return err
		}
	}
	for i := range cards {
		if _, err := s.PutContact(ctx, contact.Contact{Owner: cards[i].ID, Account: cards[1-i], State: contact.Friend, Since: now}); err != nil {
			return err
		}
	}
	_, err := s.CreateDirect(ctx, conversation.Conversation{ID: conversationID(0), Kind: conversation.Direct, MemberCount: 2, CreatedAt: now, LastActivityAt: now}, cards[0].ID, cards[1].ID)
	return err
}

// runNATS is the process that the servers talk by; it ends with its input.
func runNATS() error {
	s, err := natstest.New(func(o *server.Options) { o.NoSigs = true })
	if err != nil {
		return err
	}
	fmt.Println(s.URL(nil))
	_, _ = os.Stdin.Read(make([]byte, 1))
	s.Stop()
	return nil
}
