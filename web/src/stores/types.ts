// What the views see of the entities. Those that are as the wire has them are its types by another door, so that
// features know only the stores.
import type { Card, Contact as ContactRow, FriendRequest as FriendRequestRow, Problem } from '@/api/types'

export type {
  Account,
  Card,
  Delivery,
  Language,
  Problem,
  ServerInfo,
  Session as DeviceSession,
} from '@/api/types'

/** Versions are the business of sync. */
export type Contact = Omit<ContactRow, 'version'>
export type FriendRequest = Omit<FriendRequestRow, 'version'>

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
