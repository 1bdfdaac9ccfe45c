package sticker

import (
	"context"
	"errors"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// Store is what stickers need from storage. Reads return change.ErrNotFound
// when there is none. Puts stamp the row with the new version of its scope, put
// it into the transaction's change, and need a transaction.
type Store interface {
	change.Transactor

	// Sticker finds one that somebody made, also when it is in no pack any more.
	Sticker(ctx context.Context, id attachment.ID) (Sticker, error)
	AttachmentStanding(ctx context.Context, id attachment.ID, account change.ID) (attachment.Standing, error)
	// PackStanding tells how an account stands to a pack.
	PackStanding(ctx context.Context, id, account change.ID) (Standing, error)
	// Pack gives a pack as the account keeps it; if it does not, KeptAt and
	// Version are 0.
	Pack(ctx context.Context, id, account change.ID) (Pack, error)
	// Packs lists the rows of the account with version > since; with since 0,
	// only those that it keeps. The newest come first.
	Packs(ctx context.Context, account change.ID, since int64) ([]Pack, error)
	// CreatePack stores a pack, which its owner keeps since it was made.
	CreatePack(ctx context.Context, p Pack) (Pack, error)
	// PutPack changes title and stickers, and puts the pack for all who keep it.
	// A sticker that is not in it any more stays where it was sent.
	PutPack(ctx context.Context, p Pack) error
	// DeletePack takes a pack from all who keep it, and ends it.
	DeletePack(ctx context.Context, id change.ID) error
	// KeepPack has an account keep a pack since a time; it may keep it already.
	KeepPack(ctx context.Context, id, account change.ID, at int64) (Pack, error)
	// DropPack ends that.
	DropPack(ctx context.Context, id, account change.ID) error

	// Favourites lists the rows of the account with version > since; with since
	// 0, only those that are there. The newest come first.
	Favourites(ctx context.Context, account change.ID, since int64) ([]Favourite, error)
	// PutFavourite stores one, new or changed. Nothing removes the attachment of
	// a favourite that is there.
	PutFavourite(ctx context.Context, f Favourite) (Favourite, error)
}

// Options of a Service. All are required.
type Options struct {
	Store Store
	IDs   *change.IDs
	Clock change.Clock
	// Picture makes a sticker of a picture that the owner uploaded, or tells why
	// it can not be one.
	Picture func(ctx context.Context, owner change.ID, picture attachment.ID) (attachment.Attachment, error)
}

// Service does what a person can do with stickers.
type Service struct{ Options }

// NewService makes the service.
func NewService(o Options) *Service { return &Service{o} }

// Item is a sticker of a pack as its owner wants it: one that is in the pack
// already, or a picture that is to become one.
type Item struct {
	ID    attachment.ID
	Emoji string
}

// Edit is what becomes of a pack; what is nil stays.
type Edit struct {
	Title    *string
	Stickers *[]Item
}

// Packs lists those that the actor keeps.
func (s *Service) Packs(ctx context.Context, actor change.ID) ([]Pack, error) {
	return s.Store.Packs(ctx, actor, 0)
}

// Pack gives a pack that the actor may see.
func (s *Service) Pack(ctx context.Context, actor, id change.ID) (Pack, error) {
	var out Pack
	err := s.Store.View(ctx, func(ctx context.Context) error {
		if err := s.may(ctx, maySee, id, actor); err != nil {
			return err
		}
		var err error
		out, err = s.Store.Pack(ctx, id, actor)
		return err
	})
	return out, err
}

func (s *Service) may(ctx context.Context, rule func(Standing) error, id, actor change.ID) error {
	st, err := s.Store.PackStanding(ctx, id, actor)
	if err != nil {
		return err
	}
	return rule(st)
}

// Create makes a pack of pictures that the actor uploaded.
func (s *Service) Create(ctx context.Context, actor change.ID, title string, items []Item) (Pack, error) {
	title, err := change.CheckLine("title", title, 1, MaxTitle)
	if err != nil {
		return Pack{}, err
	}
	if err := checkItems(items); err != nil {
		return Pack{}, err
	}
	if err := s.mayMake(ctx, actor); err != nil {
		return Pack{}, err // before the pictures are worked on
	}
	now := s.Clock.Now()
	p := Pack{ID: s.IDs.Next(), AccountID: actor, OwnerID: actor, Title: title, CreatedAt: now, KeptAt: now}
	if p.Stickers, err = s.make(ctx, p, items); err != nil {
		return Pack{}, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context) error {
		if err := s.mayMake(ctx, actor); err != nil {
			return err
		}
		p, err = s.Store.CreatePack(ctx, p)
		return err
	})
	return p, err
}

