// How words are asked for by what makes sentences, so that the page and the service worker say the same: the page by
// vue-i18n, the worker by the part of it that knows no Vue.
import type { Language } from './language'

export interface Words {
  language: Language
  t: (key: string, named?: Record<string, unknown>, plural?: number) => string
}

/** Of what useI18n gives. */
export function wordsOf(i18n: {
  t: (key: string, named: Record<string, unknown>, plural?: number) => string
  locale: { value: string }
}): Words {
  return {
    get language() {
      return i18n.locale.value as Language
    },
    t: (key, named = {}, plural) => (plural === undefined ? i18n.t(key, named) : i18n.t(key, named, plural)),
  }
}
