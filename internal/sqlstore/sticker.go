package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
	"github.com/happychat/happychat/internal/sticker"
)

// What of stickers holds attachments.
const (
	holdsPack      = "sticker.attachment_id"
	holdsFavourite = "favourite_sticker.sticker"
)

// hasReceived is whether a sticker of a pack is in a message that an account may
// see; both are placeholders or columns.
func hasReceived(pack, account string) string {
	return `EXISTS (SELECT 1 FROM sticker st JOIN attachment a ON a.id = st.attachment_id WHERE st.pack_id = ` + pack + ` AND ` + sharedWith(account) + `)`
}

func keepsPack(pack, account string) string {
	return `EXISTS (SELECT 1 FROM kept_pack kp WHERE kp.account_id = ` + account + ` AND kp.pack_id = ` + pack + ` AND NOT kp.gone)`
}

// keptBy is whether attachment a is a sticker that the account has as a
// favourite, or of a pack that it may see: see attachment.Standing.
func keptBy(account string) string {
	return `(EXISTS (SELECT 1 FROM favourite_sticker fs WHERE fs.account_id = ` + account + ` AND fs.sticker = a.id AND NOT fs.gone)
		OR EXISTS (SELECT 1 FROM sticker own WHERE own.attachment_id = a.id AND NOT own.removed
			AND (` + keepsPack("own.pack_id", account) + ` OR ` + hasReceived("own.pack_id", account) + `)))`
}

func scanSticker(rows *sql.Rows) (t sticker.Sticker, err error) {
	return t, rows.Scan(append([]any{&t.PackID, &t.Emoji}, attachmentFields(&t.Attachment)...)...)
}

const selectSticker = `SELECT t.pack_id, t.emoji, ` + attachmentColumns + `
	FROM sticker t JOIN attachment a ON a.id = t.attachment_id JOIN content c ON c.id = a.content_id `

// Sticker implements sticker.Store.
func (s *Store) Sticker(ctx context.Context, id attachment.ID) (sticker.Sticker, error) {
	return first(ctx, s, scanSticker, selectSticker+`WHERE t.attachment_id = $1`, string(id))
}

// PackStanding implements sticker.Store.
func (s *Store) PackStanding(ctx context.Context, id, account change.ID) (sticker.Standing, error) {
	st := sticker.Standing{Found: true}
	err := s.one(ctx, `SELECT CASE WHEN p.owner_id = $2 THEN TRUE ELSE FALSE END, `+keepsPack("p.id", "$2")+`, `+hasReceived("p.id", "$2")+`
		FROM sticker_pack p WHERE p.id = $1`, []any{id, account}, &st.Owner, &st.Kept, &st.Received)
	if errors.Is(err, change.ErrNotFound) {
		return sticker.Standing{}, nil
	}
	return st, err
}

// Pack implements sticker.Store.
func (s *Store) Pack(ctx context.Context, id, account change.ID) (sticker.Pack, error) {
	p := sticker.Pack{ID: id, AccountID: account}
	err := s.one(ctx, `SELECT p.owner_id, p.title, p.created_at, coalesce(u.kept_at, 0), coalesce(u.version, 0)
		FROM sticker_pack p LEFT JOIN kept_pack u ON u.pack_id = p.id AND u.account_id = $2 AND NOT u.gone WHERE p.id = $1`,
		[]any{id, account}, &p.OwnerID, &p.Title, &p.CreatedAt, &p.KeptAt, &p.Version)
	if err != nil {
		return p, err
	}
	p.Stickers, err = s.stickersOf(ctx, id)
	return p, err
}

func (s *Store) stickersOf(ctx context.Context, pack change.ID) ([]sticker.Sticker, error) {
	return all(ctx, s, scanSticker, selectSticker+`WHERE t.pack_id = $1 AND NOT t.removed ORDER BY t.place`, pack)
}

// Packs implements sticker.Store.
func (s *Store) Packs(ctx context.Context, account change.ID, since int64) ([]sticker.Pack, error) {
	list, err := all(ctx, s, func(rows *sql.Rows) (sticker.Pack, error) {
		p := sticker.Pack{AccountID: account}
		return p, rows.Scan(&p.ID, &p.OwnerID, &p.Title, &p.CreatedAt, &p.KeptAt, &p.Gone, &p.Version)
	}, `SELECT u.pack_id, coalesce(p.owner_id, 0), coalesce(p.title, ''), coalesce(p.created_at, 0), u.kept_at, u.gone, u.version
		FROM kept_pack u LEFT JOIN sticker_pack p ON p.id = u.pack_id AND NOT u.gone
		WHERE u.account_id = $1 AND u.version > $2 AND ($3 > 0 OR NOT u.gone) ORDER BY u.kept_at DESC, u.pack_id DESC`, account, since, since)
	if err != nil || len(list) == 0 {
		return list, err
	}
	at := make(map[change.ID]int, len(list))
	for i, p := range list {
		at[p.ID] = i
	}
	stickers, err := all(ctx, s, scanSticker, `SELECT t.pack_id, t.emoji, `+attachmentColumns+`
		FROM kept_pack u JOIN sticker t ON t.pack_id = u.pack_id AND NOT t.removed JOIN attachment a ON a.id = t.attachment_id JOIN content c ON c.id = a.content_id
		WHERE u.account_id = $1 AND u.version > $2 AND NOT u.gone ORDER BY t.pack_id, t.place`, account, since)
	for _, t := range stickers {
		p := &list[at[t.PackID]]
		p.Stickers = append(p.Stickers, t)
	}
	return list, err
}

