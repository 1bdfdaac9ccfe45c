// Sends that are not acknowledged yet. They are kept on the device, sent in order within a conversation,
// and repeated with the same clientId until the server has stored or refused them.
import { ProblemError, OUTBOX_FULL, toProblem } from '@/api/problem'
import type { ID, Sticker } from '@/api/types'
import type { Cache } from './cache'
import { createClientIds } from './clientid'
import { backoff, type Environment } from './environment'
import type { OutboxFile, OutboxItem } from './state'
import type { Tabs } from './tabs'
import { type UploadApi, uploadFile } from './upload'

export interface OutboxOptions {
  env: Environment
  cache: Pick<Cache, 'saveOutbox' | 'removeOutbox'>
  tabs: Tabs
  /** Sends once. Resolves when the server has stored it; throws an ProblemError. */
  send: (item: OutboxItem) => Promise<void>
  uploads: UploadApi
  /** The items of this conversation are other than before. */
  changed: (conversationId: ID) => void
  /** How many may wait. */
  limit?: number
}

const RETRY = { first: 1000, most: 30_000 }
/** Milliseconds. Tried in vain for so long while connected, a person should decide. */
const MOST_TRYING = 60_000
/** How many of the settled are remembered, so that a late word from another tab does not bring one back. */
const MOST_SETTLED = 2000

/** How many files of one message travel at once. */
const UPLOADS_AT_ONCE = 3
/** What was uploaded and not sent for a day is gone, and has to be uploaded again. */
const ATTACHMENT_GONE = 'attachment.not_found'

/** Whom a message speaks to, in a group. */
export interface Mentions {
  readonly mentions?: readonly ID[]
  readonly mentionsAll?: boolean
}

/** What a message may have besides its words. */
export interface Extras extends Mentions {
  readonly files?: readonly OutboxFile[]
  /** It goes alone; the body is its emoji. */
  readonly sticker?: Sticker
}

const isThere = (file: OutboxFile) => file.attachment !== undefined
const isComplete = ({ files = [] }: OutboxItem) => files.every(isThere)

/** What happens in one conversation: one send at a time. */
interface Lane {
  sending: string | null
  failures: number
  /** When the item that is first in line was first tried on this connection. */
  since: number | null
  stopWaiting: (() => void) | null
}

export class Outbox {
  private items = new Map<string, OutboxItem>()
  private lanes = new Map<ID, Lane>()
  private settled = new Set<string>()
  private watched = new Set<string>()
  /** By item: what ends its uploads. */
  private uploading = new Map<string, AbortController>()
  /** By file, from 0 to 1. */
  private uploaded = new Map<string, number>()
  private online = false
  private readonly clientIds

  constructor(private readonly options: OutboxOptions) {
    this.clientIds = createClientIds(options.env.now)
    options.tabs.onTold((message) => {
      if (message.type === 'outbox.saved') this.learn(message.item)
      else if (message.type === 'outbox.removed') this.drop(message.clientId)
      else if (message.type === 'outbox.asked') this.tellOwn()
      else if (message.type === 'outbox.told') this.dropOthers(message.owner, message.clientIds)
    })
  }

  /** What an earlier run of the app, or another tab, left. */
  restore(items: readonly OutboxItem[]): void {
    for (const item of items) this.learn(item)
    this.options.tabs.tell({ type: 'outbox.asked' })
  }

  /** In the order in which they are sent. */
  of(conversationId: ID): OutboxItem[] {
    return [...this.items.values()]
      .filter((item) => item.conversationId === conversationId)
      .sort((a, b) => (a.clientId < b.clientId ? -1 : 1))
  }

  conversations(): Set<ID> {
    return new Set([...this.items.values()].map((item) => item.conversationId))
  }

  /** Takes a message in; it is kept and will be sent. Throws when too many wait. */
  add(conversationId: ID, body: string, extras: Extras = {}): OutboxItem {
    if (this.items.size >= (this.options.limit ?? 500)) {
      throw new ProblemError({
        title: 'Too many waiting',
        status: 0,
        code: OUTBOX_FULL,
        detail: 'Too many messages are waiting to be sent.',
      })
    }
    const item: OutboxItem = {
      clientId: this.clientIds.next(),
      conversationId,
      body,
      ...extras,
      createdAt: this.options.env.now(),
      state: 'sending',
      problem: null,
      attempts: 0,
      owner: this.options.tabs.id,
    }
    this.save(item)
    this.begin(item)
    return item
  }

