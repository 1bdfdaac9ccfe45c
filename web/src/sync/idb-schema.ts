// What the database on the device looks like, and how changes are written into it. Within one transaction
// each; a row gives way only to a newer one, whichever tab writes.
import type { DBSchema, IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb'
import type {
  Account,
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
  StickerPack,
} from '@/api/types'
import {
  type ConversationChange,
  newer,
  newerConversation,
  newerRead,
  newestMessage,
  type UserChange,
} from './reduce'
import type { OutboxItem, UnsentRead } from './state'
import { stickerName } from './sticker'

/** Raise it when a stored shape changes: what came from the server is then fetched anew. */
export const SCHEMA = 3

interface UserRow {
  version: number
  account: Account | null
}

interface ConversationRow {
  id: ID
  version: number
  conversation: Conversation | null
  lastMessage: Message | null
  mentions: readonly number[]
}

export interface Schema extends DBSchema {
  user: { key: 'user'; value: UserRow }
  contacts: { key: ID; value: Contact }
  friendRequests: { key: ID; value: FriendRequest }
  memberships: { key: ID; value: Membership }
  joinRequests: { key: ID; value: JoinRequest }
  invitations: { key: ID; value: Invitation }
  stickerPacks: { key: ID; value: StickerPack }
  favouriteStickers: { key: string; value: FavouriteSticker }
  conversations: { key: ID; value: ConversationRow }
  members: { key: [ID, ID]; value: Member }
  messages: { key: [ID, number]; value: Message }
  outbox: { key: string; value: OutboxItem }
  unsentReads: { key: ID; value: UnsentRead }
}

export type Store = StoreNames<Schema>
export type Transaction = IDBPTransaction<Schema, Store[], 'readwrite'>

/** Keys that are not part of the value (no keyPath) are given with each write. */
export const stores: Record<Store, { keyPath?: string | string[] }> = {
  user: {},
  contacts: { keyPath: 'account.id' },
  friendRequests: { keyPath: 'id' },
  memberships: { keyPath: 'conversationId' },
  joinRequests: { keyPath: 'id' },
  invitations: { keyPath: 'id' },
  stickerPacks: { keyPath: 'id' },
  favouriteStickers: {},
  conversations: { keyPath: 'id' },
  members: {},
  messages: { keyPath: ['conversationId', 'seq'] },
  outbox: { keyPath: 'clientId' },
  unsentReads: { keyPath: 'conversationId' },
}
export const allStores = Object.keys(stores) as Store[]
/** What exists nowhere else outlives a change of schema. A change of these shapes needs a migration. */
export const own: readonly string[] = ['outbox', 'unsentReads'] satisfies Store[]
const fromServer = allStores.filter((name) => !own.includes(name))

export function within(conversationId: ID): IDBKeyRange {
  return IDBKeyRange.bound([conversationId], [conversationId, []])
}

export async function clearServerData(tx: Transaction): Promise<void> {
  for (const name of fromServer) await tx.objectStore(name).clear()
}

export async function membersByConversation(store: {
  getAllKeys: () => Promise<[ID, ID][]>
  getAll: () => Promise<Member[]>
}): Promise<Map<ID, Map<ID, Member>>> {
  const [keys, rows] = await Promise.all([store.getAllKeys(), store.getAll()])
  const grouped = new Map<ID, Map<ID, Member>>()
  for (const [index, [conversationId, accountId]] of keys.entries()) {
    const member = rows[index]
    if (!member) continue
    const members = grouped.get(conversationId) ?? new Map<ID, Member>()
    grouped.set(conversationId, members.set(accountId, member))
  }
  return grouped
}

/** A version rises only from one that is stored: otherwise changes between would be taken for stored. */
function raised(stored: number, change: { from: number; state: { version: number } }): number {
  return stored >= change.from ? Math.max(stored, change.state.version) : stored
}

export async function writeUser(tx: Transaction, change: UserChange): Promise<void> {
  const contacts = tx.objectStore('contacts')
  const requests = tx.objectStore('friendRequests')
  const memberships = tx.objectStore('memberships')
  for (const row of change.contacts) await contacts.put(newer(await contacts.get(row.account.id), row))
  for (const row of change.friendRequests) await requests.put(newer(await requests.get(row.id), row))
  for (const row of change.memberships) {
    await memberships.put(newerRead(await memberships.get(row.conversationId), row))
  }
  const joinRequests = tx.objectStore('joinRequests')
  const invitations = tx.objectStore('invitations')
  for (const row of change.joinRequests) await joinRequests.put(newer(await joinRequests.get(row.id), row))
  for (const row of change.invitations) await invitations.put(newer(await invitations.get(row.id), row))
  const packs = tx.objectStore('stickerPacks')
  const favourites = tx.objectStore('favouriteStickers')
  for (const row of change.stickerPacks) await packs.put(newer(await packs.get(row.id), row))
  for (const row of change.favouriteStickers) {
    const name = stickerName(row.sticker)
    await favourites.put(newer(await favourites.get(name), row), name)
  }
  const users = tx.objectStore('user')
  const stored = (await users.get('user')) ?? { version: 0, account: null }
  const { account } = change.state
  await users.put(
    {
      version: raised(stored.version, change),
      account: account ? newer(stored.account ?? undefined, account) : stored.account,
    },
    'user',
  )
}

export async function writeConversation(tx: Transaction, change: ConversationChange): Promise<void> {
  const { id, conversation, lastMessage, mentions } = change.state
  const conversations = tx.objectStore('conversations')
  const nothing: ConversationRow = { id, version: 0, conversation: null, lastMessage: null, mentions: [] }
  const stored = (await conversations.get(id)) ?? nothing
  if (change.dropBefore > 0 && stored.version < change.state.version) {
    const stale = IDBKeyRange.bound([id, 0], [id, change.dropBefore], false, true)
    await tx.objectStore('messages').delete(stale)
  }
  await writeMessages(tx, change.messages, change.at, stored.version)
  const members = tx.objectStore('members')
  if (change.forgetMembers) await forgetMembers(members, id, change.at)
  for (const row of change.members) {
    const key: [ID, ID] = [id, row.account.id]
    await members.put(newerRead(await members.get(key), row), key)
  }
  await conversations.put({
    id,
    version: raised(stored.version, change),
    conversation: conversation ? newerConversation(stored.conversation, conversation) : stored.conversation,
    lastMessage: lastMessage ? newestMessage(stored.lastMessage, lastMessage) : stored.lastMessage,
    mentions,
  })
}

/** Messages that are kept at most: of one conversation, and in all. Older ones are on the server. */
export const MOST_KEPT = { each: 2000, all: 40_000 }
const FEWEST_KEPT = 50

/** Makes room: the newest of each conversation stay, fewer of each where there are very many. */
export async function pruneMessages(tx: Transaction): Promise<void> {
  const messages = tx.objectStore('messages')
  const conversations = await tx.objectStore('conversations').getAll()
  for (let keep = MOST_KEPT.each; keep >= FEWEST_KEPT; keep = Math.floor(keep / 4)) {
    for (const { id, conversation, lastMessage } of conversations) {
      const last = Math.max(conversation?.lastSeq ?? 0, lastMessage?.seq ?? 0)
      if (last > keep) await messages.delete(IDBKeyRange.bound([id, 0], [id, last - keep]))
    }
    if ((await messages.count()) <= MOST_KEPT.all) return
  }
}

/** Those as they were at a version or before it. */
async function forgetMembers(
  members: IDBPObjectStore<Schema, Store[], 'members', 'readwrite'>,
  conversationId: ID,
  at: number,
): Promise<void> {
  for (const key of await members.getAllKeys(within(conversationId))) {
    const member = await members.get(key)
    if (member && member.version <= at) await members.delete(key)
  }
}

/**
 * Writes messages as they were at a version. What is from before the known version of the conversation may
 * lack a later change, so a message that is not here is then not taken: it can be asked for.
 */
export async function writeMessages(
  tx: Transaction,
  rows: readonly Message[],
  at: number,
  known: number,
): Promise<void> {
  const messages = tx.objectStore('messages')
  for (const row of rows) {
    const stored = await messages.get([row.conversationId, row.seq])
    if (stored ? row.version > stored.version : at >= known) await messages.put(row)
  }
}