// CreatePack implements sticker.Store.
func (s *Store) CreatePack(ctx context.Context, p sticker.Pack) (sticker.Pack, error) {
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO sticker_pack (id, owner_id, title, created_at) VALUES ($1, $2, $3, $4)`,
		p.ID, p.OwnerID, p.Title, p.CreatedAt); err != nil {
		return p, err
	}
	if err := s.putStickers(ctx, p); err != nil {
		return p, err
	}
	return s.KeepPack(ctx, p.ID, p.OwnerID, p.KeptAt)
}

// putStickers makes the stickers of a pack those that it has now.
func (s *Store) putStickers(ctx context.Context, p sticker.Pack) error {
	if _, err := s.q(ctx).exec(ctx, `UPDATE sticker SET removed = TRUE WHERE pack_id = $1`, p.ID); err != nil {
		return err
	}
	ids := make([]string, len(p.Stickers))
	for i, t := range p.Stickers {
		ids[i] = string(t.Attachment.ID)
		if _, err := s.q(ctx).exec(ctx, `INSERT INTO sticker (attachment_id, pack_id, emoji, place, removed) VALUES ($1, $2, $3, $4, FALSE)
			ON CONFLICT (attachment_id) DO UPDATE SET emoji = excluded.emoji, place = excluded.place, removed = FALSE`,
			ids[i], p.ID, t.Emoji, i); err != nil {
			return err
		}
	}
	return s.hold(ctx, holdsPack, p.ID, ids...)
}

var moveKeptPacks = newSetText("iii", `UPDATE kept_pack SET version = k.column3
	FROM (VALUES %s) AS k WHERE kept_pack.account_id = k.column1 AND kept_pack.pack_id = k.column2`)

// PutPack implements sticker.Store.
func (s *Store) PutPack(ctx context.Context, p sticker.Pack) error {
	if _, err := s.q(ctx).exec(ctx, `UPDATE sticker_pack SET title = $2 WHERE id = $1`, p.ID, p.Title); err != nil {
		return err
	}
	if err := s.putStickers(ctx, p); err != nil {
		return err
	}
	now, err := s.Pack(ctx, p.ID, p.OwnerID)
	if err != nil {
		return err
	}
	return s.spreadPack(ctx, now)
}

// spreadPack puts a pack as it is now for all who keep it.
func (s *Store) spreadPack(ctx context.Context, p sticker.Pack) error {
	type keeper struct {
		account change.ID
		at      int64
	}
	keepers, err := all(ctx, s, func(rows *sql.Rows) (k keeper, err error) {
		return k, rows.Scan(&k.account, &k.at)
	}, `SELECT account_id, kept_at FROM kept_pack WHERE pack_id = $1 AND NOT gone`, p.ID)
	if err != nil {
		return err
	}
	ids := make([]change.ID, len(keepers))
	for i, k := range keepers {
		ids[i] = k.account
	}
	changes, err := s.touchAll(ctx, change.User, ids)
	if err != nil {
		return err
	}
	rows := make([]int64, 0, 3*len(keepers))
	for _, k := range keepers {
		ch := changes[k.account]
		p.AccountID, p.KeptAt, p.Version = k.account, k.at, ch.Version
		ch.Put(p)
		rows = append(rows, int64(k.account), int64(p.ID), p.Version)
	}
	return s.execSets(ctx, moveKeptPacks, rows)
}

// DeletePack implements sticker.Store.
func (s *Store) DeletePack(ctx context.Context, id change.ID) error {
	if err := s.putStickers(ctx, sticker.Pack{ID: id}); err != nil {
		return err
	}
	if err := s.spreadPack(ctx, sticker.Pack{ID: id, Gone: true}); err != nil {
		return err
	}
	if _, err := s.q(ctx).exec(ctx, `UPDATE kept_pack SET gone = TRUE WHERE pack_id = $1`, id); err != nil {
		return err
	}
	_, err := s.q(ctx).exec(ctx, `DELETE FROM sticker_pack WHERE id = $1`, id)
	return err
}

// KeepPack implements sticker.Store.
func (s *Store) KeepPack(ctx context.Context, id, account change.ID, at int64) (sticker.Pack, error) {
	return s.putKept(ctx, id, account, at, false)
}

// DropPack implements sticker.Store.
func (s *Store) DropPack(ctx context.Context, id, account change.ID) error {
	_, err := s.putKept(ctx, id, account, 0, true)
	return err
}

func (s *Store) putKept(ctx context.Context, id, account change.ID, at int64, gone bool) (sticker.Pack, error) {
	p := sticker.Pack{ID: id, AccountID: account, KeptAt: at, Gone: gone}
	ch, err := s.touch(ctx, self(account))
	if err != nil {
		return p, err
	}
	p.Version = ch.Version
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO kept_pack (account_id, pack_id, kept_at, gone, version) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, pack_id) DO UPDATE SET kept_at = excluded.kept_at, gone = excluded.gone, version = excluded.version`,
		account, id, at, gone, p.Version); err != nil {
		return p, err
	}
	if !gone {
		if p, err = s.Pack(ctx, id, account); err != nil {
			return p, err
		}
	}
	ch.Put(p)
	return p, nil
}

