import { deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import type { ID, Message } from '@/api/types'
import type { Cache, CachedState } from './cache'
import {
  allStores,
  clearServerData,
  membersByConversation,
  MOST_KEPT,
  own,
  pruneMessages,
  SCHEMA,
  type Schema,
  type Store,
  stores,
  type Transaction,
  within,
  writeConversation,
  writeMessages,
  writeUser,
} from './idb-schema'
import type { ConversationChange, UserChange } from './reduce'
import { stickerName } from './sticker'
import { type ConversationState, emptyConversation, type OutboxItem, type UnsentRead } from './state'

export interface IdbCacheOptions {
  accountId: ID
  /** For tests of upgrades. */
  schema?: number
  /** What is in memory, to write it anew when room had to be made. */
  current: () => CachedState | null
  /** Called once, when nothing more can be kept. */
  onStopped?: () => void
  /** Where the browser says that the page is put away and shown again. */
  page?: EventTarget | undefined
}

export function databaseName(accountId: ID): string {
  return `happychat-${accountId}`
}

/** Opens the cache of an account; throws when there is no IndexedDB here, or a newer app has been at it. */
export async function openIdbCache(options: IdbCacheOptions): Promise<Cache> {
  let cache: IdbCache | null = null
  const db = await openDB<Schema>(databaseName(options.accountId), options.schema ?? SCHEMA, {
    upgrade(database) {
      for (const name of database.objectStoreNames) {
        if (!own.includes(name)) database.deleteObjectStore(name)
      }
      for (const name of allStores) {
        if (!database.objectStoreNames.contains(name)) database.createObjectStore(name, stores[name])
      }
    },
    // Another tab signs out or is a newer app: it must not have to wait for this one.
    blocking: () => cache?.stop(),
    terminated: () => cache?.stop(),
  })
  cache = new IdbCache(db, options)
  return cache
}

/** What any transaction is, whatever it is for. */
type Open = Pick<Transaction, 'abort' | 'done'>

class IdbCache implements Cache {
  kind: Cache['kind'] = 'indexeddb'
  private queue: ((tx: Transaction) => Promise<void>)[] = []
  private writing: Promise<void> | null = null
  /** Messages of the past that were written since room was made. */
  private written = 0
  private readonly closed = new AbortController()
  private readonly open = new Set<Open>()
  private readonly interrupted = new WeakSet<Open>()
  /** Resolved while the page is shown. */
  private shown = Promise.resolve()

  constructor(
    private readonly db: IDBPDatabase<Schema>,
    private readonly options: IdbCacheOptions,
  ) {
    const { page } = options
    const { signal } = this.closed
    page?.addEventListener('pagehide', (event) => this.hidden(event as PageTransitionEvent), { signal })
  }

  /**
   * A page that is put away to be shown again stands still, and with it a transaction that it has begun: others would
   * wait for it, in WebKit for as long as the page is kept. So it leaves none behind, and begins anew when it is back.
   */
  private hidden({ persisted }: PageTransitionEvent): void {
    const { page } = this.options
    if (!persisted || !page) return
    this.shown = new Promise((resolve) => {
      page.addEventListener('pageshow', () => resolve(), { once: true })
    })
    for (const tx of this.open) {
      try {
        tx.abort()
        this.interrupted.add(tx)
      } catch {
        // It has ended already.
      }
    }
  }

  private begin<T extends Open>(tx: T): T {
    this.open.add(tx)
    const ended = () => void this.open.delete(tx)
    tx.done.then(ended, ended)
    return tx
  }

  private async reading<T extends Open, R>(begin: () => T, read: (tx: T) => Promise<R>): Promise<R> {
    for (;;) {
      await this.shown
      const tx = this.begin(begin())
      try {
        return await read(tx)
      } catch (error) {
        if (!this.interrupted.has(tx)) throw error
      }
    }
  }

  load(): Promise<CachedState | null> {
    return this.reading(
      () => this.db.transaction(allStores),
      (tx) => this.loadIn(tx),
    )
  }

  private async loadIn(tx: IDBPTransaction<Schema, Store[]>): Promise<CachedState | null> {
    const read = <Name extends Store>(name: Name) => tx.objectStore(name).getAll()
    const user = await tx.objectStore('user').get('user')
    const [
      contacts,
      friendRequests,
      memberships,
      joinRequests,
      invitations,
      stickerPacks,
      favouriteStickers,
      rows,
      members,
      outbox,
      unsentReads,
    ] = await Promise.all([
      read('contacts'),
      read('friendRequests'),
      read('memberships'),
      read('joinRequests'),
      read('invitations'),
      read('stickerPacks'),
      read('favouriteStickers'),
      read('conversations'),
      membersByConversation(tx.objectStore('members')),
      read('outbox'),
      read('unsentReads'),
    ])
    if (!user && [rows, outbox, unsentReads].every((found) => found.length === 0)) return null
    this.write(pruneMessages)
    const conversations = rows.map((row): [ID, ConversationState] => [
      row.id,
      { ...emptyConversation(row.id), ...row, members: members.get(row.id) ?? new Map() },
    ])
    return {
      user: {
        version: user?.version ?? 0,
        ahead: [],
        account: user?.account ?? null,
        contacts: new Map(contacts.map((row) => [row.account.id, row])),
        friendRequests: new Map(friendRequests.map((row) => [row.id, row])),
        memberships: new Map(memberships.map((row) => [row.conversationId, row])),
        joinRequests: new Map(joinRequests.map((row) => [row.id, row])),
        invitations: new Map(invitations.map((row) => [row.id, row])),
        stickerPacks: new Map(stickerPacks.map((row) => [row.id, row])),
        favouriteStickers: new Map(favouriteStickers.map((row) => [stickerName(row.sticker), row])),
      },
      conversations: new Map(conversations),
      unsentReads,
      outbox,
    }
  }

  saveUser(change: UserChange): void {
    this.write((tx) => writeUser(tx, change))
  }

  saveConversation(change: ConversationChange): void {
    this.write((tx) => writeConversation(tx, change))
  }

  savePage(conversationId: ID, version: number, messages: readonly Message[]): void {
    this.write(async (tx) => {
      const row = await tx.objectStore('conversations').get(conversationId)
      if (row) await writeMessages(tx, messages, version, row.version)
    })
    this.written += messages.length
    if (this.written < MOST_KEPT.each) return
    this.written = 0
    this.write(pruneMessages)
  }

  saveOutbox(item: OutboxItem): void {
    this.write(async (tx) => void (await tx.objectStore('outbox').put(item)))
  }

  removeOutbox(clientId: string): void {
    this.write((tx) => tx.objectStore('outbox').delete(clientId))
  }

  saveUnsentRead(read: UnsentRead): void {
    this.write(async (tx) => {
      const reads = tx.objectStore('unsentReads')
      if (read.seq === 0) await reads.delete(read.conversationId)
      else await reads.put(read)
    })
  }

  forget(conversationId: ID): void {
    this.write(async (tx) => {
      await tx.objectStore('conversations').delete(conversationId)
      await tx.objectStore('members').delete(within(conversationId))
      await tx.objectStore('messages').delete(within(conversationId))
    })
  }

  clear(): void {
    this.write(clearServerData)
  }

  async messagesBefore(conversationId: ID, seq: number, limit: number): Promise<readonly Message[]> {
    return this.messages([conversationId, Math.max(1, seq - limit)], [conversationId, seq - 1])
  }

  async messagesAfter(conversationId: ID, seq: number, limit: number): Promise<readonly Message[]> {
    return this.messages([conversationId, seq + 1], [conversationId, seq + limit])
  }

  private async messages(from: [ID, number], to: [ID, number]): Promise<readonly Message[]> {
    if (from[1] > to[1]) return []
    await this.flushed()
    if (this.kind === 'memory') return []
    try {
      return await this.reading(
        () => this.db.transaction('messages'),
        (tx) => tx.store.getAll(IDBKeyRange.bound(from, to)),
      )
    } catch {
      return []
    }
  }

  async flushed(): Promise<void> {
    while (this.writing) await this.writing
  }

  close(): void {
    this.kind = 'memory'
    this.queue = []
    this.closed.abort()
    this.db.close()
  }

  async destroy(): Promise<void> {
    this.close()
    await deleteDB(this.db.name)
  }

  /** Gives up keeping anything. What is stored stays consistent and is caught up with at the next start. */
  stop(): void {
    if (this.kind === 'memory') return
    this.close()
    this.options.onStopped?.()
  }

  private write(job: (tx: Transaction) => Promise<void>): void {
    if (this.kind === 'memory') return
    this.queue.push(job)
    this.writing ??= this.drain()
  }

  /** Everything that waits goes into one transaction. */
  private async drain(): Promise<void> {
    await Promise.resolve()
    while (this.queue.length > 0) {
      await this.shown
      const jobs = this.queue
      this.queue = []
      try {
        await this.run(jobs).catch(async (error: unknown) => {
          if (!isQuota(error)) throw error
          await this.shown
          return this.run([clearServerData, (tx) => this.rewrite(tx), ...jobs])
        })
      } catch (error) {
        if (error instanceof Interrupted) this.queue.unshift(...jobs)
        else this.stop()
      }
    }
    this.writing = null
  }

  private async run(jobs: ((tx: Transaction) => Promise<void>)[]): Promise<void> {
    if (this.kind === 'memory') return
    const tx = this.begin(this.db.transaction(allStores, 'readwrite'))
    // Both are awaited: a failing request rejects the job, a full disk only the transaction.
    const done = tx.done
    try {
      for (const job of jobs) await job(tx)
    } catch (error) {
      done.catch(() => undefined)
      try {
        tx.abort()
      } catch {
        // It has ended already.
      }
      throw this.interrupted.has(tx) ? new Interrupted() : (tx.error ?? error)
    }
    await done.catch((error: unknown) => {
      throw this.interrupted.has(tx) ? new Interrupted() : error
    })
  }

  /** After everything was thrown away to make room: what is in memory, without the history. */
  private async rewrite(tx: Transaction): Promise<void> {
    const state = this.options.current()
    if (!state) return
    const { user } = state
    await writeUser(tx, {
      state: user,
      from: 0,
      account: true,
      contacts: [...user.contacts.values()],
      friendRequests: [...user.friendRequests.values()],
      memberships: [...user.memberships.values()],
      joinRequests: [...user.joinRequests.values()],
      invitations: [...user.invitations.values()],
      stickerPacks: [...user.stickerPacks.values()],
      favouriteStickers: [...user.favouriteStickers.values()],
    })
    for (const conversation of state.conversations.values()) {
      await writeConversation(tx, {
        state: conversation,
        from: 0,
        conversation: true,
        members: [...conversation.members.values()],
        forgetMembers: false,
        messages: conversation.lastMessage ? [conversation.lastMessage] : [],
        at: conversation.version,
        dropBefore: 0,
      })
    }
  }
}

/** The page was put away meanwhile, and nothing was written. */
class Interrupted extends Error {}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
}
