import { expect } from 'vitest'
import type { ID } from '@/api/types'
import { type Cache, memoryCache } from '../cache'
import type { Changes } from '../changes'
import type { Network } from '../connection'
import { Engine, type Ended } from '../engine'
import { isLarge } from '../reduce'
import { isMine, knowsAllMembers, lastSeqOf, readByOthers, readSeqOf, unreadOf } from '../selectors'
import { singleTab, type Tabs } from '../tabs'
import type { Timeline } from '../timeline'
import { ModelLink } from './model-link'
import type { ModelServer } from './model-server'
import { UploadServer } from './upload-server'
import type { VirtualTime } from './virtual-time'
import { stickerName } from '../sticker'

export class TestNetwork implements Network {
  private listeners: (() => void)[] = []
  private up = true

  available = (): boolean => this.up
  onChange = (listener: () => void): (() => void) => {
    this.listeners.push(listener)
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener)
    }
  }

  set(up: boolean): void {
    this.up = up
    for (const listener of this.listeners) listener()
  }
}

/** Somebody's device: an engine on a link to the model server. */
export class Device {
  readonly link: ModelLink
  readonly network = new TestNetwork()
  readonly engine: Engine
  readonly timelines = new Map<ID, Timeline>()
  readonly cache: Cache
  ended: Ended | null = null
  readonly changes: Changes[] = []

  constructor(
    readonly server: ModelServer,
    readonly accountId: ID,
    readonly time: VirtualTime,
    options: { cache?: Cache; tabs?: Tabs } = {},
  ) {
    this.link = new ModelLink(server, accountId, time)
    this.cache = options.cache ?? memoryCache()
    this.engine = new Engine({
      accountId,
      link: this.link,
      api: {
        ...new UploadServer(time).operations,
        messages: (id, query) => this.link.command('message.list', { conversationId: id, ...query }),
        members: (id, query) => this.link.ask(() => server.groups.page(accountId, id, query)),
        membersById: (id, ids) => this.link.ask(() => server.groups.byIds(accountId, id, ids)),
      },
      cache: this.cache,
      env: time,
      network: this.network,
      tabs: options.tabs ?? singleTab(),
      changed: (changes) => this.changes.push(changes),
      ended: (reason) => (this.ended = reason),
    })
  }

  async start(): Promise<this> {
    this.engine.start(await this.cache.load())
    return this
  }

  open(conversationId: ID): Timeline {
    const { timeline } = this.engine.openTimeline(conversationId, () => undefined)
    this.timelines.set(conversationId, timeline)
    return timeline
  }

  online(): Promise<void> {
    return this.time.until(() => this.engine.connectionStatus === 'online', `${this.accountId} online`)
  }

  get waiting(): number {
    return [...this.engine.outbox.conversations()].length
  }
}

/** All that a person sees of what the server knows, in a form that can be compared. */
export function seen({ replica }: Engine): unknown {
  const { user, me } = replica
  const byId = <Row>(rows: Iterable<Row>, id: (row: Row) => string) =>
    [...rows].sort((a, b) => (id(a) < id(b) ? -1 : 1))
  return {
    version: user.version,
    account: user.account,
    contacts: byId(user.contacts.values(), (row) => row.account.id).filter(
      (row) => row.state === 'friend' || row.blocked,
    ),
    requests: byId(user.friendRequests.values(), (row) => row.id),
    joinRequests: byId(user.joinRequests.values(), (row) => row.id),
    invitations: byId(user.invitations.values(), (row) => row.id),
    stickerPacks: byId(user.stickerPacks.values(), (row) => row.id).filter((row) => row.state === 'there'),
    favouriteStickers: byId(user.favouriteStickers.values(), (row) => stickerName(row.sticker)).filter(
      (row) => row.state === 'there',
    ),
    // Of what was left long ago, a fresh device learns nothing.
    memberships: byId(user.memberships.values(), (row) => row.conversationId)
      .filter((row) => row.state === 'member')
      .map(({ readSeq: _read, ...row }) => row),
    conversations: byId(replica.conversations.values(), (state) => state.id).map((state) => ({
      id: state.id,
      version: state.version,
      mine: user.memberships.get(state.id)?.state,
      group: state.conversation?.group,
      memberCount: state.conversation?.memberCount,
      role: state.members.get(me)?.role,
      lastSeq: lastSeqOf(state),
      lastMessage: state.lastMessage,
      // Who is known of a large group is a matter of whom one has met.
      members:
        state.conversation?.kind === 'group'
          ? null
          : byId(state.members.values(), (row) => row.account.id).map(({ account, readSeq }) => ({
              account,
              readSeq,
            })),
      read: readSeqOf(user, state, me),
      readByOthers: knowsAllMembers(state) ? readByOthers(state, me) : 0,
      unread: unreadOf(user, state, me),
    })),
  }
}

/** What a device that has never been here before sees. */
export async function freshlySeen(server: ModelServer, accountId: ID, time: VirtualTime): Promise<unknown> {
  const device = await new Device(server, accountId, time).start()
  await device.online()
  const result = seen(device.engine)
  device.engine.stop()
  return result
}

/** A timeline shows a piece of the conversation exactly as the server has it. */
export function expectTrue(timeline: Timeline, server: ModelServer, conversationId: ID): void {
  const truth = server.conversations.get(conversationId)?.messages ?? []
  const { messages } = timeline
  const from = messages[0]?.seq ?? 1
  expect(messages).toEqual(truth.slice(from - 1, from - 1 + messages.length))
  if (!timeline.hasNewer) expect(messages[messages.length - 1]?.seq ?? 0).toBe(truth.length)
}

/** Everyone whom a device knows is as the server has them, and in a group that was always small it knows all. */
export function expectTrueMembers({ engine }: Device, server: ModelServer, always: ReadonlySet<ID>): void {
  const { replica, me } = engine
  for (const [id, state] of replica.conversations) {
    const truth = server.conversations.get(id)
    const positions = !isLarge(state.conversation)
    for (const [account, known] of state.members) {
      const row = truth?.members.get(account)
      expect({ ...known, readSeq: 0, version: 0 }).toEqual({ ...row, readSeq: 0, version: 0 })
      // Where a group has been large, what was read then was told to nobody.
      if (positions && always.has(id)) expect(known.readSeq).toBe(row?.readSeq)
    }
    expect(state.members.has(me)).toBe(true)
    if (always.has(id)) expect(knowsAllMembers(state)).toBe(true)
  }
}

/** Nothing is kept of what one has left, in memory or on the device. */
export async function expectNothingLeft({ engine, cache }: Device): Promise<void> {
  const { user, conversations } = engine.replica
  for (const id of conversations.keys()) expect(isMine(user, id)).toBe(true)
  await cache.flushed()
  const cached = await cache.load()
  for (const id of cached?.conversations.keys() ?? []) expect(isMine(user, id)).toBe(true)
  for (const { conversationId, state } of user.memberships.values()) {
    if (state === 'left') expect(await cache.messagesAfter(conversationId, 0, 1000)).toEqual([])
  }
}
