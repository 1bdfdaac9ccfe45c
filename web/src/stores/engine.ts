// Puts the engine together for a browser. Loaded only when somebody is signed in: it brings the socket
// client and the cache with it.
import type { Api } from '@/api/operations'
import { SocketLink } from '@/api/socket'
import {
  browserTabs,
  type CachedState,
  type Changes,
  databaseName,
  type Ended,
  Engine,
  type Network,
  openCache,
  realEnvironment,
} from '@/sync'

export interface EngineSetup {
  accountId: string
  api: Api
  changed: (changes: Changes) => void
  ended: (reason: Ended) => void
}

/** Opens what is kept of an account, and starts to connect. */
export async function startEngine({ accountId, api, changed, ended }: EngineSetup): Promise<Engine> {
  let engine: Engine | null = null
  const { cache, cached } = await openCache({
    accountId,
    current: (): CachedState | null => engine?.snapshot ?? null,
    onStopped: () => engine?.cacheStopped(),
    page: window,
  })
  engine = new Engine({
    accountId,
    link: new SocketLink({ accountId }),
    api,
    cache,
    env: realEnvironment,
    network: browserNetwork(),
    tabs: browserTabs({
      scope: accountId,
      id: crypto.randomUUID(),
      locks: 'locks' in navigator ? navigator.locks : undefined,
      channel: typeof BroadcastChannel === 'undefined' ? undefined : BroadcastChannel,
    }),
    changed,
    ended,
  })
  engine.start(cached)
  return engine
}

/** Removes what is kept of an account that no engine runs for. */
export function forgetAccount(accountId: string): void {
  if (typeof indexedDB !== 'undefined') indexedDB.deleteDatabase(databaseName(accountId))
}

function browserNetwork(): Network {
  return {
    available: () => navigator.onLine,
    onChange: (listener) => {
      const seen = () => {
        if (document.visibilityState === 'visible') listener()
      }
      const targets: [EventTarget, string, () => void][] = [
        [window, 'online', listener],
        [window, 'offline', listener],
        [window, 'pageshow', listener],
        [document, 'visibilitychange', seen],
      ]
      for (const [target, name, heard] of targets) target.addEventListener(name, heard)
      return () => {
        for (const [target, name, heard] of targets) target.removeEventListener(name, heard)
      }
    },
  }
}
