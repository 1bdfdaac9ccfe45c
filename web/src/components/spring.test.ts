import { describe, expect, it, vi } from 'vitest'
import { spring } from './spring'

/** Frames by hand. */
function film(o: { from: number; to: number; velocity?: number }) {
  let next: ((now: number) => void) | null = null
  const seen: number[] = []
  const rested = vi.fn()
  const stop = spring({
    ...o,
    moved: (value) => seen.push(value),
    rested,
    frame: (run) => {
      next = run
      return 1
    },
    cancelFrame: () => (next = null),
  })
  const play = (frames: number) => {
    for (let i = 1; i <= frames && next; i++) {
      const run = next
      next = null
      run(i * 16)
    }
  }
  return { seen, rested, stop, play }
}

describe('a spring', () => {
  it('comes to rest at its end, nearer with every frame, and never past it', () => {
    const { seen, rested, play } = film({ from: 200, to: 0 })
    play(100)
    expect(rested).toHaveBeenCalledOnce()
    expect(seen.at(-1)).toBe(0)
    expect(seen).toEqual([...seen].sort((a, b) => b - a))
    expect(seen.length).toBeLessThan(30)
  })

  it('goes on as fast as the finger was', () => {
    const slow = film({ from: 100, to: 400 })
    const fast = film({ from: 100, to: 400, velocity: 3 })
    slow.play(5)
    fast.play(5)
    expect(fast.seen[4]!).toBeGreaterThan(slow.seen[4]!)
  })

  it('stays where it is when it is stopped', () => {
    const { seen, rested, stop, play } = film({ from: 200, to: 0 })
    play(3)
    stop()
    play(50)
    expect(seen.length).toBe(3)
    expect(rested).not.toHaveBeenCalled()
  })
})
