// Who is online and who is typing: true only for now, never kept.
import type { ID, Presence as PresenceEvent } from '@/api/types'
import type { ChangeCollector } from './changes'
import type { Environment } from './environment'
import { ExpiringSet } from './expiring'

/** Milliseconds. Somebody who types says so again before this is over. */
const TYPING_SHOWN = 6000

export class Presence {
  private readonly online = new Set<ID>()
  private readonly seen = new Map<ID, number>()
  private readonly typing: ExpiringSet<string>

  constructor(
    private readonly env: Environment,
    private readonly changes: ChangeCollector,
  ) {
    this.typing = new ExpiringSet(env, TYPING_SHOWN, (key) => this.typingChanged(key))
  }

  isOnline(id: ID): boolean {
    return this.online.has(id)
  }

  /** When somebody was seen to leave, in milliseconds UTC; null if they were not seen. */
  lastSeenAt(id: ID): number | null {
    return this.seen.get(id) ?? null
  }

  typingIn(conversationId: ID): ID[] {
    return this.typing.values().flatMap((key) => {
      const [conversation, account] = key.split(' ')
      return conversation === conversationId && account ? [account] : []
    })
  }

  /** All that are online. */
  replace(online: readonly ID[]): void {
    const { people } = this.changes.open
    for (const id of this.online) people.add(id)
    this.online.clear()
    for (const id of online) {
      this.online.add(id)
      people.add(id)
    }
  }

  receive({ accountId, online }: PresenceEvent): void {
    if (online) this.online.add(accountId)
    else if (this.online.delete(accountId)) this.seen.set(accountId, this.env.now())
    this.changes.open.people.add(accountId)
  }

  startedTyping(conversationId: ID, accountId: ID): void {
    const key = `${conversationId} ${accountId}`
    if (this.typing.add(key)) this.typingChanged(key)
  }

  stoppedTyping(conversationId: ID, accountId: ID): void {
    const key = `${conversationId} ${accountId}`
    if (this.typing.delete(key)) this.typingChanged(key)
  }

  /** Nothing is known any more. */
  clear(): void {
    this.replace([])
    for (const key of this.typing.values()) this.typingChanged(key)
    this.typing.clear()
  }

  private typingChanged(key: string): void {
    const conversationId = key.split(' ')[0]
    if (conversationId) this.changes.open.conversations.add(conversationId)
  }
}
