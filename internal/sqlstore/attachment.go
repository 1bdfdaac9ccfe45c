package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

const contentColumns = `c.id, c.hash, c.blob_key, c.kind, c.type, c.size, c.width, c.height, c.placeholder, c.animated, c.created_at`

func contentFields(c *attachment.Content) []any {
	return []any{&c.ID, &c.Hash, &c.Key, &c.Kind, &c.Type, &c.Size, &c.Width, &c.Height, &c.Placeholder, &c.Animated, &c.CreatedAt}
}

func scanContent(rows *sql.Rows) (c attachment.Content, err error) {
	return c, rows.Scan(contentFields(&c)...)
}

const attachmentColumns = `a.id, a.owner_id, a.name, a.created_at, ` + contentColumns

func attachmentFields(a *attachment.Attachment) []any {
	return append([]any{&a.ID, &a.OwnerID, &a.Name, &a.CreatedAt}, contentFields(&a.Content)...)
}

func scanAttachment(rows *sql.Rows) (a attachment.Attachment, err error) {
	return a, rows.Scan(attachmentFields(&a)...)
}

const uploadColumns = `id, owner_id, name, size, received, state, attachment_id, created_at, expires_at`

func scanUpload(rows *sql.Rows) (u attachment.Upload, err error) {
	return u, rows.Scan(&u.ID, &u.OwnerID, &u.Name, &u.Size, &u.Received, &u.State, &u.AttachmentID, &u.CreatedAt, &u.ExpiresAt)
}

func scanKey(rows *sql.Rows) (key string, err error) { return key, rows.Scan(&key) }

// CreateUpload implements attachment.Store.
func (s *Store) CreateUpload(ctx context.Context, u attachment.Upload) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO upload (`+uploadColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(u.ID), u.OwnerID, u.Name, u.Size, u.Received, string(u.State), string(u.AttachmentID), u.CreatedAt, u.ExpiresAt)
	return err
}

// Upload implements attachment.Store.
func (s *Store) Upload(ctx context.Context, id attachment.ID) (attachment.Upload, error) {
	return first(ctx, s, scanUpload, `SELECT `+uploadColumns+` FROM upload WHERE id = $1`, string(id))
}

// UploadUsage implements attachment.Store.
func (s *Store) UploadUsage(ctx context.Context, owner change.ID, since int64) (u attachment.Usage, err error) {
	err = s.one(ctx, `SELECT count(CASE WHEN state = 'open' THEN 1 END),
			CAST(coalesce(sum(CASE WHEN state = 'open' THEN size END), 0) AS BIGINT),
			count(CASE WHEN created_at > $2 THEN 1 END),
			CAST(coalesce(sum(CASE WHEN created_at <= $2 THEN 0 WHEN state = 'canceled' THEN received ELSE size END), 0) AS BIGINT)
		FROM upload WHERE owner_id = $1`, []any{owner, since}, &u.Open, &u.OpenBytes, &u.Lately, &u.Bytes)
	return u, err
}

// AddPart implements attachment.Store.
func (s *Store) AddPart(ctx context.Context, id attachment.ID, p attachment.Part) (bool, error) {
	var size int64
	err := s.one(ctx, `SELECT size FROM upload WHERE id = $1 AND state = 'open' AND received = $2`, []any{string(id), p.From}, &size)
	if errors.Is(err, change.ErrNotFound) || err == nil && p.From+p.Size > size {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if ok, err := s.useKeys(ctx, p.Key); err != nil || !ok {
		return false, err
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE upload SET received = $2 WHERE id = $1`, string(id), p.From+p.Size); err != nil {
		return false, err
	}
	_, err = s.q(ctx).exec(ctx, `INSERT INTO upload_part (upload_id, first_byte, size, blob_key) VALUES ($1, $2, $3, $4)`, string(id), p.From, p.Size, p.Key)
	return err == nil, err
}

// Parts implements attachment.Store.
func (s *Store) Parts(ctx context.Context, id attachment.ID) ([]attachment.Part, error) {
	return all(ctx, s, func(rows *sql.Rows) (p attachment.Part, err error) {
		return p, rows.Scan(&p.From, &p.Size, &p.Key)
	}, `SELECT first_byte, size, blob_key FROM upload_part WHERE upload_id = $1 ORDER BY first_byte`, string(id))
}

