// What went wrong, in the language of the interface: by the problem's stable code, else in the server's own words.
import { i18n } from './index'
import { limits } from './limits'

interface ProblemWords {
  code: string
  detail: string
  status: number
  retryAfter?: number
}

export function problemText({ code, detail, status, retryAfter }: ProblemWords): string {
  const { t, te, locale } = i18n.global
  if (status === 429 && retryAfter) {
    const minutes = Math.ceil(retryAfter / 60)
    return retryAfter < 90
      ? t('problem.tooMany', { n: retryAfter }, retryAfter)
      : t('problem.tooManyMinutes', { n: minutes }, minutes)
  }
  const key = `problem.${code}`
  if (te(key, locale.value)) {
    const text = t(key, limits.value)
    if (text && text !== key) return text
  }
  return detail || t('problem.unknown')
}
