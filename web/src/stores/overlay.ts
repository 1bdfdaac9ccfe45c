// What lies over everything, opened from anywhere: by a key, from the settings, from the quick switcher.
import { defineStore } from 'pinia'
import { ref } from 'vue'

export type Overlay = 'find' | 'keys' | 'new-group' | 'add-friend' | 'join-group'

export const useOverlay = defineStore('overlay', () => {
  const shown = ref<Overlay | null>(null)

  return {
    shown,
    show: (overlay: Overlay) => {
      shown.value = overlay
    },
    close: () => {
      shown.value = null
    },
  }
})
