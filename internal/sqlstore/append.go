package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/conversation"
)

// appendJob is a message that waits for its seq.
type appendJob struct {
	message conversation.Message
	admit   func(conversation.Standing) error
	// membersVersion is the conversation's, as of the commit.
	membersVersion int64
}

// AppendMessage implements conversation.Store.
func (s *Store) AppendMessage(ctx context.Context, draft conversation.Message, admit func(conversation.Standing) error, done func(conversation.Message, error)) {
	if txFrom(ctx) != nil {
		done(draft, errors.New("sqlstore: AppendMessage inside a transaction"))
		return
	}
	a := &appendJob{message: draft, admit: admit}
	if err := s.writer.enqueue(&job{ctx: ctx, append: a, finish: func(err error) { done(a.message, err) }}); err != nil {
		done(draft, err)
	}
}

// head is a conversation as the batch moves it on.
type head struct {
	version, lastSeq, membersVersion, lastActivityAt int64
	shown                                            bool // read positions are
}

type place struct{ conversation, account change.ID }

// clientKey names a send for ever.
type clientKey struct {
	sender change.ID
	id     string
}

// runAppends does all appends of a transaction: it reads what they depend on in
// sets, decides one after the other in memory, and writes in sets. The error it
// returns is fatal for the transaction; those of single appends are left in
// their jobs.
func (w *writer) runAppends(jobs []*job) error {
	stored, err := w.appendOnce(jobs, nil)
	switch {
	case err == nil:
		note(stored)
		return nil
	case !errors.Is(err, errRepeated) && w.fatal(err):
		return err
	}
	// Somebody repeats a send that was stored before, or there is something
	// that can not be stored: rare, so it is only then that all are looked up.
	if err := w.execText("ROLLBACK"); err != nil {
		return err
	}
	if _, err := w.conn.ExecContext(w.ctx, w.store.dialect.begin()); err != nil {
		return err
	}
	return w.sortOut(jobs)
}

// sortOut appends as runAppends does, with regard to what was stored before,
// and finds those that fail, for the sake of the others.
func (w *writer) sortOut(jobs []*job) error {
	if err := w.execText("SAVEPOINT appends"); err != nil {
		return err
	}
	var stored []*job
	earlier, failed := w.earlier(jobs)
	if failed == nil {
		stored, failed = w.appendOnce(jobs, earlier)
	}
	if failed != nil {
		if w.fatal(failed) {
			return failed
		}
		if err := w.execText("ROLLBACK TO SAVEPOINT appends"); err != nil {
			return errors.Join(failed, err)
		}
	}
	if err := w.execText("RELEASE SAVEPOINT appends"); err != nil {
		return err
	}
	switch {
	case failed == nil:
		note(stored)
	case len(jobs) == 1:
		jobs[0].err = failed
	default:
		half := len(jobs) / 2
		if err := w.sortOut(jobs[:half]); err != nil {
			return err
		}
		return w.sortOut(jobs[half:])
	}
	return nil
}

// note keeps in the jobs what is to be published.
func note(stored []*job) {
	for _, j := range stored {
		m := j.append.message
		j.tx = &tx{changes: []*change.Change{{
			Scope:          change.Scope{Kind: change.Conversation, ID: m.ConversationID},
			Version:        m.Version,
			MembersVersion: j.append.membersVersion,
			Rows:           []change.Row{m},
		}}}
	}
}

var errRepeated = errors.New("a send is repeated")

