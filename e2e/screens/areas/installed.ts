import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { ready } from '../steps.ts'

// What there is because the app is kept on the device: newer versions, and what other apps share with it.

export const installed: readonly Screen[] = [
  {
    name: 'share',
    at: '/share',
    before: ({ page, world }) =>
      page.evaluate(
        async ([name, text]) => {
          const cache = await caches.open('happychat-shared')
          const files = [{ name, type: 'application/pdf' }]
          await cache.put('/shared', Response.json({ text, at: Date.now(), files }))
          await cache.put('/shared/0', new Response('%PDF-1.4'))
        },
        [world.scene.file, world.scene.greeting] as const,
      ),
    show: ({ page, world }) => expect(page.getByText(world.scene.file)).toBeVisible(),
  },
  {
    name: 'share-nothing',
    at: '/share',
    show: ({ page, t }) => expect(page.getByText(t('share.nothing'), { exact: true })).toBeVisible(),
  },
  {
    name: 'update-ready',
    at: '/chats',
    rewired: true,
    show: async (visit) => {
      await ready(visit)
      await visit.page.evaluate(async () => {
        const workers = navigator.serviceWorker
        await workers.ready
        if (!workers.controller)
          await new Promise((done) => workers.addEventListener('controllerchange', done))
        // A page that has only just come would take it without a question.
        const now = performance.now.bind(performance)
        performance.now = () => now() + 60_000
        await workers.register('/worker.js?newer')
      })
      await expect(visit.page.getByText(visit.t('update.ready'))).toBeVisible()
    },
    after: ({ page }) =>
      page.evaluate(async () => {
        for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister()
      }),
  },
]
