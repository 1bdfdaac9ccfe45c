import type { FieldError, Problem } from './types'

/** Codes that arise on this side of the wire; all others come from the server. */
export const UNREACHABLE = 'network'
export const TIMEOUT = 'timeout'
export const INTERNAL = 'internal'
export const OUTBOX_FULL = 'outbox.full'

export const SESSION_REQUIRED = 'session.required'

/** What every failed operation throws. Status 0: nothing is known to have reached the server. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`)
    this.name = 'ProblemError'
    this.problem = problem
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }

  get detail(): string {
    return this.problem.detail
  }

  get errors(): FieldError[] {
    return this.problem.errors ?? []
  }

  /** Seconds. */
  get retryAfter(): number | undefined {
    return this.problem.retryAfter
  }

  /** The same request can never succeed: repeating it unchanged is pointless. */
  get permanent(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status)
  }

  /** The server no longer knows this sign-in. */
  get signedOut(): boolean {
    return this.status === 401 && this.code === SESSION_REQUIRED
  }
}

export function isProblem(error: unknown, code?: string): error is ProblemError {
  return error instanceof ProblemError && (code === undefined || error.code === code)
}

export function unreachable(): ProblemError {
  return new ProblemError({
    title: 'Unreachable',
    status: 0,
    code: UNREACHABLE,
    detail: 'The server cannot be reached.',
  })
}

export function timedOut(): ProblemError {
  return new ProblemError({
    title: 'Timed out',
    status: 0,
    code: TIMEOUT,
    detail: 'The server did not answer in time.',
  })
}

/** Anything that is thrown, as a problem. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new ProblemError({ title: 'Internal', status: 0, code: INTERNAL, detail })
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Reads a problem from what came over the wire, which may be anything: a proxy's page, or nothing. */
export function readProblem(value: unknown, status: number, retryAfter?: number): ProblemError {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<Problem>
  const title = text(given.title) ?? (status > 0 ? `HTTP ${status}` : 'Refused')
  const wait = retryAfter ?? given.retryAfter
  return new ProblemError({
    title,
    status: typeof given.status === 'number' ? given.status : status,
    code: text(given.code) ?? (status > 0 ? `http.${status}` : 'unknown'),
    detail: text(given.detail) ?? title,
    ...(Array.isArray(given.errors) ? { errors: given.errors } : {}),
    ...(given.secondFactor ? { secondFactor: given.secondFactor } : {}),
    ...(typeof wait === 'number' && Number.isFinite(wait) ? { retryAfter: wait } : {}),
  })
}
