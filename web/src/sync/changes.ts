import type { ID } from '@/api/types'

/** What is other than before, by name; what it is now is read from the engine. */
export interface Changes {
  account: boolean
  /** Accounts whose card, contact row or presence changed. */
  readonly people: Set<ID>
  friendRequests: boolean
  /** My requests to groups, and invitations into them. */
  joining: boolean
  /** The packs that I keep, or my favourites. */
  stickers: boolean
  /** Conversations of which anything changed: rows, members, last message, read positions, what waits, who types. */
  readonly conversations: Set<ID>
  /** Conversations of which member rows changed: names, roles, read positions. */
  readonly members: Set<ID>
  /** Connection, or whether the cache still keeps anything. */
  status: boolean
}

export function noChanges(): Changes {
  return {
    account: false,
    people: new Set(),
    friendRequests: false,
    joining: false,
    stickers: false,
    conversations: new Set(),
    members: new Set(),
    status: false,
  }
}

/** Collects changes and tells them together, after the current step of work is done. */
export class ChangeCollector {
  private changes = noChanges()
  private scheduled = false
  private stopped = false

  constructor(private readonly tell: (changes: Changes) => void) {}

  /** What changes now is added to this. */
  get open(): Changes {
    if (!this.scheduled) {
      this.scheduled = true
      queueMicrotask(() => {
        const changes = this.changes
        this.changes = noChanges()
        this.scheduled = false
        if (!this.stopped) this.tell(changes)
      })
    }
    return this.changes
  }

  stop(): void {
    this.stopped = true
  }
}
