// Several tabs of one account: each sends what was written in it, all show it, and when a tab is gone
// another takes over. Where a browser lacks the means, everything may be sent by two tabs, which the
// clientId makes harmless.
import type { OutboxItem } from './state'

export type TabMessage =
  | { type: 'outbox.saved'; item: OutboxItem }
  | { type: 'outbox.removed'; clientId: string }
  /** A tab that has just opened asks what is still waiting: what is kept may be a moment old. */
  | { type: 'outbox.asked' }
  | { type: 'outbox.told'; owner: string; clientIds: string[] }
  | { type: 'signed-out' }

export interface Tabs {
  /** This tab's own name. */
  readonly id: string
  tell: (message: TabMessage) => void
  /** What the other tabs tell. */
  onTold: (listener: (message: TabMessage) => void) => void
  /** Calls back once when that tab has gone, which may be at once. */
  whenGone: (id: string, gone: () => void) => void
  close: () => void
}

/** The part of the Web Locks API that is used. */
export interface Locks {
  request: (name: string, options: { signal: AbortSignal }, hold: () => Promise<void>) => Promise<unknown>
}

export interface TabsOptions {
  /** Tabs of the same scope hear each other. */
  scope: string
  id: string
  locks?: Locks | undefined
  channel?: typeof BroadcastChannel | undefined
}

export function browserTabs({ scope, id, locks, channel }: TabsOptions): Tabs {
  const closed = new AbortController()
  const bus = channel ? new channel(`happychat-${scope}`) : null
  const listeners: ((message: TabMessage) => void)[] = []
  if (bus) {
    bus.onmessage = (event: MessageEvent<TabMessage>) => listeners.forEach((listener) => listener(event.data))
  }
  const lockOf = (tab: string) => `happychat-${scope}-tab-${tab}`
  const request = (name: string, hold: () => Promise<void>) => {
    locks?.request(name, { signal: closed.signal }, hold).catch(() => undefined)
  }

  // Held for as long as this tab lives.
  request(
    lockOf(id),
    () => new Promise((release) => closed.signal.addEventListener('abort', () => release())),
  )

  return {
    id,
    tell: (message) => {
      if (!closed.signal.aborted) bus?.postMessage(message)
    },
    onTold: (listener) => void listeners.push(listener),
    whenGone: (tab, gone) => {
      if (!locks) return gone()
      request(lockOf(tab), () => {
        if (!closed.signal.aborted) gone()
        return Promise.resolve()
      })
    },
    close: () => {
      closed.abort()
      bus?.close()
    },
  }
}

/** For a tab that is alone. */
export function singleTab(id = 'tab'): Tabs {
  return {
    id,
    tell: () => undefined,
    onTold: () => undefined,
    whenGone: (_, gone) => gone(),
    close: () => undefined,
  }
}
