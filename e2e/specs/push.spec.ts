import { ClosedApp, PushService } from '../support/push.ts'
import { expect, phone, test, type Person } from '../support/test.ts'

test.use({ settings: PushService.settings })

/** Switches notifications on, which says what will happen. */
async function switchOn(person: Person, hint: string) {
  await person.open('/me/notifications')
  const shown = person.page.getByRole('switch', { name: person.t('notifications.show') })
  await shown.check({ force: true })
  await expect(shown).toBeChecked()
  await expect(person.page.getByText(person.t(hint))).toBeVisible()
}

async function send(from: Person, to: Person, body: string) {
  const { conversationId } = await from.call<{ conversationId: string }>('POST', '/conversations', {
    accountId: to.id,
  })
  await from.call('POST', `/conversations/${conversationId}/messages`, {
    clientId: crypto.randomUUID(),
    body,
  })
  return conversationId
}

test('a message that comes while the app is closed is told, as the open app would', async ({ friends }) => {
  const service = await PushService.start()
  const [ann, bea] = await friends('ann', 'bea')
  await ann.context.grantPermissions(['notifications'])
  await service.serve(ann.context)
  const told = ann.context.waitForEvent('response', (response) => response.url().endsWith('/current/push'))
  await switchOn(ann, 'push.browserOn')
  expect((await told).status()).toBe(204)

  const closed = await ClosedApp.of(ann.page, ann.origin, service.calls)
  const id = await send(bea, ann, 'are you there?')
  await closed.called()
  const path = `/chats/${id}`
  await expect.poll(() => closed.notifications()).toEqual([{ title: bea.name, body: 'are you there?', path }])
  await send(bea, ann, 'dinner is ready')
  await closed.called()
  await expect
    .poll(() => closed.notifications())
    .toEqual([{ title: bea.name, body: 'dinner is ready', path }])

  // Without a way to the server it is told that there is something, and what it is as soon as there is one.
  ann.relay.cut()
  await send(bea, ann, 'it gets cold')
  await expect.poll(() => service.calls.length).toBe(3)
  await closed.called()
  const some = { title: ann.t('news.some'), body: ann.t('news.someText'), path: '/chats' }
  await expect.poll(() => closed.notifications()).toContainEqual(some)
  ann.relay.restore()

  // The app takes away what is read in it, and is not called while it is open.
  await ann.open(path)
  await expect(ann.bubble(bea.name, 'it gets cold')).toBeVisible()
  await expect.poll(() => closed.notifications()).toEqual([])

  // Whoever signs out is called no more.
  await ann.page.goto('/me')
  await ann.button('me.signOut').click()
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: ann.t('me.signOut') })
    .click()
  await expect(ann.heading('signIn.title')).toBeVisible()
  await expect.poll(() => service.subscribed(ann.page)).toBe(false)
  service.stop()
})

test('where the push service of the browser does not answer, the settings say so', async ({ person }) => {
  const service = await PushService.start()
  const cai = await person('cai', { language: 'zh-CN', size: phone })
  await cai.join()
  await cai.context.grantPermissions(['notifications'])
  await service.serve(cai.context, true)
  await switchOn(cai, 'push.browserFailed')
  service.stop()
})
