// Emoji by name, in what is being typed: ":smi" looks for one, ":smile:" is one.
import type { Typed } from './useCompletion'

/** No name is longer. */
const longest = 50
const colons = /[:：]/
const name = /^[\p{L}\p{N}_+-]+$/u

/** A name that is being typed behind a colon, up to the cursor. */
export function typedEmoji(text: string, cursor: number): Typed | null {
  const before = text.slice(0, cursor)
  const from = lastColon(before)
  if (from < 0) return null
  const query = before.slice(from + 1)
  // One letter is too little to be meant; one Chinese character says enough.
  if (!name.test(query) || /^[ -~]$/.test(query)) return null
  return opens(text, from) ? { from, query } : null
}

/** A name between two colons that ends at the cursor. */
export function closedEmoji(text: string, cursor: number): Typed | null {
  if (!colons.test(text.charAt(cursor - 1))) return null
  const before = text.slice(0, cursor - 1)
  const from = lastColon(before)
  if (from < 0) return null
  const query = before.slice(from + 1)
  return name.test(query) && opens(text, from) ? { from, query } : null
}

function lastColon(text: string): number {
  const from = Math.max(text.lastIndexOf(':'), text.lastIndexOf('：'))
  return text.length - from > longest ? -1 : from
}

/** A colon behind a letter or a number belongs to it: 10:30, https://, 他说：好. */
function opens(text: string, colon: number): boolean {
  const before = text.slice(0, colon)
  return !/[\p{L}\p{N}:：_]$/u.test(before)
}
