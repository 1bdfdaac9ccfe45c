import { describe, expect, it } from 'vitest'
import type { ThreadMessage } from '@/stores/types'
import { grewAtStart, rowsOf } from './rows'

const minute = 60_000
const noon = new Date(2026, 4, 12, 12).getTime()

function message(seq: number, own: boolean, at: number): ThreadMessage {
  const senderId = own ? '1' : '2'
  return {
    key: `${senderId}:${seq}`,
    seq,
    senderId,
    own,
    kind: 'text',
    body: '',
    createdAt: at,
    state: 'sent',
  }
}

const blocks = (rows: ReturnType<typeof rowsOf>) =>
  rows.map(({ first, last }) => (first && last ? 'only' : first ? 'first' : last ? 'last' : 'middle'))

describe('rows of a conversation', () => {
  it('make a block of what one person wrote within five minutes', () => {
    const rows = rowsOf(
      [
        message(1, true, noon),
        message(2, true, noon + minute),
        message(3, true, noon + 2 * minute),
        message(4, false, noon + 3 * minute),
        message(5, false, noon + 9 * minute),
      ],
      null,
    )
    expect(blocks(rows)).toEqual(['first', 'middle', 'last', 'only', 'only'])
  })

  it('name a day once, and end blocks at midnight', () => {
    const midnight = new Date(2026, 4, 13).getTime()
    const rows = rowsOf([message(1, true, midnight - minute), message(2, true, midnight + minute)], null)
    expect(rows.map(({ day }) => day)).toEqual([true, true])
    expect(blocks(rows)).toEqual(['only', 'only'])
  })

  it('draw the unread line once, above the first unread message of somebody else', () => {
    const rows = rowsOf(
      [message(1, false, noon), message(2, true, noon), message(3, false, noon), message(4, false, noon)],
      2,
    )
    expect(rows.map(({ unread }) => unread)).toEqual([false, false, true, false])
    expect(blocks(rows)).toEqual(['only', 'only', 'first', 'last'])
  })

  it('draw no unread line when nothing is unread', () => {
    expect(rowsOf([message(1, false, noon)], null).some(({ unread }) => unread)).toBe(false)
  })

  it('know when only older ones came', () => {
    const all = [1, 2, 3, 4].map((seq) => message(seq, true, noon + seq))
    const newer = rowsOf(all.slice(2), null)
    expect(grewAtStart(newer, rowsOf(all, null))).toBe(true)
    expect(grewAtStart(newer, rowsOf([...all.slice(2), message(5, true, noon)], null))).toBe(false)
    expect(grewAtStart(newer, rowsOf([...all, message(5, true, noon)], null))).toBe(false)
    expect(grewAtStart([], rowsOf(all, null))).toBe(false)
  })
})
