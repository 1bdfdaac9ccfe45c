// What the page and the service worker know together of notifications: in which language, what was told already, and
// when somebody last looked at the app. In the cache storage, which both can reach.
const name = 'happychat-told'
const address = '/told'
/** Of how many conversations it is remembered what was told. */
const most = 500

export interface Told {
  /** That of the interface on this device; null: not known. */
  language: string | null
  /** When the app was last in front, by the clock of this device: what came before was seen. */
  lookedAt: number
  /** By conversation (or other tag of a notification), the seq that a notification told of. */
  seqs: Record<string, number>
}

export const nothingTold: Told = { language: null, lookedAt: 0, seqs: {} }

export async function readTold(): Promise<Told> {
  if (!('caches' in globalThis)) return nothingTold
  const cache = await caches.open(name)
  const kept = (await (await cache.match(address))?.json()) as Partial<Told> | undefined
  return { ...nothingTold, ...kept }
}

/** One change after the other. */
let last: Promise<unknown> = Promise.resolve()

export function changeTold(change: (told: Told) => Partial<Told>): Promise<void> {
  const next = last.then(async () => {
    if (!('caches' in globalThis)) return
    const told = await readTold()
    const changed = { ...told, ...change(told) }
    const seqs = Object.fromEntries(Object.entries(changed.seqs).slice(-most))
    const cache = await caches.open(name)
    await cache.put(address, Response.json({ ...changed, seqs }))
  })
  last = next.catch(() => undefined)
  return next
}

/** A notification has told of this. */
export function noteTold(tag: string, seq: number): Promise<void> {
  return changeTold(({ seqs: { [tag]: _before, ...others } }) => ({ seqs: { ...others, [tag]: seq } }))
}

/** Somebody else may sign in here. */
export async function forgetTold(): Promise<void> {
  await last
  if ('caches' in globalThis) await caches.delete(name)
}
