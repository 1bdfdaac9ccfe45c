import { expect, type Page, type WebSocketRoute } from '@playwright/test'
import type { Person } from '../support/person.ts'
import type { World } from './world.ts'

// Every screen of the app and every state that it can be in, each reached as a person would. Pictures are taken of
// them (make screenshots), and everybody must be able to use them (specs/usable.spec.ts).

export interface Visit {
  someone: Person
  page: Page
  t: Person['t']
  world: World
}

export interface Screen {
  name: string
  /** Where it begins. */
  at: string | ((visit: Visit) => string)
  /** What one does there to see it, until it is there. */
  show?: (visit: Visit) => Promise<unknown>
  /** Puts right what others would stumble over. */
  after?: (visit: Visit) => Promise<unknown>
  only?: 'computer' | 'phone'
  /** The page scrolls, and all of it is wanted. */
  tall?: boolean
  /** Nothing comes to an end here: something is always under way. */
  waiting?: boolean
}

const chat = (of: keyof World['chats']) => (visit: Visit) => `/chats/${visit.world.chats[of]}`
const dialog = ({ page }: Visit) => page.locator('dialog[open]').last()
const press = ({ page, t }: Visit, key: string) =>
  page
    .getByRole('button', { name: t(key), exact: true })
    .last()
    .click()
const choose = ({ page, t }: Visit, key: string) => page.getByRole('menuitem', { name: t(key) }).click()
const heading = ({ page, t }: Visit, key: string, values?: Record<string, string | number>) =>
  expect(page.getByRole('heading', { name: t(key, values) }).last()).toBeVisible()

async function said(visit: Visit, text: string | RegExp) {
  await expect(visit.page.getByRole('list').getByText(text).last()).toBeVisible()
}

/** The app is there, and hears keys. */
const ready = ({ page, t }: Visit) =>
  expect(page.getByRole('navigation', { name: t('nav.label') })).toBeVisible()

/** Something is said in the conversation. */
const open = ({ page }: Visit) => expect(page.locator('.message').first()).toBeVisible()

async function details(visit: Visit) {
  await open(visit)
  await visit.page
    .getByRole('button', { name: visit.t('chat.details'), exact: true })
    .first()
    .click()
}

async function groupDetails(visit: Visit) {
  await details(visit)
  await expect(visit.page.getByRole('button', { name: visit.t('group.card') })).toBeVisible()
}

async function plus(visit: Visit, key: string) {
  await press(visit, 'plus.label')
  await choose(visit, key)
}

/** The cable is out, and the system knows. */
async function offline({ someone, page, t }: Visit) {
  someone.relay.cut()
  await someone.context.setOffline(true)
  await expect(page.getByText(t('connection.offline'))).toBeVisible()
}

async function online({ someone }: Visit) {
  someone.relay.restore()
  await someone.context.setOffline(false)
}

const socket = /\/socket\.io\//

/** Everything that is kept on the device, as at the first visit; the session stays. */
async function forgetAndReload(page: Page) {
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name)
  })
  await page.reload()
}

/** A server that has too much to do says so, in the words of Engine.IO and Socket.IO. */
function refuse(connection: WebSocketRoute) {
  const hello = { sid: 'x', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 }
  const data = { code: 'timeout', status: 503, title: '', detail: '' }
  connection.onMessage((packet) => {
    if (packet.toString().startsWith('40')) connection.send(`44${JSON.stringify({ message: 'busy', data })}`)
  })
  connection.send(`0${JSON.stringify(hello)}`)
}

/** What was done to the network in the page is undone with it. */
async function connected({ page }: Visit) {
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.routeWebSocket(socket, (connection) => void connection.connectToServer())
}

