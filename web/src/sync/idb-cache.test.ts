// @vitest-environment node
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConversationDelta, Message, UserDelta } from '@/api/types'
import type { Cache, CachedState } from './cache'
import { databaseName, openIdbCache } from './idb-cache'
import { SCHEMA } from './idb-schema'
import { openCache } from './open'
import { type Origin, reduceConversation, reduceUser } from './reduce'
import {
  type ConversationState,
  emptyConversation,
  emptyUser,
  type OutboxItem,
  type UserState,
} from './state'
import { aContact, aConversation, aMember, aMembership, aMessage, messages } from './testing/rows'
import { settleTasks, VirtualTime } from './testing/virtual-time'

let nextAccount = 1
const opened: Cache[] = []

/** A tab: state in memory, written through to the cache. */
class Tab {
  user: UserState = emptyUser
  conversation: ConversationState = emptyConversation('9')
  stopped = 0
  cache!: Cache

  static async open(accountId: string, page?: EventTarget): Promise<Tab> {
    const tab = new Tab()
    tab.cache = await openIdbCache({
      accountId,
      current: () => tab.state,
      onStopped: () => tab.stopped++,
      page,
    })
    opened.push(tab.cache)
    return tab
  }

  get state(): CachedState {
    const conversations = new Map([['9', this.conversation]])
    return { user: this.user, conversations, unsentReads: [], outbox: [] }
  }

  async loaded(): Promise<CachedState> {
    const state = await this.cache.load()
    if (!state) throw new Error('nothing is cached')
    this.user = state.user
    this.conversation = state.conversations.get('9') ?? this.conversation
    return state
  }

  receive(delta: ConversationDelta, origin: Origin = 'event'): void {
    const change = reduceConversation(this.conversation, delta, origin)
    this.conversation = change.state
    this.cache.saveConversation(change)
  }

  receiveUser(delta: UserDelta, origin: Origin = 'event'): void {
    const change = reduceUser(this.user, delta, origin)
    this.user = change.state
    this.cache.saveUser(change)
  }

  async all(): Promise<readonly Message[]> {
    return this.cache.messagesAfter('9', 0, 1000)
  }
}

const account = () => String(nextAccount++)

const first: ConversationDelta = {
  conversationId: '9',
  version: 1,
  conversation: aConversation({ version: 1 }),
  members: [aMember('1', { version: 1 }), aMember('2', { version: 1 })],
}

/** The change that adds message `seq`, in a conversation where every change is a message. */
function said(seq: number, part: Partial<Message> = {}): ConversationDelta {
  return { conversationId: '9', version: seq + 1, messages: [aMessage(seq, part)] }
}

const item: OutboxItem = {
  clientId: 'c1',
  conversationId: '9',
  body: 'not sent yet',
  createdAt: 5,
  state: 'sending',
  problem: null,
  attempts: 0,
  owner: 'tab',
}

afterEach(() => {
  for (const cache of opened.splice(0)) cache.close()
  vi.restoreAllMocks()
})

describe('the cache on the device', () => {
  it('gives back what was written', async () => {
    const id = account()
    const tab = await Tab.open(id)
    expect(await tab.cache.load()).toBeNull()
    tab.receiveUser({
      version: 1,
      contacts: [aContact('2', { version: 1 })],
      memberships: [aMembership({ version: 1 })],
    })
    tab.receive(first)
    for (const seq of [1, 2, 3]) tab.receive(said(seq))
    tab.cache.saveOutbox(item)
    tab.cache.saveUnsentRead({ conversationId: '9', seq: 2 })
    await tab.cache.flushed()
    tab.cache.close()

    const next = await Tab.open(id)
    const state = await next.loaded()
    expect(state.user).toEqual(tab.user)
    expect(state.conversations.get('9')).toEqual(tab.conversation)
    expect(state.outbox).toEqual([item])
    expect(state.unsentReads).toEqual([{ conversationId: '9', seq: 2 }])
    expect((await next.all()).map((message) => message.seq)).toEqual([1, 2, 3])
    expect((await next.cache.messagesBefore('9', 3, 1)).map((message) => message.seq)).toEqual([2])
  })

  it('keeps the newer of two forms of a row, in whatever order they come', async () => {
    const tab = await Tab.open(account())
    tab.receive(first)
    tab.receive(said(1))
    tab.receive({ conversationId: '9', version: 3, messages: [aMessage(1, { version: 3, body: 'edited' })] })
    tab.cache.savePage('9', 3, [aMessage(1)])
    await tab.cache.flushed()
    expect(await tab.all()).toEqual([aMessage(1, { version: 3, body: 'edited' })])
  })

  it('takes no page of history that is older than what is known', async () => {
    const tab = await Tab.open(account())
    tab.receive(first)
    tab.receive({ ...said(9), version: 9 }, 'sync')
    tab.cache.savePage('9', 8, [aMessage(3)])
    tab.cache.savePage('9', 9, [aMessage(4)])
    expect((await tab.all()).map((message) => message.seq)).toEqual([4, 9])
  })

  it('drops what an answer that leaves out older changes may have made stale', async () => {
    const tab = await Tab.open(account())
    tab.receive(first)
    for (const seq of [1, 2, 3]) tab.receive(said(seq))
    tab.receive({ conversationId: '9', version: 80, truncated: true, messages: messages(60, 62) }, 'sync')
    expect((await tab.all()).map((message) => message.seq)).toEqual([60, 61, 62])
  })

  it('forgets a conversation whole, and keeps what was written in it', async () => {
    const tab = await Tab.open(account())
    tab.receive(first)
    tab.receive(said(1))
    tab.cache.saveOutbox(item)
    tab.cache.forget('9')
    await tab.cache.flushed()
    const state = await tab.cache.load()
    expect(state?.conversations.size).toBe(0)
    expect(await tab.all()).toEqual([])
    expect(state?.outbox).toEqual([item])
  })

  it('leaves nothing behind when destroyed', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receive(first)
    await tab.cache.flushed()
    await tab.cache.destroy()
    const again = await Tab.open(id)
    expect(await again.cache.load()).toBeNull()
  })
})

