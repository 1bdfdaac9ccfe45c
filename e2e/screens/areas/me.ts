import { expect } from '@playwright/test'
import type { Screen } from '../screen.ts'
import { dialog, heading, press } from '../steps.ts'

// What is mine: profile, account, settings.

export const me: readonly Screen[] = [
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
]
