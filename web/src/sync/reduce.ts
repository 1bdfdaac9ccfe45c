// The one way in which anything that comes from the server becomes what the client knows: answers,
// acknowledgements, events and catch-up. Pure: (state, delta) -> change.
//
// Every row carries the version of its last change, and the newer row wins; so a delta may be applied
// twice, late, or in any order. A scope's own version says that everything up to it is here, and rises
// only when that is certain.
import type {
  Contact,
  Conversation,
  ConversationDelta,
  FavouriteSticker,
  FriendRequest,
  ID,
  Invitation,
  JoinRequest,
  Member,
  Membership,
  Message,
  StickerPack,
  UserDelta,
} from '@/api/types'
import type { ConversationState, ScopeState, UserState } from './state'
import { stickerName } from './sticker'

/**
 * Where a delta comes from, which decides what its version means:
 * - `event`, `ack`: the one change that made this version, whole;
 * - `sync`: everything that changed since the version that the client named;
 * - `rows`: some rows as they are at that version, and perhaps not all that changed.
 */
export type Origin = 'event' | 'ack' | 'sync' | 'rows'

export interface UserChange {
  readonly state: UserState
  /** The version before. */
  readonly from: number
  /** Whether it is other than before. */
  readonly account: boolean
  /** Rows that are new or newer than before. */
  readonly contacts: readonly Contact[]
  readonly friendRequests: readonly FriendRequest[]
  readonly memberships: readonly Membership[]
  readonly joinRequests: readonly JoinRequest[]
  readonly invitations: readonly Invitation[]
  readonly stickerPacks: readonly StickerPack[]
  readonly favouriteStickers: readonly FavouriteSticker[]
}

export interface ConversationChange {
  readonly state: ConversationState
  readonly from: number
  readonly conversation: boolean
  readonly members: readonly Member[]
  /** Members as they were before `at` are forgotten: too many of them changed to be told. */
  readonly forgetMembers: boolean
  /** The version at which the messages were so. */
  readonly at: number
  /** Only the cache and the timelines know which of them are new. */
  readonly messages: readonly Message[]
  /** Messages before this seq may be out of date and have to be fetched again; 0: none. */
  readonly dropBefore: number
}

/** A scope in which something is known to be missing. */
export function hasGap(scope: ScopeState): boolean {
  return scope.ahead.length > 0
}

/** More gaps than this are not remembered one by one: catching up is due anyway. */
const MOST_AHEAD = 1000

function advance(scope: ScopeState, version: number, origin: Origin): ScopeState {
  if (origin === 'rows' || version <= scope.version) return scope
  let reached = scope.version
  let ahead = scope.ahead
  if (origin === 'sync' || version === reached + 1) {
    reached = version
  } else if (!ahead.includes(version)) {
    ahead = [...ahead, version].sort((a, b) => a - b).slice(0, MOST_AHEAD)
  }
  for (const next of ahead) if (next === reached + 1) reached = next
  return { version: reached, ahead: ahead.filter((known) => known > reached) }
}

interface Versioned {
  readonly version: number
}

/** The newer of two forms of a row; the same object if there is nothing new. */
export function newer<Row extends Versioned>(old: Row | undefined, row: Row): Row {
  return old && old.version >= row.version ? old : row
}

/** As `newer`; a read position never goes back, whichever row says so. */
export function newerRead<Row extends Versioned & { readonly readSeq: number }>(
  old: Row | undefined,
  row: Row,
): Row {
  const winner = newer(old, row)
  const readSeq = Math.max(row.readSeq, old?.readSeq ?? 0)
  return winner.readSeq === readSeq ? winner : { ...winner, readSeq }
}

/** As `newer`; messages are only added, so the last one is never an earlier one. */
export function newerConversation(old: Conversation | null, row: Conversation): Conversation {
  const winner = newer(old ?? undefined, row)
  const lastSeq = Math.max(row.lastSeq, old?.lastSeq ?? 0)
  const lastActivityAt = Math.max(row.lastActivityAt, old?.lastActivityAt ?? 0)
  const same = winner.lastSeq === lastSeq && winner.lastActivityAt === lastActivityAt
  return same ? winner : { ...winner, lastSeq, lastActivityAt }
}

