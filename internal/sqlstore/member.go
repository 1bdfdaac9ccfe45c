package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

const (
	memberColumns = `m.conversation_id, m.role, m.state, m.left_reason, m.nickname, m.muted_until, m.read_seq, m.joined_at, m.version, ` + cardColumns
	selectMember  = `SELECT ` + memberColumns + ` FROM member m JOIN account a ON a.id = m.account_id `
)

// rankLeft is the rank of former members, behind all others.
const rankLeft = 9

func rank(r conversation.Role) int64 {
	switch r {
	case conversation.Owner:
		return 0
	case conversation.Admin:
		return 1
	}
	return 2
}

func scanMember(rows *sql.Rows) (m conversation.Member, err error) {
	err = rows.Scan(append([]any{&m.ConversationID, &m.Role, &m.State, &m.LeftReason, &m.Nickname, &m.MutedUntil, &m.ReadSeq, &m.JoinedAt, &m.Version}, cardFields(&m.Account)...)...)
	return m, err
}

// Member implements conversation.Store.
func (s *Store) Member(ctx context.Context, conv, id change.ID) (conversation.Member, error) {
	return first(ctx, s, scanMember, selectMember+`WHERE m.conversation_id = $1 AND m.account_id = $2`, conv, id)
}

var (
	memberSet = newSetText("ii", `SELECT `+memberColumns+` FROM (VALUES %s) AS k CROSS JOIN member m CROSS JOIN account a
		WHERE m.conversation_id = k.column1 AND m.account_id = k.column2 AND a.id = m.account_id`)
	presentSet = newSetText("ii", `SELECT `+memberColumns+` FROM (VALUES %s) AS k CROSS JOIN member m CROSS JOIN account a
		WHERE m.conversation_id = k.column1 AND m.rank < 9 AND m.version > k.column2 AND a.id = m.account_id ORDER BY m.conversation_id, m.account_id`)
	changedSet = newSetText("ii", `SELECT `+memberColumns+` FROM (VALUES %s) AS k CROSS JOIN member m CROSS JOIN account a
		WHERE m.conversation_id = k.column1 AND m.roster_version > k.column2 AND a.id = m.account_id ORDER BY m.conversation_id, m.account_id`)
	countChangedSet = newSetText("ii", fmt.Sprintf(`SELECT k.column1, k.column2, (SELECT count(*) FROM (
			SELECT 1 FROM member m WHERE m.conversation_id = k.column1 AND m.roster_version > k.column2 LIMIT %d) AS a_few)
		FROM (VALUES %%s) AS k`, conversation.MaxChangedMembers+1))
	leaderSet = newSetText("i", `SELECT `+memberColumns+` FROM (VALUES %s) AS k CROSS JOIN member m CROSS JOIN account a
		WHERE m.conversation_id = k.column1 AND m.rank < 2 AND a.id = m.account_id ORDER BY m.conversation_id, m.account_id`)
)

// MembersAt implements conversation.Store.
func (s *Store) MembersAt(ctx context.Context, places []conversation.Place) ([]conversation.Member, error) {
	values := make([]int64, 0, 2*len(places))
	for _, p := range places {
		values = append(values, int64(p.Conversation), int64(p.Account))
	}
	return readSets(ctx, s, scanMember, memberSet, values)
}

// Members implements conversation.Store.
func (s *Store) Members(ctx context.Context, since []conversation.Since) ([]conversation.Member, error) {
	var present, left []int64
	for _, at := range since {
		present = append(present, int64(at.Conversation), at.Version)
		if at.Version > 0 {
			left = append(left, int64(at.Conversation), at.Version)
		}
	}
	list, err := readSets(ctx, s, scanMember, presentSet, present)
	if err != nil || len(left) == 0 {
		return list, err
	}
	changed, err := readSets(ctx, s, scanMember, changedSet, left)
	for _, m := range changed {
		if m.State != conversation.Joined {
			list = append(list, m)
		}
	}
	return list, err
}

