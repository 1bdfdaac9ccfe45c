// The service worker: keeps the app itself on the device, so that it opens at once and without a network, and takes in
// what other apps share, and notifies while the app is closed (push.ts). What people wrote is not kept here: that is
// the matter of sync.
//
// An update is fetched in the background, whole, and waits until the page asks for it (platform/updates.ts), so that a
// page never meets files of another version.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { keepShared } from '@/platform/shared'
import { called, moved } from './push'

declare const self: ServiceWorkerGlobalScope & {
  /** Put in by the build (build/worker.ts): every file, with what tells its versions apart. */
  __FILES: { url: string; revision: string | null }[]
}

precacheAndRoute(self.__FILES)
cleanupOutdatedCaches()

// Every address of the app is its first page; what the server answers itself is left to it. Tried on path and query.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/(?:api|socket\.io|lite|download|healthz|readyz|metrics)(?:[/?]|$)/],
  }),
)

// What was shared to the app (share_target of the manifest) is put aside, and the page that asks for whom it is opened.
registerRoute(
  ({ url, request }) => url.pathname === '/share' && request.method === 'POST',
  async ({ request }) => {
    await keepShared(await request.formData()).catch(() => undefined)
    return Response.redirect('/share', 303)
  },
  'POST',
)

self.addEventListener('message', ({ data }) => {
  if (data === 'take over') void self.skipWaiting()
})

self.addEventListener('push', (event) => event.waitUntil(called()))
self.addEventListener('pushsubscriptionchange', (event) =>
  (event as ExtendableEvent).waitUntil(moved().catch(() => undefined)),
)

// A notification leads to its conversation, in a window that is there already if there is one.
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const path = (event.notification.data as { path?: string } | null)?.path ?? '/'
  event.waitUntil(open(path))
})

async function open(path: string) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const [best] = [...windows].sort((a, b) => Number(b.focused) - Number(a.focused))
  if (!best) return void (await self.clients.openWindow(path))
  best.postMessage({ open: path })
  await best.focus()
}