  /** How much of a file is on the server, from 0 to 1. */
  progress(fileId: string): number {
    return this.uploaded.get(fileId) ?? 0
  }

  /** Tries a failed one again, from this tab. */
  retry(clientId: string): void {
    const item = this.items.get(clientId)
    if (item?.state !== 'failed') return
    const again: OutboxItem = {
      ...item,
      state: 'sending',
      problem: null,
      attempts: 0,
      owner: this.options.tabs.id,
    }
    this.save(again)
    this.begin(again)
  }

  /** Gives one up. If it is just under way it may arrive all the same, and then is shown as a message. */
  discard(clientId: string): void {
    const uploads = this.items.get(clientId)?.files?.map(({ uploadId }) => uploadId) ?? []
    this.settle(clientId)
    for (const id of uploads) {
      if (id !== undefined) this.options.uploads.cancelUpload(id).catch(() => undefined)
    }
  }

  /** The server has stored it. */
  settle(clientId: string): void {
    if (!this.items.has(clientId)) return
    this.options.cache.removeOutbox(clientId)
    this.options.tabs.tell({ type: 'outbox.removed', clientId })
    this.drop(clientId)
  }

  /** Gives up all that waits in a conversation: there is nobody to send it to any more. */
  abandon(conversationId: ID): void {
    for (const { clientId } of this.of(conversationId)) this.settle(clientId)
  }

  has(clientId: string): boolean {
    return this.items.has(clientId)
  }

  setOnline(online: boolean): void {
    this.online = online
    for (const lane of this.lanes.values()) {
      lane.stopWaiting?.()
      lane.stopWaiting = null
      lane.failures = 0
      lane.since = null
    }
    if (!online) return this.stopUploads()
    for (const item of this.ownedBy(this.options.tabs.id)) this.upload(item)
    for (const conversationId of this.conversations()) this.pump(conversationId)
  }

  close(): void {
    this.setOnline(false)
    this.items.clear()
  }

  private save(item: OutboxItem): void {
    this.items.set(item.clientId, item)
    this.options.cache.saveOutbox(item)
    this.options.tabs.tell({ type: 'outbox.saved', item })
    this.options.changed(item.conversationId)
  }

  private learn(item: OutboxItem): void {
    if (this.settled.has(item.clientId)) return
    this.items.set(item.clientId, item)
    this.clientIds.after(item.clientId)
    this.options.changed(item.conversationId)
    this.watch(item.owner)
  }

  private ownedBy(owner: string): OutboxItem[] {
    return [...this.items.values()].filter((item) => item.owner === owner)
  }

  private tellOwn(): void {
    const { tabs } = this.options
    const clientIds = this.ownedBy(tabs.id).map((item) => item.clientId)
    tabs.tell({ type: 'outbox.told', owner: tabs.id, clientIds })
  }

  /** Of what another tab sends, only this is left. */
  private dropOthers(owner: string, clientIds: readonly string[]): void {
    for (const { clientId } of this.ownedBy(owner)) {
      if (!clientIds.includes(clientId)) this.drop(clientId)
    }
  }

  /** When the tab that was to send something has gone, this one does. */
  private watch(owner: string): void {
    const { tabs } = this.options
    if (owner === tabs.id || this.watched.has(owner)) return
    this.watched.add(owner)
    tabs.whenGone(owner, () => {
      this.watched.delete(owner)
      for (const item of this.ownedBy(owner)) {
        const mine = { ...item, owner: tabs.id }
        this.save(mine)
        this.begin(mine)
      }
    })
  }

  private drop(clientId: string): void {
    this.settled.add(clientId)
    if (this.settled.size > MOST_SETTLED) {
      for (const oldest of this.settled) {
        this.settled.delete(oldest)
        break
      }
    }
    const item = this.items.get(clientId)
    if (!item) return
    this.uploading.get(clientId)?.abort()
    for (const { id } of item.files ?? []) this.uploaded.delete(id)
    this.items.delete(clientId)
    this.options.changed(item.conversationId)
    this.pump(item.conversationId)
  }

  private lane(conversationId: ID): Lane {
    let lane = this.lanes.get(conversationId)
    if (!lane) {
      lane = { sending: null, failures: 0, since: null, stopWaiting: null }
      this.lanes.set(conversationId, lane)
    }
    return lane
  }

