// The heart of the app, without a face: joins the copy of what the server knows, the connection, the
// outbox and the open timelines. Views read from it through the stores, and are told what changed.
import type { Api } from '@/api/operations'
import { type ProblemError, TIMEOUT, toProblem } from '@/api/problem'
import type { Link } from '@/api/socket'
import type {
  EndReason,
  EventName,
  ID,
  Member,
  Message,
  MessageQuery,
  SocketEvents,
  SyncResult,
} from '@/api/types'
import type { Cache, CachedState } from './cache'
import { catchUp } from './catchup'
import { ChangeCollector, type Changes } from './changes'
import { Connection, type ConnectionStatus, type Network } from './connection'
import { backoff, type Environment } from './environment'
import { ExpiringSet } from './expiring'
import { Lookups } from './lookups'
import { type Extras, Outbox } from './outbox'
import { Presence } from './presence'
import { Reads } from './reads'
import type { ConversationChange, Origin } from './reduce'
import { hasGap, isLarge, MOST_KNOWN_TO_ALL } from './reduce'
import { Replica } from './replica'
import { isMine, knowsAllMembers, lastSeqOf, readSeqOf } from './selectors'
import type { OutboxItem } from './state'
import { stickerName } from './sticker'
import type { Tabs } from './tabs'
import { Timeline } from './timeline'
import type { UploadApi } from './upload'

/** Why the session is over; `expired`: the server just does not know it any more. */
export type Ended = EndReason | 'expired'

export interface EngineOptions {
  accountId: ID
  link: Link
  api: Pick<Api, 'messages' | 'members' | 'membersById'> & UploadApi
  cache: Cache
  env: Environment
  network: Network
  tabs: Tabs
  changed: (changes: Changes) => void
  /** The engine has stopped for good. */
  ended: (reason: Ended) => void
}

/** Milliseconds. What is missing often comes by itself, a little out of order. */
const EVENT_GAP_WAIT = 300
/** An acknowledgement may overtake the events before it by more. */
const ACK_GAP_WAIT = 2000
/** When asking did not fill a gap. */
const GAP_RETRY = { first: 1000, most: 60_000 }
/** Milliseconds between two signs that I am typing. */
const TYPING_EVERY = 3000

export class Engine {
  readonly replica: Replica
  readonly outbox: Outbox
  readonly presence: Presence

  private readonly connection: Connection
  private readonly reads: Reads
  private readonly lookups: Lookups
  private readonly changes: ChangeCollector
  private readonly timelines = new Map<ID, Set<Timeline>>()
  private readonly typingSent: ExpiringSet<ID>
  private status: ConnectionStatus
  private gapTimer: (() => void) | null = null
  private gapFailures = 0
  private missedTimer: (() => void) | null = null
  private stopped = false

  constructor(private readonly options: EngineOptions) {
    const { accountId, cache, env, link, network, tabs } = options
    this.changes = new ChangeCollector(options.changed)
    this.replica = new Replica(accountId, {
      cache,
      changes: this.changes,
      applied: (change, origin) => this.applied(change, origin),
      left: (id) => this.left(id),
    })
    this.presence = new Presence(env, this.changes)
    this.typingSent = new ExpiringSet(env, TYPING_EVERY, () => undefined)
    this.outbox = new Outbox({
      env,
      cache,
      tabs,
      send: (item) => this.sendItem(item),
      uploads: options.api,
      changed: (id) => void this.changes.open.conversations.add(id),
    })
    this.reads = new Reads({
      env,
      send: (id, seq) => this.sendRead(id, seq),
      changed: (conversationId, seq) => cache.saveUnsentRead({ conversationId, seq }),
    })
    this.lookups = new Lookups({
      env,
      known: (conversationId, id) => this.replica.conversation(conversationId).members.has(id),
      ask: async (id, ids) => this.learn(id, await options.api.membersById(id, ids)),
      complete: (id) => {
        const state = this.replica.conversation(id)
        return isLarge(state.conversation) || knowsAllMembers(state)
      },
      askAll: async (id) =>
        this.learn(id, (await options.api.members(id, { limit: MOST_KNOWN_TO_ALL })).members),
    })
    this.connection = new Connection({
      link,
      env,
      network,
      catchUp: () => this.catchUp(),
      event: (name, payload) => this.receive(name, payload),
      changed: () => this.connectionChanged(),
      signedOut: () => this.end('expired'),
    })
    this.status = this.connection.status
    tabs.onTold((message) => {
      if (message.type === 'signed-out') this.end('signed_out')
    })
  }

  /** Takes in what is kept on the device, and connects. */
  start(cached: CachedState | null): void {
    if (cached) {
      this.replica.restore(cached)
      this.outbox.restore(cached.outbox)
      for (const { conversationId, seq } of cached.unsentReads) this.reads.mark(conversationId, seq)
    }
    this.connection.start()
  }

