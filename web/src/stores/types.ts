// What the views see of the entities. Those that are as the wire has them are its types by another door, so that
// features know only the stores.
import type {
  Announcement,
  Card,
  Contact as ContactRow,
  FriendRequest as FriendRequestRow,
  Member as MemberRow,
  Membership,
  Notice,
  Problem,
  Sticker,
} from '@/api/types'

export type {
  Account,
  Arrival,
  Card,
  Delivery,
  EmailChange,
  EmailConfirmed,
  Factors,
  GroupCard,
  GroupLink,
  Identity,
  Invitation,
  JoinRequest,
  Language,
  Notice,
  Passkey,
  Problem,
  Profile,
  Proposal,
  ServerInfo,
  Sticker,
  StickerKey,
  StickerPack,
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

/** `group_muted`: only those with a role may write here. */
export type WriteRefusal = 'not_friends' | 'blocked' | 'not_allowed' | 'left' | 'group_muted' | 'dissolved'

export type Role = MemberRow['role']
export type LeftReason = NonNullable<Membership['leftReason']>
export type Member = Omit<MemberRow, 'version' | 'readSeq'>

export interface GroupInfo {
  number: string
  /** What everyone calls it; the summary's name is my remark, if there is one. */
  name: string
  avatar: string
  remark: string
  memberCount: number
  /** So many members that they are never all known here. */
  large: boolean
  announcement: Announcement | null
  /** The number of the newest announcement that was shown to me. */
  announcementSeen: number
  joinPolicy: 'request' | 'invite'
  muted: boolean
  /** How many wait to be let in, for those who may answer. */
  joinRequests: number
  /** Mine; null only while it is not known yet. */
  role: Role | null
  nickname: string
  mutedUntil: number
}

export interface ConversationSummary {
  id: string
  kind: 'direct' | 'group'
  /** Whether I am in it, as far as my own list says: its rows may come first. */
  mine: boolean
  group: GroupInfo | null
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
  /** Who is typing now, one of them; forgets itself. */
  typing: string | null
  /** The first unread message that mentions me. */
  mention: number | null
  /** Notifications are off: unread is shown quietly and counts nowhere. */
  muted: boolean
  pinned: boolean
}

/** A picture or file of a message: on the server, or on its way there. */
export interface ThreadAttachment {
  /** Stays the same from choosing the file to the message. */
  key: string
  kind: 'image' | 'file' | 'audio' | 'video'
  name: string
  size: number
  /** In pixels, of a picture: its place is kept from the beginning. */
  width?: number
  height?: number
  /** A blurred picture of it, as a ThumbHash. */
  placeholder?: string
  animated?: boolean
  /** Where it is shown from: small, in full size, and as it was sent. */
  thumb: string
  preview: string
  original: string
  /** How much of it is on the server, from 0 to 1; only while it is not all there. */
  progress?: number
}

export interface ThreadMessage {
  /** Stays the same from "sending" to "read", so that nothing moves: senderId and clientId. */
  key: string
  /** Null until the server has acknowledged it. */
  seq: number | null
  senderId: string
  own: boolean
  kind: 'text' | 'notice' | 'sticker'
  body: string
  attachments?: readonly ThreadAttachment[]
  /** In place of words; the body is its emoji. */
  sticker?: Sticker
  /** What happened, in place of words. */
  notice?: Notice
  /** Whom it speaks to. */
  mentions?: readonly string[]
  mentionsAll?: boolean
  /** Whether it speaks to me. */
  mentionsMe?: boolean
  createdAt: number
  /** A robot is still writing it. */
  partial?: boolean
  /** The host that a robot has its words from. */
  via?: string
  /** Messages of others are always `sent`. `read`: the other side's read position has reached it. */
  state: 'sending' | 'failed' | 'sent' | 'read'
  /** Only when failed. */
  problem?: Problem
}
