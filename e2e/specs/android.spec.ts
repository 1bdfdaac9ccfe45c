// The page's side of the Android app: what the app does is done here by a script and by the network of the test
// (the app itself: android/tools/check.mjs). And the page where people get it.
import { AxeBuilder } from '@axe-core/playwright'
import { computer, expect, type Person, phone, test } from '../support/test.ts'

const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

interface Around {
  handed: string | null
  said: string[]
  push: object
  shown: string[]
  permission: string
}
/** The page with the app around it. */
type Inside = Window & {
  app: Around
  happychat?: { back(): boolean; told(what: string): void; open(path: string): boolean }
}

/** Puts the app around every page that somebody opens. */
async function around(person: Person) {
  await person.context.addInitScript(() => {
    const app: Around = { handed: null, said: [], push: { state: 'off' }, shown: [], permission: 'granted' }
    Object.assign(window, {
      app,
      HappyChatShell: {
        start: () => '{"version":"1","top":40,"bottom":24}',
        shared: () => app.handed,
        sharedTaken: () => (app.handed = null),
        appearance: (dark: boolean, color: string) => app.said.push(`${dark ? 'dark' : 'light'} ${color}`),
        changeServer: () => app.said.push('another server'),
        permission: () => app.permission,
        settings: () => app.said.push('settings'),
        askPermission: () => (window as unknown as Inside).happychat?.told('permission'),
        show: (title: string, body: string, _tag: string, path: string) =>
          app.said.push(`${title}: ${body} ${path}`),
        hide: (tag: string) => app.said.push(`read ${tag}`),
        shown: () => JSON.stringify(app.shown),
        push: () => JSON.stringify(app.push),
        pushOn: (key: string) => app.said.push(`call ${key.length}`),
        pushOff: () => app.said.push('do not call'),
        pushChoose: () => app.said.push('choose'),
      },
    })
  })
  await person.context.route('**/.shell/shared/**', (route) => route.fulfill({ body: dot }))
}

const said = (person: Person) => person.page.evaluate(() => (window as unknown as Inside).app.said)
const back = (person: Person) => person.page.evaluate(() => (window as unknown as Inside).happychat?.back())

test('what another app hands over is sent to whom one chooses, and the phone’s way back closes what is open', async ({
  friends,
}) => {
  const [ann, bea] = await friends('ann', 'bea', { size: phone })
  await around(ann)
  await ann.open('/chats')
  await expect(ann.row('Bea')).toBeVisible()
  // The list keeps clear of the bar above, the tabs of that below.
  const heading = ann.page.getByRole('heading', { level: 1 })
  expect((await heading.boundingBox())?.y).toBeGreaterThan(40)
  const tabs = await ann.place('me').boundingBox()
  expect(Math.round((tabs?.y ?? 0) + (tabs?.height ?? 0))).toBeLessThanOrEqual(phone.height - 24)

  const hand = () =>
    ann.page.evaluate(() => {
      const files = [{ url: '/.shell/shared/x/0', name: '图.png', type: 'image/png' }]
      const inside = window as unknown as Inside
      inside.app.handed = JSON.stringify({ text: 'look at this', files })
      inside.happychat?.told('shared')
    })
  await ann.page.getByRole('button', { name: ann.t('plus.label') }).click()
  const menu = ann.page.getByRole('menu')
  await expect(menu).toBeVisible()
  expect(await back(ann)).toBe(true)
  await expect(menu).toBeHidden()
  expect(await back(ann)).toBe(false)
  await hand()
  await expect(ann.page).toHaveURL(/\/share$/)
  await ann.page.getByRole('main').getByText('Bea', { exact: true }).first().click()
  const sending = ann.page.getByRole('dialog')
  await expect(sending.getByRole('textbox')).toHaveValue('look at this')
  await sending.getByRole('button', { name: ann.t('composer.send') }).click()
  await bea.open('/chats')
  await bea.openChat(ann.name)
  await expect(bea.bubble(ann.name, 'look at this')).toBeVisible()
  await expect(bea.page.getByRole('button', { name: /图\.png/ })).toBeVisible()
})

