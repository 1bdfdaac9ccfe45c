import type { Language } from '@/stores/types'

/** Each in its own words, so that everybody finds theirs. */
export const languageNames: Readonly<Record<Language, string>> = { 'zh-CN': '简体中文', en: 'English' }
