// Failures as the views meet them: every action of a store rejects with a ProblemError and nothing else.
import { ProblemError, toProblem } from '@/api/problem'
import type { Problem } from './types'

export { ProblemError }

/** Anything that was thrown, as a problem. */
export function problemOf(error: unknown): Problem {
  return toProblem(error).problem
}
