// The service worker from the side of the page: it is registered, asked now and then for a newer version of the app,
// and told to take over when somebody says so, or right at the start, when nobody has begun anything yet.
import { platform } from './platform'

/** How often a page that stays open asks, in milliseconds. */
const interval = 60 * 60_000
/** A page this young may be loaded again without a question. Milliseconds. */
const young = 3_000

export interface UpdateOptions {
  /** A newer version is there and waits. */
  ready: () => void
  /** Somebody followed a notification. */
  open: (path: string) => void
}

/** Starts it; returns what has the newer version take over. */
export function followUpdates({ ready, open }: UpdateOptions): () => void {
  platform.onOpen(open)
  // The Android app has the files with it, and looks itself for newer ones.
  if (!import.meta.env.PROD || platform.app || !('serviceWorker' in navigator)) return () => undefined
  const workers = navigator.serviceWorker
  let waiting: ServiceWorker | null = null
  let asked = false

  const takeOver = () => {
    asked = true
    if (waiting) waiting.postMessage('take over')
    else location.reload()
  }

  const arrived = (worker: ServiceWorker) => {
    waiting = worker
    if (performance.now() < young) takeOver()
    else ready()
  }

  const watch = (registration: ServiceWorkerRegistration) => {
    // The first one ever is no update: this page came from the server a moment ago.
    if (registration.waiting && workers.controller) arrived(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const next = registration.installing
      next?.addEventListener('statechange', () => {
        if (next.state === 'installed' && workers.controller) arrived(next)
      })
    })
    const ask = () => {
      if (document.visibilityState === 'visible') registration.update().catch(() => undefined)
    }
    setInterval(ask, interval)
    document.addEventListener('visibilitychange', ask)
  }

  const controlled = workers.controller !== null
  workers.addEventListener('controllerchange', () => {
    if (asked) location.reload()
    // Another window had it take over: this page is of the version before.
    else if (controlled) {
      waiting = null
      ready()
    }
  })
  workers.addEventListener('message', ({ data }: MessageEvent<{ open?: unknown } | null>) => {
    if (typeof data?.open === 'string' && data.open.startsWith('/')) open(data.open)
  })
  // A browser that refuses (a private window, say) has the app without it.
  workers.register('/worker.js').then(watch, () => undefined)
  return takeOver
}
