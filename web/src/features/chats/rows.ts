// From messages to what stands in the list: where a day begins, where the unread ones begin, and which messages
// form a block. One row per message, so that the place of a message never depends on a separator coming or going.
import { startOfDay } from '@/i18n/time'
import type { ThreadMessage } from '@/stores/types'

export interface Row {
  key: string
  message: ThreadMessage
  /** The first message of its day: the day's name stands above it. */
  day: boolean
  /** The first unread message when the conversation was opened: the line stands above it. */
  unread: boolean
  first: boolean
  last: boolean
}

const blockGap = 5 * 60 * 1000

export function rowsOf(messages: readonly ThreadMessage[], unreadFrom: number | null): Row[] {
  const rows: Row[] = []
  let line = unreadFrom !== null
  let day = Number.NaN
  messages.forEach((message, index) => {
    const before = messages[index - 1]
    const today = startOfDay(message.createdAt)
    const newDay = today !== day
    day = today
    const unread =
      line && !message.own && message.seq !== null && unreadFrom !== null && message.seq >= unreadFrom
    if (unread) line = false
    const first = newDay || unread || !before || !sameBlock(before, message)
    const previous = rows[rows.length - 1]
    if (previous) previous.last = first
    rows.push({ key: message.key, message, day: newDay, unread, first, last: true })
  })
  return rows
}

function sameBlock(before: ThreadMessage, message: ThreadMessage): boolean {
  if (before.kind === 'notice' || message.kind === 'notice') return false
  return before.senderId === message.senderId && message.createdAt - before.createdAt < blockGap
}

/** Whether the list grew or shrank only at its beginning: then its end must stay where it is. */
export function changedAtStart(before: readonly Row[], after: readonly Row[]): boolean {
  const [shorter, longer] = before.length < after.length ? [before, after] : [after, before]
  const more = longer.length - shorter.length
  if (more === 0 || shorter.length === 0) return false
  return longer[more]?.key === shorter[0]?.key && longer.at(-1)?.key === shorter.at(-1)?.key
}

/** More than this are drawn from no longer. */
const most = 600
/** So many stay on each side of the reader. */
const around = 200

/** What can be let go of because the reader, who is at `index`, is far from it: the seqs that stay, or null. */
export function worthKeeping(rows: readonly Row[], index: number): { first: number; last: number } | null {
  if (rows.length <= most) return null
  const oldest = rows[0]?.message.seq ?? 0
  const newest = rows.findLast(({ message }) => message.seq !== null)?.message.seq ?? 0
  const here = rows[index]?.message.seq ?? newest
  // One side at a time, the farther one: then the other keeps its place.
  return here - oldest > newest - here
    ? { first: here - around, last: newest }
    : { first: oldest, last: here + around }
}
