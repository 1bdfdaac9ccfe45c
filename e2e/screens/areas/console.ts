import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { dialog, heading, real, silent } from '../steps.ts'

// Where owners look after the server.

/** For the owner of the server. */
export const console: readonly Screen[] = [
  { name: 'console', at: '/console', tall: true, show: (visit) => heading(visit, 'console.title') },
  {
    name: 'console-people',
    at: '/console/people',
    show: ({ page, world }) => expect(page.getByText(world.scene.names.leo).first()).toBeVisible(),
  },
  {
    name: 'console-people-nobody',
    at: '/console/people',
    show: async ({ page, t }) => {
      await page.getByLabel(t('console.findPeople')).fill('zzz')
      await expect(page.getByText(t('console.nobody'))).toBeVisible()
    },
  },
  {
    name: 'console-people-failed',
    at: '/console/people',
    rewired: true,
    before: silent('/console/people?*'),
    show: ({ page, t }) => expect(page.getByRole('button', { name: t('action.retry') })).toBeVisible(),
    after: real,
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
    show: ({ page }) => expect(page.getByRole('main').getByText('owner').last()).toBeVisible(),
  },
  {
    name: 'console-log',
    at: '/console/log',
    show: ({ page }) => expect(page.locator('.skeleton')).toHaveCount(0),
  },
]

export const noOwner: readonly Screen[] = [
  {
    name: 'console-not-owner',
    at: '/console',
    show: (visit) => heading(visit, 'console.ownersOnly'),
  },
]
