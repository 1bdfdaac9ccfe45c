package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/console"
)

// containing makes the pattern of texts that contain a part, for LIKE … ESCAPE '!'.
func containing(part string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(part) + "%"
}

const peopleWhere = ` FROM account a WHERE a.id < $1 AND ($2 = '' OR a.state = $2) AND ($3 = '' OR a.role = $3)
	AND ($4 = '' OR a.username_key LIKE $5 ESCAPE '!' OR lower(a.name) LIKE $6 ESCAPE '!' OR a.email_key LIKE $6 ESCAPE '!')`

func peopleArgs(f console.PeopleFilter) []any {
	return []any{
		olderThan(f.Before), string(f.State), string(f.Role), f.Query,
		containing(account.UsernameKey(f.Query)), containing(strings.ToLower(f.Query)),
	}
}

// People implements console.Store.
func (s *Store) People(ctx context.Context, f console.PeopleFilter) ([]console.Person, error) {
	return all(ctx, s, func(rows *sql.Rows) (p console.Person, err error) {
		return p, rows.Scan(append(accountFields(&p.Account), &p.Sessions, &p.Friends, &p.Groups, &p.LastUsedAt)...)
	}, `SELECT `+accountColumns+`,
		(SELECT count(*) FROM session s WHERE s.account_id = a.id),
		(SELECT count(*) FROM contact c WHERE c.owner_id = a.id AND c.state = 'friend'),
		(SELECT count(*) FROM member m JOIN conversation g ON g.id = m.conversation_id WHERE m.account_id = a.id AND m.state = 'member' AND g.kind = 'group'),
		coalesce((SELECT max(s.last_used_at) FROM session s WHERE s.account_id = a.id), 0)`+
		peopleWhere+` ORDER BY a.id DESC LIMIT $7`, append(peopleArgs(f), f.Limit)...)
}

// CountPeople implements console.Store.
func (s *Store) CountPeople(ctx context.Context, f console.PeopleFilter) (n int, err error) {
	f.Before = 0
	err = s.one(ctx, `SELECT count(*)`+peopleWhere, peopleArgs(f), &n)
	return n, err
}

// Groups implements console.Store.
func (s *Store) Groups(ctx context.Context, f console.GroupFilter) ([]console.Group, error) {
	return all(ctx, s, func(rows *sql.Rows) (g console.Group, err error) {
		return g, rows.Scan(append([]any{&g.ID, &g.Name, &g.Number, &g.MemberCount, &g.Messages, &g.CreatedAt, &g.LastActivityAt}, cardFields(&g.Owner)...)...)
	}, `SELECT c.id, g.name, g.number, c.member_count, c.last_seq, c.created_at, c.last_activity_at, `+cardColumns+`
		FROM conversation c JOIN group_profile g ON g.conversation_id = c.id
		JOIN member m ON m.conversation_id = c.id AND m.rank = 0 JOIN account a ON a.id = m.account_id
		WHERE c.id < $1 AND c.state = 'active' AND ($2 = '' OR g.number = $2 OR lower(g.name) LIKE $3 ESCAPE '!')
		ORDER BY c.id DESC LIMIT $4`, olderThan(f.Before), f.Query, containing(strings.ToLower(f.Query)), f.Limit)
}

// SignIns implements console.Store.
func (s *Store) SignIns(ctx context.Context, f console.SignInFilter) ([]console.SignIn, error) {
	return all(ctx, s, func(rows *sql.Rows) (v console.SignIn, err error) {
		return v, rows.Scan(append([]any{&v.SessionID, &v.At, &v.Device, &v.Address}, cardFields(&v.Account)...)...)
	}, `SELECT i.session_id, i.at, i.device, i.address, `+cardColumns+` FROM sign_in i JOIN account a ON a.id = i.account_id
		WHERE i.session_id < $1 AND ($2 = CAST(0 AS BIGINT) OR i.account_id = $2) ORDER BY i.session_id DESC LIMIT $3`,
		olderThan(f.Before), f.AccountID, f.Limit)
}

// AddAudit implements console.Store.
func (s *Store) AddAudit(ctx context.Context, e console.Entry) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO audit (id, at, actor_id, action, subject, name, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, e.At, e.Actor.ID, string(e.Action), e.Subject, e.Name, e.Detail)
	return err
}

