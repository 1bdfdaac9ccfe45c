// Tells the server how far I have read: not for every message that scrolls by, never backwards, and
// also what was read while there was no connection.
import { toProblem } from '@/api/problem'
import type { ID } from '@/api/types'
import { backoff, type Environment } from './environment'

export interface ReadsOptions {
  env: Environment
  /** Tells the server. Throws an ProblemError. */
  send: (conversationId: ID, seq: number) => Promise<void>
  /** How far is still to be told; 0: nothing. */
  changed: (conversationId: ID, unsent: number) => void
}

/** Milliseconds between two reports on the same conversation. */
const INTERVAL = 1000
const RETRY = { first: 2000, most: 60_000 }

interface Mark {
  seq: number
  /** How far the server knows. */
  told: number
  reporting: boolean
  failures: number
  /** Ends the pause after a report. */
  cancel: (() => void) | null
}

export class Reads {
  private marks = new Map<ID, Mark>()
  private online = false

  constructor(private readonly options: ReadsOptions) {}

  mark(conversationId: ID, seq: number): void {
    const mark = this.marks.get(conversationId)
    if (mark && mark.seq >= seq) return
    if (mark) mark.seq = seq
    else this.marks.set(conversationId, { seq, told: 0, reporting: false, failures: 0, cancel: null })
    this.options.changed(conversationId, seq)
    this.pump(conversationId)
  }

  setOnline(online: boolean): void {
    this.online = online
    for (const [conversationId, mark] of this.marks) {
      mark.cancel?.()
      mark.cancel = null
      mark.failures = 0
      this.pump(conversationId)
    }
  }

  close(): void {
    this.setOnline(false)
    this.marks.clear()
  }

  private pump(conversationId: ID): void {
    const mark = this.marks.get(conversationId)
    if (!mark || !this.online || mark.reporting || mark.cancel) return
    if (mark.seq > mark.told) void this.report(conversationId, mark)
    else this.marks.delete(conversationId)
  }

  private async report(conversationId: ID, mark: Mark): Promise<void> {
    const { env, send, changed } = this.options
    const { seq } = mark
    let wait = INTERVAL
    mark.reporting = true
    try {
      await send(conversationId, seq)
      mark.told = seq
      mark.failures = 0
    } catch (error) {
      const problem = toProblem(error)
      if (problem.permanent) mark.told = seq
      mark.failures++
      wait = Math.max(backoff(mark.failures, env.random, RETRY), (problem.retryAfter ?? 0) * 1000)
    }
    mark.reporting = false
    if (this.marks.get(conversationId) !== mark) return
    if (mark.told >= mark.seq) changed(conversationId, 0)
    if (!this.online) return
    mark.cancel = env.after(wait, () => {
      mark.cancel = null
      this.pump(conversationId)
    })
  }
}
