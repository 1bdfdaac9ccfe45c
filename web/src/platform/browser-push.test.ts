import { beforeEach, describe, expect, it, vi } from 'vitest'
import { browserPush } from './browser-push'
import type { PushState } from './push'

const key = 'BAEC'
const bytes = [4, 1, 2]

interface Subscription {
  endpoint: string
  options: { applicationServerKey: ArrayBuffer }
  toJSON: () => object
  unsubscribe: () => Promise<boolean>
}
let subscription: Subscription | null
let made: number

function aSubscription(endpoint: string, key: number[]): Subscription {
  return {
    endpoint,
    options: { applicationServerKey: new Uint8Array(key).buffer },
    toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }),
    unsubscribe: async () => {
      subscription = null
      return true
    },
  }
}

const place = (n: number) => ({ endpoint: `https://push.example/${n}`, keys: { p256dh: 'p', auth: 'a' } })

beforeEach(() => {
  localStorage.clear()
  subscription = null
  made = 0
  const registration = {
    pushManager: {
      getSubscription: async () => subscription,
      subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) =>
        (subscription = aSubscription(`https://push.example/${++made}`, [...applicationServerKey])),
    },
  }
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('PushManager', vi.fn())
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: { ready: Promise.resolve(registration), getRegistration: async () => registration },
  })
})

/** A browser, and the states that it went through. */
function browser() {
  const push = browserPush()
  if (!push) throw new Error('no push service')
  const states: PushState[] = []
  push.follow(() => states.push(push.state()))
  const until = (state: PushState) => vi.waitFor(() => expect(push.state()).toEqual(state))
  return { push, states, until }
}

describe('the push service of the browser', () => {
  it('is left out where there is none', () => {
    vi.stubGlobal('isSecureContext', false)
    expect(browserPush()).toBeNull()
  })

  it('is told to the server, once a day', async () => {
    const tell = vi.fn(async () => undefined)
    const { push, states, until } = browser()
    push.on(key, tell)
    await until({ state: 'on' })
    expect(states.map(({ state }) => state)).toEqual(['waiting', 'on'])
    expect([...new Uint8Array(subscription!.options.applicationServerKey)]).toEqual(bytes)
    expect(tell).toHaveBeenCalledExactlyOnceWith(place(1))

    // The next start.
    const next = browser()
    next.push.on(key, tell)
    await next.until({ state: 'on' })
    expect(tell).toHaveBeenCalledOnce()
    vi.setSystemTime(Date.now() + 25 * 60 * 60_000)
    const later = browser()
    later.push.on(key, tell)
    await later.until({ state: 'on' })
    expect(tell).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
    expect(made).toBe(1)
  })

  it('begins anew for a server with another key', async () => {
    subscription = aSubscription('https://push.example/0', [4, 9, 9])
    const tell = vi.fn(async () => undefined)
    const { push, until } = browser()
    push.on(key, tell)
    await until({ state: 'on' })
    expect(tell).toHaveBeenCalledExactlyOnceWith(place(1))
  })

  it('says who does not answer', async () => {
    const { push, until } = browser()
    push.on(key, () => Promise.reject(new Error('offline')))
    await until({ state: 'failed', reason: 'server' })
    subscription = null
    const { pushManager } = await navigator.serviceWorker.ready
    pushManager.subscribe = () => Promise.reject(new DOMException('no service', 'AbortError'))
    push.on(key, async () => undefined)
    await until({ state: 'failed', reason: 'service' })
  })

  it('ends when it is not wanted, and what was on its way counts no more', async () => {
    const tell = vi.fn(async () => undefined)
    const { push, until } = browser()
    push.off(tell)
    expect(tell).not.toHaveBeenCalled()
    push.on(key, tell)
    await until({ state: 'on' })
    push.off(tell)
    expect(tell).toHaveBeenLastCalledWith(null)
    await vi.waitFor(() => expect(subscription).toBeNull())

    let arrive: () => void = () => undefined
    push.on(key, () => new Promise((resolve) => (arrive = resolve)))
    await vi.waitFor(() => expect(subscription).not.toBeNull())
    push.off(tell)
    arrive()
    await vi.waitFor(() => expect(subscription).toBeNull())
    expect(push.state()).toEqual({ state: 'off' })
  })
})
