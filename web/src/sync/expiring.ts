import type { Environment } from './environment'

/** A set whose entries leave by themselves. */
export class ExpiringSet<T> {
  private readonly cancels = new Map<T, () => void>()

  constructor(
    private readonly env: Environment,
    private readonly ms: number,
    private readonly left: (entry: T) => void,
  ) {}

  /** Adds an entry, or lets it stay longer. Says whether it is new. */
  add(entry: T): boolean {
    const known = this.cancels.get(entry)
    known?.()
    this.cancels.set(
      entry,
      this.env.after(this.ms, () => {
        this.cancels.delete(entry)
        this.left(entry)
      }),
    )
    return known === undefined
  }

  /** Adds an entry if it is not there. Says whether it is new. */
  addOnce(entry: T): boolean {
    return !this.has(entry) && this.add(entry)
  }

  has(entry: T): boolean {
    return this.cancels.has(entry)
  }

  /** Removes an entry without a report. Says whether it was there. */
  delete(entry: T): boolean {
    this.cancels.get(entry)?.()
    return this.cancels.delete(entry)
  }

  values(): T[] {
    return [...this.cancels.keys()]
  }

  clear(): void {
    for (const cancel of this.cancels.values()) cancel()
    this.cancels.clear()
  }
}