/** For somebody whose account has everything in it. In this order: what is opened counts as read. */
export const inside: readonly Screen[] = [
  {
    name: 'chats',
    at: '/chats',
    show: ({ page, world }) => expect(page.getByText(world.scene.group.name).first()).toBeVisible(),
  },
  {
    name: 'chats-search',
    at: '/chats',
    show: async ({ page, t, world }) => {
      await page.getByLabel(t('chats.search')).fill(world.scene.remark)
      await expect(page.getByText(world.scene.names.priya)).toHaveCount(0)
    },
  },
  {
    name: 'chats-nothing-found',
    at: '/chats',
    show: async (visit) => {
      await visit.page.getByLabel(visit.t('chats.search')).fill('zzz')
      await heading(visit, 'chats.nothingFound')
    },
  },
  {
    name: 'chats-menu',
    at: '/chats',
    show: async (visit) => {
      await visit.someone.row(visit.world.scene.group.name).click({ button: 'right' })
      await expect(dialog(visit).getByRole('menuitem').first()).toBeVisible()
    },
  },
  { name: 'plus-menu', at: '/chats', show: (visit) => press(visit, 'plus.label') },
  {
    name: 'chats-loading',
    at: '/chats',
    waiting: true,
    show: async ({ page }) => {
      await page.route(socket, () => undefined)
      await page.routeWebSocket(socket, () => undefined)
      await forgetAndReload(page)
      await expect(page.locator('.skeleton').first()).toBeVisible()
    },
    after: connected,
  },
  {
    name: 'chats-failed',
    at: '/chats',
    waiting: true,
    show: async (visit) => {
      await visit.page.routeWebSocket(socket, refuse)
      await forgetAndReload(visit.page)
      await heading(visit, 'chats.failed')
    },
    after: connected,
  },
  {
    name: 'group-announcement-banner',
    at: chat('group'),
    show: async (visit) => {
      await expect(visit.page.getByRole('region', { name: visit.t('group.announcement') })).toBeVisible()
      await said(visit, visit.world.scene.group.caption)
    },
  },
  {
    name: 'group',
    at: chat('group'),
    show: async (visit) => {
      const seen = visit.page.getByRole('button', { name: visit.t('group.gotIt') })
      if (await seen.isVisible({ timeout: 2000 })) await seen.click()
      await said(visit, visit.world.scene.group.caption)
    },
  },
  {
    name: 'group-details',
    at: chat('family'),
    show: groupDetails,
  },
  {
    name: 'group-card',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await press(visit, 'group.card')
      await expect(dialog(visit).getByRole('img')).toBeVisible()
    },
  },
  {
    name: 'group-links',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await press(visit, 'link.title')
      await heading(visit, 'link.title')
    },
  },
  {
    name: 'group-requests',
    at: chat('family'),
    show: async (visit) => {
      await open(visit)
      await visit.page.getByRole('button', { name: visit.t('joinRequests.waiting', { n: 1 }) }).click()
      await expect(dialog(visit).getByText(visit.world.scene.greeting)).toBeVisible()
    },
  },
  {
    name: 'group-announcement',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.world.scene.group.announcement }).last().click()
      await expect(dialog(visit)).toBeVisible()
    },
  },
  {
    name: 'group-members',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.allMembers') }).click()
      await heading(visit, 'group.members', { n: 4 })
    },
  },
  {
    name: 'group-member',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.world.scene.names.mia }).last().click()
      await expect(visit.page.getByRole('button', { name: visit.t('member.promote') })).toBeVisible()
    },
  },
  {
    name: 'group-add-members',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.add'), exact: true }).click()
      await heading(visit, 'group.addMembers')
    },
  },
  {
    name: 'group-nickname',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.nickname') }).click()
      await expect(dialog(visit).getByRole('textbox')).toBeVisible()
    },
  },
  {
    name: 'group-leave',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await press(visit, 'group.leave')
      await heading(visit, 'group.leaveTitle', { name: visit.world.scene.family })
    },
  },
  {
    name: 'group-long-name',
    at: chat('long'),
    show: (visit) => said(visit, visit.world.scene.longName),
  },
  {
    name: 'group-muted',
    at: chat('quiet'),
    show: ({ page, t }) => expect(page.getByText(t('refusal.group_muted'))).toBeVisible(),
  },
  {
    name: 'group-removed',
    at: chat('removed'),
    show: async (visit) => {
      await expect(visit.page.getByRole('listitem').first()).toBeVisible()
      const { me, others, chats } = visit.world
      await others.ivo.call('DELETE', `/conversations/${chats.removed}/members/${me.id}`)
      await heading(visit, 'left.removed')
    },
  },
  {
    name: 'chat',
    at: chat('leo'),
    show: (visit) => said(visit, visit.world.scene.chats.leo!.at(-1)![1]),
  },
  {
    name: 'chat-actions',
    at: chat('leo'),
    show: async (visit) => {
      await visit.page
        .getByRole('listitem')
        .getByText(visit.world.scene.chats.leo![4]![1])
        .click({ button: 'right' })
      await expect(dialog(visit).getByRole('menuitem').first()).toBeVisible()
    },
  },
  {
    name: 'chat-report',
    at: chat('leo'),
    show: async (visit) => {
      await visit.page
        .getByRole('listitem')
        .getByText(visit.world.scene.chats.leo![4]![1])
        .click({ button: 'right' })
      await choose(visit, 'feedback.report')
      await expect(dialog(visit).getByRole('textbox')).toBeVisible()
    },
  },
  {
    name: 'chat-writing',
    at: chat('leo'),
    show: async ({ page, t, world }) => {
      const field = page.getByRole('textbox', { name: t('composer.label', { name: world.scene.names.leo }) })
      await field.fill(`${world.scene.group.announcement}\n${world.scene.greeting}`)
    },
    after: ({ page, t, world }) =>
      page.getByRole('textbox', { name: t('composer.label', { name: world.scene.names.leo }) }).fill(''),
  },
  {
    name: 'chat-emoji',
    at: chat('leo'),
    show: async (visit) => {
      await open(visit)
      await press(visit, 'emoji.title')
      await expect(visit.page.getByLabel(visit.t('emoji.search'))).toBeVisible()
      await expect(visit.page.getByRole('grid', { name: visit.t('emoji.list') })).toBeVisible()
    },
  },
  {
    name: 'chat-attach',
    at: chat('leo'),
    show: async (visit) => {
      await open(visit)
      await press(visit, 'attachment.add')
    },
  },
  {
    name: 'chat-send-files',
    at: chat('leo'),
    show: async (visit) => {
      await open(visit)
      const { seaside } = await import('./paintings.ts')
      await visit.page
        .locator('input[type=file][multiple]')
        .last()
        .setInputFiles([
          { name: 'morning.png', mimeType: 'image/png', buffer: seaside(300, 200, 'morning') },
          { name: visit.world.scene.file, mimeType: 'application/pdf', buffer: Buffer.alloc(51_200, 32) },
        ])
      await expect(dialog(visit).getByRole('textbox')).toBeVisible()
    },
  },
  {
    name: 'chat-picture',
    at: chat('leo'),
    show: async ({ page }) => {
      await page.locator('button:has(> img.picture), button:has(img.picture)').last().click()
      await expect(page.locator('.pswp')).toBeFocused()
    },
    after: ({ page }) => page.keyboard.press('Escape'),
  },
  {
    name: 'chat-details',
    at: chat('leo'),
    show: async (visit) => {
      await details(visit)
      await expect(visit.page.getByText(visit.world.scene.about)).toBeVisible()
    },
  },
  {
    name: 'chat-empty',
    at: chat('zoe'),
    show: (visit) => heading(visit, 'chat.empty', { name: visit.world.scene.names.zoe }),
  },
  {
    name: 'chat-offline',
    at: chat('zoe'),
    show: async (visit) => {
      await heading(visit, 'chat.empty', { name: visit.world.scene.names.zoe })
      await offline(visit)
      await visit.someone.say(visit.world.scene.names.zoe, visit.world.scene.unsent)
      await said(visit, visit.world.scene.unsent)
    },
    after: online,
  },
  {
    name: 'chat-reconnecting',
    at: chat('mia'),
    waiting: true,
    show: async (visit) => {
      await open(visit)
      visit.someone.relay.cut()
      await expect(visit.page.getByText(visit.t('connection.connecting'))).toBeVisible()
    },
    after: online,
  },
  {
    name: 'chat-not-sent',
    at: chat('tom'),
    show: async (visit) => {
      const { world, someone } = visit
      const { tom } = world.others
      await open(visit)
      await offline(visit)
      await someone.say(world.scene.names.tom, world.scene.unsent)
      await tom.call('DELETE', `/contacts/${world.me.id}`)
      await online(visit)
      const again = visit.page.getByRole('button', { name: visit.t('connection.retry') })
      await expect(async () => {
        if (await again.isVisible()) await again.click({ timeout: 500 })
        await expect(visit.page.getByText(visit.t('chat.retry'))).toBeVisible({ timeout: 1000 })
      }).toPass({ timeout: 30_000 })
      await expect(visit.page.getByText(visit.t('connection.offline'))).toHaveCount(0)
    },
    after: online,
  },
  {
    name: 'chat-blocked',
    at: chat('uma'),
    show: (visit) =>
      expect(
        visit.page.getByText(visit.t('refusal.blocked', { name: visit.world.scene.names.uma })),
      ).toBeVisible(),
  },
  {
    name: 'chat-not-friends',
    at: chat('ravi'),
    show: ({ page, t }) => expect(page.getByText(t('refusal.not_friends'))).toBeVisible(),
  },
  { name: 'chat-not-found', at: '/chats/1', show: (visit) => heading(visit, 'chat.notFound') },
  {
    name: 'robot',
    at: '/robot',
    show: async (visit) => {
      await expect(visit.page.getByRole('listitem').first()).toBeVisible()
      const field = visit.page.getByRole('textbox').last()
      await field.fill(visit.world.scene.question)
      await press(visit, 'composer.send')
      await said(visit, /12|4608/)
    },
  },
  {
    name: 'new-group',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'group.new')
      await dialog(visit).getByRole('checkbox', { name: visit.world.scene.names.leo }).check()
      await dialog(visit).getByRole('checkbox', { name: visit.world.scene.names.mia }).check()
    },
  },
  {
    name: 'new-group-name',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'group.new')
      await dialog(visit).getByRole('checkbox', { name: visit.world.scene.names.leo }).check()
      await dialog(visit)
        .getByRole('button', { name: visit.t('group.nextCount', { n: 1 }) })
        .click()
      await expect(dialog(visit).getByRole('textbox').first()).toBeVisible()
    },
  },
  {
    name: 'add-friend',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'contacts.add')
      await dialog(visit).getByRole('textbox').first().fill('owner')
      await dialog(visit)
        .getByRole('button', { name: visit.t('add.find') })
        .click()
      await expect(dialog(visit).getByRole('button', { name: visit.t('add.send') })).toBeVisible()
    },
  },
  {
    name: 'add-friend-not-found',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'contacts.add')
      await dialog(visit).getByRole('textbox').first().fill('nobody')
      await dialog(visit)
        .getByRole('button', { name: visit.t('add.find') })
        .click()
      await expect(dialog(visit).getByText(visit.t('add.notFound')).first()).toBeVisible()
    },
  },
  {
    name: 'join-group',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'join.title')
      await dialog(visit).getByRole('textbox').first().fill(visit.world.groupNumber)
      await dialog(visit)
        .getByRole('button', { name: visit.t('add.find') })
        .click()
      await expect(dialog(visit).getByRole('button', { name: visit.t('join.ask') })).toBeVisible()
    },
  },
  {
    name: 'join-link',
    at: ({ world }) => world.link,
    show: ({ page, t }) => expect(page.getByRole('button', { name: t('join.ask') })).toBeVisible(),
  },
  { name: 'join-link-gone', at: '/join#nothing', show: (visit) => heading(visit, 'join.linkGone') },
  {
    name: 'find',
    at: chat('leo'),
    show: async (visit) => {
      await open(visit)
      await visit.page.keyboard.press('ControlOrMeta+k')
      await expect(dialog(visit).getByRole('option').first()).toBeVisible()
    },
  },
  {
    name: 'find-by-letters',
    at: '/chats',
    show: async (visit) => {
      await ready(visit)
      await visit.page.keyboard.press('ControlOrMeta+k')
      await dialog(visit).getByRole('combobox').fill(visit.world.scene.finds)
      await expect(dialog(visit).getByRole('option', { name: visit.world.scene.names.tom })).toBeVisible()
    },
  },
  {
    name: 'find-nothing',
    at: '/chats',
    show: async (visit) => {
      await ready(visit)
      await visit.page.keyboard.press('ControlOrMeta+k')
      await dialog(visit).getByRole('combobox').fill('zzzz')
      await expect(dialog(visit).getByText(visit.t('chats.nothingFound'))).toBeVisible()
    },
  },
  {
    name: 'shortcuts',
    at: '/chats',
    show: async (visit) => {
      await ready(visit)
      await visit.page.keyboard.press('Shift+?')
      await heading(visit, 'keys.title')
    },
  },
  {
    name: 'contacts',
    at: '/contacts',
    show: ({ page, world }) => expect(page.getByText(world.scene.remark).first()).toBeVisible(),
  },
  {
    name: 'requests',
    at: '/contacts/requests',
    show: ({ page, world }) => expect(page.getByText(world.scene.greeting).first()).toBeVisible(),
  },
  {
    name: 'contact',
    at: ({ world }) => `/contacts/${world.others.leo.id}`,
    show: ({ page, world }) => expect(page.getByText(world.scene.about)).toBeVisible(),
  },
  {
    name: 'contact-remark',
    at: ({ world }) => `/contacts/${world.others.grandpa.id}`,
    show: async (visit) => {
      await visit.page
        .getByRole('button', { name: visit.t('card.remark') })
        .first()
        .click()
      await expect(dialog(visit).getByRole('textbox')).toBeVisible()
    },
  },
  {
    name: 'contact-delete',
    at: ({ world }) => `/contacts/${world.others.leo.id}`,
    show: async (visit) => {
      await press(visit, 'card.remove')
      await heading(visit, 'card.removeTitle', { name: visit.world.scene.names.leo })
    },
  },
  { name: 'contact-unknown', at: '/contacts/1', show: (visit) => heading(visit, 'card.unknown') },
  {
    name: 'add-card',
    at: '/add/owner',
    show: ({ page, t }) => expect(page.getByRole('button', { name: t('add.send') })).toBeVisible(),
  },
  {
    name: 'groups',
    at: '/contacts/groups',
    show: ({ page, world }) =>
      expect(page.getByRole('link', { name: world.scene.family }).first()).toBeVisible(),
  },
  {
    name: 'me',
    at: '/me',
    tall: true,
    show: (visit) => heading(visit, 'twoStep.title'),
  },
  {
    name: 'me-picture',
    at: '/me',
    show: async (visit) => {
      await press(visit, 'picture.title')
      const { seaside } = await import('./paintings.ts')
      await dialog(visit)
        .locator('input[type=file]')
        .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: seaside(400, 300, 'evening') })
      await expect(dialog(visit).getByRole('button', { name: visit.t('action.save') })).toBeVisible()
    },
  },
  {
    name: 'me-card',
    at: '/me',
    show: async (visit) => {
      await press(visit, 'myCard.title')
      await expect(dialog(visit).getByRole('img')).toBeVisible()
    },
  },
  {
    name: 'me-two-step',
    at: '/me',
    show: async (visit) => {
      await press(visit, 'twoStep.turnOn')
      await dialog(visit)
        .getByRole('textbox')
        .or(dialog(visit).locator('input'))
        .first()
        .fill(visit.someone.password)
      await dialog(visit)
        .getByRole('button', { name: visit.t('twoStep.go') })
        .click()
      await expect(dialog(visit).getByRole('img', { name: visit.t('twoStep.qr') })).toBeVisible()
    },
  },
  {
    name: 'me-delete',
    at: '/me',
    show: async (visit) => {
      await press(visit, 'data.delete')
      await heading(visit, 'data.deleteTitle')
    },
  },
  {
    name: 'me-sign-out',
    at: '/me',
    show: async (visit) => {
      await press(visit, 'me.signOut')
      await heading(visit, 'me.signOutTitle')
    },
  },
  {
    name: 'feedback',
    at: '/me/feedback',
    show: ({ page, world }) => expect(page.getByText(world.scene.feedback[0])).toBeVisible(),
  },
  {
    name: 'console-not-owner',
    at: '/console',
    show: (visit) => heading(visit, 'console.ownersOnly'),
  },
]

