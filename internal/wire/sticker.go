package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/sticker"
)

// StickerKey names a sticker of the built-in pack, which apps draw.
type StickerKey string

// Schema implements huma.SchemaProvider.
func (StickerKey) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "Names a sticker of the built-in pack, which apps draw"}
	for _, b := range sticker.Builtins {
		s.Enum = append(s.Enum, b.Key)
	}
	s.PrecomputeMessages()
	return s
}

// StickerName names any sticker: a built-in one by its key, others by their
// identifier.
type StickerName string

// stickerNamePattern is that of both.
const stickerNamePattern = "^[A-Za-z0-9_-]{2,22}$"

// Schema implements huma.SchemaProvider.
func (StickerName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Pattern: stickerNamePattern, Description: "Names a sticker: a built-in one by its key, others by their id", Examples: []any{"hello"}}
	s.PrecomputeMessages()
	return s
}

// Sticker is a picture in the place of words: a built-in one has a key, others
// have an id, under which there is an attachment.
type Sticker struct {
	Key         StickerKey   `json:"key,omitempty"`
	ID          AttachmentID `json:"id,omitempty" doc:"Of the attachment that it shows"`
	PackID      ID           `json:"packId,omitempty" doc:"The pack that it is of, which may be gone"`
	Emoji       string       `json:"emoji" doc:"What it says, in one emoji" example:"👋"`
	Width       int          `json:"width,omitempty" doc:"In pixels; of a built-in one there are none"`
	Height      int          `json:"height,omitempty"`
	Placeholder string       `json:"placeholder,omitempty" doc:"ThumbHash in base64, to draw a blurred likeness from"`
	Animated    bool         `json:"animated,omitempty" doc:"The original moves; thumb does not"`
}

// NewSticker makes the shape.
func NewSticker(t sticker.Sticker) Sticker {
	a := t.Attachment
	return Sticker{
		Key: StickerKey(t.Key), ID: AttachmentID(a.ID), PackID: ID(t.PackID), Emoji: t.Emoji,
		Width: a.Width, Height: a.Height, Placeholder: a.Placeholder, Animated: a.Animated,
	}
}

// sentSticker is the sticker of a message, with what it shows; nil if it has
// none.
func sentSticker(t *sticker.Sticker, attached []attachment.Attachment) *Sticker {
	if t == nil {
		return nil
	}
	one := *t
	if len(attached) > 0 {
		one.Attachment = attached[0]
	}
	shape := NewSticker(one)
	return &shape
}

// StickerPack is a pack that somebody made.
type StickerPack struct {
	ID        ID        `json:"id"`
	OwnerID   ID        `json:"ownerId,omitempty" doc:"Who made it"`
	Title     string    `json:"title"`
	Stickers  []Sticker `json:"stickers" doc:"In the owner's order"`
	CreatedAt int64     `json:"createdAt"`
	KeptAt    int64     `json:"keptAt" doc:"Since when I keep it, the newest first; 0: I do not"`
	State     string    `json:"state" enum:"there,gone" doc:"gone: I keep it no more, or it was deleted"`
	Version   int64     `json:"version" doc:"In my user scope; 0 if I do not keep it"`
}

// NewStickerPack makes the shape.
func NewStickerPack(p sticker.Pack) StickerPack {
	return StickerPack{
		ID: ID(p.ID), OwnerID: ID(p.OwnerID), Title: p.Title, Stickers: some(p.Stickers, NewSticker),
		CreatedAt: p.CreatedAt, KeptAt: p.KeptAt, State: presence(p.Gone), Version: p.Version,
	}
}

// FavouriteSticker is one that I want at hand.
type FavouriteSticker struct {
	Sticker Sticker `json:"sticker"`
	AddedAt int64   `json:"addedAt" doc:"The newest come first"`
	State   string  `json:"state" enum:"there,gone"`
	Version int64   `json:"version" doc:"In my user scope"`
}

// NewFavouriteSticker makes the shape.
func NewFavouriteSticker(f sticker.Favourite) FavouriteSticker {
	return FavouriteSticker{Sticker: NewSticker(f.Sticker), AddedAt: f.AddedAt, State: presence(f.Gone), Version: f.Version}
}

func presence(gone bool) string {
	if gone {
		return "gone"
	}
	return "there"
}

// StickerPacks are those that I keep.
type StickerPacks struct {
	Packs []StickerPack `json:"packs" doc:"Those kept last come first"`
}

// NewStickerPacks makes the shape.
func NewStickerPacks(l []sticker.Pack) StickerPacks { return StickerPacks{some(l, NewStickerPack)} }

// FavouriteStickers are mine.
type FavouriteStickers struct {
	Favourites []FavouriteSticker `json:"favourites" doc:"The newest come first"`
}

// NewFavouriteStickers makes the shape.
func NewFavouriteStickers(l []sticker.Favourite) FavouriteStickers {
	return FavouriteStickers{some(l, NewFavouriteSticker)}
}

// StickerItem is a sticker of a pack as its owner wants it.
type StickerItem struct {
	ID    AttachmentID `json:"id" doc:"A sticker of this pack, or a picture that I uploaded and that is to become one"`
	Emoji string       `json:"emoji" doc:"What it says, in one emoji"`
}

// TransformSchema implements huma.SchemaTransformer.
func (StickerItem) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "emoji", 1, sticker.MaxEmoji)
	return s
}

// Domain gives the item.
func (i StickerItem) Domain() sticker.Item { return sticker.Item{ID: i.ID.Domain(), Emoji: i.Emoji} }

// NewPack makes a pack.
type NewPack struct {
	Title    string        `json:"title"`
	Stickers []StickerItem `json:"stickers"`
}

// TransformSchema implements huma.SchemaTransformer.
func (NewPack) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "title", 1, sticker.MaxTitle)
	most(s, "stickers", sticker.MaxPerPack)
	return s
}

// Items gives its stickers.
func (p NewPack) Items() []sticker.Item { return list(p.Stickers, StickerItem.Domain) }

// PackEdit changes a pack; what is left out stays.
type PackEdit struct {
	Title    *string        `json:"title,omitempty"`
	Stickers *[]StickerItem `json:"stickers,omitempty" doc:"All that are to be in it, in their order"`
}

// TransformSchema implements huma.SchemaTransformer.
func (PackEdit) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "title", 1, sticker.MaxTitle)
	most(s, "stickers", sticker.MaxPerPack)
	return s
}

// Domain gives the edit.
func (e PackEdit) Domain() sticker.Edit {
	out := sticker.Edit{Title: e.Title}
	if e.Stickers != nil {
		items := list(*e.Stickers, StickerItem.Domain)
		out.Stickers = &items
	}
	return out
}
