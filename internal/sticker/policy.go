package sticker

import (
	"unicode"
	"unicode/utf8"

	"github.com/happychat/happychat/internal/change"
)

// Errors of this noun.
var (
	ErrNotFound     = change.Errorf(change.NotFound, "sticker.not_found", "There is no such sticker. It may have been removed.").On("sticker")
	ErrPackNotFound = change.Errorf(change.NotFound, "sticker_pack.not_found", "There is no such sticker pack. Whoever made it may have deleted it.")
	ErrNotOwner     = change.Errorf(change.Forbidden, "sticker_pack.not_owner", "Only whoever made this pack can change it.")
	ErrOwner        = change.Errorf(change.Conflict, "sticker_pack.owner", "This pack is yours. Delete it if nobody is to have it any more.")
	ErrEmptyPack    = change.Errorf(change.Invalid, "sticker_pack.empty", "A pack needs at least one sticker.").On("stickers")
	ErrPackFull     = change.Errorf(change.Invalid, "sticker_pack.full", "A pack has at most %d different stickers. Begin another.", MaxPerPack).On("stickers")
	ErrManyOwn      = change.Errorf(change.Conflict, "sticker_pack.too_many", "You can make %d packs. Delete one first.", MaxOwn)
	ErrManyKept     = change.Errorf(change.Conflict, "sticker_pack.too_many_kept", "You can keep %d packs. Remove one first.", MaxKept)
	ErrFavourites   = change.Errorf(change.Conflict, "favourite_sticker.full", "You can have %d favourites. Remove one first.", MaxFavourites)
	ErrEmoji        = change.Errorf(change.Invalid, "sticker.emoji", "Choose one emoji that says what the sticker says.").On("stickers")
)

// maySee tells whether somebody may see a pack: who keeps it, and who has
// received a sticker of it. For all others there is none.
func maySee(s Standing) error {
	if !s.Found || !s.Owner && !s.Kept && !s.Received {
		return ErrPackNotFound
	}
	return nil
}

// mayChange tells whether somebody may change or delete a pack.
func mayChange(s Standing) error {
	if err := maySee(s); err != nil {
		return err
	}
	if !s.Owner {
		return ErrNotOwner
	}
	return nil
}

// counts are how many packs somebody has made, and keeps in all.
type counts struct{ own, kept int }

// mayMake tells whether somebody may make one more pack.
func mayMake(c counts) error {
	if c.own >= MaxOwn {
		return ErrManyOwn
	}
	return mayKeepMore(c)
}

func mayKeepMore(c counts) error {
	if c.kept >= MaxKept {
		return ErrManyKept
	}
	return nil
}

// checkEmoji refuses what is no emoji: they have no letters, and at least one
// character beyond those of plain text.
func checkEmoji(s string) error {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxEmoji {
		return ErrEmoji
	}
	picture := false
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) {
			return ErrEmoji
		}
		picture = picture || unicode.Is(unicode.So, r) || r == '\u20e3' || r >= 0x1f1e6
	}
	if !picture {
		return ErrEmoji
	}
	return nil
}
