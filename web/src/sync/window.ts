// A contiguous piece of a conversation, as a view shows it. Since seq is dense, whether anything is
// missing can be read off the numbers. Pure functions; unchanged messages stay the same objects.
import type { Message } from '@/api/types'

export interface MessageWindow {
  /** The seq of the first message, or where it would be. */
  readonly from: number
  readonly messages: readonly Message[]
  /** Newer messages that do not connect yet, because one between is on its way. */
  readonly loose: ReadonlyMap<number, Message>
}

const MOST_LOOSE = 500

export function endOf(window: MessageWindow): number {
  return window.from + window.messages.length - 1
}

/** The longest run without a hole that ends with the newest of `messages`, which ascend. */
export function runAtEnd(messages: readonly Message[]): readonly Message[] {
  let start = messages.length - 1
  while (start > 0 && messages[start - 1]?.seq === (messages[start]?.seq ?? 0) - 1) start--
  return messages.slice(Math.max(0, start))
}

/** The longest run without a hole that begins with the oldest of `messages`, which ascend. */
export function runAtStart(messages: readonly Message[]): readonly Message[] {
  let end = 1
  while (end < messages.length && messages[end]?.seq === (messages[end - 1]?.seq ?? 0) + 1) end++
  return messages.slice(0, end)
}

/** A window on a run. */
export function windowOf(run: readonly Message[]): MessageWindow {
  return { from: run[0]?.seq ?? 1, messages: run, loose: new Map() }
}

/** Takes in rows as they come: newer forms of what is shown, and what follows it without a hole. */
export function mergeRows(window: MessageWindow, rows: readonly Message[]): MessageWindow {
  const { from } = window
  let messages: Message[] | null = null
  let loose: Map<number, Message> | null = null
  for (const row of rows) {
    const index = row.seq - from
    if (index < 0) continue
    const shown = (messages ?? window.messages)[index]
    if (shown) {
      if (shown.version >= row.version) continue
      messages ??= [...window.messages]
      messages[index] = row
    } else {
      const waiting = (loose ?? window.loose).get(row.seq)
      if (waiting && waiting.version >= row.version) continue
      loose ??= new Map(window.loose)
      loose.set(row.seq, row)
    }
  }
  const waiting = loose ?? window.loose
  for (;;) {
    const next = from + (messages ?? window.messages).length
    const row = waiting.get(next)
    if (!row) break
    messages ??= [...window.messages]
    messages.push(row)
    loose ??= new Map(window.loose)
    loose.delete(next)
  }
  if (loose && loose.size > MOST_LOOSE) {
    for (const seq of [...loose.keys()].sort((a, b) => a - b).slice(MOST_LOOSE)) loose.delete(seq)
  }
  if (!messages && !loose) return window
  return { from, messages: messages ?? window.messages, loose: loose ?? window.loose }
}

/** Keeps only what lies from one seq to another. */
export function narrow(window: MessageWindow, first: number, last: number): MessageWindow {
  const from = Math.max(window.from, first)
  const to = Math.min(endOf(window), last)
  if (from > to || (from === window.from && to === endOf(window))) return window
  const messages = window.messages.slice(from - window.from, to - window.from + 1)
  // What lay beyond the end no longer waits for anything that connects it.
  return { from, messages, loose: to < endOf(window) ? new Map() : window.loose }
}

/** Puts older messages, which ascend, before what is shown, as far as they connect. */
export function prepend(window: MessageWindow, older: readonly Message[]): MessageWindow {
  const run = runAtEnd(older.filter((message) => message.seq < window.from))
  const last = run[run.length - 1]
  if (!last || last.seq !== window.from - 1) return window
  return { ...window, from: window.from - run.length, messages: [...run, ...window.messages] }
}
