// Where the rows of the picker stand, which of them are on the screen, and where the arrows lead. All rows of a kind
// are equally high, so that nothing must be measured.
import type { Emoji } from './emoji'

/** In pixels; the styles of EmojiPicker.vue say the same. */
export const sizes = { title: 32, cell: 44 }

export interface GridRow<Name extends string> {
  index: number
  top: number
  /** Either what follows, */
  title?: Name
  /** or emoji. */
  emoji?: readonly Emoji[]
}

export interface Grid<Name extends string> {
  rows: readonly GridRow<Name>[]
  height: number
}

export interface Spot {
  row: number
  column: number
}

/** Sections without a name have no title. */
export function layOut<Name extends string>(
  sections: readonly { name: Name | ''; emoji: readonly Emoji[] }[],
  columns: number,
): Grid<Name> {
  const rows: GridRow<Name>[] = []
  let top = 0
  for (const { name, emoji } of sections) {
    if (name) {
      rows.push({ index: rows.length, top, title: name })
      top += sizes.title
    }
    for (let from = 0; from < emoji.length; from += columns) {
      rows.push({ index: rows.length, top, emoji: emoji.slice(from, from + columns) })
      top += sizes.cell
    }
  }
  return { rows, height: top }
}

/** Those on the screen and a few around them, and the one that has the focus, wherever it is. */
export function rowsBetween<Name extends string>(
  { rows }: Grid<Name>,
  top: number,
  height: number,
  focused: number,
): readonly GridRow<Name>[] {
  const around = 4 * sizes.cell
  return rows.filter(
    (row) => row.index === focused || (row.top > top - around && row.top < top + height + around),
  )
}

/** Where a key leads; null if it leads nowhere. */
export function move<Name extends string>(
  { rows }: Grid<Name>,
  { row, column }: Spot,
  key: string,
  farthest = false,
): Spot | null {
  const full = rows.flatMap(({ index, emoji }) => (emoji ? [{ index, length: emoji.length }] : []))
  const at = full.findIndex(({ index }) => index === row)
  const to = (n: number, wanted: number): Spot | null => {
    const target = full[n]
    return target ? { row: target.index, column: Math.min(wanted, target.length - 1) } : null
  }
  const last = full.length - 1
  const page = 5
  switch (key) {
    case 'ArrowRight':
      return column + 1 < (full[at]?.length ?? 0) ? { row, column: column + 1 } : to(at + 1, 0)
    case 'ArrowLeft':
      return column > 0 ? { row, column: column - 1 } : to(at - 1, Infinity)
    case 'ArrowDown':
      return to(at + 1, column)
    case 'ArrowUp':
      return to(at - 1, column)
    case 'PageDown':
      return to(Math.min(at + page, last), column)
    case 'PageUp':
      return to(Math.max(at - page, 0), column)
    case 'Home':
      return farthest ? to(0, 0) : { row, column: 0 }
    case 'End':
      return farthest ? to(last, Infinity) : to(at, Infinity)
    default:
      return null
  }
}
