package sqlstore

import (
	"context"
	"database/sql"

	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/robot"
)

// RobotAccount implements robot.Store.
func (s *Store) RobotAccount(ctx context.Context, name string) (account.Account, error) {
	return first(ctx, s, scanAccount, `SELECT `+accountColumns+` FROM robot r JOIN account a ON a.id = r.account_id WHERE r.name = $1`, name)
}

// PutRobot implements robot.Store.
func (s *Store) PutRobot(ctx context.Context, name string, id change.ID) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO robot (name, account_id) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET account_id = excluded.account_id`, name, id)
	return err
}

// Strangers implements robot.Store.
func (s *Store) Strangers(ctx context.Context, id, after change.ID, limit int) ([]account.Account, error) {
	return all(ctx, s, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.id > $1 AND a.kind = $2 AND a.state <> $3
		AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.owner_id = a.id AND c.account_id = $4) ORDER BY a.id LIMIT $5`,
		after, string(account.Person), string(account.Deleted), id, limit)
}

var (
	insertFriends = newSetText("iitii", `INSERT INTO contact (owner_id, account_id, state, since, version, remark, blocked)
		SELECT k.column1, k.column2, k.column3, k.column4, k.column5, '', FALSE FROM (VALUES %s) AS k`)
	insertDirects = newSetText("iiitii", `INSERT INTO conversation
		(id, direct_low, direct_high, kind, created_at, last_activity_at, version, row_version, members_version, member_count, last_seq)
		SELECT k.column1, k.column2, k.column3, k.column4, k.column5, k.column6, 1, 1, 1, 2, 0 FROM (VALUES %s) AS k`)
)

