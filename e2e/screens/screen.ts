import type { Page } from '@playwright/test'
import type { Person } from '../support/person.ts'
import type { World } from './world.ts'

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
  /** What has to be so before the page is loaded. */
  before?: (visit: Visit) => Promise<unknown>
  /** What one does there to see it, until it is there. */
  show?: (visit: Visit) => Promise<unknown>
  /** Puts right what others would stumble over. */
  after?: (visit: Visit) => Promise<unknown>
  only?: 'computer' | 'phone'
  /** The page scrolls, and all of it is wanted. */
  tall?: boolean
  /** What goes through the network is changed inside the browser, or the network is told to be away: only Chromium can. */
  rewired?: boolean
  /** Nothing comes to an end here: something is always under way. */
  waiting?: boolean
}
