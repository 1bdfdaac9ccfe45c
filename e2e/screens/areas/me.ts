import { expect } from '../../support/expect.ts'
import type { Screen, Visit } from '../screen.ts'
import { dialog, heading, press } from '../steps.ts'

// What is mine: profile, account, settings.

/** What is asked for before anything that only whoever has the account may do. */
async function prove(visit: Visit, go: string) {
  await dialog(visit).getByLabel(visit.t('me.passwordCurrent')).fill(visit.someone.password)
  await dialog(visit)
    .getByRole('button', { name: visit.t(go) })
    .click()
}

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
    show: async ({ page, t }) => {
      await page.route('**/api/v1/sessions', (route) => route.abort())
      await page.reload()
      await expect(page.getByRole('button', { name: t('action.retry') })).toBeVisible()
    },
    after: ({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' }),
  },
  {
    name: 'me-notifications',
    at: '/me/notifications',
    show: (visit) => title(visit, 'notifications.title'),
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
    name: 'me-two-step',
    at: '/me/account',
    show: async (visit) => {
      await press(visit, 'twoStep.turnOn')
      await prove(visit, 'twoStep.go')
      await expect(dialog(visit).getByRole('img', { name: visit.t('twoStep.qr') })).toBeVisible()
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
]
