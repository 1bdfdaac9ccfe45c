import type { Environment } from '../environment'

/** A random source that gives the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Lets everything that only waits for promises go on. */
async function settleMicrotasks(): Promise<void> {
  for (let i = 0; i < 25; i++) await Promise.resolve()
}

/** Lets everything that waits for promises or for the (fake) database go on. */
export async function settleTasks(): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve(undefined)
      }
      port2.postMessage(null)
    })
  }
}

interface Job {
  at: number
  order: number
  run: () => void
}

/** Time that passes only when told to. */
export class VirtualTime implements Environment {
  private time = 1_800_000_000_000
  private jobs: Job[] = []
  private order = 0

  constructor(
    readonly random: () => number = seeded(1),
    private readonly settle: () => Promise<void> = settleMicrotasks,
  ) {}

  now = (): number => this.time

  after = (ms: number, run: () => void): (() => void) => {
    const job = { at: this.time + Math.max(0, ms), order: this.order++, run }
    this.jobs.push(job)
    return () => {
      this.jobs = this.jobs.filter((other) => other !== job)
    }
  }

  get pending(): number {
    return this.jobs.length
  }

  /** Lets `ms` pass, and all that happens meanwhile happen. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    await this.settle()
    for (;;) {
      const next = this.jobs
        .filter((job) => job.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (!next) break
      this.jobs = this.jobs.filter((job) => job !== next)
      this.time = Math.max(this.time, next.at)
      next.run()
      await this.settle()
    }
    this.time = end
  }

  /** Lets time pass until the condition holds. */
  async until(condition: () => boolean, what = 'the condition', most = 10 * 60_000): Promise<void> {
    await this.settle()
    const limit = this.time + most
    while (!condition()) {
      if (this.time >= limit) throw new Error(`${what} did not come about`)
      await this.pass(50)
    }
  }
}
