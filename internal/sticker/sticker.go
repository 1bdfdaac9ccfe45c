// Package sticker holds stickers: the built-in pack, packs that people make
// from pictures, and which packs and stickers somebody keeps. That a sticker is
// sent is the conversation's.
package sticker

import (
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/change"
)

// Limits.
const (
	// MaxTitle is the longest title of a pack, in code points.
	MaxTitle = 40
	// MaxPerPack is how many stickers a pack may have.
	MaxPerPack = 60
	// MaxOwn is how many packs somebody may have made, and MaxKept how many
	// they may keep, their own among them.
	MaxOwn, MaxKept = 20, 40
	// MaxFavourites is how many stickers somebody may have as favourites.
	MaxFavourites = 120
	// MaxEmoji is how many code points the emoji of a sticker may have: some are
	// made of several.
	MaxEmoji = 12
)

// Sticker is a picture that is sent in the place of words: a built-in one, which
// has a Key, or one of a pack that somebody made, which has an Attachment.
type Sticker struct {
	Key string
	// Attachment is what it shows. Only its ID counts where a sticker is named.
	Attachment attachment.Attachment
	PackID     change.ID
	// Emoji says in one character what it says.
	Emoji string
}

// Name tells a sticker apart from all others: its key, or the identifier of its
// attachment.
func (s Sticker) Name() string {
	if s.Key != "" {
		return s.Key
	}
	return string(s.Attachment.ID)
}

// Pack is one that somebody keeps: a row of their user scope. Everybody who
// keeps it sees the same title and stickers.
type Pack struct {
	ID        change.ID
	AccountID change.ID // who keeps it
	OwnerID   change.ID // who made it
	Title     string
	Stickers  []Sticker // in the owner's order
	CreatedAt int64
	KeptAt    int64 // since when it is kept; the newest come first
	// Gone: it is not kept any more, or not there any more.
	Gone    bool
	Version int64
}

type packKey change.ID

// RowKey implements change.Row.
func (p Pack) RowKey() any { return packKey(p.ID) }

// Favourite is a sticker that somebody wants at hand: a row of their user scope.
type Favourite struct {
	AccountID change.ID
	Sticker   Sticker
	AddedAt   int64 // the newest come first
	Gone      bool
	Version   int64
}

type favouriteKey string

// RowKey implements change.Row.
func (f Favourite) RowKey() any { return favouriteKey(f.Sticker.Name()) }

// Standing is all that the right to see or change a pack depends on.
type Standing struct {
	Found bool
	Owner bool
	// Kept: the account keeps it.
	Kept bool
	// Received: a sticker of it is in a conversation that the account belongs
	// to, and, if that is direct, whose other has not blocked the account.
	Received bool
}
