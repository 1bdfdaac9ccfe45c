// How much room there is, and how it is divided.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { readSetting, writeSetting } from '@/platform/settings'

const key = 'happychat.listWidth'
export const listWidths = { least: 280, most: 360, usual: 320 }

export const useLayout = defineStore('layout', () => {
  const width = ref(innerWidth)
  addEventListener('resize', () => (width.value = innerWidth))

  const size = computed(() => (width.value < 600 ? 'phone' : width.value < 900 ? 'tablet' : 'computer'))

  const stored = Number(readSetting(key))
  const listWidth = ref(stored ? held(stored) : listWidths.usual)

  function held(wanted: number) {
    return Math.round(Math.min(listWidths.most, Math.max(listWidths.least, wanted)))
  }

  function resizeList(wanted: number) {
    listWidth.value = held(wanted)
    writeSetting(key, String(listWidth.value))
  }

  /** Whether the details stand beside what is open; they stay while one goes from one conversation to another. */
  const details = ref(false)

  return {
    size,
    listWidth,
    resizeList,
    details,
    toggleDetails: () => {
      details.value = !details.value
    },
  }
})
