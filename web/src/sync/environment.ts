/** Time and chance, passed in so that tests can own them. */
export interface Environment {
  /** Milliseconds UTC. */
  now: () => number
  /** 0 <= x < 1 */
  random: () => number
  /** Runs `job` once after `ms`; the answer cancels it. */
  after: (ms: number, job: () => void) => () => void
}

export const realEnvironment: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, job) => {
    const timer = setTimeout(job, ms)
    return () => clearTimeout(timer)
  },
}

export interface BackoffOptions {
  /** Milliseconds before the second try, on average about three quarters of it. */
  first: number
  /** Milliseconds; no wait is longer. */
  most: number
}

/** How long to wait after `failures` failures in a row: doubling, and spread so that many clients do not return at once. */
export function backoff(failures: number, random: () => number, { first, most }: BackoffOptions): number {
  const ceiling = Math.min(most, first * 2 ** Math.min(failures - 1, 30))
  return Math.round(ceiling * (0.5 + random() / 2))
}
