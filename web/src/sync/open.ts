import type { ID } from '@/api/types'
import { type Cache, type CachedState, memoryCache } from './cache'
import { realEnvironment, type Environment } from './environment'
import { openIdbCache } from './idb-cache'

/** Milliseconds. Some browsers never answer when storage is broken. */
const PATIENCE = { open: 3000, load: 5000 }

export interface OpenCacheOptions {
  accountId: ID
  current: () => CachedState | null
  onStopped?: () => void
  page?: EventTarget
  env?: Environment
}

/** The cache of an account with what it holds, or one that keeps nothing where the browser cannot. */
export async function openCache({
  env = realEnvironment,
  ...options
}: OpenCacheOptions): Promise<{ cache: Cache; cached: CachedState | null }> {
  const nothing = { cache: memoryCache(), cached: null }
  if (typeof indexedDB === 'undefined') return nothing
  const opening = openIdbCache(options).catch(memoryCache)
  const cache = await inTime(opening, PATIENCE.open, env)
  if (cache) {
    const cached = await inTime(
      cache.load().catch(() => null),
      PATIENCE.load,
      env,
    )
    if (cached !== undefined) return { cache, cached }
  }
  void opening.then((late) => late.close())
  return nothing
}

/** What is promised, or undefined when it takes longer. */
function inTime<T>(promise: Promise<T>, ms: number, env: Environment): Promise<T | undefined> {
  return new Promise((resolve) => {
    const cancel = env.after(ms, () => resolve(undefined))
    void promise.then((value) => {
      cancel()
      resolve(value)
    })
  })
}
