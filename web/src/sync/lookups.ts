// Members of large conversations are learned when they are met: whoever is named and not known is asked for,
// many at once. Of small ones all are known; where too much changed to be told, or a large one became small,
// they are asked for together.
import { isProblem, toProblem } from '@/api/problem'
import type { ID } from '@/api/types'
import { backoff, type Environment } from './environment'

export interface LookupsOptions {
  env: Environment
  /** Whether they are known by now. */
  known: (conversationId: ID, accountId: ID) => boolean
  /** Learns them. Throws a ProblemError. */
  ask: (conversationId: ID, accountIds: ID[]) => Promise<void>
  /** Whether all are known that have to be. */
  complete: (conversationId: ID) => boolean
  askAll: (conversationId: ID) => Promise<void>
}

/** Milliseconds. A page of messages names many people in one moment. */
const GATHER = 20
/** How many are asked for at once. */
const MOST = 100
const RETRY = { first: 2000, most: 60_000 }

export class Lookups {
  private wanted = new Map<ID, Set<ID>>()
  private wantedAll = new Set<ID>()
  /** Asked for, or not to be found. */
  private asked = new Set<string>()
  private cancel: (() => void) | null = null
  private failures = 0
  private online = false

  constructor(private readonly options: LookupsOptions) {}

  want(conversationId: ID, accountIds: Iterable<ID>): void {
    for (const id of accountIds) {
      const key = `${conversationId} ${id}`
      if (this.asked.has(key) || this.options.known(conversationId, id)) continue
      const wanted = this.wanted.get(conversationId) ?? new Set()
      this.wanted.set(conversationId, wanted.add(id))
    }
    this.schedule(GATHER)
  }

  wantAll(conversationId: ID): void {
    if (this.options.complete(conversationId)) return
    this.wantedAll.add(conversationId)
    this.schedule(GATHER)
  }

  /** Who is gone from memory may be asked for again. */
  forget(conversationId: ID): void {
    this.wanted.delete(conversationId)
    this.wantedAll.delete(conversationId)
    for (const key of this.asked) if (key.startsWith(`${conversationId} `)) this.asked.delete(key)
  }

  setOnline(online: boolean): void {
    this.online = online
    this.failures = 0
    this.cancel?.()
    this.cancel = null
    if (online) this.schedule(GATHER)
  }

  close(): void {
    this.setOnline(false)
    this.wanted.clear()
    this.wantedAll.clear()
  }

  private schedule(wait: number): void {
    if (!this.online || this.cancel || this.wanted.size + this.wantedAll.size === 0) return
    this.cancel = this.options.env.after(wait, () => {
      this.cancel = null
      for (const conversationId of this.wantedAll) void this.askAll(conversationId)
      for (const conversationId of [...this.wanted.keys()]) void this.ask(conversationId)
    })
  }

  private async askAll(conversationId: ID): Promise<void> {
    this.wantedAll.delete(conversationId)
    if (this.options.complete(conversationId)) return
    try {
      await this.options.askAll(conversationId)
      this.failures = 0
    } catch (error) {
      if (isProblem(error) && error.permanent) return
      this.wantedAll.add(conversationId)
      this.waitLonger(toProblem(error).retryAfter ?? 0)
    }
  }

  private async ask(conversationId: ID): Promise<void> {
    const wanted = this.wanted.get(conversationId) ?? new Set()
    this.wanted.delete(conversationId)
    const ids = [...wanted].filter((id) => !this.options.known(conversationId, id))
    for (let from = 0; from < ids.length; from += MOST) {
      const some = ids.slice(from, from + MOST)
      for (const id of some) this.asked.add(`${conversationId} ${id}`)
      try {
        await this.options.ask(conversationId, some)
        this.failures = 0
      } catch (error) {
        if (isProblem(error) && error.permanent) continue
        for (const id of some) this.asked.delete(`${conversationId} ${id}`)
        this.again(conversationId, some, toProblem(error).retryAfter ?? 0)
      }
    }
  }

  private again(conversationId: ID, ids: ID[], retryAfter: number): void {
    const wanted = this.wanted.get(conversationId) ?? new Set()
    for (const id of ids) wanted.add(id)
    this.wanted.set(conversationId, wanted)
    this.waitLonger(retryAfter)
  }

  private waitLonger(retryAfter: number): void {
    this.failures++
    this.schedule(Math.max(backoff(this.failures, this.options.env.random, RETRY), retryAfter * 1000))
  }
}
