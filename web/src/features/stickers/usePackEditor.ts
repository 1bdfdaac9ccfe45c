// A pack as its owner wants it: what is in it, in which order, and what each sticker says. Pictures go to the server
// when the pack is saved.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { readFile } from '@/platform/pictures'
import { limits } from '@/stores/limits'
import { shownSticker, type StickerItem, useStickers } from '@/stores/stickers'
import { useToasts } from '@/stores/toasts'
import { useUploads } from '@/stores/uploads'
import type { StickerPack } from '@/stores/types'

export interface Draft {
  /** Of one that is in the pack: its id. */
  id: string
  emoji: string
  url: string
  /** What is to be uploaded. */
  bytes?: Blob
}

/** What a new sticker says until somebody says otherwise. */
const usual = '🙂'

export function usePackEditor(pack: StickerPack | null) {
  const { t } = useI18n()
  const store = useStickers()
  const toasts = useToasts()
  const uploads = useUploads()

  const title = ref(pack?.title ?? '')
  const drafts = shallowRef<readonly Draft[]>(
    (pack?.stickers ?? []).map((sticker) => ({
      id: sticker.id ?? '',
      emoji: sticker.emoji,
      url: shownSticker(sticker).thumb,
    })),
  )
  const most = computed(() => limits.value.stickersPerPack ?? 60)
  const ready = computed(() => title.value.trim() !== '' && drafts.value.length > 0)

  async function add(files: readonly File[]) {
    const read = await Promise.all(files.map(readFile))
    const pictures = read.filter(({ width }) => width !== undefined)
    if (pictures.length < read.length) toasts.notice(t('sticker.onlyPictures'))
    const room = most.value - drafts.value.length
    if (pictures.length > room) toasts.notice(t('sticker.tooMany', { n: most.value }, most.value))
    drafts.value = [
      ...drafts.value,
      ...pictures.slice(0, room).map(({ bytes }) => ({
        id: crypto.randomUUID(),
        emoji: usual,
        url: URL.createObjectURL(bytes),
        bytes,
      })),
    ]
  }

  function remove(id: string) {
    const gone = drafts.value.find((one) => one.id === id)
    if (gone?.bytes) URL.revokeObjectURL(gone.url)
    drafts.value = drafts.value.filter((one) => one.id !== id)
  }

  function move(id: string, by: number) {
    const list = [...drafts.value]
    const from = list.findIndex((one) => one.id === id)
    const [one] = list.splice(from, 1)
    if (one) list.splice(Math.max(0, from + by), 0, one)
    drafts.value = list
  }

  function say(id: string, emoji: string) {
    drafts.value = drafts.value.map((one) => (one.id === id ? { ...one, emoji } : one))
  }

  /** What is uploaded stays so when the rest fails. */
  const uploaded = new Map<string, string>()

  async function itemOf({ id, emoji, bytes }: Draft): Promise<StickerItem> {
    if (!bytes) return { id, emoji }
    const known = uploaded.get(id) ?? (await uploads.upload('sticker', bytes)).id
    uploaded.set(id, known)
    return { id: known, emoji }
  }

  async function save() {
    const items: StickerItem[] = []
    for (const draft of drafts.value) items.push(await itemOf(draft))
    if (pack) await store.change(pack.id, { title: title.value, stickers: items })
    else await store.create(title.value, items)
  }

  onScopeDispose(() => {
    for (const { bytes, url } of drafts.value) if (bytes) URL.revokeObjectURL(url)
  })

  return { title, drafts, ready, most, add, remove, move, say, save }
}
