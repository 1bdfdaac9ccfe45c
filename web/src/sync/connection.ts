// Keeps the connection: opens it, catches up, comes back after it is lost. Says the truth about it:
// "online" is connected and caught up, nothing less.
import { type ProblemError, TIMEOUT, toProblem, unreachable } from '@/api/problem'
import type { Link } from '@/api/socket'
import type { EventName, SocketEvents } from '@/api/types'
import { backoff, type Environment } from './environment'

/** `offline`: the system says that there is no network. */
export type ConnectionStatus = 'connecting' | 'online' | 'reconnecting' | 'offline'

/** What the surroundings know of the network. */
export interface Network {
  /** False only when the system is sure that there is none. */
  available: () => boolean
  /** Something happened after which a try may succeed, or the state is other than before. */
  /** The answer ends it. */
  onChange: (listener: () => void) => () => void
}

export interface ConnectionOptions {
  link: Link
  env: Environment
  network: Network
  /** Brings everything up to date. Throws an ProblemError. */
  catchUp: () => Promise<void>
  event: <K extends EventName>(name: K, payload: SocketEvents[K]) => void
  /** The status, or the time of the next attempt, is other than before. */
  changed: () => void
  /** The server no longer knows this sign-in. */
  signedOut: () => void
}

const RETRY = { first: 1000, most: 30_000 }
/** After so many failed attempts to catch up, or one without an answer, the connection itself is taken for broken. */
const MOST_CATCH_UP_FAILURES = 2
/** Events that are held back until the first catch-up of a connection is done. More mean another catch-up. */
const MOST_HELD = 1000
/** Milliseconds. Away for longer than this, what is known is checked when the app is looked at again. */
const STALE_AFTER = 60_000
/** Milliseconds. Also without any sign of a loss, what is known is checked now and then. */
const CHECK_EVERY = 5 * 60_000

type Phase = 'stopped' | 'waiting' | 'opening' | 'catching-up' | 'online'

export class Connection {
  /** When the next attempt is made, in milliseconds UTC. */
  retryAt: number | null = null

  /** Why the last attempt failed; null once it has worked. */
  problem: ProblemError | null = null

  private phase: Phase = 'stopped'
  private everOnline = false
  private failures = 0
  private catchUpFailures = 0
  private readonly unfollow: () => void
  private cancelTimer: (() => void) | null = null
  private held: (() => void)[] = []
  private lastCaughtUp = 0
  private catchingUp = false
  private catchUpAgain = false
  /** Raised with every connection, so that what belongs to an earlier one is dropped. */
  private epoch = 0

  constructor(private readonly options: ConnectionOptions) {
    options.link.handlers = {
      connected: () => this.connected(),
      disconnected: () => this.lost(),
      refused: (problem) => this.refused(problem),
      event: (name, payload) => this.receive(name, payload),
    }
    this.unfollow = options.network.onChange(() => this.wake())
  }

  get status(): ConnectionStatus {
    if (this.phase === 'online') return 'online'
    if (!this.options.network.available()) return 'offline'
    return this.everOnline ? 'reconnecting' : 'connecting'
  }

  start(): void {
    if (this.phase === 'stopped') this.open()
  }

  stop(): void {
    this.phase = 'stopped'
    this.epoch++
    this.unfollow()
    this.timer(null)
    this.options.link.close()
  }

  /** Tries at once if there is no connection, and makes sure that it lives if there is one. */
  wake(): void {
    if (this.phase === 'waiting') this.open()
    else if (this.phase === 'online' && this.options.env.now() - this.lastCaughtUp > STALE_AFTER) {
      this.requestCatchUp()
    }
    if (this.phase !== 'stopped') this.options.changed()
  }

  /** Something is missing. */
  requestCatchUp(): void {
    if (this.phase !== 'online' && this.phase !== 'catching-up') return
    if (this.catchingUp) this.catchUpAgain = true
    else void this.catchUp()
  }

  private open(): void {
    this.phase = 'opening'
    this.epoch++
    this.held = []
    this.timer(null)
    this.options.link.open()
    this.options.changed()
  }

  private connected(): void {
    this.phase = 'catching-up'
    this.catchUpFailures = 0
    this.catchingUp = false
    this.options.changed()
    void this.catchUp()
  }

  private async catchUp(): Promise<void> {
    const { epoch } = this
    this.timer(null)
    this.catchingUp = true
    this.catchUpAgain = false
    try {
      await this.options.catchUp()
      if (epoch !== this.epoch) return
      this.catchingUp = false
      this.caughtUp()
    } catch (error) {
      if (epoch !== this.epoch) return
      this.catchingUp = false
      this.catchUpFailed(toProblem(error))
    }
  }

  private caughtUp(): void {
    this.failures = 0
    this.catchUpFailures = 0
    this.problem = null
    this.everOnline = true
    this.lastCaughtUp = this.options.env.now()
    this.phase = 'online'
    this.timer(this.options.env.after(CHECK_EVERY, () => this.requestCatchUp()))
    const held = this.held
    this.held = []
    for (const apply of held) apply()
    this.options.changed()
    if (this.catchUpAgain || held.length >= MOST_HELD) this.requestCatchUp()
  }

  private catchUpFailed(problem: ProblemError): void {
    this.problem = problem
    if (problem.signedOut) return this.options.signedOut()
    // Not connected any more: lost() sees to it.
    if (!this.options.link.connected) return this.lost()
    this.phase = 'catching-up'
    this.catchUpFailures++
    if (problem.code === TIMEOUT || this.catchUpFailures >= MOST_CATCH_UP_FAILURES) {
      this.options.link.close()
      this.wait(problem.retryAfter)
      return
    }
    const wait = this.delay(this.catchUpFailures, problem.retryAfter)
    this.timer(this.options.env.after(wait, () => void this.catchUp()))
    this.options.changed()
  }

  private lost(): void {
    if (this.phase === 'stopped' || this.phase === 'waiting') return
    this.problem ??= unreachable()
    this.wait()
  }

  private refused(problem: ProblemError): void {
    if (this.phase === 'stopped') return
    this.problem = problem
    if (problem.status === 401) this.options.signedOut()
    else this.wait(problem.retryAfter)
  }

  private wait(retryAfter?: number): void {
    this.phase = 'waiting'
    this.epoch++
    this.failures++
    const wait = this.delay(this.failures, retryAfter)
    this.timer(
      this.options.env.after(wait, () => this.open()),
      this.options.env.now() + wait,
    )
    this.options.changed()
  }

  private delay(failures: number, retryAfter = 0): number {
    return Math.max(backoff(failures, this.options.env.random, RETRY), retryAfter * 1000)
  }

  private timer(cancel: (() => void) | null, retryAt: number | null = null): void {
    this.cancelTimer?.()
    this.cancelTimer = cancel
    this.retryAt = retryAt
  }

  private receive<K extends EventName>(name: K, payload: SocketEvents[K]): void {
    const apply = () => this.options.event(name, payload)
    if (this.phase === 'catching-up' && name !== 'session.ended') {
      if (this.held.length < MOST_HELD) this.held.push(apply)
    } else apply()
  }
}