// EndUpload implements attachment.Store.
func (s *Store) EndUpload(ctx context.Context, id attachment.ID, state attachment.UploadState, became attachment.ID, now int64) (bool, error) {
	n, err := s.q(ctx).exec(ctx, `UPDATE upload SET state = $2, attachment_id = $3 WHERE id = $1 AND state = 'open'`, string(id), string(state), string(became))
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.dropParts(ctx, id, now)
}

func (s *Store) dropParts(ctx context.Context, id attachment.ID, now int64) error {
	keys, err := all(ctx, s, scanKey, `DELETE FROM upload_part WHERE upload_id = $1 RETURNING blob_key`, string(id))
	if err != nil {
		return err
	}
	return s.Reserve(ctx, now, keys...)
}

// RemoveUploads implements attachment.Store.
func (s *Store) RemoveUploads(ctx context.Context, now int64, limit int) (int, error) {
	ids, err := all(ctx, s, scanKey, `SELECT id FROM upload WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`, now, limit)
	for _, id := range ids {
		if err := s.dropParts(ctx, attachment.ID(id), now); err != nil {
			return 0, err
		}
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM upload WHERE id = $1`, id); err != nil {
			return 0, err
		}
	}
	return len(ids), err
}

// Reserve implements attachment.Store. A key that is reserved stays reserved;
// the due time given last holds.
func (s *Store) Reserve(ctx context.Context, due int64, keys ...string) error {
	for _, key := range keys {
		if _, err := s.q(ctx).exec(ctx, `INSERT INTO discarded_blob (blob_key, due_at, taken) VALUES ($1, $2, FALSE)
			ON CONFLICT (blob_key) DO UPDATE SET due_at = excluded.due_at`, key, due); err != nil {
			return err
		}
	}
	return nil
}

// Discard implements attachment.Store.
func (s *Store) Discard(ctx context.Context, now int64, keys ...string) error {
	for _, key := range keys {
		if _, err := s.q(ctx).exec(ctx, `UPDATE discarded_blob SET due_at = $2 WHERE blob_key = $1 AND due_at > $2`, key, now); err != nil {
			return err
		}
	}
	return nil
}

// useKeys takes keys off those that are discarded when they are due, or tells
// that one of them is lost.
func (s *Store) useKeys(ctx context.Context, keys ...string) (bool, error) {
	for i, key := range keys {
		var one int
		err := s.one(ctx, `SELECT 1 FROM discarded_blob WHERE blob_key = $1 AND NOT taken`, []any{key}, &one)
		if errors.Is(err, change.ErrNotFound) || slices.Contains(keys[:i], key) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	for _, key := range keys {
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM discarded_blob WHERE blob_key = $1`, key); err != nil {
			return false, err
		}
	}
	return true, nil
}

// TakeDiscarded implements attachment.Store.
func (s *Store) TakeDiscarded(ctx context.Context, now int64, limit int) ([]string, error) {
	keys, err := all(ctx, s, scanKey, `SELECT blob_key FROM discarded_blob WHERE due_at <= $1 ORDER BY due_at LIMIT $2`, now, limit)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if _, err := s.q(ctx).exec(ctx, `UPDATE discarded_blob SET taken = TRUE WHERE blob_key = $1`, key); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// ForgetDiscarded implements attachment.Store.
func (s *Store) ForgetDiscarded(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM discarded_blob WHERE blob_key = $1 AND taken`, key); err != nil {
			return err
		}
	}
	return nil
}

// ContentByHash implements attachment.Store.
func (s *Store) ContentByHash(ctx context.Context, hash string) (attachment.Content, error) {
	return first(ctx, s, scanContent, `SELECT `+contentColumns+` FROM content c WHERE c.hash = $1`, hash)
}

// CreateContent implements attachment.Store.
func (s *Store) CreateContent(ctx context.Context, c attachment.Content, renditions []attachment.Rendition) (bool, error) {
	keys := []string{c.Key}
	for _, r := range renditions {
		keys = append(keys, r.Key)
	}
	if ok, err := s.useKeys(ctx, keys...); err != nil || !ok {
		return false, err
	}
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO content
		(id, hash, blob_key, kind, type, size, width, height, placeholder, animated, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.Hash, c.Key, string(c.Kind), c.Type, c.Size, c.Width, c.Height, c.Placeholder, c.Animated, c.CreatedAt); err != nil {
		return false, err
	}
	for _, r := range renditions {
		if err := s.putRendition(ctx, c.ID, r); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s *Store) putRendition(ctx context.Context, content change.ID, r attachment.Rendition) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO rendition (content_id, variant, blob_key, type, size) VALUES ($1, $2, $3, $4, $5)`,
		content, string(r.Variant), r.Key, r.Type, r.Size)
	return err
}

