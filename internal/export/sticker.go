package export

import (
	"context"

	"github.com/happychat/happychat/internal/sticker"
	"github.com/happychat/happychat/internal/wire"
)

// ownStickers writes the packs that the person keeps and their favourites, and
// what these show.
func (b *book) ownStickers(ctx context.Context) error {
	packs, err := b.stickers.Packs(ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.putJSON("sticker-packs.json", wire.NewStickerPacks(packs)); err != nil {
		return err
	}
	favourites, err := b.stickers.Favourites(ctx, b.me.ID)
	if err != nil {
		return err
	}
	if err := b.putJSON("favourite-stickers.json", wire.NewFavouriteStickers(favourites)); err != nil {
		return err
	}
	var list []sticker.Sticker
	for _, p := range packs {
		list = append(list, p.Stickers...)
	}
	for _, f := range favourites {
		list = append(list, f.Sticker)
	}
	for _, t := range list {
		if t.Key != "" {
			continue
		}
		if err := b.file(ctx, t.Attachment); err != nil {
			return err
		}
	}
	return nil
}
