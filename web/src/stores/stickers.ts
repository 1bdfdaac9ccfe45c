// Stickers: the packs and favourites that go with the account, and those that were used last, which stay on the
// device. Also which dialog of theirs is open, since it is opened from several places.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { readSetting, writeSetting } from '@/platform/settings'
import { stickerName } from '@/sync/sticker'
import { attachmentUrl } from './attachments'
import { useLive } from './live'
import { useSession } from './session'
import type { FavouriteSticker, PackEdit, StickerItem } from '@/api/types'
import type { Sticker, StickerPack } from './types'

export { stickerName } from '@/sync/sticker'
export type { StickerItem } from '@/api/types'

const key = 'happychat.stickers'
/** Four full rows of the picker. */
const most = 16

export type StickerDialog =
  /** The pack that a sticker is of; without an id, the built-in one. */
  | { kind: 'pack'; packId?: string }
  | { kind: 'edit'; pack: StickerPack | null }
  | { kind: 'share'; pack: StickerPack }

/** As a component wants to have it. */
export function shownSticker(sticker: Sticker) {
  const { key: drawn, id = '', emoji, width, height, placeholder, animated } = sticker
  return {
    ...(drawn ? { key: drawn } : {}),
    emoji,
    ...(width && height ? { width, height } : {}),
    ...(placeholder ? { placeholder } : {}),
    ...(animated ? { animated } : {}),
    thumb: attachmentUrl(id, 'thumb'),
    original: attachmentUrl(id, 'original'),
  }
}

export const useStickers = defineStore('stickers', () => {
  const live = useLive()
  const session = useSession()
  const { api } = live

  const packs = shallowRef<readonly StickerPack[]>([])
  const kept = shallowRef<readonly FavouriteSticker[]>([])
  const recent = ref<readonly Sticker[]>(read())
  const dialog = shallowRef<StickerDialog | null>(null)

  live.follow((changes) => {
    if (changes !== 'all' && !changes.stickers) return
    const user = live.engine?.replica.user
    packs.value = [...(user?.stickerPacks.values() ?? [])]
      .filter(({ state }) => state === 'there')
      .sort((a, b) => b.keptAt - a.keptAt || (a.id < b.id ? 1 : -1))
    kept.value = [...(user?.favouriteStickers.values() ?? [])]
      .filter(({ state }) => state === 'there')
      .sort((a, b) => b.addedAt - a.addedAt)
  })
  watch(
    () => session.state,
    (state) => {
      if (state !== 'signed-out') return
      recent.value = []
      dialog.value = null
      writeSetting(key, null)
    },
  )

  const favourites = computed(() => kept.value.map(({ sticker }) => sticker))
  const names = computed(() => new Set(favourites.value.map(stickerName)))

  function used(sticker: Sticker) {
    const name = stickerName(sticker)
    recent.value = [sticker, ...recent.value.filter((other) => stickerName(other) !== name)].slice(0, most)
    writeSetting(key, JSON.stringify(recent.value))
  }

  /** Sends one somewhere else than where one is. */
  function sendTo(conversationId: string, sticker: Sticker) {
    live.running().send(conversationId, sticker.emoji, { sticker })
    used(sticker)
  }

  async function setFavourite(sticker: Sticker, favourite: boolean): Promise<void> {
    const name = stickerName(sticker)
    if (favourite) return live.engine?.replica.acceptFavourite(await api.addFavourite(name))
    await api.removeFavourite(name)
  }

  const learn = (pack: StickerPack): StickerPack => {
    if (pack.version > 0) live.engine?.replica.acceptPack(pack)
    return pack
  }

  return {
    packs,
    favourites,
    recent,
    dialog,
    used,
    sendTo,
    isFavourite: (sticker: Sticker) => names.value.has(stickerName(sticker)),
    setFavourite,
    /** One that is kept, or that may be. */
    pack: async (id: string): Promise<StickerPack> =>
      packs.value.find((one) => one.id === id) ?? api.stickerPack(id),
    isMine: (pack: StickerPack) => pack.ownerId !== undefined && pack.ownerId === live.accountId,
    create: async (title: string, items: StickerItem[]) => learn(await api.createPack(title, items)),
    change: async (id: string, edit: PackEdit) => learn(await api.updatePack(id, edit)),
    remove: async (id: string): Promise<void> => void (await api.deletePack(id)),
    keep: async (id: string) => learn(await api.keepPack(id)),
    drop: async (id: string): Promise<void> => void (await api.dropPack(id)),
  }
})

function read(): Sticker[] {
  try {
    const stored: unknown = JSON.parse(readSetting(key) ?? '[]')
    if (!Array.isArray(stored)) return []
    return (stored as (Partial<Sticker> | null)[])
      .filter(
        (one): one is Sticker => typeof one?.emoji === 'string' && typeof (one.key ?? one.id) === 'string',
      )
      .slice(0, most)
  } catch {
    return []
  }
}