// AddRenditions implements attachment.Store.
func (s *Store) AddRenditions(ctx context.Context, content change.ID, renditions []attachment.Rendition, now int64) (bool, error) {
	var one int
	if err := s.one(ctx, `SELECT 1 FROM content WHERE id = $1`, []any{content}, &one); err != nil {
		if errors.Is(err, change.ErrNotFound) {
			return false, nil
		}
		return false, err
	}
	have, err := s.Renditions(ctx, content)
	if err != nil {
		return false, err
	}
	var fresh []attachment.Rendition
	var keys []string
	for _, r := range renditions {
		if slices.ContainsFunc(have, func(h attachment.Rendition) bool { return h.Variant == r.Variant }) {
			if err := s.Discard(ctx, now, r.Key); err != nil {
				return false, err
			}
			continue
		}
		fresh, keys = append(fresh, r), append(keys, r.Key)
	}
	if ok, err := s.useKeys(ctx, keys...); err != nil || !ok {
		return false, err
	}
	for _, r := range fresh {
		if err := s.putRendition(ctx, content, r); err != nil {
			return false, err
		}
	}
	return true, nil
}

// Renditions implements attachment.Store.
func (s *Store) Renditions(ctx context.Context, content change.ID) ([]attachment.Rendition, error) {
	return all(ctx, s, func(rows *sql.Rows) (r attachment.Rendition, err error) {
		return r, rows.Scan(&r.Variant, &r.Key, &r.Type, &r.Size)
	}, `SELECT variant, blob_key, type, size FROM rendition WHERE content_id = $1 ORDER BY variant`, content)
}