func (s *Service) mayMake(ctx context.Context, actor change.ID) error {
	c, err := s.count(ctx, actor)
	if err != nil {
		return err
	}
	return mayMake(c)
}

func (s *Service) count(ctx context.Context, actor change.ID) (counts, error) {
	packs, err := s.Store.Packs(ctx, actor, 0)
	c := counts{kept: len(packs)}
	for _, p := range packs {
		if p.OwnerID == actor {
			c.own++
		}
	}
	return c, err
}

func checkItems(items []Item) error {
	switch {
	case len(items) == 0:
		return ErrEmptyPack
	case len(items) > MaxPerPack:
		return ErrPackFull
	}
	seen := map[attachment.ID]bool{}
	for _, item := range items {
		if seen[item.ID] {
			return ErrPackFull
		}
		seen[item.ID] = true
		if err := checkEmoji(item.Emoji); err != nil {
			return err
		}
	}
	return nil
}

// make gives the stickers of a pack as they are wanted. Those that it does not
// have are made; this reads and writes pictures, so it is done before a
// transaction and not in it.
func (s *Service) make(ctx context.Context, p Pack, items []Item) ([]Sticker, error) {
	var list []Sticker
	for _, item := range items {
		made, err := s.Store.Sticker(ctx, item.ID)
		switch {
		case err == nil && made.PackID == p.ID:
		case err == nil || errors.Is(err, change.ErrNotFound):
			if made.Attachment, err = s.Picture(ctx, p.OwnerID, item.ID); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
		list = append(list, Sticker{Attachment: made.Attachment, PackID: p.ID, Emoji: item.Emoji})
	}
	return list, nil
}

// Change changes a pack of the actor's own.
func (s *Service) Change(ctx context.Context, actor, id change.ID, edit Edit) (Pack, error) {
	if err := s.may(ctx, mayChange, id, actor); err != nil {
		return Pack{}, err
	}
	if edit.Title != nil {
		title, err := change.CheckLine("title", *edit.Title, 1, MaxTitle)
		if err != nil {
			return Pack{}, err
		}
		edit.Title = &title
	}
	var stickers []Sticker
	if edit.Stickers != nil {
		err := checkItems(*edit.Stickers)
		if err == nil {
			stickers, err = s.make(ctx, Pack{ID: id, OwnerID: actor}, *edit.Stickers)
		}
		if err != nil {
			return Pack{}, err
		}
	}
	var p Pack
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		err := s.may(ctx, mayChange, id, actor)
		if err != nil {
			return err
		}
		if p, err = s.Store.Pack(ctx, id, actor); err != nil {
			return err
		}
		if edit.Title != nil {
			p.Title = *edit.Title
		}
		if stickers != nil {
			p.Stickers = stickers
		}
		if err := s.Store.PutPack(ctx, p); err != nil {
			return err
		}
		p, err = s.Store.Pack(ctx, id, actor)
		return err
	})
	return p, err
}

// Delete ends a pack of the actor's own. What was sent of it stays.
func (s *Service) Delete(ctx context.Context, actor, id change.ID) error {
	return s.Store.Update(ctx, func(ctx context.Context) error {
		if err := s.may(ctx, mayChange, id, actor); err != nil {
			return err
		}
		return s.Store.DeletePack(ctx, id)
	})
}

// Keep adds a pack to those of the actor.
func (s *Service) Keep(ctx context.Context, actor, id change.ID) (Pack, error) {
	var p Pack
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		st, err := s.Store.PackStanding(ctx, id, actor)
		if err != nil {
			return err
		}
		if err := maySee(st); err != nil {
			return err
		}
		if st.Kept {
			p, err = s.Store.Pack(ctx, id, actor)
			return err
		}
		c, err := s.count(ctx, actor)
		if err != nil {
			return err
		}
		if err := mayKeepMore(c); err != nil {
			return err
		}
		p, err = s.Store.KeepPack(ctx, id, actor, s.Clock.Now())
		return err
	})
	return p, err
}

