// What a finger has let go of comes to rest as on a spring that is damped just so that it never swings past: where it
// is and how fast it is go over into the motion.

export interface SpringOptions {
  from: number
  to: number
  /** Units a millisecond. */
  velocity?: number
  /** How stiff: the larger, the sooner it rests. About 5 / omega milliseconds. */
  omega?: number
  moved: (value: number) => void
  rested: () => void
  frame?: (run: (now: number) => void) => number
  cancelFrame?: (id: number) => void
}

/** Begins the motion; returns what stops it where it is. */
export function spring({
  from,
  to,
  velocity = 0,
  omega = 0.022,
  moved,
  rested,
  frame = requestAnimationFrame,
  cancelFrame = cancelAnimationFrame,
}: SpringOptions): () => void {
  const offset = from - to
  const slope = velocity + omega * offset
  let begun = 0
  let id = frame(step)

  function step(now: number) {
    begun ||= now
    const t = now - begun
    // x'' + 2ωx' + ω²x = 0
    const value = (offset + slope * t) * Math.exp(-omega * t)
    if (t > 0 && Math.abs(value) < 0.5) {
      moved(to)
      rested()
      return
    }
    moved(to + value)
    id = frame(step)
  }

  return () => cancelFrame(id)
}
