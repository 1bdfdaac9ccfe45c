// Packs of stickers and favourites over HTTP. Stickers are sent as messages.
import type { Http } from './http'
import type { ID, PackEdit, StickerItem } from './types'

export function stickerOperations(http: Http) {
  const pack = '/api/v1/sticker-packs/{id}'
  const favourite = '/api/v1/favourite-stickers/{sticker}'
  return {
    createPack: (title: string, stickers: StickerItem[]) =>
      http('post', '/api/v1/sticker-packs', { body: { title, stickers } }),
    stickerPack: (id: ID) => http('get', pack, { path: { id } }),
    updatePack: (id: ID, body: PackEdit) => http('patch', pack, { path: { id }, body }),
    deletePack: (id: ID) => http('delete', pack, { path: { id } }),
    keepPack: (id: ID) => http('put', `${pack}/keeping`, { path: { id } }),
    dropPack: (id: ID) => http('delete', `${pack}/keeping`, { path: { id } }),
    addFavourite: (sticker: string) => http('put', favourite, { path: { sticker } }),
    removeFavourite: (sticker: string) => http('delete', favourite, { path: { sticker } }),
  }
}