  stop(): void {
    if (this.stopped) return
    this.stopped = true
    this.gapTimer?.()
    this.missedTimer?.()
    this.changes.stop()
    this.connection.stop()
    this.outbox.close()
    this.reads.close()
    this.lookups.close()
    this.presence.clear()
    this.typingSent.clear()
    this.options.tabs.close()
    this.options.cache.close()
  }

  /** Tells the other tabs of this account that it is signed out here. */
  announceSignOut(): void {
    this.options.tabs.tell({ type: 'signed-out' })
  }

  get me(): ID {
    return this.options.accountId
  }

  /** The name of this tab. */
  get tabId(): string {
    return this.options.tabs.id
  }

  get connectionStatus(): ConnectionStatus {
    return this.connection.status
  }

  get retryAt(): number | null {
    return this.connection.retryAt
  }

  /** Why there is no connection, as far as the server said so. */
  get problem(): ProblemError | null {
    return this.connection.problem
  }

  /** Whether there is anything to show: from the device, or from the server. */
  get ready(): boolean {
    return this.replica.user.version > 0
  }

  get cacheKind(): Cache['kind'] {
    return this.options.cache.kind
  }

  /** What is in memory, for a cache that has to start anew. */
  get snapshot(): CachedState {
    const { user, conversations } = this.replica
    return { user, conversations, unsentReads: [], outbox: [] }
  }

  /** The cache can keep nothing more. */
  cacheStopped(): void {
    this.changes.open.status = true
  }

  retryConnection(): void {
    this.connection.wake()
  }

  // What a person does

  /** Shown at once, sent as soon as possible. Throws when too many wait already. */
  send(conversationId: ID, body: string, extras?: Extras): OutboxItem {
    this.typingSent.delete(conversationId)
    return this.outbox.add(conversationId, body, extras)
  }

  /** Learns who these are, if that is not known. */
  meet(conversationId: ID, accountIds: Iterable<ID>): void {
    if (isMine(this.replica.user, conversationId)) this.lookups.want(conversationId, accountIds)
  }

  markRead(conversationId: ID, seq: number): void {
    const conversation = this.replica.conversation(conversationId)
    const reached = Math.min(seq, lastSeqOf(conversation))
    if (reached <= readSeqOf(this.replica.user, conversation, this.me)) return
    this.replica.raiseRead(conversationId, reached)
    this.reads.mark(conversationId, reached)
  }

  typing(conversationId: ID): void {
    if (this.status !== 'online' || !this.typingSent.addOnce(conversationId)) return
    this.options.link.command('conversation.typing', { conversationId }).catch(() => undefined)
  }

  /** The messages of a conversation, kept live until it is closed. */
  openTimeline(conversationId: ID, changed: () => void): { timeline: Timeline; close: () => void } {
    const { cache } = this.options
    const timeline = new Timeline(
      {
        lastSeq: () => lastSeqOf(this.replica.conversation(conversationId)),
        readSeq: () => readSeqOf(this.replica.user, this.replica.conversation(conversationId), this.me),
        cachedBefore: (seq, limit) => cache.messagesBefore(conversationId, seq, limit),
        cachedAfter: (seq, limit) => cache.messagesAfter(conversationId, seq, limit),
        fetch: (query) => this.fetchPage(conversationId, query),
      },
      changed,
    )
    const open = this.timelines.get(conversationId) ?? new Set()
    this.timelines.set(conversationId, open.add(timeline))
    void timeline.open()
    const close = () => {
      timeline.close()
      open.delete(timeline)
    }
    return { timeline, close }
  }

  // What the network does

  private receive<K extends EventName>(name: K, payload: SocketEvents[K]): void {
    const handlers: { [N in EventName]: (payload: SocketEvents[N]) => void } = {
      'user.changed': (delta) => {
        this.replica.applyUser(delta, 'event')
        this.checkGaps(EVENT_GAP_WAIT)
      },
      'conversation.changed': (delta) => this.replica.applyConversation(delta, 'event'),
      'presence.changed': (presence) => this.presence.receive(presence),
      typing: ({ conversationId, accountId }) => {
        if (accountId !== this.me) this.presence.startedTyping(conversationId, accountId)
      },
      'changes.missed': ({ within }) => this.askWithin(within),
      'session.ended': ({ reason }) => this.end(reason),
    }
    // A newer server may tell what this app does not know.
    if (Object.hasOwn(handlers, name)) handlers[name](payload)
  }

