// What is kept on the device, per account: a copy of what the server said, so that the app opens with
// it, and the outbox, which exists nowhere else.
import type { ID, Message } from '@/api/types'
import type { ConversationChange, UserChange } from './reduce'
import type { ConversationState, UnsentRead, OutboxItem, UserState } from './state'

/** Everything but messages, which are read page by page. */
export interface CachedState {
  readonly user: UserState
  readonly conversations: ReadonlyMap<ID, ConversationState>
  readonly unsentReads: readonly UnsentRead[]
  readonly outbox: readonly OutboxItem[]
}

/**
 * Writes return at once, happen in order, and never fail visibly: a cache that cannot write any more
 * stops, says so with `kind`, and stays as it was, which is out of date but consistent. Several tabs may
 * use the same cache: a row only ever gives way to a newer one, and a scope's version only rises when
 * everything up to it is there.
 */
export interface Cache {
  /** `memory`: nothing survives a reload. */
  readonly kind: 'indexeddb' | 'memory'
  load: () => Promise<CachedState | null>

  saveUser: (change: UserChange) => void
  saveConversation: (change: ConversationChange) => void
  /** Messages as they were at `version` of the conversation. */
  savePage: (conversationId: ID, version: number, messages: readonly Message[]) => void
  saveOutbox: (item: OutboxItem) => void
  removeOutbox: (clientId: string) => void
  /** A seq of 0: the server knows. */
  saveUnsentRead: (read: UnsentRead) => void
  /** Removes a conversation and its messages; what was written in it and not sent stays. */
  forget: (conversationId: ID) => void
  /** Removes everything that came from the server. */
  clear: () => void

  /** At most `limit` messages with seq smaller than `seq`, ascending; holes are possible. */
  messagesBefore: (conversationId: ID, seq: number, limit: number) => Promise<readonly Message[]>
  messagesAfter: (conversationId: ID, seq: number, limit: number) => Promise<readonly Message[]>

  /** Resolves when what was asked so far is written. */
  flushed: () => Promise<void>
  close: () => void
  /** Leaves nothing behind. */
  destroy: () => Promise<void>
}

const nothing = () => undefined

/** Where nothing can be kept: the app works, and starts from the server each time. */
export function memoryCache(): Cache {
  return {
    kind: 'memory',
    load: () => Promise.resolve(null),
    saveUser: nothing,
    saveConversation: nothing,
    savePage: nothing,
    saveOutbox: nothing,
    removeOutbox: nothing,
    saveUnsentRead: nothing,
    forget: nothing,
    clear: nothing,
    messagesBefore: () => Promise.resolve([]),
    messagesAfter: () => Promise.resolve([]),
    flushed: () => Promise.resolve(),
    close: nothing,
    destroy: () => Promise.resolve(),
  }
}