// Introduce implements robot.Store. Everything is written in sets.
func (s *Store) Introduce(ctx context.Context, who account.Account, list []robot.Acquaintance) error {
	ids := make([]change.ID, 0, len(list)+1)
	for _, a := range list {
		ids = append(ids, a.Account.ID)
	}
	users, err := s.touchAll(ctx, change.User, append(ids, who.ID))
	if err != nil {
		return err
	}
	mine := users[who.ID]
	t := txFrom(ctx)
	var friends, directs, members []any
	for _, a := range list {
		theirs := users[a.Account.ID]
		c := conversation.Conversation{
			ID: a.ConversationID, Kind: conversation.Direct, Version: 1, RowVersion: 1, MembersVersion: 1, MemberCount: 2,
			CreatedAt: a.Since, LastActivityAt: a.Since,
		}
		directs = append(directs, int64(c.ID), int64(min(who.ID, a.Account.ID)), int64(max(who.ID, a.Account.ID)), string(c.Kind), c.CreatedAt, c.LastActivityAt)
		talk := &change.Change{Scope: talk(c.ID), Version: 1, MembersVersion: 1, Rows: []change.Row{c}}
		for _, side := range []struct {
			scope       *change.Change
			self, other account.Account
		}{{theirs, a.Account, who}, {mine, who, a.Account}} {
			friends = append(friends, int64(side.self.ID), int64(side.other.ID), string(contact.Friend), a.Since, side.scope.Version)
			members = append(members, int64(c.ID), int64(side.self.ID), string(conversation.Ordinary), rank(conversation.Ordinary), int64(0), a.Since, int64(0),
				int64(1), string(conversation.Joined), int64(1), side.scope.Version)
			talk.Rows = append(talk.Rows, conversation.Member{
				ConversationID: c.ID, Account: side.self.Card(), Role: conversation.Ordinary, State: conversation.Joined, JoinedAt: a.Since, Version: 1,
			})
			// New rows, so none of them is in the change yet.
			side.scope.Rows = append(side.scope.Rows,
				contact.Contact{Owner: side.self.ID, Account: side.other.Card(), State: contact.Friend, Since: a.Since, Version: side.scope.Version},
				conversation.Membership{ConversationID: c.ID, AccountID: side.self.ID, State: conversation.Joined, Notify: conversation.NotifyAll, Version: side.scope.Version})
		}
		t.changes = append(t.changes, talk)
	}
	for _, set := range []struct {
		text   *setText
		values []any
	}{{insertFriends, friends}, {insertDirects, directs}, {insertMember, members}} {
		width := len(set.text.types)
		if err := inSets(len(set.values)/width, func(from, size int) error {
			_, err := s.q(ctx).exec(ctx, set.text.text(size), set.values[from*width:(from+size)*width]...)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// Lately implements robot.Store.
func (s *Store) Lately(ctx context.Context, id change.ID, since int64) ([]conversation.Conversation, error) {
	return all(ctx, s, scanConversation, selectConversation+`WHERE c.last_activity_at >= $2 AND c.last_seq > 0
		AND c.id IN (SELECT conversation_id FROM member WHERE account_id = $1 AND state = 'member') ORDER BY c.id`, id, since)
}

// Inhabitants implements robot.Store.
func (s *Store) Inhabitants(ctx context.Context) (n int, err error) {
	err = s.one(ctx, `SELECT count(*) FROM account WHERE kind = $1 AND state = $2`, []any{string(account.Person), string(account.Active)}, &n)
	return n, err
}

const reminderColumns = `id, account_id, conversation_id, body, due_at, every, zone, language, created_at`

func scanReminder(rows *sql.Rows) (r robot.Reminder, err error) {
	err = rows.Scan(&r.ID, &r.AccountID, &r.ConversationID, &r.Body, &r.DueAt, &r.Every, &r.Zone, &r.Language, &r.CreatedAt)
	return r, err
}

// CreateReminder implements robot.Store.
func (s *Store) CreateReminder(ctx context.Context, r robot.Reminder) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO reminder (`+reminderColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		r.ID, r.AccountID, r.ConversationID, r.Body, r.DueAt, string(r.Every), r.Zone, r.Language, r.CreatedAt)
	return err
}

// Reminders implements robot.Store.
func (s *Store) Reminders(ctx context.Context, id change.ID) ([]robot.Reminder, error) {
	return all(ctx, s, scanReminder, `SELECT `+reminderColumns+` FROM reminder WHERE account_id = $1 ORDER BY due_at, id`, id)
}

// DueReminders implements robot.Store.
func (s *Store) DueReminders(ctx context.Context, now int64, limit int) ([]robot.Reminder, error) {
	return all(ctx, s, scanReminder, `SELECT `+reminderColumns+` FROM reminder WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2`, now, limit)
}

// MoveReminder implements robot.Store.
func (s *Store) MoveReminder(ctx context.Context, r robot.Reminder, next int64) (bool, error) {
	var n int64
	var err error
	if next == 0 {
		n, err = s.q(ctx).exec(ctx, `DELETE FROM reminder WHERE id = $1 AND due_at = $2`, r.ID, r.DueAt)
	} else {
		n, err = s.q(ctx).exec(ctx, `UPDATE reminder SET due_at = $3 WHERE id = $1 AND due_at = $2`, r.ID, r.DueAt, next)
	}
	return n > 0, err
}

// ForgetPerson implements robot.Store.
func (s *Store) ForgetPerson(ctx context.Context, id change.ID) error {
	if _, err := s.q(ctx).exec(ctx, `DELETE FROM reminder WHERE account_id = $1`, id); err != nil {
		return err
	}
	_, err := s.q(ctx).exec(ctx, `DELETE FROM robot_use WHERE account_id = $1`, id)
	return err
}

// UseAnswer implements robot.Store.
func (s *Store) UseAnswer(ctx context.Context, id change.ID, day string, budget int) (bool, error) {
	if _, err := s.q(ctx).exec(ctx, `DELETE FROM robot_use WHERE account_id = $1 AND day < $2`, id, day); err != nil {
		return false, err
	}
	if budget < 1 {
		return false, nil
	}
	n, err := s.q(ctx).exec(ctx, `INSERT INTO robot_use (account_id, day, answers) VALUES ($1, $2, 1)
		ON CONFLICT (account_id, day) DO UPDATE SET answers = robot_use.answers + 1 WHERE robot_use.answers < $3`, id, day, budget)
	return n > 0, err
}

// ReturnAnswer implements robot.Store.
func (s *Store) ReturnAnswer(ctx context.Context, id change.ID, day string) error {
	_, err := s.q(ctx).exec(ctx, `UPDATE robot_use SET answers = answers - 1 WHERE account_id = $1 AND day = $2 AND answers > 0`, id, day)
	return err
}
