// The messages of one conversation as far as a view has asked for them: opened at the first unread
// message, extended both ways, kept live at the end. Knows no view: it holds a window and says when it changed.
import type { Message, MessageQuery } from '@/api/types'
import { type ProblemError, toProblem } from '@/api/problem'
import { newer } from './reduce'
import {
  endOf,
  mergeRows,
  type MessageWindow,
  narrow,
  prepend,
  runAtEnd,
  runAtStart,
  windowOf,
} from './window'

/** What a timeline needs to know and to ask. */
export interface TimelineSource {
  lastSeq: () => number
  /** How far I have read. */
  readSeq: () => number
  /** At most `limit` cached messages with a smaller seq, ascending, nearest ones; perhaps with holes. */
  cachedBefore: (seq: number, limit: number) => Promise<readonly Message[]>
  cachedAfter: (seq: number, limit: number) => Promise<readonly Message[]>
  /** Asks the server; the answer is not older than what is known of the conversation. Throws ProblemError. */
  fetch: (query: MessageQuery) => Promise<readonly Message[]>
}

const PAGE = 50
/** Messages loaded before and after the one that is looked for. */
const AROUND = 30

/** Asks for messages from `seq` on. */
function from(seq: number, limit: number): MessageQuery {
  return seq > 1 ? { after: seq - 1, limit } : { before: limit + 1, limit }
}

export class Timeline {
  state: 'loading' | 'ready' | 'failed' = 'loading'
  problem: ProblemError | null = null
  /** The first message that was unread when this was opened. It may lie before what is loaded. */
  firstUnreadSeq: number | null = null

  private window: MessageWindow = windowOf([])
  /** Whether the end of the window is meant to be the end of the conversation. */
  private following = false
  /** Pages on their way. */
  private older: Promise<void> | null = null
  private newer: Promise<void> | null = null
  private beginning = false
  /** Where the window was last asked to be. */
  private target: number | 'newest' = 'newest'
  /** Rows that came while a page was on its way, which may be older than they are. */
  private arrived = new Map<number, Message>()
  /** Raised whenever the window starts anew, so that answers to earlier questions are dropped. */
  private generation = 0

  constructor(
    private readonly source: TimelineSource,
    private readonly changed: () => void,
  ) {}

  get loadingOlder(): boolean {
    return this.older !== null
  }

  get loadingNewer(): boolean {
    return this.newer !== null
  }

  get messages(): readonly Message[] {
    return this.window.messages
  }

  /** Messages that have come after one that is still on its way. */
  get ahead(): readonly Message[] {
    if (!this.following) return []
    return [...this.window.loose.values()].sort((a, b) => a.seq - b.seq)
  }

  get hasOlder(): boolean {
    return this.state === 'ready' && this.window.from > 1 && !this.beginning
  }

  get hasNewer(): boolean {
    return this.state === 'ready' && !this.following && endOf(this.window) < this.source.lastSeq()
  }

  async open(): Promise<void> {
    const last = this.source.lastSeq()
    const read = this.source.readSeq()
    this.firstUnreadSeq = last > read ? read + 1 : null
    await this.openAt(last - read > PAGE - AROUND ? read + 1 : 'newest')
  }

  /** Starts anew around a message, or at the end. */
  openAt(seq: number | 'newest'): Promise<void> {
    this.target = seq
    return this.start(() => (seq === 'newest' ? this.newest() : this.around(seq)))
  }

  close(): void {
    this.generation++
  }

  /** Loads a first page and shows it. */
  private async start(load: () => Promise<readonly Message[]>): Promise<void> {
    const generation = ++this.generation
    this.state = 'loading'
    this.problem = null
    this.older = this.newer = null
    this.arrived.clear()
    this.changed()
    try {
      const run = await load()
      if (generation !== this.generation) return
      this.show(run)
    } catch (error) {
      if (generation !== this.generation) return
      this.state = 'failed'
      this.problem = toProblem(error)
    }
    this.changed()
  }

  private show(run: readonly Message[]): void {
    this.window = mergeRows(windowOf(run), [...this.arrived.values()])
    this.arrived.clear()
    this.beginning = run.length === 0
    this.following = endOf(this.window) >= this.source.lastSeq()
    this.state = 'ready'
  }

  /** The newest page: from the cache if that reaches the end and fills a screen, else from the server. */
  private async newest(): Promise<readonly Message[]> {
    const last = this.source.lastSeq()
    if (last === 0) return []
    const cached = runAtEnd(await this.source.cachedBefore(last + 1, PAGE))
    const reaches = cached[cached.length - 1]?.seq === last
    if (reaches && cached.length >= Math.min(last, PAGE / 2)) return cached
    return this.fetchOr(cached, { before: this.source.lastSeq() + 1, limit: PAGE })
  }