describe('how much is kept', () => {
  it('is bounded: the newest of a conversation stay', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receive(first)
    const conversation = aConversation({ lastSeq: 2600, version: 5 })
    tab.receive({ conversationId: '9', version: 5, conversation }, 'sync')
    for (let from = 1; from < 2600; from += 100) tab.cache.savePage('9', 5, messages(from, from + 99))
    await tab.cache.flushed()
    const kept = await tab.cache.messagesAfter('9', 0, 10_000)
    expect(kept[0]?.seq).toBe(601)
    expect(kept).toHaveLength(2000)
  })

  it('is looked at when the app starts', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receive(first)
    tab.cache.savePage('9', 1, messages(1, 150))
    const conversation = aConversation({ lastSeq: 2100, version: 5 })
    tab.receive({ conversationId: '9', version: 5, conversation }, 'sync')
    await tab.cache.flushed()
    const again = await Tab.open(id)
    await again.loaded()
    expect((await again.cache.messagesAfter('9', 0, 10_000))[0]?.seq).toBe(101)
  })
})

describe('an upgrade of the app', () => {
  it('fetches anew what the server has, and keeps what exists nowhere else', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receive(first)
    tab.receive(said(1))
    tab.cache.saveOutbox(item)
    await tab.cache.flushed()
    const next = await openIdbCache({ accountId: id, schema: SCHEMA + 1, current: () => null })
    opened.push(next)
    const state = await next.load()
    expect(state?.outbox).toEqual([item])
    expect(state?.user.version).toBe(0)
    expect(state?.conversations.size).toBe(0)
    expect(await next.messagesAfter('9', 0, 10)).toEqual([])
    // The tab with the old app had to give way.
    expect(tab.stopped).toBe(1)
    expect(tab.cache.kind).toBe('memory')
    tab.receive(said(2))
    await tab.cache.flushed()
    expect(await tab.all()).toEqual([])
  })

  it('works from memory when a newer app has been here', async () => {
    const id = account()
    const newer = await openDB(databaseName(id), 99)
    const { cache } = await openCache({ accountId: id, current: () => null })
    expect(cache.kind).toBe('memory')
    newer.close()
  })
})

describe('where nothing can be kept', () => {
  it('works from memory without IndexedDB', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const { cache, cached } = await openCache({ accountId: account(), current: () => null })
    vi.unstubAllGlobals()
    expect(cache.kind).toBe('memory')
    expect(cached).toBeNull()
  })

  it('does not wait for a browser that never answers', async () => {
    const env = new VirtualTime()
    vi.spyOn(indexedDB, 'open').mockReturnValue(Object.assign(new EventTarget(), {}) as IDBOpenDBRequest)
    const opening = openCache({ accountId: account(), current: () => null, env })
    await env.pass(5000)
    expect((await opening).cache.kind).toBe('memory')
  })

  it('does not wait for what a browser never gives out', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receive(first)
    await tab.cache.flushed()
    const env = new VirtualTime(undefined, settleTasks)
    vi.spyOn(IDBObjectStore.prototype, 'getAll').mockReturnValue(new EventTarget() as IDBRequest)
    const opening = openCache({ accountId: id, current: () => null, env })
    await env.pass(10_000)
    const { cache, cached } = await opening
    expect(cache.kind).toBe('memory')
    expect(cached).toBeNull()
  })

  it('makes room when the quota is full, and keeps the outbox', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receiveUser({ version: 1, contacts: [aContact('2', { version: 1 })] })
    tab.receive(first)
    for (const seq of [1, 2, 3]) tab.receive(said(seq))
    tab.cache.saveOutbox(item)
    await tab.cache.flushed()
    failWrites(1)
    tab.receive(said(4))
    await tab.cache.flushed()
    expect(tab.cache.kind).toBe('indexeddb')
    const state = await (await Tab.open(id)).loaded()
    expect(state.user).toEqual(tab.user)
    expect(state.conversations.get('9')).toEqual(tab.conversation)
    expect(state.outbox).toEqual([item])
    // The history is fetched again when somebody looks at it.
    expect((await tab.all()).map((message) => message.seq)).toEqual([4])
  })

  it('stops keeping when there is no room at all, and says so', async () => {
    const id = account()
    const tab = await Tab.open(id)
    tab.receive(first)
    tab.receive(said(1))
    await tab.cache.flushed()
    failWrites(Infinity)
    tab.receive(said(2))
    await tab.cache.flushed()
    expect(tab.cache.kind).toBe('memory')
    expect(tab.stopped).toBe(1)
    tab.receive(said(3))
    await tab.cache.flushed()
    vi.restoreAllMocks()
    // What is stored is old but whole: the next start catches up from there.
    const next = await Tab.open(id)
    const state = await next.loaded()
    expect(state.conversations.get('9')?.version).toBe(2)
    expect((await next.all()).map((message) => message.seq)).toEqual([1])
  })
})

