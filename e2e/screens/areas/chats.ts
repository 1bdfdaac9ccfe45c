import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import {
  actions,
  chat,
  choose,
  connected,
  details,
  dialog,
  forgetAndReload,
  heading,
  offline,
  online,
  open,
  press,
  refuse,
  said,
  socket,
} from '../steps.ts'

// The list of conversations, and one conversation with all that can be done in it.

export const conversationList: readonly Screen[] = [
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
    rewired: true,
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
    name: 'chats-offline',
    at: '/chats',
    rewired: true,
    show: async (visit) => {
      await expect(visit.page.getByText(visit.world.scene.group.name).first()).toBeVisible()
      await offline(visit)
    },
    after: online,
  },
  {
    name: 'chats-failed',
    at: '/chats',
    rewired: true,
    waiting: true,
    show: async (visit) => {
      await visit.page.routeWebSocket(socket, refuse)
      await forgetAndReload(visit.page)
      await heading(visit, 'chats.failed')
    },
    after: connected,
  },
]

export const conversations: readonly Screen[] = [
  {
    name: 'chat',
    at: chat('leo'),
    show: (visit) => said(visit, visit.world.scene.chats.leo!.at(-1)![1]),
  },
  {
    name: 'chat-actions',
    at: chat('leo'),
    show: async (visit) => {
      await actions(visit, visit.world.scene.chats.leo![4]![1])
    },
  },
  {
    name: 'chat-report',
    at: chat('leo'),
    show: async (visit) => {
      await actions(visit, visit.world.scene.chats.leo![4]![1])
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
      const { seaside } = await import('../paintings.ts')
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
    rewired: true,
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
    after: ({ someone }) => Promise.resolve(someone.relay.restore()),
  },
  {
    name: 'chat-not-sent',
    at: chat('tom'),
    rewired: true,
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
]
