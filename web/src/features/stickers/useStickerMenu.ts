// What can be done with a sticker besides sending it.
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { MenuItem } from '@/components/Menu.vue'
import { useStickers } from '@/stores/stickers'
import { useToasts } from '@/stores/toasts'
import type { Sticker } from '@/stores/types'

export type StickerAction = 'favour' | 'unfavour' | 'pack'

export function useStickerActions() {
  const { t } = useI18n()
  const store = useStickers()
  const toasts = useToasts()

  function itemsFor(sticker: Sticker): MenuItem<StickerAction>[] {
    return [
      store.isFavourite(sticker)
        ? { id: 'unfavour', label: t('sticker.unfavour'), icon: 'heart' }
        : { id: 'favour', label: t('sticker.favour'), icon: 'heart' },
      { id: 'pack', label: t('sticker.openPack'), icon: 'sticker' },
    ]
  }

  async function act(action: StickerAction, sticker: Sticker) {
    if (action === 'pack') {
      store.dialog = sticker.packId ? { kind: 'pack', packId: sticker.packId } : { kind: 'pack' }
      return
    }
    try {
      await store.setFavourite(sticker, action === 'favour')
      toasts.done(t(action === 'favour' ? 'sticker.favoured' : 'sticker.unfavoured'))
    } catch (error) {
      toasts.problem(error)
    }
  }

  return { itemsFor, act }
}

/** With a menu of its own. */
export function useStickerMenu() {
  const { itemsFor, act } = useStickerActions()
  const menu = shallowRef<{ sticker: Sticker; at: { x: number; y: number } } | null>(null)
  const items = computed(() => (menu.value ? itemsFor(menu.value.sticker) : []))
  function choose(action: StickerAction) {
    if (menu.value) void act(action, menu.value.sticker)
  }
  return { menu, items, choose }
}
