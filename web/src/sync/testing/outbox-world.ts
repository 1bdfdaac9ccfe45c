import { ProblemError, timedOut, unreachable } from '@/api/problem'
import type { Cache } from '../cache'
import { Outbox } from '../outbox'
import type { OutboxItem } from '../state'
import { singleTab, type TabMessage, type Tabs } from '../tabs'
import { UploadServer } from './upload-server'
import { seeded, VirtualTime } from './virtual-time'

/** What a test lets the server do with one send. */
type Answer = 'stored' | 'lost' | 'cut' | ProblemError | { status: number; retryAfter?: number }

/** Tabs that hear each other, and can go. */
export class TestTabs {
  private readonly open = new Map<string, ((message: TabMessage) => void)[]>()
  private readonly waiting: { id: string; gone: () => void }[] = []

  tab(id: string): Tabs {
    const listeners: ((message: TabMessage) => void)[] = []
    this.open.set(id, listeners)
    return {
      id,
      tell: (message) => {
        for (const [other, hearing] of this.open) {
          if (other !== id) for (const hear of hearing) hear(structuredClone(message))
        }
      },
      onTold: (listener) => void listeners.push(listener),
      whenGone: (other, gone) => {
        if (this.open.has(other)) this.waiting.push({ id: other, gone })
        else gone()
      },
      close: () => this.close(id),
    }
  }

  close(id: string): void {
    this.open.delete(id)
    for (const { gone } of this.waiting.filter((one) => one.id === id)) gone()
  }
}

/** An outbox, the device it is kept on, and a server that does as it is told. */
export class OutboxWorld {
  readonly time = new VirtualTime(seeded(7))
  readonly stored = new Map<string, OutboxItem>()
  /** Sends as they arrived at the server: clientIds. */
  readonly arrived: string[] = []
  /** The same, whole. */
  readonly sent: OutboxItem[] = []
  readonly uploads = new UploadServer(this.time)
  /** What happens to the next sends; then all are stored. */
  script: Answer[] = []
  /** Bodies under way that are never answered. */
  hanging = 0

  readonly cache: Pick<Cache, 'saveOutbox' | 'removeOutbox'> = {
    saveOutbox: (item) => void this.stored.set(item.clientId, item),
    removeOutbox: (clientId) => void this.stored.delete(clientId),
  }

  open(tabs: Tabs = singleTab(), limit?: number): Outbox {
    const outbox = new Outbox({
      env: this.time,
      cache: this.cache,
      tabs,
      send: (item) => this.send(item),
      uploads: this.uploads,
      changed: () => undefined,
      ...(limit === undefined ? {} : { limit }),
    })
    outbox.restore([...this.stored.values()])
    return outbox
  }

  private send(item: OutboxItem): Promise<void> {
    this.arrived.push(item.clientId)
    this.sent.push(item)
    const answer = this.script.shift() ?? 'stored'
    return new Promise((resolve, reject) => {
      if (answer === 'stored') this.time.after(20, resolve)
      else if (answer === 'lost') this.time.after(15_000, () => reject(timedOut()))
      else if (answer === 'cut') this.time.after(20, () => reject(unreachable()))
      else if (answer instanceof ProblemError) this.time.after(20, () => reject(answer))
      else {
        const problem = { title: '', detail: '', code: `status.${answer.status}`, ...answer }
        this.time.after(20, () => reject(new ProblemError(problem)))
      }
    })
  }
}