// appendOnce appends what is admitted and returns the jobs that stored
// something. earlier holds the sends of these jobs that were stored before; nil
// means not looked up, and errRepeated is returned when that has to be done.
func (w *writer) appendOnce(jobs []*job, earlier map[clientKey]conversation.Message) ([]*job, error) {
	standings, heads, err := w.standings(jobs)
	if err != nil {
		return nil, err
	}
	attached, err := w.attached(jobs)
	if err != nil {
		return nil, err
	}
	var stored []*job
	inBatch := map[clientKey]*job{}
	var repeats []*job // of a send in this very batch
	for _, j := range jobs {
		m := &j.append.message
		key := clientKey{m.SenderID, m.ClientID}
		j.err, j.tx = nil, nil
		if first, ok := earlier[key]; ok {
			*m = first
			continue
		}
		if inBatch[key] != nil {
			repeats = append(repeats, j)
			continue
		}
		standing, ok := standings[place{m.ConversationID, m.SenderID}]
		standing.At = m.CreatedAt
		standing.Attachments = nil
		for i, a := range m.Attachments {
			found := attached[holding{a.ID, m.SenderID}]
			standing.Attachments = append(standing.Attachments, found.Standing)
			if found.Found {
				m.Attachments[i] = found.Attachment
			}
		}
		if err := call(func() error { return j.append.admit(standing) }); err != nil {
			if earlier == nil {
				return nil, errRepeated // it may have been admitted before
			}
			j.err = err
			continue
		}
		if slices.ContainsFunc(standing.Attachments, func(s attachment.Standing) bool { return !s.Found }) {
			j.err = errors.New("a message was admitted with an attachment that does not exist")
			continue
		}
		h := heads[m.ConversationID]
		if !ok || h == nil {
			j.err = fmt.Errorf("a message was admitted to conversation %d, which does not exist", m.ConversationID)
			continue
		}
		h.version++
		h.lastSeq++
		h.lastActivityAt = max(h.lastActivityAt, m.CreatedAt)
		m.Version, m.Seq = h.version, h.lastSeq
		j.append.membersVersion = h.membersVersion
		inBatch[key] = j
		stored = append(stored, j)
	}
	if len(stored) > 0 {
		if err := w.writeAppends(stored, heads, earlier != nil); err != nil {
			return nil, err
		}
	}
	for _, j := range repeats {
		m := &j.append.message
		*m = inBatch[clientKey{m.SenderID, m.ClientID}].append.message
	}
	return stored, nil
}

var standingSet = newSetText("ii", `SELECT k.column1, k.column2, c.kind, c.version, c.last_seq, c.members_version, c.last_activity_at, c.member_count, c.muted,
		coalesce(m.state, ''), coalesce(m.role, ''), coalesce(m.muted_until, 0), coalesce(mine.state, ''), coalesce(mine.blocked, FALSE), coalesce(theirs.blocked, FALSE), coalesce(peer.state, '')
	FROM (VALUES %s) AS k
	JOIN conversation c ON c.id = k.column1
	LEFT JOIN member m ON m.conversation_id = c.id AND m.account_id = k.column2
	LEFT JOIN account peer ON peer.id = CASE WHEN c.direct_low = k.column2 THEN c.direct_high ELSE c.direct_low END
	LEFT JOIN contact mine ON mine.owner_id = k.column2 AND mine.account_id = peer.id
	LEFT JOIN contact theirs ON theirs.owner_id = peer.id AND theirs.account_id = k.column2`)

// standings reads, once for each sender in each conversation, what the right to
// post depends on, and the heads of the conversations.
func (w *writer) standings(jobs []*job) (map[place]conversation.Standing, map[change.ID]*head, error) {
	standings := make(map[place]conversation.Standing, len(jobs))
	heads := make(map[change.ID]*head, len(jobs))
	places := make([]place, 0, len(jobs))
	seen := make(map[place]bool, len(jobs))
	for _, j := range jobs {
		p := place{j.append.message.ConversationID, j.append.message.SenderID}
		if !seen[p] {
			seen[p] = true
			places = append(places, p)
		}
	}
	err := inSets(len(places), func(from, size int) error {
		args := make([]any, 0, 2*size)
		for _, p := range places[from : from+size] {
			args = append(args, int64(p.conversation), int64(p.account))
		}
		rows, err := w.query(w.ctx, standingSet.text(size), args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p place
			var h head
			var st conversation.Standing
			var mine string
			var members int
			if err := rows.Scan(&p.conversation, &p.account, &st.Kind, &h.version, &h.lastSeq, &h.membersVersion, &h.lastActivityAt, &members, &st.Muted,
				&st.Member, &st.Role, &st.MutedUntil, &mine, &st.IBlocked, &st.Blocked, &st.PeerState); err != nil {
				return err
			}
			st.Friends = mine == "friend"
			h.shown = members <= conversation.MaxSmall
			standings[p] = st
			if heads[p.conversation] == nil {
				heads[p.conversation] = &h
			}
		}
		return rows.Err()
	})
	return standings, heads, err
}

