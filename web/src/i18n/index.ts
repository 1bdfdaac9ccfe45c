// Words in two languages. Only the chosen language is loaded; the bundler has already compiled its messages.
import { createI18n } from 'vue-i18n'
import type english from './locales/en.json'

export type Language = 'zh-CN' | 'en'
export const languages: readonly Language[] = ['zh-CN', 'en']

type Messages = typeof english

const loaders: Record<Language, () => Promise<{ default: Messages }>> = {
  'zh-CN': () => import('./locales/zh-CN.json'),
  en: () => import('./locales/en.json'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Language,
  missingWarn: false,
  fallbackWarn: false,
  messages: {} as Record<Language, Messages>,
})

/** The best of our languages for what the browser prefers. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0]
    if (base === 'zh') return 'zh-CN'
    if (base === 'en') return 'en'
  }
  return 'en'
}

export async function useLanguage(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    const messages = await loaders[language]()
    i18n.global.setLocaleMessage(language, messages.default)
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