// ChangedMembers implements conversation.Store.
func (s *Store) ChangedMembers(ctx context.Context, since []conversation.Since) (list []conversation.Member, many []change.ID, err error) {
	values := make([]int64, 0, 2*len(since))
	for _, at := range since {
		values = append(values, int64(at.Conversation), at.Version)
	}
	type count struct {
		at conversation.Since
		n  int
	}
	counts, err := readSets(ctx, s, func(rows *sql.Rows) (c count, err error) {
		return c, rows.Scan(&c.at.Conversation, &c.at.Version, &c.n)
	}, countChangedSet, values)
	if err != nil {
		return nil, nil, err
	}
	values = values[:0]
	for _, c := range counts {
		switch {
		case c.n > conversation.MaxChangedMembers:
			many = append(many, c.at.Conversation)
		case c.n > 0:
			values = append(values, int64(c.at.Conversation), c.at.Version)
		}
	}
	list, err = readSets(ctx, s, scanMember, changedSet, values)
	return list, many, err
}

// Leaders implements conversation.Store.
func (s *Store) Leaders(ctx context.Context, conversations []change.ID) ([]conversation.Member, error) {
	return readSets(ctx, s, scanMember, leaderSet, integers(conversations))
}

// ranks gives the lowest and the highest rank of a role; of all for none.
func ranks(r conversation.Role) (lowest, highest int64) {
	if r == "" {
		return 0, rankLeft - 1
	}
	return rank(r), rank(r)
}

// MemberPage implements conversation.Store.
func (s *Store) MemberPage(ctx context.Context, conv change.ID, role conversation.Role, after conversation.MemberPosition, limit int) ([]conversation.Member, error) {
	_, highest := ranks(role)
	lowest := rank(after.Role)
	if role != "" && lowest < highest || after.Role == "" {
		lowest, _ = ranks(role)
	}
	return all(ctx, s, scanMember, selectMember+`WHERE m.conversation_id = $1 AND m.rank <= $2 AND (m.rank, m.joined_at, m.account_id) > ($3, $4, $5)
		ORDER BY m.rank, m.joined_at, m.account_id LIMIT $6`, conv, highest, lowest, after.JoinedAt, after.Account, limit)
}

// CountMembers implements conversation.Store.
func (s *Store) CountMembers(ctx context.Context, conv change.ID, role conversation.Role) (n int, err error) {
	lowest, highest := ranks(role)
	err = s.one(ctx, `SELECT count(*) FROM member WHERE conversation_id = $1 AND rank >= $2 AND rank <= $3`, []any{conv, lowest, highest}, &n)
	return n, err
}

// MemberIDs implements conversation.Store.
func (s *Store) MemberIDs(ctx context.Context, conv change.ID) (ids []change.ID, version int64, err error) {
	err = s.View(ctx, func(ctx context.Context) error {
		if err := s.one(ctx, `SELECT members_version FROM conversation WHERE id = $1`, []any{conv}, &version); err != nil {
			return err
		}
		ids, err = all(ctx, s, func(rows *sql.Rows) (id change.ID, err error) {
			return id, rows.Scan(&id)
		}, `SELECT account_id FROM member WHERE conversation_id = $1 AND rank < 9`, conv)
		return err
	})
	return ids, version, err
}

// insertMember begins anew with what a former member had.
var insertMember = newSetText("iitiiiiitii", `INSERT INTO member
	(conversation_id, account_id, role, rank, read_seq, joined_at, muted_until, version, state, roster_version, user_version) VALUES %s
	ON CONFLICT (conversation_id, account_id) DO UPDATE SET
		role = excluded.role, rank = excluded.rank, read_seq = excluded.read_seq, joined_at = excluded.joined_at, muted_until = excluded.muted_until,
		version = excluded.version, state = excluded.state, roster_version = excluded.roster_version, user_version = excluded.user_version,
		nickname = '', left_reason = '', remark = '', notify = 'all', pinned_at = 0, announcement_seen = 0`)