/** For the owner of the server. */
export const console: readonly Screen[] = [
  { name: 'console', at: '/console', tall: true, show: (visit) => heading(visit, 'console.title') },
  {
    name: 'console-people',
    at: '/console/people',
    show: ({ page, world }) => expect(page.getByText(world.scene.names.leo).first()).toBeVisible(),
  },
  {
    name: 'console-person',
    at: '/console/people',
    show: async (visit) => {
      await visit.page.getByRole('button', { name: visit.world.scene.names.leo }).first().click()
      await expect(dialog(visit).getByRole('button', { name: visit.t('console.act_disable') })).toBeVisible()
    },
  },
  {
    name: 'console-groups',
    at: '/console/groups',
    show: ({ page, world }) => expect(page.getByText(world.scene.family).first()).toBeVisible(),
  },
  {
    name: 'console-feedback',
    at: '/console/feedback',
    show: ({ page, world }) => expect(page.getByText(world.scene.feedback[0])).toBeVisible(),
  },
  {
    name: 'console-sign-ins',
    at: '/console/sign-ins',
    show: ({ page }) => expect(page.getByRole('main').getByText('owner').first()).toBeVisible(),
  },
  {
    name: 'console-log',
    at: '/console/log',
    show: ({ page }) => expect(page.locator('.skeleton')).toHaveCount(0),
  },
]