// Favourites implements sticker.Store.
func (s *Store) Favourites(ctx context.Context, account change.ID, since int64) ([]sticker.Favourite, error) {
	type row struct {
		sticker.Favourite
		name string
	}
	list, err := all(ctx, s, func(rows *sql.Rows) (r row, err error) {
		r.AccountID = account
		return r, rows.Scan(&r.name, &r.Sticker.PackID, &r.Sticker.Emoji, &r.AddedAt, &r.Gone, &r.Version)
	}, `SELECT sticker, pack_id, emoji, added_at, gone, version FROM favourite_sticker
		WHERE account_id = $1 AND version > $2 AND ($3 > 0 OR NOT gone) ORDER BY added_at DESC, sticker`, account, since, since)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	pictures, err := all(ctx, s, scanAttachment, `SELECT `+attachmentColumns+`
		FROM favourite_sticker f JOIN attachment a ON a.id = f.sticker JOIN content c ON c.id = a.content_id
		WHERE f.account_id = $1 AND f.version > $2 AND ($3 > 0 OR NOT f.gone)`, account, since, since)
	found := make(map[string]attachment.Attachment, len(pictures))
	for _, a := range pictures {
		found[string(a.ID)] = a
	}
	out := make([]sticker.Favourite, len(list))
	for i, r := range list {
		out[i] = r.Favourite
		t := &out[i].Sticker
		if _, builtIn := sticker.BuiltIn(r.name); builtIn {
			t.Key = r.name
		} else if t.Attachment = found[r.name]; t.Attachment.ID == "" {
			t.Attachment.ID = attachment.ID(r.name) // of one that is gone, the name is left
		}
	}
	return out, err
}

// PutFavourite implements sticker.Store.
func (s *Store) PutFavourite(ctx context.Context, f sticker.Favourite) (sticker.Favourite, error) {
	ch, err := s.touch(ctx, self(f.AccountID))
	if err != nil {
		return f, err
	}
	f.Version = ch.Version
	name := f.Sticker.Name()
	if _, err := s.q(ctx).exec(ctx, `INSERT INTO favourite_sticker (account_id, sticker, pack_id, emoji, added_at, gone, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account_id, sticker) DO UPDATE SET pack_id = excluded.pack_id, emoji = excluded.emoji,
			added_at = excluded.added_at, gone = excluded.gone, version = excluded.version`,
		f.AccountID, name, f.Sticker.PackID, f.Sticker.Emoji, f.AddedAt, f.Gone, f.Version); err != nil {
		return f, err
	}
	if f.Sticker.Key == "" {
		if err := s.holdOne(ctx, holdsFavourite, f.AccountID, name, !f.Gone); err != nil {
			return f, err
		}
	}
	ch.Put(f)
	return f, nil
}

// holdOne has a holder hold an attachment besides those that it holds, or ends
// that. attachment.ErrNotFound if there is no such.
func (s *Store) holdOne(ctx context.Context, kind string, holder change.ID, id string, held bool) error {
	if !held {
		if _, err := s.q(ctx).exec(ctx, `DELETE FROM attachment_use WHERE attachment_id = $1 AND kind = $2 AND holder_id = $3`, id, kind, holder); err != nil {
			return err
		}
		_, err := s.q(ctx).exec(ctx, `UPDATE attachment SET review_at = $2 WHERE id = $1`, id, reviewNow)
		return err
	}
	var one int
	if err := s.one(ctx, `SELECT 1 FROM attachment WHERE id = $1`, []any{id}, &one); err != nil {
		if errors.Is(err, change.ErrNotFound) {
			err = attachment.ErrNotFound
		}
		return err
	}
	_, err := s.q(ctx).exec(ctx, `INSERT INTO attachment_use (attachment_id, kind, holder_id) VALUES ($1, $2, $3)
		ON CONFLICT (attachment_id, kind, holder_id) DO NOTHING`, id, kind, holder)
	return err
}
