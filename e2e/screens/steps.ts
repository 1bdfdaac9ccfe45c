import type { Page, WebSocketRoute } from '@playwright/test'
import { expect } from '../support/expect.ts'
import type { Visit } from './screen.ts'
import type { World } from './world.ts'

// What one does to reach a screen, in the words of a person.

export const chat = (of: keyof World['chats']) => (visit: Visit) => `/chats/${visit.world.chats[of]}`
export const dialog = ({ page }: Visit) => page.locator('dialog[open]').last()
export const press = ({ page, t }: Visit, key: string) =>
  page
    .getByRole('button', { name: t(key), exact: true })
    .last()
    .click()
export const choose = ({ page, t }: Visit, key: string) =>
  page.getByRole('menuitem', { name: t(key) }).click()
export const heading = ({ page, t }: Visit, key: string, values?: Record<string, string | number>) =>
  expect(page.getByRole('heading', { name: t(key, values) }).last()).toBeVisible()

/** Chooses one of a list by a key: in Firefox the pointer misses what has just been scrolled into view. */
export async function tick(visit: Visit, name: string) {
  const box = dialog(visit).getByRole('checkbox', { name })
  await box.press('Space')
  await expect(box).toBeChecked()
}

/** What can be done with a message. Firefox hears no press on a list that still scrolls to its end, so it is repeated. */
export async function actions(visit: Visit, text: string) {
  const first = dialog(visit).getByRole('menuitem').first()
  await expect(async () => {
    if (!(await first.isVisible())) {
      await visit.page.getByRole('listitem').getByText(text).click({ button: 'right', timeout: 2000 })
    }
    await expect(first).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 15_000 })
}

export async function said(visit: Visit, text: string | RegExp) {
  await expect(visit.page.getByRole('list').getByText(text).last()).toBeVisible()
}

/** The app is there, and hears keys. */
export const ready = ({ page, t }: Visit) =>
  expect(page.getByRole('navigation', { name: t('nav.label') })).toBeVisible()

/** Something is said in the conversation. */
export const open = ({ page }: Visit) => expect(page.locator('.message').first()).toBeVisible()

export async function details(visit: Visit) {
  await open(visit)
  await visit.page
    .getByRole('button', { name: visit.t('chat.details'), exact: true })
    .first()
    .click()
}

export async function groupDetails(visit: Visit) {
  await details(visit)
  await expect(visit.page.getByRole('button', { name: visit.t('group.card') })).toBeVisible()
}

export async function plus(visit: Visit, key: string) {
  await press(visit, 'plus.label')
  await choose(visit, key)
}

/** The cable is out, and the system knows. */
export async function offline({ someone, page, t }: Visit) {
  someone.relay.cut()
  await someone.context.setOffline(true)
  await expect(page.getByText(t('connection.offline'))).toBeVisible()
}

export async function online({ someone }: Visit) {
  someone.relay.restore()
  await someone.context.setOffline(false)
}

export const socket = /\/socket\.io\//

/** Everything that is kept on the device, as at the first visit; the session stays. */
export async function forgetAndReload(page: Page) {
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name)
  })
  await page.reload()
}

/** A server that has too much to do says so, in the words of Engine.IO and Socket.IO. */
export function refuse(connection: WebSocketRoute) {
  const hello = { sid: 'x', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 }
  const data = { code: 'timeout', status: 503, title: '', detail: '' }
  connection.onMessage((packet) => {
    if (packet.toString().startsWith('40')) connection.send(`44${JSON.stringify({ message: 'busy', data })}`)
  })
  connection.send(`0${JSON.stringify(hello)}`)
}

type Lacking = 'no passkeys' | 'no notifications' | 'notifications refused'

/** The browser of the next page is another one; `real` takes it back. */
export const pretend =
  (lacking: Lacking) =>
  ({ page }: Visit) =>
    page.evaluate((lacking) => sessionStorage.setItem('pretended', lacking), lacking)

/** In the server's place, where it would take too long to bring it so far; `real` gives it its place back. */
export const answers =
  (path: string, json: unknown, { status = 200, method = 'GET' } = {}) =>
  ({ page }: Visit) =>
    page.route(`**/api/v1${path}`, (route) =>
      route.request().method() === method ? route.fulfill({ status, json }) : route.fallback(),
    )

/** This part of the server cannot be reached. */
export const silent =
  (path: string) =>
  ({ page }: Visit) =>
    page.route(`**/api/v1${path}`, (route) => route.abort())

export async function real({ page }: Visit) {
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.evaluate(() => sessionStorage.removeItem('pretended'))
}

/** What is asked for before anything that only whoever has the account may do. */
export async function prove(visit: Visit, go: string) {
  await dialog(visit).getByLabel(visit.t('me.passwordCurrent')).fill(visit.someone.password)
  await dialog(visit)
    .getByRole('button', { name: visit.t(go) })
    .click()
}

/** What was done to the network in the page is undone with it. */
export async function connected({ page }: Visit) {
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.routeWebSocket(socket, (connection) => void connection.connectToServer())
}
