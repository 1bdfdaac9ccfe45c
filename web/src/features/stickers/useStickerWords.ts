// What stickers are called, for those who do not see them.
import { useI18n } from 'vue-i18n'
import type { Language } from '@/i18n'
import { stickerText as text } from '@/i18n/preview'
import { builtinOf } from '@/i18n/stickers'
import { wordsOf } from '@/i18n/words'
import type { Sticker } from '@/stores/types'

export function useStickerWords() {
  const i18n = useI18n()
  const { t, locale } = i18n
  const stickerLabel = ({ key, emoji }: Sticker) =>
    builtinOf(key)?.name[locale.value as Language] ?? t('sticker.of', { emoji })
  /** Where a line of words is wanted. */
  const stickerText = (sticker: Sticker) => text(wordsOf(i18n), sticker)
  return { stickerLabel, stickerText }
}
