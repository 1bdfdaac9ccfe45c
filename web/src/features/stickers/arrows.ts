// Where the arrows lead among things that stand in rows, whatever is between the rows.

interface Box {
  left: number
  top: number
}

/** The index that a key leads to from `now`; null if it leads nowhere. */
export function arrowTo(boxes: readonly Box[], now: number, key: string): number | null {
  const from = boxes[now]
  if (!from) return null
  const last = boxes.length - 1
  if (key === 'ArrowRight') return now < last ? now + 1 : null
  if (key === 'ArrowLeft') return now > 0 ? now - 1 : null
  if (key === 'Home') return 0
  if (key === 'End') return last
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null
  const down = key === 'ArrowDown'
  const beyond = boxes.filter(({ top }) => (down ? top > from.top : top < from.top))
  if (beyond.length === 0) return null
  const tops = beyond.map(({ top }) => top)
  const row = down ? Math.min(...tops) : Math.max(...tops)
  const [nearest] = beyond
    .filter(({ top }) => top === row)
    .sort((a, b) => Math.abs(a.left - from.left) - Math.abs(b.left - from.left))
  return nearest ? boxes.indexOf(nearest) : null
}
