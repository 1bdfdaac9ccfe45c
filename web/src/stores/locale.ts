// The language of the interface: chosen here, else the account's, else what the browser prefers.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { preferredLanguage, useLanguage } from '@/i18n'
import { readSetting, writeSetting } from '@/platform/settings'
import type { Language } from './types'

const key = 'happychat.language'

export const useLocale = defineStore('locale', () => {
  const stored = readSetting(key)
  const language = ref<Language>(
    stored === 'zh-CN' || stored === 'en' ? stored : preferredLanguage(navigator.languages),
  )

  /** Loads the words; the first screen waits for it. */
  const ready = () => useLanguage(language.value)

  async function choose(next: Language) {
    await useLanguage(next)
    language.value = next
    writeSetting(key, next)
  }

  /** The account's language counts while nobody has chosen on this device. */
  async function follow(wanted: Language) {
    if (readSetting(key) !== null || wanted === language.value) return
    await useLanguage(wanted)
    language.value = wanted
  }

  return { language, ready, choose, follow }
})
