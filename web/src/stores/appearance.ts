// Light, dark or high contrast: as the device says, unless somebody chose. public/first.js applies the choice
// before the first paint and knows the same key.
import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { platform } from '@/platform/platform'
import { readSetting, writeSetting } from '@/platform/settings'

export const themes = ['system', 'light', 'dark', 'contrast'] as const
export type Theme = (typeof themes)[number]

const key = 'happychat.theme'

export const useAppearance = defineStore('appearance', () => {
  const stored = readSetting(key) as Theme
  const theme = ref<Theme>(themes.includes(stored) ? stored : 'system')
  const dark = matches('(prefers-color-scheme: dark)')
  const more = matches('(prefers-contrast: more)')

  const applied = computed(() => {
    const contrast = theme.value === 'contrast' || (theme.value === 'system' && more.value)
    if (contrast) return dark.value ? 'contrast-dark' : 'contrast'
    if (theme.value === 'system') return dark.value ? 'dark' : 'light'
    return theme.value
  })

  watchEffect(() => {
    document.documentElement.dataset['theme'] = applied.value
    platform.appearance(applied.value.endsWith('dark'))
  })

  function choose(next: Theme) {
    theme.value = next
    writeSetting(key, next === 'system' ? null : next)
  }

  return { theme, applied, choose }
})

/** A media query that follows the device. */
function matches(query: string) {
  const list = matchMedia(query)
  const value = ref(list.matches)
  list.addEventListener('change', () => (value.value = list.matches))
  return value
}