// CreateAttachment implements attachment.Store.
func (s *Store) CreateAttachment(ctx context.Context, a attachment.Attachment, due int64) error {
	_, err := s.q(ctx).exec(ctx, `INSERT INTO attachment (id, owner_id, content_id, name, created_at, review_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(a.ID), a.OwnerID, a.Content.ID, a.Name, a.CreatedAt, due)
	return err
}

// Attachment implements attachment.Store.
func (s *Store) Attachment(ctx context.Context, id attachment.ID) (attachment.Attachment, error) {
	return first(ctx, s, scanAttachment, `SELECT `+attachmentColumns+` FROM attachment a JOIN content c ON c.id = a.content_id WHERE a.id = $1`, string(id))
}

// sharedWith is whether attachment a is in a message that the account of the
// placeholder or column may see: see attachment.Standing.
func sharedWith(account string) string {
	return `EXISTS (SELECT 1 FROM message_attachment ma
		JOIN member m ON m.conversation_id = ma.conversation_id AND m.account_id = ` + account + ` AND m.state = 'member'
		JOIN conversation v ON v.id = ma.conversation_id
		LEFT JOIN contact theirs ON theirs.account_id = ` + account + `
			AND theirs.owner_id = CASE WHEN v.direct_low = ` + account + ` THEN v.direct_high ELSE v.direct_low END
		WHERE ma.attachment_id = a.id AND NOT coalesce(theirs.blocked, FALSE))`
}

// AttachmentStanding implements attachment.Store.
func (s *Store) AttachmentStanding(ctx context.Context, id attachment.ID, account change.ID) (attachment.Standing, error) {
	st := attachment.Standing{Found: true}
	err := s.one(ctx, `SELECT a.owner_id = $2, `+sharedWith("$2")+`, `+keptBy("$2")+`,
			EXISTS (SELECT 1 FROM attachment_use u WHERE u.attachment_id = a.id AND u.kind IN ('`+holdsAccount+`', '`+holdsGroup+`')),
			EXISTS (SELECT 1 FROM attachment_use u JOIN account r ON r.id = $2 AND r.role = 'owner' AND r.state = 'active'
				WHERE u.attachment_id = a.id AND u.kind = '`+holdsFeedback+`')
		FROM attachment a WHERE a.id = $1`, []any{string(id), account}, &st.Owner, &st.Shared, &st.Kept, &st.Shown, &st.Feedback)
	if errors.Is(err, change.ErrNotFound) {
		return attachment.Standing{}, nil
	}
	return st, err
}

// What holds attachments besides messages.
const (
	holdsAccount = "account.avatar"
	holdsGroup   = "group_profile.avatar"
	// holdsFeedback is what owners look at who answer feedback.
	holdsFeedback = "feedback.picture"
)

// reviewNow is when an attachment is looked at that something ceased to hold: at
// the next occasion.
const reviewNow = 1

// hold makes the attachments those that a holder has, in place of those that it
// had: kind is "table.column". attachment.ErrNotFound if there is no such.
func (s *Store) hold(ctx context.Context, kind string, holder change.ID, ids ...string) error {
	had, err := all(ctx, s, scanKey, `DELETE FROM attachment_use WHERE kind = $1 AND holder_id = $2 RETURNING attachment_id`, kind, holder)
	if err != nil {
		return err
	}
	for _, id := range had {
		if _, err := s.q(ctx).exec(ctx, `UPDATE attachment SET review_at = $2 WHERE id = $1`, id, reviewNow); err != nil {
			return err
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if id == "" {
			continue
		}
		n, err := s.q(ctx).exec(ctx, `INSERT INTO attachment_use (attachment_id, kind, holder_id)
			SELECT id, $2, $3 FROM attachment WHERE id = $1`, id, kind, holder)
		if err != nil {
			return err
		}
		if n == 0 {
			return attachment.ErrNotFound
		}
	}
	return nil
}

// RemoveUnused implements attachment.Store.
func (s *Store) RemoveUnused(ctx context.Context, now int64, limit int) (int, error) {
	type due struct {
		id      string
		content change.ID
		used    bool
	}
	list, err := all(ctx, s, func(rows *sql.Rows) (d due, err error) {
		return d, rows.Scan(&d.id, &d.content, &d.used)
	}, `SELECT a.id, a.content_id, EXISTS (SELECT 1 FROM message_attachment ma WHERE ma.attachment_id = a.id)
			OR EXISTS (SELECT 1 FROM attachment_use u WHERE u.attachment_id = a.id)
		FROM attachment a WHERE a.review_at <> 0 AND a.review_at <= $1 ORDER BY a.review_at LIMIT $2`, now, limit)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if d.used {
			if _, err := s.q(ctx).exec(ctx, `UPDATE attachment SET review_at = 0 WHERE id = $1`, d.id); err != nil {
				return 0, err
			}
			continue
		}
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM attachment WHERE id = $1`, d.id); err != nil {
			return 0, err
		}
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM sticker WHERE attachment_id = $1`, d.id); err != nil {
			return 0, err
		}
		keys, err := all(ctx, s, scanKey, `DELETE FROM content WHERE id = $1
			AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.content_id = content.id) RETURNING blob_key`, d.content)
		if err != nil {
			return 0, err
		}
		if len(keys) == 0 {
			continue // others have it too
		}
		more, err := all(ctx, s, scanKey, `DELETE FROM rendition WHERE content_id = $1 RETURNING blob_key`, d.content)
		if err != nil {
			return 0, err
		}
		if err := s.Reserve(ctx, now, append(keys, more...)...); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// AttachmentStatistics implements attachment.Store.
func (s *Store) AttachmentStatistics(ctx context.Context) (attachment.Statistics, error) {
	out := attachment.Statistics{ByKind: map[attachment.Kind]attachment.Amount{}}
	err := s.View(ctx, func(ctx context.Context) error {
		kinds, err := all(ctx, s, func(rows *sql.Rows) (kind attachment.Kind, err error) {
			var a attachment.Amount
			err = rows.Scan(&kind, &a.Count, &a.Bytes)
			out.ByKind[kind] = a
			return kind, err
		}, `SELECT kind, count(*), CAST(sum(size) AS BIGINT) FROM content GROUP BY kind`)
		if err != nil || len(kinds) > len(out.ByKind) {
			return err
		}
		return s.one(ctx, `SELECT (SELECT count(*) FROM attachment),
			(SELECT count(*) FROM rendition), (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM rendition),
			(SELECT count(*) FROM upload_part), (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM upload_part)`, nil,
			&out.Attachments, &out.Renditions.Count, &out.Renditions.Bytes, &out.Unfinished.Count, &out.Unfinished.Bytes)
	})
	return out, err
}
