// Where somebody was going who had to sign in or sign up first. It may take a while and another tab: the link of the
// activation mail opens one of its own.
import { readSetting, writeSetting } from './settings'

const key = 'happychat.landing'
const life = 24 * 60 * 60_000

export function keepLanding(path: string) {
  writeSetting(key, JSON.stringify({ path, at: Date.now() }))
}

/** The path, once; null when there is none of today. Only a path of our own: an address elsewhere leads nowhere. */
export function takeLanding(): string | null {
  const path = landing()
  writeSetting(key, null)
  return path
}

/** The path, which stays. */
export function landing(): string | null {
  const kept = readSetting(key)
  if (kept === null) return null
  try {
    const { path, at } = JSON.parse(kept) as { path?: unknown; at?: unknown }
    if (typeof path !== 'string' || typeof at !== 'number' || Date.now() - at > life) return null
    const { origin, pathname, search, hash } = new URL(path, location.origin)
    return origin === location.origin ? pathname + search + hash : null
  } catch {
    return null
  }
}
