// The way to the server for the other stores: the operations over HTTP at once, and the engine from the
// moment somebody is signed in. Knows no entity.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { createHttp } from '@/api/http'
import { createApi } from '@/api/operations'
import { unreachable } from '@/api/problem'
import type { Changes, Ended, Engine } from '@/sync'
import type * as EngineModule from './engine'

/** Milliseconds until loading the engine is tried again: the first visit may lose its connection half-way. */
const RETRY = 3000

async function loadEngine(wanted: () => boolean): Promise<typeof EngineModule | null> {
  while (wanted()) {
    try {
      return await import('./engine')
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY))
    }
  }
  return null
}

/** What changed; `all`: another engine, or none any more. */
type Listener = (changes: Changes | 'all') => void

export const useLive = defineStore('live', () => {
  const engine = shallowRef<Engine | null>(null)
  const listeners = new Set<Listener>()
  /** Whose engine runs, or is about to. */
  const accountId = ref<string | null>(null)
  let onEnded: (reason: Ended) => void = () => undefined

  const api = createApi(createHttp({ onSignedOut: () => end('expired') }))

  function tell(changes: Changes | 'all') {
    for (const listener of listeners) listener(changes)
  }

  /** Calls back at once, and with every change, until the answer is called. */
  function follow(listener: Listener): () => void {
    listeners.add(listener)
    listener('all')
    return () => listeners.delete(listener)
  }

  /** Starts the engine of an account; `ended` is called when its session is over. */
  async function start(id: string, ended: (reason: Ended) => void): Promise<void> {
    stop()
    accountId.value = id
    onEnded = ended
    tell('all')
    const module = await loadEngine(() => accountId.value === id)
    if (!module || accountId.value !== id) return
    const started = await module.startEngine({ accountId: id, api, changed: tell, ended: end })
    if (accountId.value !== id) return started.stop()
    engine.value = started
    tell('all')
  }

  function end(reason: Ended) {
    if (accountId.value !== null) onEnded(reason)
  }

  function stop() {
    accountId.value = null
    engine.value?.stop()
    engine.value = null
    tell('all')
  }

  /** Stops, and leaves nothing of the account on this device. */
  async function wipe(): Promise<void> {
    const id = accountId.value
    engine.value?.announceSignOut()
    stop()
    if (id === null) return
    const { forgetAccount } = await import('./engine')
    forgetAccount(id)
  }

  /** For what cannot be done before the engine runs. */
  function running(): Engine {
    if (!engine.value) throw unreachable()
    return engine.value
  }

  return { api, engine, accountId, follow, start, stop, wipe, running }
})
