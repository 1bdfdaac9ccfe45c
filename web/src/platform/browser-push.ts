// The push service of the browser, which wakes the service worker (worker/push.ts).
import { keyBytes, placeOf, type PushPlace } from './place'
import type { Push, PushState, TellPlace } from './push'
import { readSetting, writeSetting } from './settings'

/** Where the server was told that this browser is called, and when. */
const toldKey = 'happychat.push'
/** After that it is told again, in case it has forgotten. Milliseconds. */
const toldFor = 24 * 60 * 60_000

/** Null where the browser has none. */
export function browserPush(): Push | null {
  if (!('serviceWorker' in navigator && 'PushManager' in window && window.isSecureContext)) return null
  let now: PushState = { state: 'off' }
  let changed: () => void = () => undefined
  /** What was wanted later counts. */
  let turn = 0

  function become(next: PushState) {
    now = next
    changed()
  }

  return {
    state: () => now,
    follow: (next) => (changed = next),
    choose: () => undefined,
    on(publicKey, tell) {
      const mine = ++turn
      const settle = (next: PushState) => mine === turn && become(next)
      if (now.state !== 'on') become({ state: 'waiting' })
      subscribe(publicKey).then(
        (place) => arrive(place, tell).then(settle),
        () => settle({ state: 'failed', reason: 'service' }),
      )
    },
    off(tell) {
      turn++
      become({ state: 'off' })
      if (readSetting(toldKey) === null) return
      writeSetting(toldKey, null)
      unsubscribe().catch(() => undefined)
      tell(null).catch(() => undefined)
    },
  }

  async function arrive(place: PushPlace, tell: TellPlace): Promise<PushState> {
    if (told(place)) return { state: 'on' }
    const mine = turn
    try {
      await tell(place)
    } catch {
      return { state: 'failed', reason: 'server' }
    }
    if (mine === turn) writeSetting(toldKey, `${Date.now()} ${place.endpoint}`)
    // It was turned off meanwhile, and the server may have heard that first.
    else if (now.state === 'off') await Promise.allSettled([tell(null), unsubscribe()])
    return { state: 'on' }
  }
}

function told({ endpoint }: PushPlace): boolean {
  const [at, where] = (readSetting(toldKey) ?? '').split(' ')
  return where === endpoint && Date.now() - Number(at) < toldFor
}

/** It asks nobody: permission was given before. */
async function subscribe(publicKey: string): Promise<PushPlace> {
  const { pushManager } = await navigator.serviceWorker.ready
  const key = keyBytes(publicKey)
  let subscription = await pushManager.getSubscription()
  if (subscription && !same(subscription.options.applicationServerKey, key)) {
    await subscription.unsubscribe()
    subscription = null
  }
  subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  return placeOf(subscription)
}

async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

function same(have: ArrayBuffer | null, want: Uint8Array): boolean {
  if (!have) return false
  const list = new Uint8Array(have)
  return list.length === want.length && list.every((byte, i) => byte === want[i])
}
