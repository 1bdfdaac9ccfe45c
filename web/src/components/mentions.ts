// Who is spoken to in a message, found in its words: an @ and the name.
import { lengthOf, limits } from '@/i18n/limits'
import type { Piece } from './links'

export interface MarkedPiece extends Piece {
  /** Speaks to somebody. */
  mention?: true
}

/** More of them are left as plain words. */
const most = 100

/** Cuts the plain words wherever one of `names` is spoken to. */
export function markMentions(pieces: readonly Piece[], names: readonly string[]): MarkedPiece[] {
  const tokens = names.filter((name) => name !== '').map((name) => `@${name}`)
  if (tokens.length === 0) return [...pieces]
  // The longest first: who is called "Li Ming" is not "Li".
  tokens.sort((a, b) => b.length - a.length)
  return pieces.flatMap((piece) => (piece.href ? [piece] : cut(piece, tokens)))
}

function cut(piece: Piece, tokens: readonly string[]): MarkedPiece[] {
  const { text } = piece
  const found: MarkedPiece[] = []
  let from = 0
  for (let at = text.indexOf('@'); at >= 0 && found.length < most; at = text.indexOf('@', at + 1)) {
    const token = tokens.find((one) => text.startsWith(one, at))
    if (!token) continue
    if (at > from) found.push({ ...piece, text: text.slice(from, at) })
    found.push({ text: token, mention: true })
    from = at + token.length
    at = from - 1
  }
  if (from === 0) return [piece]
  if (from < text.length) found.push({ text: text.slice(from) })
  return found
}

/** What everyone in a group is called when they are spoken to together, in each language. */
export const everyone = ['所有人', 'everyone'] as const

/** A name that is being typed behind an @, up to the cursor. */
export function typedMention(text: string, cursor: number): { from: number; query: string } | null {
  const start = text.lastIndexOf('@', cursor - 1)
  // An @ inside a word is an address.
  if (start < 0) return null
  const before = text.charAt(start - 1)
  if (/[\p{L}\p{N}._-]/u.test(before) && /^[ -~]$/.test(before)) return null
  const query = text.slice(start + 1, cursor)
  const most = limits.value['name'] ?? Infinity
  return /[\n@]/.test(query) || query.startsWith(' ') || lengthOf(query) > most
    ? null
    : { from: start, query }
}
