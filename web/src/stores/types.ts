// What the views see of the entities. The shapes of the wire stay behind the stores; these are the names that
// features use, so that a change of the wire ends here.

export type Language = 'zh-CN' | 'en'

export interface Card {
  id: string
  username: string
  name: string
  kind: 'person' | 'robot'
}

export interface Account extends Card {
  email: string
  role: 'owner' | 'user'
  language: Language
  createdAt: number
}

export interface DeviceSession {
  id: string
  device: string
  address: string
  createdAt: number
  lastUsedAt: number
  expiresAt: number
  remember: boolean
  current: boolean
}

export interface ServerInfo {
  name: string
  version: string
  registration: 'open' | 'closed'
  mail: Delivery
  /** True while the server has no owner yet. */
  setup: boolean
  limits: { messageBody: number }
}

/** How a mail leaves the server: sent, or written to the operator's outbox folder. */
export type Delivery = 'smtp' | 'outbox'

export interface Contact {
  account: Card
  state: 'friend' | 'none'
  remark: string
  blocked: boolean
  since: number
}

export interface FriendRequest {
  id: string
  from: Card
  to: Card
  greeting: string
  state: 'pending' | 'accepted' | 'declined' | 'withdrawn'
  createdAt: number
  answeredAt?: number
}

/**
 * A failure that a person can act on. `code` is the server's stable code, or one of our own:
 * `network` (not reached), `timeout` (no answer in time), `internal` (anything else).
 */
export interface Problem {
  code: string
  /** The server's sentence, in English; shown only when there is no translation for the code. */
  detail: string
  status: number
  errors?: { location: string; message: string }[]
  /** Seconds, of a 429. */
  retryAfter?: number
}

export type ConnectionState =
  /** Nobody is signed in, nothing is tried. */
  | 'idle'
  /** The socket is being opened, or what was missed is being fetched. */
  | 'connecting'
  /** Connected and caught up. */
  | 'online'
  /** The device has no network; the next try waits for it or for `retryAt`. */
  | 'offline'

export type WriteRefusal = 'not_friends' | 'blocked' | 'not_allowed' | 'left'

export interface ConversationSummary {
  id: string
  kind: 'direct'
  /** The other side; null only while it is not known yet. */
  peer: Card | null
  /** Remark first, else the name shown. */
  name: string
  online: boolean
  lastSeq: number
  /** My own read position as the server knows it, or as I have just set it. */
  readSeq: number
  unread: number
  /** The newest message, with what waits in the outbox. */
  last: ThreadMessage | null
  lastActivityAt: number
  /** Why I may not write here, or null. */
  refusal: WriteRefusal | null
  /** Whether the other side is typing now; forgets itself. */
  typing: boolean
}

export interface ThreadMessage {
  /** Stays the same from "sending" to "read", so that nothing moves: senderId and clientId. */
  key: string
  /** Null until the server has acknowledged it. */
  seq: number | null
  senderId: string
  own: boolean
  body: string
  createdAt: number
  /** Messages of others are always `sent`. `read`: the other side's read position has reached it. */
  state: 'sending' | 'failed' | 'sent' | 'read'
  /** Only when failed. */
  problem?: Problem
}