/** For somebody who has just come, and knows nobody. */
export const fresh: readonly Screen[] = [
  {
    name: 'first-chats',
    at: '/chats',
    show: (visit) => expect(visit.page.getByRole('navigation').first()).toBeVisible(),
  },
  {
    name: 'no-friends',
    at: '/contacts',
    show: (visit) => expect(visit.page.getByRole('heading').first()).toBeVisible(),
  },
  { name: 'no-requests', at: '/contacts/requests', show: (visit) => heading(visit, 'requests.none') },
  {
    name: 'no-groups',
    at: '/contacts/groups',
    show: ({ page }) => expect(page.locator('.skeleton')).toHaveCount(0),
  },
  { name: 'no-friends-for-group', at: '/chats', show: (visit) => plus(visit, 'group.new') },
  {
    name: 'robot-first',
    at: '/robot',
    show: ({ page }) => expect(page.getByRole('listitem').first()).toBeVisible(),
  },
]

/** For people who are signed out. */
export const outside: readonly Screen[] = [
  {
    name: 'start-failed',
    at: '/no/such/page',
    show: async (visit) => {
      await visit.page.route('**/api/v1/server', (route) => route.abort())
      await visit.page.goto('/sign-in')
      await expect(visit.page.getByRole('button', { name: visit.t('action.retry') })).toBeVisible()
    },
    after: ({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' }),
  },
  { name: 'sign-in', at: '/sign-in', show: (visit) => heading(visit, 'signIn.title') },
  {
    name: 'sign-in-wrong',
    at: '/sign-in',
    show: async (visit) => {
      await press(visit, 'signIn.submit')
      await expect(visit.page.getByText(visit.t('field.required')).first()).toBeVisible()
    },
  },
  {
    name: 'not-activated',
    at: '/sign-in',
    show: async (visit) => {
      const { someone } = visit
      const { username, email, password, name, language } = someone
      await someone.call('POST', '/registrations', { username, email, password, name, language })
      await someone.field('signIn.login').fill(email)
      await someone.field('signIn.password').fill(password)
      await press(visit, 'signIn.submit')
      await heading(visit, 'signIn.notActivated')
    },
  },
  { name: 'sign-up', at: '/sign-up', show: (visit) => heading(visit, 'signUp.title') },
  {
    name: 'sign-up-wrong',
    at: '/sign-up',
    show: async (visit) => {
      await visit.someone.field('signUp.username').fill('1')
      await visit.someone.field('signUp.password').fill('short')
      await press(visit, 'signUp.submit')
      await expect(visit.page.locator('[aria-invalid=true]').first()).toBeVisible()
    },
  },
  {
    name: 'mail-sent',
    at: '/forgot',
    show: async (visit) => {
      await visit.page.getByRole('textbox').first().fill('somebody@example.com')
      await visit.page.locator('button[type=submit]').click()
      await expect(visit.page.getByText('somebody@example.com').first()).toBeVisible()
    },
  },
  { name: 'forgot', at: '/forgot', show: (visit) => heading(visit, 'forgot.title') },
  {
    name: 'activate',
    at: '/activate#something',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  {
    name: 'activate-incomplete',
    at: '/activate',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  {
    name: 'reset',
    at: '/reset#something',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  {
    name: 'confirm-email-bad',
    at: '/confirm-email#something',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  { name: 'page-not-found', at: '/no/such/page', show: (visit) => heading(visit, 'page.notFound') },
]

/** On a server that has just begun. */
export const beginning: readonly Screen[] = [
  { name: 'set-up-without-link', at: '/', show: (visit) => heading(visit, 'setUp.noTokenTitle') },
]
