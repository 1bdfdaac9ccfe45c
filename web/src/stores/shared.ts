// What another app shared with this one, from when it came until it is known for whom.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { platform } from '@/platform/platform'
import { takeShared, type Shared } from '@/platform/shared'

export const useShared = defineStore('shared', () => {
  const waiting = shallowRef<Shared | null>(null)
  /** For whom it is; that conversation takes it. */
  let chosen: string | null = null

  /** Finds what came with the start of the app. */
  async function look() {
    waiting.value = (await takeShared()) ?? waiting.value
  }

  /** What comes through the Android app. */
  function followPhone(then: () => void) {
    platform.onShared((shared) => {
      waiting.value = shared
      then()
    })
  }

  /** Files that were opened with the app (file_handlers of the manifest). */
  function followOpened(then: () => void) {
    window.launchQueue?.setConsumer(async ({ files }) => {
      if (files.length === 0) return
      waiting.value = { text: '', files: await Promise.all(files.map((file) => file.getFile())) }
      then()
    })
  }

  function choose(conversationId: string) {
    chosen = conversationId
  }

  /** For the conversation that was chosen, once. */
  function takeFor(conversationId: string): Shared | null {
    if (chosen !== conversationId) return null
    const shared = waiting.value
    waiting.value = chosen = null
    return shared
  }

  function drop() {
    waiting.value = chosen = null
  }

  return { waiting, look, followPhone, followOpened, choose, takeFor, drop }
})

declare global {
  interface Window {
    /** https://wicg.github.io/web-app-launch/#launchqueue-interface */
    launchQueue?: {
      setConsumer: (consumer: (launch: { files: readonly FileSystemFileHandle[] }) => void) => void
    }
  }
}
