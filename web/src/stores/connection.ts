// The truth about the connection.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useLive } from './live'
import type { ConnectionState } from './types'

export const useConnection = defineStore('connection', () => {
  const live = useLive()
  const state = ref<ConnectionState>('idle')
  /** When this state began, in milliseconds UTC. */
  const since = ref(Date.now())
  /** When the next try is made, if one is planned. */
  const retryAt = ref<number | null>(null)
  /** Whether messages that wait, and what was read, survive a reload. */
  const kept = ref(true)

  live.follow((changes) => {
    if (changes !== 'all' && !changes.status) return
    const { engine } = live
    const status = engine?.connectionStatus
    const next = status && status !== 'reconnecting' ? status : live.accountId ? 'connecting' : 'idle'
    if (next !== state.value) {
      state.value = next
      since.value = Date.now()
    }
    retryAt.value = engine?.retryAt ?? null
    kept.value = engine?.cacheKind !== 'memory'
  })

  function retryNow() {
    live.engine?.retryConnection()
  }

  return { state, since, retryAt, kept, retryNow }
})
