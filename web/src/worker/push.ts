// The server calls when there is something new and the app is closed. The call says no more than that: what is new is
// asked for here, with the session of this browser, and told as the page would.
import type { SyncResult } from '@/api/types'
import { type Language, preferredLanguage } from '@/i18n/language'
import { generalTag, type News, notificationOptions, show } from '@/platform/news'
import { keyBytes, placeOf } from '@/platform/place'
import { changeTold, noteTold, readTold } from '@/platform/told'
import { digest } from './news'
import { words } from './words'

declare const self: ServiceWorkerGlobalScope

/** Milliseconds. */
const patience = 15_000

/** The session is over. */
const signedOut = Symbol('signed out')

export async function called(): Promise<void> {
  // A page that is seen has told already.
  const strict = await mustShow()
  if (!strict && (await looking())) return
  const answer = await ask()
  const told = await readTold()
  if (answer === null || answer === signedOut) {
    await say(language(told.language), 'some')
    // Nobody is called here any more, whatever the server believes.
    if (answer === signedOut) await (await self.registration.pushManager.getSubscription())?.unsubscribe()
    return
  }
  const spoken = language(told.language ?? answer.user.account?.language)
  const { news, over, unread, newest } = digest(answer, words(spoken), told, Date.now())
  await tidy(over)
  let shown = 0
  for (const one of news) {
    if (await show(self.registration, one)) shown++
    await noteTold(one.tag, one.seq)
  }
  await badge(unread)
  if (shown > 0 || !strict) return
  if (newest) await self.registration.showNotification(newest.title, notificationOptions(newest, true))
  else await say(spoken, 'none')
}

/** Apple takes back the permission of those who are called and show nothing. */
async function mustShow(): Promise<boolean> {
  const subscription = await self.registration.pushManager.getSubscription().catch(() => null)
  return subscription !== null && new URL(subscription.endpoint).hostname.endsWith('.push.apple.com')
}

async function looking(): Promise<boolean> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return windows.some((client) => client.visibilityState === 'visible')
}

/** What the server has for this session; null if it can not be asked. */
async function ask(): Promise<SyncResult | typeof signedOut | null> {
  try {
    const response = await fetch('/api/v1/sync', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
      // A few messages of each conversation: one of them may mention me.
      body: JSON.stringify({ user: 0, conversations: [], messages: 5 }),
    })
    if (response.status === 401) return signedOut
    return response.ok ? ((await response.json()) as SyncResult) : null
  } catch {
    return null
  }
}

function language(wanted: string | null | undefined): Language {
  return preferredLanguage(wanted ? [wanted] : self.navigator.languages)
}

/** Says that there is something new, or nothing any more, without saying what. */
async function say(spoken: Language, what: 'some' | 'none'): Promise<void> {
  const { t } = words(spoken)
  const news: News = {
    title: t(`news.${what}`),
    body: t(`news.${what}Text`),
    tag: generalTag,
    path: '/chats',
    seq: Date.now(),
  }
  await self.registration.showNotification(news.title, notificationOptions(news, what === 'none'))
}

/** Takes away what was read elsewhere, and what was said before it was known what is new. */
async function tidy(over: Set<string>): Promise<void> {
  for (const shown of await self.registration.getNotifications()) {
    if (over.has(shown.tag) || shown.tag === generalTag) shown.close()
  }
  await changeTold(({ seqs }) => ({
    seqs: Object.fromEntries(Object.entries(seqs).filter(([tag]) => !over.has(tag))),
  }))
}

async function badge(unread: number): Promise<void> {
  if (!('setAppBadge' in self.navigator)) return
  await (unread > 0 ? self.navigator.setAppBadge(unread) : self.navigator.clearAppBadge()).catch(
    () => undefined,
  )
}

/** The push service gives this browser another address, by itself. */
export async function moved(): Promise<void> {
  const { push } = (await (await fetch('/api/v1/server', { cache: 'no-store' })).json()) as {
    push?: { publicKey: string }
  }
  if (!push) return
  const subscription = await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: keyBytes(push.publicKey),
  })
  await fetch('/api/v1/sessions/current/push', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(placeOf(subscription)),
  })
}
