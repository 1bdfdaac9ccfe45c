import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { chat, dialog, heading, open, ready } from '../steps.ts'

// What keys call up from anywhere: the quick switcher, the sheet of shortcuts.

export const finding: readonly Screen[] = [
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
]
