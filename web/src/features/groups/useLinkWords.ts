// What a link allows, in words.
import { useI18n } from 'vue-i18n'
import { momentTime } from '@/i18n/time'
import type { GroupLink } from '@/stores/types'

export function useLinkWords() {
  const { t, locale } = useI18n()

  function describe({ expiresAt, maxUses, uses, approval }: GroupLink): string {
    return [
      expiresAt
        ? t('link.until', { time: momentTime(expiresAt, Date.now(), locale.value) })
        : t('link.endless'),
      maxUses ? t('link.usedOf', { n: uses, most: maxUses }) : t('link.used', { n: uses }, uses),
      ...(approval ? [t('link.withApproval')] : []),
    ].join(t('notice.comma'))
  }

  return { describe }
}