// Audit implements console.Store.
func (s *Store) Audit(ctx context.Context, before change.ID, limit int) ([]console.Entry, error) {
	list, err := all(ctx, s, func(rows *sql.Rows) (e console.Entry, err error) {
		return e, rows.Scan(&e.ID, &e.At, &e.Actor.ID, &e.Action, &e.Subject, &e.Name, &e.Detail)
	}, `SELECT id, at, actor_id, action, subject, name, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2`, olderThan(before), limit)
	if err != nil {
		return nil, err
	}
	cards := map[change.ID]account.Card{} // owners are few
	for i, e := range list {
		if e.Actor.ID == 0 {
			continue
		}
		card, known := cards[e.Actor.ID]
		if !known {
			a, err := s.Account(ctx, e.Actor.ID)
			if err != nil {
				return nil, err
			}
			card = a.Card()
			cards[e.Actor.ID] = card
		}
		list[i].Actor = card
	}
	return list, nil
}

// AddCounts implements console.Store.
func (s *Store) AddCounts(ctx context.Context, day string, add, highest map[console.Count]int64) error {
	for _, set := range []struct {
		counts map[console.Count]int64
		merge  string
	}{
		{add, `day_count.value + excluded.value`},
		{highest, `CASE WHEN day_count.value > excluded.value THEN day_count.value ELSE excluded.value END`},
	} {
		for _, name := range console.Counts {
			n, ok := set.counts[name]
			if !ok {
				continue
			}
			if _, err := s.q(ctx).exec(ctx, `INSERT INTO day_count (day, name, value) VALUES ($1, $2, $3)
				ON CONFLICT (day, name) DO UPDATE SET value = `+set.merge, day, string(name), n); err != nil {
				return err
			}
		}
	}
	return nil
}

var noteActive = newSetText("ti", `INSERT INTO day_active (day, account_id) VALUES %s ON CONFLICT (day, account_id) DO NOTHING`)

// NoteActive implements console.Store.
func (s *Store) NoteActive(ctx context.Context, day string, accounts []change.ID) error {
	return inSets(len(accounts), func(from, size int) error {
		args := make([]any, 0, 2*size)
		for _, id := range accounts[from : from+size] {
			args = append(args, day, id)
		}
		_, err := s.q(ctx).exec(ctx, noteActive.text(size), args...)
		return err
	})
}

// CountDay implements console.Store.
func (s *Store) CountDay(ctx context.Context, day string, since int64) (active, signIns, accounts int64, err error) {
	err = s.one(ctx, `SELECT (SELECT count(*) FROM day_active WHERE day = $1), (SELECT count(*) FROM sign_in WHERE session_id >= $2),
		(SELECT count(*) FROM account WHERE id >= $2 AND kind = 'person')`, []any{day, change.FirstID(since)}, &active, &signIns, &accounts)
	return active, signIns, accounts, err
}

// DayCounts implements console.Store.
func (s *Store) DayCounts(ctx context.Context, from string) (map[string]map[console.Count]int64, error) {
	type row struct {
		day   string
		name  console.Count
		value int64
	}
	rows, err := all(ctx, s, func(rows *sql.Rows) (r row, err error) {
		return r, rows.Scan(&r.day, &r.name, &r.value)
	}, `SELECT day, name, value FROM day_count WHERE day >= $1`, from)
	days := map[string]map[console.Count]int64{}
	for _, r := range rows {
		if !slices.Contains(console.Counts, r.name) {
			continue
		}
		if days[r.day] == nil {
			days[r.day] = map[console.Count]int64{}
		}
		days[r.day][r.name] = r.value
	}
	return days, err
}

// ForgetDays implements console.Store.
func (s *Store) ForgetDays(ctx context.Context, before string, signInsBefore int64) error {
	if _, err := s.q(ctx).exec(ctx, `DELETE FROM day_active WHERE day < $1`, before); err != nil {
		return err
	}
	_, err := s.q(ctx).exec(ctx, `DELETE FROM sign_in WHERE session_id < $1`, change.FirstID(signInsBefore))
	return err
}

// StorageUse implements console.Store.
func (s *Store) StorageUse(ctx context.Context) (u console.Storage, err error) {
	err = s.one(ctx, `SELECT (SELECT count(*) FROM account WHERE kind = 'person'), (SELECT count(*) FROM conversation WHERE kind = 'group'),
		(SELECT coalesce(sum(last_seq), 0) FROM conversation), (`+s.dialect.size()+`),
		(SELECT count(*) FROM content), (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM content)`, nil,
		&u.Accounts, &u.Groups, &u.Messages, &u.DatabaseBytes, &u.Files, &u.FileBytes)
	return u, err
}
