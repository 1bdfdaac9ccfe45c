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

/** Whether the list grew only at its beginning: then its end must stay where it is. */
export function grewAtStart(before: readonly Row[], after: readonly Row[]): boolean {
  const first = before[0]
  const last = before[before.length - 1]
  if (!first || !last || after.length <= before.length) return false
  const added = after.length - before.length
  return (
    after[0]?.key !== first.key &&
    after[added]?.key === first.key &&
    after[after.length - 1]?.key === last.key
  )
}