// holding is an attachment in the hands of a sender, and attached what there is
// to know of that.
type (
	holding struct {
		id     attachment.ID
		sender change.ID
	}
	attached struct {
		attachment.Attachment
		attachment.Standing
	}
)

var attachedSet = newSetText("ti", `SELECT k.column2, `+attachmentColumns+`, CASE WHEN a.owner_id = k.column2 THEN TRUE ELSE FALSE END, `+sharedWith("k.column2")+`, `+keptBy("k.column2")+`
	FROM (VALUES %s) AS k JOIN attachment a ON a.id = k.column1 JOIN content c ON c.id = a.content_id`)

// attached reads the attachments of the messages, and how the senders stand to
// them.
func (w *writer) attached(jobs []*job) (map[holding]attached, error) {
	var args []any
	var found map[holding]attached
	for _, j := range jobs {
		m := &j.append.message
		for _, a := range m.Attachments {
			h := holding{a.ID, m.SenderID}
			if _, known := found[h]; known {
				continue
			}
			if found == nil {
				found = map[holding]attached{}
			}
			found[h] = attached{}
			args = append(args, string(a.ID), int64(m.SenderID))
		}
	}
	err := inSets(len(found), func(from, size int) error {
		rows, err := w.query(w.ctx, attachedSet.text(size), args[2*from:2*(from+size)]...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var sender change.ID
			a := attached{Standing: attachment.Standing{Found: true}}
			if err := rows.Scan(append(append([]any{&sender}, attachmentFields(&a.Attachment)...), &a.Owner, &a.Shared, &a.Kept)...); err != nil {
				return err
			}
			found[holding{a.ID, sender}] = a
		}
		return rows.Err()
	})
	return found, err
}

var earlierSet = newSetText("it", `SELECT `+messageColumns+` FROM message JOIN (VALUES %s) AS k ON sender_id = k.column1 AND client_id = k.column2`)

// earlier finds those sends of the jobs that were stored before.
func (w *writer) earlier(jobs []*job) (map[clientKey]conversation.Message, error) {
	var list []conversation.Message
	err := inSets(len(jobs), func(from, size int) error {
		args := make([]any, 0, 2*size)
		for _, j := range jobs[from : from+size] {
			args = append(args, int64(j.append.message.SenderID), j.append.message.ClientID)
		}
		rows, err := w.query(w.ctx, earlierSet.text(size), args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			m, err := scanMessage(rows)
			if err != nil {
				return err
			}
			list = append(list, m)
		}
		return rows.Err()
	})
	if err == nil {
		err = fillAttachments(w.ctx, w, list)
	}
	found := make(map[clientKey]conversation.Message, len(list))
	for _, m := range list {
		found[clientKey{m.SenderID, m.ClientID}] = m
	}
	return found, err
}

// With {or fail} a statement that fails leaves what it did so far, which the
// transaction then undoes.
var (
	insertMessages = newSetText("iiitttii", `INSERT {or fail} INTO message (`+plainColumns+`) VALUES %s ON CONFLICT (sender_id, client_id) DO NOTHING`)
	// addExtras is for the few messages that have some.
	addExtras = newSetText("iitb", `UPDATE {or fail} message SET extra = k.column3, partial = k.column4
		FROM (VALUES %s) AS k WHERE message.conversation_id = k.column1 AND message.seq = k.column2`)
	addAttachments = newSetText("iiit", `INSERT {or fail} INTO message_attachment (conversation_id, seq, place, attachment_id) VALUES %s`)
	moveHeads      = newSetText("iiii", `UPDATE {or fail} conversation SET version = k.column2, last_seq = k.column3, last_activity_at = k.column4
		FROM (VALUES %s) AS k WHERE conversation.id = k.column1`)
	moveReadSeqs = newSetText("iiii", `UPDATE {or fail} member SET read_seq = k.column3, version = CASE WHEN k.column4 = 0 THEN member.version ELSE k.column4 END
		FROM (VALUES %s) AS k WHERE member.conversation_id = k.column1 AND member.account_id = k.column2`)
)

