import { conversationList, conversations } from './areas/chats.ts'
import { noOwner } from './areas/console.ts'
import { contacts } from './areas/contacts.ts'
import { finding } from './areas/finding.ts'
import { groups, newGroups } from './areas/groups.ts'
import { installed } from './areas/installed.ts'
import { me } from './areas/me.ts'
import { stickers } from './areas/stickers.ts'
import { waysIn } from './areas/ways-in.ts'
import type { Screen } from './screen.ts'

// Every screen of the app and every state that it can be in, each reached as a person would. Pictures are taken of
// them (make screenshots), and everybody must be able to use them (specs/usable.spec.ts).

export { console } from './areas/console.ts'
export { beginning, outside } from './areas/entrance.ts'
export { fresh } from './areas/first-days.ts'
export type { Screen, Visit } from './screen.ts'

/** For somebody whose account has everything in it. In this order: what is opened counts as read. */
export const inside: readonly Screen[] = [
  ...conversationList,
  ...groups,
  ...conversations,
  ...newGroups,
  ...contacts,
  ...finding,
  ...me,
  ...waysIn,
  ...stickers,
  ...installed,
  ...noOwner,
]
