import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { connected, dialog, forgetAndReload, heading, plus, press, refuse, socket } from '../steps.ts'

// Friends, requests and cards.

export const contacts: readonly Screen[] = [
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
    name: 'contacts',
    at: '/contacts',
    show: ({ page, world }) => expect(page.getByText(world.scene.remark).first()).toBeVisible(),
  },
  {
    name: 'contacts-nothing-found',
    at: '/contacts',
    show: async (visit) => {
      await visit.page.getByLabel(visit.t('contacts.search')).fill('zzz')
      await heading(visit, 'chats.nothingFound')
    },
  },
  {
    name: 'contacts-failed',
    at: '/contacts',
    rewired: true,
    waiting: true,
    show: async (visit) => {
      await visit.page.routeWebSocket(socket, refuse)
      await forgetAndReload(visit.page)
      await heading(visit, 'contacts.failed')
    },
    after: connected,
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
]