// writeAppends writes the messages, and once for each conversation and for each
// sender in it where the last of them left it. The order is that of the keys,
// so that each set walks its tree once.
func (w *writer) writeAppends(stored []*job, heads map[change.ID]*head, lookedUp bool) error {
	messages := make([]*conversation.Message, len(stored))
	last := make(map[place]*conversation.Message, len(stored))
	moved := make(map[change.ID]bool, len(heads))
	for i, j := range stored {
		m := &j.append.message
		messages[i] = m
		last[place{m.ConversationID, m.SenderID}] = m
		moved[m.ConversationID] = true
	}
	slices.SortFunc(messages, func(a, b *conversation.Message) int {
		return compare(a.ConversationID, b.ConversationID, a.Seq, b.Seq)
	})
	err := inSets(len(messages), func(from, size int) error {
		args := make([]any, 0, 8*size)
		for _, m := range messages[from : from+size] {
			args = append(args, int64(m.ConversationID), m.Seq, int64(m.SenderID), m.ClientID, string(m.Kind), m.Body, m.CreatedAt, m.Version)
		}
		n, err := w.exec(w.ctx, insertMessages.text(size), args...)
		if err == nil && n != int64(size) {
			if lookedUp {
				return fmt.Errorf("%d of %d messages were not stored", int64(size)-n, size)
			}
			return errRepeated
		}
		return err
	})
	if err == nil {
		err = w.writeExtras(messages)
	}
	if err != nil {
		return err
	}

	conversations := make([]change.ID, 0, len(moved))
	for id := range moved {
		conversations = append(conversations, id)
	}
	slices.Sort(conversations)
	err = inSets(len(conversations), func(from, size int) error {
		args := make([]any, 0, 4*size)
		for _, id := range conversations[from : from+size] {
			h := heads[id]
			args = append(args, int64(id), h.version, h.lastSeq, h.lastActivityAt)
		}
		_, err := w.exec(w.ctx, moveHeads.text(size), args...)
		return err
	})
	if err != nil {
		return err
	}

	places := make([]place, 0, len(last))
	for p := range last {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b place) int {
		return compare(a.conversation, b.conversation, a.account, b.account)
	})
	return inSets(len(places), func(from, size int) error {
		args := make([]any, 0, 4*size)
		for _, p := range places[from : from+size] {
			m, version := last[p], int64(0)
			if heads[p.conversation].shown {
				version = m.Version
			}
			args = append(args, int64(p.conversation), int64(p.account), m.Seq, version)
		}
		_, err := w.exec(w.ctx, moveReadSeqs.text(size), args...)
		return err
	})
}

// writeExtras writes what few messages have.
func (w *writer) writeExtras(messages []*conversation.Message) error {
	var some []*conversation.Message
	for _, m := range messages {
		if !plain(m) {
			some = append(some, m)
		}
	}
	err := inSets(len(some), func(from, size int) error {
		args := make([]any, 0, 4*size)
		for _, m := range some[from : from+size] {
			text, err := extraOf(m)
			if err != nil {
				return err
			}
			args = append(args, int64(m.ConversationID), m.Seq, text, m.Partial)
		}
		_, err := w.exec(w.ctx, addExtras.text(size), args...)
		return err
	})
	if err != nil {
		return err
	}
	var places []any
	for _, m := range some {
		for i, a := range m.Attachments {
			places = append(places, int64(m.ConversationID), m.Seq, int64(i), string(a.ID))
		}
	}
	return inSets(len(places)/4, func(from, size int) error {
		_, err := w.exec(w.ctx, addAttachments.text(size), places[4*from:4*(from+size)]...)
		return err
	})
}

// compare orders by the first pair, then by the second.
func compare[A, B ~int64](a1, b1 A, a2, b2 B) int {
	switch {
	case a1 < b1 || a1 == b1 && a2 < b2:
		return -1
	case a1 == b1 && a2 == b2:
		return 0
	}
	return 1
}
