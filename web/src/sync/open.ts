import type { ID } from '@/api/types'
import { type Cache, type CachedState, memoryCache } from './cache'
import { realEnvironment, type Environment } from './environment'
import { openIdbCache } from './idb-cache'

/** Milliseconds. Some browsers never answer when storage is broken. */
const PATIENCE = 3000

export interface OpenCacheOptions {
  accountId: ID
  current: () => CachedState | null
  onStopped?: () => void
  env?: Environment
}

/** The cache of an account, or one that keeps nothing where the browser cannot. */
export async function openCache({ env = realEnvironment, ...options }: OpenCacheOptions): Promise<Cache> {
  if (typeof indexedDB === 'undefined') return memoryCache()
  const opening = openIdbCache(options)
  let late = false
  const impatient = new Promise<Cache>((resolve) => {
    const cancel = env.after(PATIENCE, () => {
      late = true
      resolve(memoryCache())
    })
    opening.then(cancel, cancel)
  })
  opening.then(
    (cache) => {
      if (late) cache.close()
    },
    () => undefined,
  )
  return Promise.race([opening.catch(memoryCache), impatient])
}