// insertMembers stores members who come into the conversation of the change,
// and puts them and their memberships.
func (s *Store) insertMembers(ctx context.Context, ch *change.Change, members []conversation.Member, readSeq int64) error {
	ids := make([]change.ID, len(members))
	for i, m := range members {
		ids[i] = m.Account.ID
	}
	users, err := s.touchAll(ctx, change.User, ids)
	if err != nil {
		return err
	}
	err = inSets(len(members), func(from, size int) error {
		args := make([]any, 0, 11*size)
		for _, m := range members[from : from+size] {
			args = append(args, int64(ch.Scope.ID), int64(m.Account.ID), string(m.Role), rank(m.Role), readSeq, m.JoinedAt, m.MutedUntil,
				ch.Version, string(conversation.Joined), ch.Version, users[m.Account.ID].Version)
		}
		_, err := s.q(ctx).exec(ctx, insertMember.text(size), args...)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range members {
		m.ConversationID, m.State, m.ReadSeq, m.Version = ch.Scope.ID, conversation.Joined, readSeq, ch.Version
		ch.Put(m)
		user := users[m.Account.ID]
		user.Put(conversation.Membership{
			ConversationID: ch.Scope.ID, AccountID: m.Account.ID, State: conversation.Joined, ReadSeq: readSeq,
			Notify: conversation.NotifyAll, Version: user.Version,
		})
	}
	return nil
}

// Join implements conversation.Store.
func (s *Store) Join(ctx context.Context, conv change.ID, members []conversation.Member) error {
	ch, err := s.touch(ctx, talk(conv))
	if err != nil {
		return err
	}
	c, err := s.membersMoved(ctx, ch, len(members))
	if err != nil {
		return err
	}
	if err := s.insertMembers(ctx, ch, members, c.LastSeq); err != nil || len(members) <= conversation.MaxChangedMembers {
		return err
	}
	leaders, err := s.Leaders(ctx, []change.ID{conv})
	for _, m := range leaders {
		ch.Put(m)
	}
	return err
}

var leaveSet = newSetText("iiiti", `UPDATE member SET state = 'left', role = 'member', rank = 9, pinned_at = 0, left_reason = k.column4,
		version = k.column3, roster_version = k.column3, user_version = k.column5
	FROM (VALUES %s) AS k WHERE member.conversation_id = k.column1 AND member.account_id = k.column2 RETURNING `+membershipColumns)

// Leave implements conversation.Store.
func (s *Store) Leave(ctx context.Context, conv change.ID, accounts []change.ID, reason conversation.LeftReason) error {
	ch, err := s.touch(ctx, talk(conv))
	if err != nil {
		return err
	}
	users, err := s.touchAll(ctx, change.User, append([]change.ID(nil), accounts...))
	if err != nil {
		return err
	}
	err = inSets(len(accounts), func(from, size int) error {
		args := make([]any, 0, 5*size)
		for _, id := range accounts[from : from+size] {
			args = append(args, int64(conv), int64(id), ch.Version, string(reason), users[id].Version)
		}
		list, err := all(ctx, s, scanMembership, leaveSet.text(size), args...)
		for _, m := range list {
			users[m.AccountID].Put(m)
		}
		return err
	})
	if err != nil {
		return err
	}
	places := make([]conversation.Place, len(accounts))
	for i, id := range accounts {
		places[i] = conversation.Place{Conversation: conv, Account: id}
	}
	list, err := s.MembersAt(ctx, places)
	if err != nil {
		return err
	}
	for _, m := range list {
		ch.Put(m)
	}
	c, err := s.membersMoved(ctx, ch, -len(accounts))
	if err != nil || c.MemberCount > conversation.MaxSmall || c.MemberCount+len(accounts) <= conversation.MaxSmall {
		return err
	}
	return s.showMembers(ctx, ch)
}

// showMembers puts all members of a conversation.
func (s *Store) showMembers(ctx context.Context, ch *change.Change) error {
	if _, err := s.q(ctx).exec(ctx, `UPDATE member SET version = $2 WHERE conversation_id = $1 AND rank < 9`, ch.Scope.ID, ch.Version); err != nil {
		return err
	}
	list, err := s.Members(ctx, []conversation.Since{{Conversation: ch.Scope.ID}})
	for _, m := range list {
		ch.Put(m)
	}
	return err
}

// PutMember implements conversation.Store.
func (s *Store) PutMember(ctx context.Context, m conversation.Member) (conversation.Member, error) {
	ch, err := s.touch(ctx, talk(m.ConversationID))
	if err != nil {
		return m, err
	}
	m.Version = ch.Version
	if err := s.one(ctx, `UPDATE member SET role = $3, rank = $4, nickname = $5, muted_until = $6, version = $7, roster_version = $8
		WHERE conversation_id = $1 AND account_id = $2 RETURNING read_seq`,
		[]any{m.ConversationID, m.Account.ID, string(m.Role), rank(m.Role), m.Nickname, m.MutedUntil, m.Version, m.Version}, &m.ReadSeq); err != nil {
		return m, err
	}
	ch.Put(m)
	return m, nil
}

const (
	membershipColumns = `conversation_id, account_id, state, left_reason, read_seq, remark, notify, pinned_at, announcement_seen, user_version`
	selectMembership  = `SELECT ` + membershipColumns + ` FROM member `
)

func scanMembership(rows *sql.Rows) (m conversation.Membership, err error) {
	err = rows.Scan(&m.ConversationID, &m.AccountID, &m.State, &m.LeftReason, &m.ReadSeq, &m.Remark, &m.Notify, &m.PinnedAt, &m.AnnouncementSeen, &m.Version)
	return m, err
}

// Membership implements conversation.Store.
func (s *Store) Membership(ctx context.Context, conv, id change.ID) (conversation.Membership, error) {
	return first(ctx, s, scanMembership, selectMembership+`WHERE conversation_id = $1 AND account_id = $2`, conv, id)
}

// Memberships implements conversation.Store.
func (s *Store) Memberships(ctx context.Context, id change.ID, since int64) ([]conversation.Membership, error) {
	if since == 0 {
		return all(ctx, s, scanMembership, selectMembership+`WHERE account_id = $1 AND state = 'member' ORDER BY conversation_id`, id)
	}
	return all(ctx, s, scanMembership, selectMembership+`WHERE account_id = $1 AND user_version > $2 ORDER BY conversation_id`, id, since)
}

var membershipSet = newSetText("ii", `SELECT `+membershipColumns+` FROM (VALUES %s) AS k CROSS JOIN member m
	WHERE m.conversation_id = k.column1 AND m.account_id = k.column2`)

// MembershipsAt implements conversation.Store.
func (s *Store) MembershipsAt(ctx context.Context, id change.ID, conversations []change.ID) ([]conversation.Membership, error) {
	values := make([]int64, 0, 2*len(conversations))
	for _, c := range conversations {
		values = append(values, int64(c), int64(id))
	}
	return readSets(ctx, s, scanMembership, membershipSet, values)
}

// PutMembership implements conversation.Store.
func (s *Store) PutMembership(ctx context.Context, m conversation.Membership) (conversation.Membership, error) {
	user, err := s.touch(ctx, self(m.AccountID))
	if err != nil {
		return m, err
	}
	m.Version = user.Version
	if err := s.one(ctx, `UPDATE member SET remark = $3, notify = $4, pinned_at = $5, announcement_seen = $6, user_version = $7
		WHERE conversation_id = $1 AND account_id = $2 RETURNING read_seq`,
		[]any{m.ConversationID, m.AccountID, m.Remark, string(m.Notify), m.PinnedAt, m.AnnouncementSeen, m.Version}, &m.ReadSeq); err != nil {
		return m, err
	}
	user.Put(m)
	return m, nil
}

// SetReadSeq implements conversation.Store.
func (s *Store) SetReadSeq(ctx context.Context, conv, id change.ID, seq int64, shown bool) (conversation.Membership, error) {
	m, err := s.Member(ctx, conv, id)
	if err != nil {
		return conversation.Membership{}, err
	}
	ms, err := s.Membership(ctx, conv, id)
	if err != nil || m.ReadSeq == seq {
		return ms, err
	}
	m.ReadSeq, ms.ReadSeq = seq, seq
	user, err := s.touch(ctx, self(id))
	if err != nil {
		return ms, err
	}
	ms.Version = user.Version
	if shown {
		ch, err := s.touch(ctx, talk(conv))
		if err != nil {
			return ms, err
		}
		m.Version = ch.Version
		ch.Put(m)
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE member SET read_seq = $3, version = $4, user_version = $5
		WHERE conversation_id = $1 AND account_id = $2`, conv, id, seq, m.Version, ms.Version); err != nil {
		return ms, err
	}
	user.Put(ms)
	return ms, nil
}
