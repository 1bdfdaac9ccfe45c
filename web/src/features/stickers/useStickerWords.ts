// What stickers are called, for those who do not see them.
import { useI18n } from 'vue-i18n'
import { builtinOf } from '@/components/stickers/builtins'
import type { Language } from '@/i18n'
import type { Sticker } from '@/stores/types'

export function useStickerWords() {
  const { t, locale } = useI18n()
  const stickerLabel = ({ key, emoji }: Sticker) =>
    builtinOf(key)?.name[locale.value as Language] ?? t('sticker.of', { emoji })
  /** Where a line of words is wanted. */
  const stickerText = ({ key, emoji }: Sticker) =>
    t('sticker.inList', { name: builtinOf(key)?.name[locale.value as Language] ?? emoji })
  return { stickerLabel, stickerText }
}