describe('a page that is put away and shown again', () => {
  function turn(page: EventTarget, type: 'pagehide' | 'pageshow') {
    page.dispatchEvent(Object.assign(new Event(type), { persisted: true }))
  }

  it('leaves no transaction behind that others would wait for', async () => {
    const id = account()
    const page = new EventTarget()
    const tab = await Tab.open(id, page)
    tab.receive(first)
    await tab.cache.flushed()
    const abort = vi.spyOn(IDBTransaction.prototype, 'abort')
    tab.receive(said(1))
    tab.cache.saveOutbox(item)
    // The transaction has begun.
    await Promise.resolve()
    await Promise.resolve()
    turn(page, 'pagehide')
    expect(abort).toHaveBeenCalledTimes(1)
    tab.receive(said(2))

    const next = await Tab.open(id)
    const state = await next.loaded()
    expect(state.conversations.get('9')?.version).toBe(1)
    expect(state.outbox).toEqual([])
    expect(tab.stopped).toBe(0)
  })

  it('keeps what was to be written when it is back, and goes on', async () => {
    const id = account()
    const page = new EventTarget()
    const tab = await Tab.open(id, page)
    tab.receive(first)
    tab.cache.saveOutbox(item)
    const reading = tab.all()
    await Promise.resolve()
    await Promise.resolve()
    turn(page, 'pagehide')
    tab.receive(said(1))
    turn(page, 'pageshow')
    tab.receive(said(2))
    await tab.cache.flushed()
    expect(tab.cache.kind).toBe('indexeddb')
    expect(await reading).toEqual(await tab.all())

    const state = await (await Tab.open(id)).loaded()
    expect(state.conversations.get('9')).toEqual(tab.conversation)
    expect(state.outbox).toEqual([item])
  })

  it('does not stop for one that is gone for good', async () => {
    const page = new EventTarget()
    const tab = await Tab.open(account(), page)
    const abort = vi.spyOn(IDBTransaction.prototype, 'abort')
    tab.receive(first)
    page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }))
    await tab.cache.flushed()
    expect(abort).not.toHaveBeenCalled()
  })
})

describe('two tabs of one account', () => {
  it('never take the version of one for what only the other has', async () => {
    const id = account()
    const one = await Tab.open(id)
    one.receive(first)
    one.receive(said(1))
    await one.cache.flushed()
    const two = await Tab.open(id)
    await two.loaded()
    // Both go on; the second is behind, then ahead.
    for (const seq of [2, 3, 4]) one.receive(said(seq))
    await one.cache.flushed()
    two.receive(said(2))
    await two.cache.flushed()
    const between = await (await Tab.open(id)).loaded()
    expect(between.conversations.get('9')?.version).toBe(5)
    for (const seq of [3, 4, 5]) two.receive(said(seq))
    await two.cache.flushed()
    const after = await Tab.open(id)
    expect((await after.loaded()).conversations.get('9')).toEqual(two.conversation)
    expect((await after.all()).map((message) => message.seq)).toEqual([1, 2, 3, 4, 5])
  })

  it('do not let the version rise over what was wiped by the other', async () => {
    const id = account()
    const one = await Tab.open(id)
    const two = await Tab.open(id)
    one.receive(first)
    one.receive(said(1))
    await one.cache.flushed()
    await two.loaded()
    one.cache.clear()
    await one.cache.flushed()
    two.receive(said(2))
    await two.cache.flushed()
    const state = await (await Tab.open(id)).cache.load()
    expect(state?.conversations.get('9')?.version ?? 0).toBe(0)
  })
})

/** Lets writes fail as a full disk does: the request goes through, the transaction does not. */
function failWrites(times: number): void {
  let left = times
  const { put } = IDBObjectStore.prototype
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (left > 0) {
      left--
      throw new DOMException('full', 'QuotaExceededError')
    }
    return put.apply(this, args)
  })
}