export function newestMessage(old: Message | null, message: Message): Message {
  if (!old || message.seq > old.seq) return message
  return message.seq === old.seq ? newer(old, message) : old
}

/** Merges rows into a map; gives a new map only if anything changed. */
function upsert<Row>(
  known: ReadonlyMap<ID, Row>,
  rows: readonly Row[] | undefined,
  keyOf: (row: Row) => ID,
  merge: (old: Row | undefined, row: Row) => Row,
): { map: ReadonlyMap<ID, Row>; changed: Row[] } {
  const changed = new Map<ID, Row>()
  let map: Map<ID, Row> | null = null
  for (const row of rows ?? []) {
    const key = keyOf(row)
    const old = (map ?? known).get(key)
    const next = merge(old, row)
    if (next === old) continue
    map ??= new Map(known)
    map.set(key, next)
    changed.set(key, next)
  }
  return { map: map ?? known, changed: [...changed.values()] }
}

export function reduceUser(state: UserState, delta: UserDelta, origin: Origin): UserChange {
  const contacts = upsert(state.contacts, delta.contacts, (row) => row.account.id, newer)
  const friendRequests = upsert(state.friendRequests, delta.friendRequests, (row) => row.id, newer)
  const memberships = upsert(state.memberships, delta.memberships, (row) => row.conversationId, newerRead)
  const joinRequests = upsert(state.joinRequests, delta.joinRequests, (row) => row.id, newer)
  const invitations = upsert(state.invitations, delta.invitations, (row) => row.id, newer)
  const stickerPacks = upsert(state.stickerPacks, delta.stickerPacks, (row) => row.id, newer)
  const favouriteStickers = upsert(
    state.favouriteStickers,
    delta.favouriteStickers,
    (row) => stickerName(row.sticker),
    newer,
  )
  const account = delta.account ? newer(state.account ?? undefined, delta.account) : state.account
  return {
    from: state.version,
    account: account !== state.account,
    contacts: contacts.changed,
    friendRequests: friendRequests.changed,
    memberships: memberships.changed,
    joinRequests: joinRequests.changed,
    invitations: invitations.changed,
    stickerPacks: stickerPacks.changed,
    favouriteStickers: favouriteStickers.changed,
    state: {
      ...state,
      ...advance(state, delta.version, origin),
      contacts: contacts.map,
      friendRequests: friendRequests.map,
      account,
      memberships: memberships.map,
      joinRequests: joinRequests.map,
      invitations: invitations.map,
      stickerPacks: stickerPacks.map,
      favouriteStickers: favouriteStickers.map,
    },
  }
}

/** Moves my own read position before the server has confirmed it. */
export function raiseRead(state: UserState, conversationId: ID, seq: number): UserChange {
  const row = state.memberships.get(conversationId)
  const memberships = row ? [{ ...row, readSeq: Math.max(seq, row.readSeq) }] : []
  return reduceUser(state, { version: 0, memberships }, 'rows')
}

/** The row as the messages that are known make it: a message is also activity. */
function withMessages(conversation: Conversation | null, messages: readonly Message[]): Conversation | null {
  if (!conversation) return null
  const lastSeq = Math.max(conversation.lastSeq, ...messages.map((message) => message.seq))
  const lastActivityAt = Math.max(
    conversation.lastActivityAt,
    ...messages.map((message) => message.createdAt),
  )
  const same = lastSeq === conversation.lastSeq && lastActivityAt === conversation.lastActivityAt
  return same ? conversation : { ...conversation, lastSeq, lastActivityAt }
}

/** How far each of these has written. */
function furthest(known: ReadonlyMap<ID, number>, messages: readonly Message[]): ReadonlyMap<ID, number> {
  const writers = new Map(known)
  for (const { senderId, seq } of messages) writers.set(senderId, Math.max(seq, writers.get(senderId) ?? 0))
  return writers
}