  private async around(seq: number): Promise<readonly Message[]> {
    const start = Math.max(1, seq - AROUND)
    const cached = runAtStart(await this.source.cachedAfter(start - 1, 2 * AROUND))
    const whole = cached.length === 2 * AROUND || cached[cached.length - 1]?.seq === this.source.lastSeq()
    if (cached[0]?.seq === start && whole) return cached
    return this.fetchOr(cached, from(start, 2 * AROUND))
  }

  /** Without a connection, what is cached is better than nothing. */
  private async fetchOr(cached: readonly Message[], query: MessageQuery): Promise<readonly Message[]> {
    try {
      return runAtEnd(await this.source.fetch(query))
    } catch (error) {
      if (cached.length > 0) return cached
      throw error
    }
  }

  /** While one is under way, its promise is given again. */
  loadOlder(): Promise<void> {
    if (this.older) return this.older
    if (!this.hasOlder) return Promise.resolve()
    return this.extend('older', async () => {
      const { from } = this.window
      const cached = runAtEnd(await this.source.cachedBefore(from, PAGE))
      const connects = cached[cached.length - 1]?.seq === from - 1
      const page = connects ? cached : await this.source.fetch({ before: from, limit: PAGE })
      return () => {
        this.beginning = page.length === 0
        this.window = prepend(
          this.window,
          page.map((message) => newer(this.arrived.get(message.seq), message)),
        )
      }
    })
  }

  loadNewer(): Promise<void> {
    if (this.newer) return this.newer
    if (!this.hasNewer) return Promise.resolve()
    return this.extend('newer', async () => {
      const end = endOf(this.window)
      const cached = runAtStart(await this.source.cachedAfter(end, PAGE))
      const connects = cached[0]?.seq === end + 1
      const page = connects ? cached : await this.source.fetch({ after: end, limit: PAGE })
      return () => {
        this.window = mergeRows(this.window, page)
        this.following = page.length === 0 || endOf(this.window) >= this.source.lastSeq()
      }
    })
  }

  /**
   * Lets go of what lies outside, because the reader is far from it. It is loaded again when the reader comes
   * back. Nothing happens while a page is on its way.
   */
  trim(first: number, last: number): void {
    if (this.state !== 'ready' || this.older || this.newer) return
    const narrowed = narrow(this.window, first, last)
    if (narrowed === this.window) return
    if (endOf(narrowed) < endOf(this.window)) this.following = false
    if (narrowed.from > this.window.from) this.beginning = false
    this.window = narrowed
    this.changed()
  }

  private extend(way: 'older' | 'newer', load: () => Promise<() => void>): Promise<void> {
    if (way === 'older') this.arrived.clear()
    const loading = this.loadPage(way, this.generation, load)
    this[way] = loading
    this.changed()
    return loading
  }

  private async loadPage(
    way: 'older' | 'newer',
    generation: number,
    load: () => Promise<() => void>,
  ): Promise<void> {
    try {
      const apply = await load()
      if (generation !== this.generation) return
      apply()
      this.problem = null
    } catch (error) {
      if (generation !== this.generation) return
      this.problem = toProblem(error)
    }
    this[way] = null
    this.changed()
  }

  /** Rows that came from the server, after the conversation itself has been brought up to date. */
  receive(rows: readonly Message[], caughtUp: boolean): void {
    if (caughtUp) this.markUnread()
    if (this.state === 'loading' || this.loadingOlder) {
      for (const row of rows) this.arrived.set(row.seq, newer(this.arrived.get(row.seq), row))
    }
    if (this.state !== 'ready') return
    this.window = mergeRows(this.window, rows)
    this.following ||= endOf(this.window) >= this.source.lastSeq()
    this.changed()
  }

  /** Older changes were left out: what is shown may be out of date, and `page` is all that is sure. */
  truncated(page: readonly Message[]): void {
    this.markUnread()
    if (this.state !== 'ready') {
      void this.openAt(this.target)
    } else if (this.following) {
      this.generation++
      this.older = this.newer = null
      // What has come already, but is newer than this page, must not be undone by it.
      const known = [...this.window.messages, ...this.window.loose.values()]
      this.arrived = new Map(known.map((message) => [message.seq, message]))
      this.show(runAtEnd(page))
      this.changed()
    } else {
      const limit = Math.min(2 * PAGE, Math.max(PAGE, this.window.messages.length))
      const query = from(this.window.from, limit)
      void this.start(async () => runAtStart(await this.source.fetch(query)))
    }
  }

  /** The client is connected and up to date: loads what could not be loaded, closes what is still open at the end. */
  settle(): void {
    if (this.state === 'failed') {
      void this.open()
    } else if (this.state === 'ready' && this.following && endOf(this.window) < this.source.lastSeq()) {
      this.following = false
      void this.loadNewer()
    }
  }

  private markUnread(): void {
    const read = this.source.readSeq()
    if (this.firstUnreadSeq === null && this.source.lastSeq() > read) this.firstUnreadSeq = read + 1
  }
}