  private begin(item: OutboxItem): void {
    this.upload(item)
    this.pump(item.conversationId)
  }

  /** Brings the files of an item to the server; the item is sent when all are there. */
  private upload(item: OutboxItem): void {
    const { clientId } = item
    if (!this.online || item.state !== 'sending' || isComplete(item) || this.uploading.has(clientId)) return
    const ending = new AbortController()
    this.uploading.set(clientId, ending)
    const waiting = (item.files ?? []).filter((file) => !isThere(file))
    const next = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift())
        await this.uploadOne(item, file, ending.signal)
    }
    Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, next))
      .catch((error: unknown) => {
        if (ending.signal.aborted) return
        ending.abort()
        const failed = this.items.get(clientId)
        if (failed) this.save({ ...failed, state: 'failed', problem: toProblem(error).problem })
      })
      .finally(() => {
        if (this.uploading.get(clientId) === ending) this.uploading.delete(clientId)
        this.pump(item.conversationId)
      })
  }

  private async uploadOne(item: OutboxItem, file: OutboxFile, signal: AbortSignal): Promise<void> {
    const { env, uploads: api, changed } = this.options
    const attachment = await uploadFile({
      api,
      env,
      name: file.name,
      bytes: file.bytes,
      signal,
      ...(file.uploadId === undefined ? {} : { uploadId: file.uploadId }),
      began: (uploadId) => this.amend(item.clientId, file.id, { uploadId: uploadId ?? undefined }),
      progress: (part) => {
        this.uploaded.set(file.id, part)
        changed(item.conversationId)
      },
    })
    this.amend(item.clientId, file.id, { attachment, uploadId: undefined })
  }

  private amend(clientId: string, fileId: string, part: Partial<OutboxFile>): void {
    const item = this.items.get(clientId)
    if (!item?.files) return
    this.save({
      ...item,
      files: item.files.map((file) => (file.id === fileId ? { ...file, ...part } : file)),
    })
  }

  /** They go on where they were when there is a connection again. */
  private stopUploads(): void {
    for (const ending of this.uploading.values()) ending.abort()
    this.uploading.clear()
  }

  /** What can be sent goes ahead of what is still on its way to the server. */
  private pump(conversationId: ID): void {
    const lane = this.lane(conversationId)
    if (!this.online || lane.sending !== null || lane.stopWaiting) return
    const item = this.of(conversationId).find(
      (next) => next.state === 'sending' && next.owner === this.options.tabs.id && isComplete(next),
    )
    if (item) void this.send(lane, item)
  }

  private async send(lane: Lane, item: OutboxItem): Promise<void> {
    lane.sending = item.clientId
    lane.since ??= this.options.env.now()
    try {
      await this.options.send(item)
      this.next(lane)
      this.settle(item.clientId)
    } catch (error) {
      lane.sending = null
      this.failed(lane, item.clientId, toProblem(error))
    }
    this.pump(item.conversationId)
  }

  /** Whatever comes next in this lane starts afresh. */
  private next(lane: Lane): void {
    lane.sending = null
    lane.failures = 0
    lane.since = null
  }

  private failed(lane: Lane, clientId: string, problem: ProblemError): void {
    const item = this.items.get(clientId)
    if (!item) return this.next(lane)
    const attempts = item.attempts + 1
    if (problem.code === ATTACHMENT_GONE && item.files && attempts === 1) {
      this.next(lane)
      const anew = {
        ...item,
        attempts,
        files: item.files.map((file) => ({ ...file, attachment: undefined })),
      }
      this.save(anew)
      return this.begin(anew)
    }
    const { env } = this.options
    const inVain = this.online && lane.since !== null && env.now() - lane.since >= MOST_TRYING
    if (problem.permanent || inVain) {
      this.next(lane)
      this.save({ ...item, state: 'failed', problem: problem.problem, attempts })
      return
    }
    this.items.set(clientId, { ...item, attempts })
    if (!this.online) return
    lane.failures++
    const wait = Math.max(backoff(lane.failures, env.random, RETRY), (problem.retryAfter ?? 0) * 1000)
    lane.stopWaiting = env.after(wait, () => {
      lane.stopWaiting = null
      this.pump(item.conversationId)
    })
  }
}
