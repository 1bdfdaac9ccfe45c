// Light, dark or high contrast, how large text is and whether things move: as the device says, unless somebody chose.
// public/first.js applies the choices before the first paint and knows the same keys.
import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { platform } from '@/platform/platform'
import { readSetting, writeSetting } from '@/platform/settings'

export const themes = ['system', 'light', 'dark', 'contrast'] as const
export type Theme = (typeof themes)[number]

export const textSizes = ['normal', 'large', 'larger'] as const
export type TextSize = (typeof textSizes)[number]

export const motions = ['system', 'less'] as const
export type Motion = (typeof motions)[number]

const key = 'happychat.theme'
const textKey = 'happychat.text'
const motionKey = 'happychat.motion'
const singleKeysKey = 'happychat.singleKeys'

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

  const storedText = readSetting(textKey) as TextSize
  const textSize = ref<TextSize>(textSizes.includes(storedText) ? storedText : 'normal')
  const motion = ref<Motion>(readSetting(motionKey) === 'less' ? 'less' : 'system')
  const lessMotion = matches('(prefers-reduced-motion: reduce)')
  /** Nothing moves but what a finger moves. */
  const still = computed(() => motion.value === 'less' || lessMotion.value)
  /** Whether a key alone may do something while nobody writes. */
  const singleKeys = ref(readSetting(singleKeysKey) !== 'off')

  watchEffect(() => {
    const { dataset } = document.documentElement
    dataset['theme'] = applied.value
    dataset['text'] = textSize.value
    dataset['motion'] = still.value ? 'less' : 'full'
    platform.appearance(applied.value.endsWith('dark'))
  })

  function choose(next: Theme) {
    theme.value = next
    writeSetting(key, next === 'system' ? null : next)
  }

  function chooseTextSize(next: TextSize) {
    textSize.value = next
    writeSetting(textKey, next === 'normal' ? null : next)
  }

  function chooseMotion(next: Motion) {
    motion.value = next
    writeSetting(motionKey, next === 'system' ? null : next)
  }

  function chooseSingleKeys(on: boolean) {
    singleKeys.value = on
    writeSetting(singleKeysKey, on ? null : 'off')
  }

  return {
    theme,
    applied,
    choose,
    textSize,
    chooseTextSize,
    motion,
    chooseMotion,
    still,
    singleKeys,
    chooseSingleKeys,
  }
})

/** A media query that follows the device. */
function matches(query: string) {
  const list = matchMedia(query)
  const value = ref(list.matches)
  list.addEventListener('change', () => (value.value = list.matches))
  return value
}
