package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/sticker"
	"github.com/happychat/happychat/internal/wire"
)

// StickerPath is the input of operations on one sticker.
type StickerPath struct {
	Sticker wire.StickerName `path:"sticker"`
}

// sticker registers packs of stickers and favourites. Stickers are sent as
// messages, and shown as attachments are.
func (a *api) sticker() {
	const tag = "Stickers"
	pack := func(p sticker.Pack, err error) (*body[wire.StickerPack], error) {
		return answer(wire.NewStickerPack(p), err)
	}

	handle(a, operation{
		method: http.MethodGet, path: "/sticker-packs", id: "sticker_pack.list", tag: tag,
		summary: "The packs that I keep",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.StickerPacks], error) {
			l, err := a.Stickers.Packs(ctx, actor(ctx).AccountID)
			return answer(wire.NewStickerPacks(l), err)
		})
	handle(a, operation{
		method: http.MethodPost, path: "/sticker-packs", id: "sticker_pack.create", tag: tag, status: http.StatusCreated,
		summary: "Make a pack of pictures that I uploaded",
		text:    "Pictures that are larger than stickers are made smaller, with their transparency and, in GIF and WebP, their motion. I keep the pack.", errors: []int{404, 409, 413},
	},
		func(ctx context.Context, in *withBody[wire.NewPack]) (*body[wire.StickerPack], error) {
			return pack(a.Stickers.Create(ctx, actor(ctx).AccountID, in.Body.Title, in.Body.Items()))
		})
	handle(a, operation{
		method: http.MethodGet, path: "/sticker-packs/{id}", id: "sticker_pack.get", tag: tag,
		summary: "A pack", text: "One that I keep, or of which I received a sticker.", errors: []int{404},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.StickerPack], error) {
			return pack(a.Stickers.Pack(ctx, actor(ctx).AccountID, in.ID.Domain()))
		})
	handle(a, operation{
		method: http.MethodPatch, path: "/sticker-packs/{id}", id: "sticker_pack.update", tag: tag,
		summary: "Change a pack that I made",
		text:    "Title, stickers, their emoji and their order. A sticker that is not in it any more stays where it was sent.", errors: []int{403, 404, 413},
	},
		func(ctx context.Context, in *idWithBody[wire.PackEdit]) (*body[wire.StickerPack], error) {
			return pack(a.Stickers.Change(ctx, actor(ctx).AccountID, in.ID.Domain(), in.Body.Domain()))
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/sticker-packs/{id}", id: "sticker_pack.delete", tag: tag, status: http.StatusNoContent,
		summary: "Delete a pack that I made", text: "Nobody keeps it any more. What was sent of it, and who has a sticker of it as a favourite, stays.", errors: []int{403, 404},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Stickers.Delete(ctx, actor(ctx).AccountID, in.ID.Domain())
		})
	handle(a, operation{
		method: http.MethodPut, path: "/sticker-packs/{id}/keeping", id: "sticker_pack.keep", tag: tag,
		summary: "Add a pack to mine", text: "One of which I received a sticker.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *IDPath) (*body[wire.StickerPack], error) {
			return pack(a.Stickers.Keep(ctx, actor(ctx).AccountID, in.ID.Domain()))
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/sticker-packs/{id}/keeping", id: "sticker_pack.drop", tag: tag, status: http.StatusNoContent,
		summary: "Remove a pack of somebody else from mine", errors: []int{404, 409},
	},
		func(ctx context.Context, in *IDPath) (*none, error) {
			return nil, a.Stickers.Drop(ctx, actor(ctx).AccountID, in.ID.Domain())
		})

	handle(a, operation{
		method: http.MethodGet, path: "/favourite-stickers", id: "favourite_sticker.list", tag: tag,
		summary: "My favourite stickers",
	},
		func(ctx context.Context, _ *struct{}) (*body[wire.FavouriteStickers], error) {
			l, err := a.Stickers.Favourites(ctx, actor(ctx).AccountID)
			return answer(wire.NewFavouriteStickers(l), err)
		})
	handle(a, operation{
		method: http.MethodPut, path: "/favourite-stickers/{sticker}", id: "favourite_sticker.add", tag: tag,
		summary: "Make a sticker that I may send a favourite", text: "One that is one already comes to the front.", errors: []int{404, 409},
	},
		func(ctx context.Context, in *StickerPath) (*body[wire.FavouriteSticker], error) {
			f, err := a.Stickers.Favour(ctx, actor(ctx).AccountID, string(in.Sticker))
			return answer(wire.NewFavouriteSticker(f), err)
		})
	handle(a, operation{
		method: http.MethodDelete, path: "/favourite-stickers/{sticker}", id: "favourite_sticker.remove", tag: tag, status: http.StatusNoContent,
		summary: "Remove a favourite", errors: []int{404},
	},
		func(ctx context.Context, in *StickerPath) (*none, error) {
			return nil, a.Stickers.Unfavour(ctx, actor(ctx).AccountID, string(in.Sticker))
		})
}
