// What the client knows, as plain data. Only reduce.ts makes new ones; nobody changes them in place.
import type {
  Account,
  Attachment,
  Contact,
  Conversation,
  FavouriteSticker,
  FriendRequest,
  ID,
  Invitation,
  JoinRequest,
  Member,
  Membership,
  Message,
  Problem,
  Sticker,
  StickerPack,
} from '@/api/types'

/** How far a scope is known. */
export interface ScopeState {
  /** Everything up to this version is here. */
  readonly version: number
  /** Versions beyond a gap whose rows are here already. Not empty: something is missing, and must be asked for. */
  readonly ahead: readonly number[]
}

export interface UserState extends ScopeState {
  readonly account: Account | null
  readonly contacts: ReadonlyMap<ID, Contact>
  readonly friendRequests: ReadonlyMap<ID, FriendRequest>
  readonly memberships: ReadonlyMap<ID, Membership>
  /** Mine, to groups. */
  readonly joinRequests: ReadonlyMap<ID, JoinRequest>
  /** To me, into groups. */
  readonly invitations: ReadonlyMap<ID, Invitation>
  /** Those that I keep, or kept once. */
  readonly stickerPacks: ReadonlyMap<ID, StickerPack>
  /** By the name of the sticker. */
  readonly favouriteStickers: ReadonlyMap<string, FavouriteSticker>
}

export interface ConversationState extends ScopeState {
  readonly id: ID
  readonly conversation: Conversation | null
  /** All of them in small conversations; of large ones those who were met. */
  readonly members: ReadonlyMap<ID, Member>
  /** How far those have written whose member row has not come yet. */
  readonly writers: ReadonlyMap<ID, number>
  /** The newest message that is known. Earlier ones are in the cache and in open timelines. */
  readonly lastMessage: Message | null
  /** The seqs of messages of others that mention me, ascending, the newest of them. */
  readonly mentions: readonly number[]
}

export const emptyUser: UserState = {
  version: 0,
  ahead: [],
  account: null,
  contacts: new Map(),
  friendRequests: new Map(),
  memberships: new Map(),
  joinRequests: new Map(),
  invitations: new Map(),
  stickerPacks: new Map(),
  favouriteStickers: new Map(),
}

export function emptyConversation(id: ID): ConversationState {
  return {
    id,
    version: 0,
    ahead: [],
    conversation: null,
    members: new Map(),
    writers: new Map(),
    lastMessage: null,
    mentions: [],
  }
}

/** A picture or file of a send. */
export interface OutboxFile {
  /** Unique on this device. */
  readonly id: string
  readonly name: string
  readonly type: string
  readonly bytes: Blob
  /** In pixels, of a picture, so that it has its place from the beginning. */
  readonly width?: number
  readonly height?: number
  /** The upload that was begun. */
  readonly uploadId?: string
  /** What it is on the server, from when it is there. */
  readonly attachment?: Attachment
}

/** A send that is not acknowledged yet. */
export interface OutboxItem {
  readonly clientId: string
  readonly conversationId: ID
  readonly body: string
  readonly mentions?: readonly ID[]
  readonly mentionsAll?: boolean
  readonly files?: readonly OutboxFile[]
  /** A sticker goes alone; the body is its emoji. */
  readonly sticker?: Sticker
  readonly createdAt: number
  readonly state: 'sending' | 'failed'
  /** Why it failed. */
  readonly problem: Problem | null
  readonly attempts: number
  /** The tab that sends it. */
  readonly owner: string
}

/** How far I have read here, where the server does not know it yet. */
export interface UnsentRead {
  readonly conversationId: ID
  readonly seq: number
}
