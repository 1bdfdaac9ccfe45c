import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { heading, plus } from '../steps.ts'

// What there is to see before there is anything to see.

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
