import { describe, expect, it } from 'vitest'
import type { ThreadMessage } from '@/stores/types'
import { changedAtStart, rowsOf, worthKeeping } from './rows'

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
    expect(changedAtStart(newer, rowsOf(all, null))).toBe(true)
    expect(changedAtStart(newer, rowsOf([...all.slice(2), message(5, true, noon)], null))).toBe(false)
    expect(changedAtStart(newer, rowsOf([...all, message(5, true, noon)], null))).toBe(false)
    expect(changedAtStart([], rowsOf(all, null))).toBe(false)
  })
})

describe('what is let go of in a long conversation', () => {
  const long = rowsOf(
    Array.from({ length: 900 }, (_, index) => message(index + 101, false, noon + index)),
    null,
  )

  it('is nothing while it is not long', () => {
    expect(worthKeeping(long.slice(0, 600), 0)).toBeNull()
  })

  it('lies on the side that is farther from the reader', () => {
    expect(worthKeeping(long, 899)).toEqual({ first: 800, last: 1000 })
    expect(worthKeeping(long, 0)).toEqual({ first: 101, last: 301 })
  })

  it('keeps the end in its place when it lies before the reader', () => {
    expect(changedAtStart(long, long.slice(300))).toBe(true)
    expect(changedAtStart(long, long.slice(0, 300))).toBe(false)
  })
})