  /** After any delta of a conversation. */
  private applied(change: ConversationChange, origin: Origin): void {
    const { id } = change.state
    for (const message of change.messages) {
      if (message.senderId === this.me) this.outbox.settle(message.clientId)
      else this.presence.stoppedTyping(id, message.senderId)
    }
    for (const timeline of this.timelines.get(id) ?? []) {
      if (change.dropBefore > 0) timeline.truncated(change.messages)
      else timeline.receive(change.messages, origin === 'sync')
    }
    if (change.forgetMembers) this.lookups.forget(id)
    // What I may do here depends on my own row.
    if (change.state.conversation?.kind === 'group') {
      this.meet(id, [this.me])
      if (origin !== 'rows' && !hasGap(change.state)) this.lookups.wantAll(id)
    }
    if (hasGap(change.state)) this.checkGaps(origin === 'ack' ? ACK_GAP_WAIT : EVENT_GAP_WAIT)
  }

  private left(id: ID): void {
    this.lookups.forget(id)
    this.outbox.abandon(id)
    for (const timeline of this.timelines.get(id) ?? []) timeline.close()
    this.timelines.delete(id)
  }

  private async catchUp(): Promise<void> {
    await catchUp({
      link: this.options.link,
      replica: this.replica,
      accept: (result) => this.accept(result),
    })
    if (this.stopped) return
    if (this.replica.incomplete) {
      this.gapFailures++
      this.checkGaps(backoff(this.gapFailures, this.options.env.random, GAP_RETRY))
    } else {
      this.gapFailures = 0
    }
  }

  private accept(result: SyncResult): boolean {
    if (this.stopped) return false
    // The cookie belongs to somebody else by now: nothing of theirs may get into this account's copy.
    if (result.accountId !== this.me) {
      this.end('expired')
      return false
    }
    this.presence.replace(result.online)
    return true
  }

  /** Something may have been missed, by everybody who is connected: not all may ask at once. */
  private askWithin(within: number): void {
    this.missedTimer ??= this.options.env.after(this.options.env.random() * within, () => {
      this.missedTimer = null
      this.connection.requestCatchUp()
    })
  }

  private checkGaps(wait: number): void {
    if (this.gapTimer || !this.replica.incomplete) return
    const spread = wait * (1 + this.options.env.random() / 2)
    this.gapTimer = this.options.env.after(spread, () => {
      this.gapTimer = null
      if (this.replica.incomplete) this.connection.requestCatchUp()
    })
  }

  private connectionChanged(): void {
    const { status } = this.connection
    this.changes.open.status = true
    const was = this.status
    this.status = status
    if (was === status) return
    const online = status === 'online'
    this.outbox.setOnline(online)
    this.reads.setOnline(online)
    this.lookups.setOnline(online)
    if (!online) return this.presence.clear()
    for (const open of this.timelines.values()) for (const timeline of open) timeline.settle()
  }

  private async sendItem(item: OutboxItem): Promise<void> {
    const { conversationId, clientId, body, mentions, mentionsAll, files = [], sticker } = item
    const attachments = files.flatMap(({ attachment }) => (attachment ? [attachment.id] : []))
    const delta = await this.command('message.send', {
      conversationId,
      clientId,
      ...(sticker ? { sticker: stickerName(sticker) } : { body }),
      ...(mentions?.length ? { mentions: [...mentions] } : {}),
      ...(mentionsAll ? { mentionsAll } : {}),
      ...(attachments.length ? { attachments } : {}),
    })
    this.replica.applyConversation(delta, 'ack')
  }

  private async sendRead(conversationId: ID, seq: number): Promise<void> {
    const membership = await this.command('conversation.read', { conversationId, seq })
    this.replica.acceptMembership(membership)
  }

  private learn(conversationId: ID, members: Member[]): void {
    if (this.stopped) return
    this.replica.applyConversation({ conversationId, version: 0, members }, 'rows')
  }

  /** A command whose answer is of no use once the engine has stopped. */
  private command: Link['command'] = async (name, request, timeout) => {
    try {
      const result = await this.options.link.command(name, request, timeout)
      if (this.stopped) throw new Error('stopped')
      return result
    } catch (error) {
      throw this.noticed(toProblem(error))
    }
  }

  private noticed(problem: ProblemError): ProblemError {
    if (problem.signedOut) this.end('expired')
    // A cable that has fallen silent is found out by asking something that must be answered.
    if (problem.code === TIMEOUT) this.connection.requestCatchUp()
    return problem
  }

  private async fetchPage(conversationId: ID, query: MessageQuery): Promise<readonly Message[]> {
    const { api, cache, link } = this.options
    const page = link.connected
      ? await this.command('message.list', { conversationId, ...query })
      : await api.messages(conversationId, query)
    if (!this.stopped) cache.savePage(conversationId, page.version, page.messages)
    return page.messages
  }

  /** For what is learned outside: an HTTP answer that says that the session is over. */
  end(reason: Ended): void {
    if (this.stopped) return
    this.stop()
    this.options.ended(reason)
  }
}