/** Where the newest page of an answer that leaves out older changes begins. */
function pageStart(delta: ConversationDelta): number {
  const first = delta.messages?.reduce((least, message) => Math.min(least, message.seq), Infinity)
  return first !== undefined && first < Infinity ? first : (delta.conversation?.lastSeq ?? 0) + 1
}

/** In conversations of more members than this, nobody is told of everybody. */
export const MOST_KNOWN_TO_ALL = 100

export function isLarge(conversation: Conversation | null): boolean {
  return (conversation?.memberCount ?? 0) > MOST_KNOWN_TO_ALL
}

/** Of a large conversation, only those stay in memory who are known already, have a role, or are met. */
function worthKeeping(state: ConversationState, delta: ConversationDelta, me?: ID) {
  const senders = new Set(delta.messages?.map(({ senderId }) => senderId))
  return ({ account: { id }, role }: Member) =>
    role !== 'member' || id === me || senders.has(id) || state.members.has(id)
}

const MOST_MENTIONS = 50

/** Whether a message speaks to somebody. */
export function mentionsOne(message: Message, id: ID): boolean {
  return message.senderId !== id && (message.mentionsAll === true || (message.mentions ?? []).includes(id))
}

function mentioned(known: readonly number[], messages: readonly Message[], me?: ID): readonly number[] {
  if (me === undefined) return known
  let mentions = known
  for (const message of messages) {
    const speaks = mentionsOne(message, me)
    if (speaks === mentions.includes(message.seq)) continue
    mentions = speaks
      ? [...mentions, message.seq].sort((a, b) => a - b).slice(-MOST_MENTIONS)
      : mentions.filter((seq) => seq !== message.seq)
  }
  return mentions
}

export function reduceConversation(
  state: ConversationState,
  delta: ConversationDelta,
  origin: Origin,
  me?: ID,
): ConversationChange {
  // What comes late may have changed since, in a message that is not kept here any more.
  const live = origin === 'event' || origin === 'ack'
  const messages = live && delta.version <= state.version ? [] : (delta.messages ?? [])
  const row = delta.conversation
  const known = row ? newerConversation(state.conversation, row) : state.conversation
  const conversation = withMessages(known, messages)
  const large = isLarge(conversation)
  const forgetMembers = delta.membersTruncated === true && origin === 'sync'
  const before = forgetMembers
    ? new Map([...state.members].filter(([, member]) => member.version > delta.version))
    : state.members
  const told = large && live ? delta.members?.filter(worthKeeping(state, delta, me)) : delta.members
  const members = upsert(before, told, (member) => member.account.id, newerRead)
  // Who wrote a message has read what came before it.
  const writers = furthest(state.writers, messages)
  const wrote = [...writers].flatMap(([id, seq]) => {
    const member = members.map.get(id)
    return member ? [{ ...member, readSeq: seq }] : []
  })
  const read = upsert(members.map, wrote, (member) => member.account.id, newerRead)
  const changedMembers = new Map([...members.changed, ...read.changed].map((m) => [m.account.id, m]))
  return {
    from: state.version,
    conversation: conversation !== state.conversation,
    members: [...changedMembers.values()],
    forgetMembers,
    at: delta.version,
    messages,
    // What was known up to a version that is not older than the answer is still whole.
    dropBefore: delta.truncated && origin === 'sync' && delta.version > state.version ? pageStart(delta) : 0,
    state: {
      ...state,
      ...advance(state, delta.version, origin),
      conversation,
      members: read.map,
      // In a large conversation nobody's position but mine is shown.
      writers: new Map([...writers].filter(([id]) => !read.map.has(id) && (!large || id === me))),
      lastMessage: messages.reduce<Message | null>(newestMessage, state.lastMessage),
      mentions: mentioned(state.mentions, messages, me),
    },
  }
}