test('the app follows how the page looks, and can go to another server', async ({ friends }) => {
  const [ann] = await friends('ann', 'bea', { size: phone })
  await around(ann)
  await ann.open('/me/appearance')
  await ann.page.getByText(ann.t('me.theme_dark'), { exact: true }).click()
  await expect.poll(() => said(ann)).toContainEqual(expect.stringMatching(/^dark #[0-1][0-9a-f]{5}$/))
  expect((await said(ann))[0]).toMatch(/^light #[e-f][0-9a-f]{5}$/)
  await ann.openPage('me.about')
  await ann.button('me.changeServer').click()
  expect((await said(ann)).at(-1)).toBe('another server')
  await expect(ann.link('me.getApp')).toHaveCount(0)
})

test('the phone is called while the app is closed, and the app says what is missing for it', async ({
  friends,
}) => {
  const [ann] = await friends('ann', 'bea', { size: phone })
  await around(ann)
  await ann.open('/me/notifications')
  const set = (push: object) =>
    ann.page.evaluate((push) => {
      const inside = window as unknown as Inside
      inside.app.push = push
      inside.happychat?.told('push')
    }, push)
  await ann.page.getByRole('switch', { name: ann.t('notifications.show') }).check({ force: true })
  // Its key is a point of 65 bytes in base64url.
  await expect.poll(() => said(ann)).toContain('call 87')

  await set({ state: 'missing' })
  await expect(ann.page.getByText(ann.t('push.missing'))).toBeVisible()
  await expect(ann.link('push.which')).toBeVisible()
  await set({ state: 'choose', several: true })
  await ann.button('push.choosing').click()
  expect((await said(ann)).at(-1)).toBe('choose')
  await set({ state: 'failed', reason: 'action', via: 'ntfy', several: false })
  await expect(ann.page.getByText(ann.t('push.action', { via: 'ntfy' }))).toBeVisible()
  await ann.button('action.retry').click()
  expect((await said(ann)).filter((each) => each === 'call 87')).toHaveLength(2)
  await set({ state: 'on', via: 'ntfy', several: false })
  await expect(ann.page.getByText(ann.t('push.on', { via: 'ntfy' }))).toBeVisible()

  await ann.page.getByRole('switch', { name: ann.t('notifications.show') }).uncheck({ force: true })
  await expect.poll(() => said(ann)).toContain('do not call')
})

test('whoever refused notifications is led to where Android allows them', async ({ friends }) => {
  const [ann] = await friends('ann', 'bea', { size: phone, language: 'zh-CN' })
  await around(ann)
  await ann.open('/me/notifications')
  const become = (permission: string) =>
    ann.page.evaluate((permission) => {
      ;(window as unknown as Inside).app.permission = permission
      document.dispatchEvent(new Event('visibilitychange'))
    }, permission)
  await become('denied')
  const show = ann.page.getByRole('switch', { name: ann.t('notifications.show') })
  await expect(show).toBeDisabled()
  await expect(ann.page.getByText(ann.t('notifications.deniedApp'))).toBeVisible()
  await ann.button('notifications.settings').click()
  expect((await said(ann)).at(-1)).toBe('settings')
  // Allowed there, it can be turned on here without starting anew.
  await become('granted')
  await show.check({ force: true })
  await expect(show).toBeChecked()
})

test('what was told while the page slept is taken away when it is read', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea', { size: phone })
  await around(ann)
  await bea.open('/chats')
  await bea.openChat(ann.name)
  await bea.say(ann.name, 'wake up')
  await ann.open('/chats')
  await expect(ann.row('Bea')).toContainText('wake up')
  const id = new URL(bea.page.url()).pathname.split('/').at(-1)
  // The app was called, and told of it; now somebody looks again.
  await ann.page.evaluate((tag) => {
    ;(window as unknown as Inside).app.shown = [tag]
    document.dispatchEvent(new Event('visibilitychange'))
  }, String(id))
  expect(await said(ann)).not.toContain(`read ${id}`)
  await ann.openChat(bea.name)
  await expect.poll(() => said(ann)).toContain(`read ${id}`)
})

for (const [name, size] of Object.entries({ computer, phone })) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`the page for downloads is for everybody, ${name}, ${language}`, async ({ person }) => {
      const guest = await person('guest', { size, language })
      await guest.open('/sign-in')
      await guest.link('app.get').click()
      await expect(guest.page).toHaveURL(/\/download$/)
      await expect(guest.page.locator('html')).toHaveAttribute('lang', language)
      for (const colorScheme of ['light', 'dark'] as const) {
        await guest.page.emulateMedia({ colorScheme })
        const overflow = await guest.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow).toBeLessThanOrEqual(0)
        const { violations } = await new AxeBuilder({ page: guest.page }).analyze()
        expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html}`))).toEqual([])
      }
      await guest.page.locator('header').getByRole('link').last().click()
      await expect(guest.page.locator('html')).toHaveAttribute('lang', language === 'en' ? 'zh-CN' : 'en')
    })
  }
}
