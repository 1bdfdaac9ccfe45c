import { expect } from '../../support/expect.ts'
import type { Screen, Visit } from '../screen.ts'
import { dialog, heading, press, pretend, real, silent } from '../steps.ts'

// What is mine: profile, account, settings.

const title = ({ page, t }: Visit, key: string) =>
  expect(page.getByRole('heading', { name: t(key), exact: true, level: 1 })).toBeVisible()

export const me: readonly Screen[] = [
  { name: 'me', at: '/me', show: (visit) => title(visit, 'me.title') },
  { name: 'me-profile', at: '/me/profile', tall: true, show: (visit) => title(visit, 'me.profile') },
  { name: 'me-account', at: '/me/account', tall: true, show: (visit) => heading(visit, 'twoStep.title') },
  { name: 'me-devices', at: '/me/devices', show: (visit) => title(visit, 'me.devices') },
  {
    name: 'me-devices-failed',
    at: '/me/devices',
    rewired: true,
    before: silent('/sessions'),
    show: (visit) => expect(visit.page.getByRole('button', { name: visit.t('action.retry') })).toBeVisible(),
    after: real,
  },
  {
    name: 'me-notifications',
    at: '/me/notifications',
    show: (visit) => title(visit, 'notifications.title'),
  },
  {
    name: 'me-notifications-refused',
    at: '/me/notifications',
    rewired: true,
    before: pretend('notifications refused'),
    show: ({ page, t }) => expect(page.getByText(t('notifications.denied'))).toBeVisible(),
    after: real,
  },
  {
    name: 'me-notifications-impossible',
    at: '/me/notifications',
    rewired: true,
    before: pretend('no notifications'),
    show: ({ page, t }) => expect(page.getByText(t('notifications.impossible'))).toBeVisible(),
    after: real,
  },
  { name: 'me-appearance', at: '/me/appearance', show: (visit) => title(visit, 'me.appearance') },
  { name: 'me-language', at: '/me/language', show: (visit) => title(visit, 'me.language') },
  { name: 'me-stickers', at: '/me/stickers', show: (visit) => title(visit, 'sticker.title') },
  { name: 'me-about', at: '/me/about', show: (visit) => title(visit, 'me.about') },
  {
    name: 'me-picture',
    at: '/me',
    show: async (visit) => {
      await press(visit, 'picture.title')
      const { seaside } = await import('../paintings.ts')
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
    name: 'me-delete',
    at: '/me/account',
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
    name: 'feedback-failed',
    at: '/me/feedback',
    rewired: true,
    before: silent('/feedback'),
    show: ({ page, t }) => expect(page.getByRole('button', { name: t('action.retry') })).toBeVisible(),
    after: real,
  },
]
