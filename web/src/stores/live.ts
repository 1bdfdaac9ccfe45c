// The way to the server for the other stores: the operations over HTTP at once, and the engine from the
// moment somebody is signed in. Knows no entity.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { createHttp } from '@/api/http'
import { createApi } from '@/api/operations'
import { unreachable } from '@/api/problem'
import type { Changes, Ended, Engine } from '@/sync'

/** What changed; `all`: another engine, or none any more. */
type Listener = (changes: Changes | 'all') => void

export const useLive = defineStore('live', () => {
  const engine = shallowRef<Engine | null>(null)
  const listeners = new Set<Listener>()
  let accountId: string | null = null
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
    accountId = id
    onEnded = ended
    const { startEngine } = await import('./engine')
    if (accountId !== id) return
    const started = await startEngine({ accountId: id, api, changed: tell, ended: end })
    if (accountId !== id) return started.stop()
    engine.value = started
    tell('all')
  }

  function end(reason: Ended) {
    if (accountId !== null) onEnded(reason)
  }

  function stop() {
    accountId = null
    engine.value?.stop()
    engine.value = null
    tell('all')
  }

  /** Stops, and leaves nothing of the account on this device. */
  async function wipe(): Promise<void> {
    const id = accountId
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

  return { api, engine, follow, start, stop, wipe, running }
})