// Drop removes a pack of somebody else from those of the actor. One that is not
// kept is no error.
func (s *Service) Drop(ctx context.Context, actor, id change.ID) error {
	return s.Store.Update(ctx, func(ctx context.Context) error {
		st, err := s.Store.PackStanding(ctx, id, actor)
		if err != nil {
			return err
		}
		if err := maySee(st); err != nil {
			return err
		}
		switch {
		case st.Owner:
			return ErrOwner
		case !st.Kept:
			return nil
		}
		return s.Store.DropPack(ctx, id, actor)
	})
}

// Favourites lists those of the actor.
func (s *Service) Favourites(ctx context.Context, actor change.ID) ([]Favourite, error) {
	return s.Store.Favourites(ctx, actor, 0)
}

// Favour makes a sticker that the actor may send a favourite. One that is one
// already comes to the front.
func (s *Service) Favour(ctx context.Context, actor change.ID, name string) (Favourite, error) {
	var f Favourite
	err := s.Store.Update(ctx, func(ctx context.Context) error {
		one, err := s.named(ctx, actor, name)
		if err != nil {
			return err
		}
		list, err := s.Store.Favourites(ctx, actor, 0)
		if err != nil {
			return err
		}
		f = Favourite{AccountID: actor, Sticker: one, AddedAt: s.Clock.Now()}
		known := false
		for i, have := range list {
			if have.Sticker.Name() == name {
				known = true
				if i == 0 {
					f = have
					return nil
				}
			}
		}
		if !known && len(list) >= MaxFavourites {
			return ErrFavourites
		}
		if len(list) > 0 {
			f.AddedAt = max(f.AddedAt, list[0].AddedAt+1) // whatever the clock says, it is the newest
		}
		f, err = s.Store.PutFavourite(ctx, f)
		return err
	})
	return f, err
}

// named gives a sticker that the actor may send.
func (s *Service) named(ctx context.Context, actor change.ID, name string) (Sticker, error) {
	if one, ok := BuiltIn(name); ok {
		return one, nil
	}
	id, ok := attachment.ParseID(name)
	if !ok {
		return Sticker{}, ErrNotFound
	}
	one, err := s.Store.Sticker(ctx, id)
	if err == nil {
		var st attachment.Standing
		if st, err = s.Store.AttachmentStanding(ctx, id, actor); err == nil {
			err = attachment.MayUse(st)
		}
	}
	if errors.Is(err, change.ErrNotFound) || errors.Is(err, attachment.ErrNotFound) {
		err = ErrNotFound
	}
	return one, err
}

// Unfavour removes a favourite. A sticker that is none is no error; what can be
// no sticker is ErrNotFound.
func (s *Service) Unfavour(ctx context.Context, actor change.ID, name string) error {
	if _, builtIn := BuiltIn(name); !builtIn {
		if _, ok := attachment.ParseID(name); !ok {
			return ErrNotFound
		}
	}
	return s.Store.Update(ctx, func(ctx context.Context) error {
		list, err := s.Store.Favourites(ctx, actor, 0)
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.Sticker.Name() == name {
				f.Gone = true
				_, err := s.Store.PutFavourite(ctx, f)
				return err
			}
		}
		return nil
	})
}

// Forget deletes the packs of an account that ends, and what it keeps. Those who
// received its stickers still see them.
func (s *Service) Forget(ctx context.Context, id change.ID) error {
	return s.Store.Update(ctx, func(ctx context.Context) error {
		packs, err := s.Store.Packs(ctx, id, 0)
		if err != nil {
			return err
		}
		for _, p := range packs {
			if p.OwnerID == id {
				err = s.Store.DeletePack(ctx, p.ID)
			} else {
				err = s.Store.DropPack(ctx, p.ID, id)
			}
			if err != nil {
				return err
			}
		}
		list, err := s.Store.Favourites(ctx, id, 0)
		if err != nil {
			return err
		}
		for _, f := range list {
			f.Gone = true
			if _, err := s.Store.PutFavourite(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
}
