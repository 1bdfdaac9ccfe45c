// Words in two languages. Only the chosen language is loaded; the bundler has already compiled its messages.
import { createI18n } from 'vue-i18n'
import type { Language } from './language'
import type english from './locales/en.json'

export { type Language, languages, preferredLanguage } from './language'

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

export async function useLanguage(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    const messages = await loaders[language]()
    i18n.global.setLocaleMessage(language, messages.default)
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
