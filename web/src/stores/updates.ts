// Whether a newer version of the app is there, and waits for a word.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { followUpdates } from '@/platform/updates'

export const useUpdates = defineStore('updates', () => {
  const ready = ref(false)
  let takeOver: () => void = () => undefined

  /** Once, when the app has started. `open` leads to where a notification points. */
  function follow(open: (path: string) => void) {
    takeOver = followUpdates({ ready: () => (ready.value = true), open })
  }

  return { ready, follow, takeOver: () => takeOver(), later: () => (ready.value = false) }
})
