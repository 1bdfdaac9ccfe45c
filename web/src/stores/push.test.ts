import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, reactive } from 'vue'
import type { Push, PushState } from '@/platform/push'
import { usePush } from './push'

const phone = vi.hoisted(() => ({
  now: { state: 'off' } as unknown,
  changed: () => undefined as unknown,
  on: vi.fn(),
  off: vi.fn(),
  choose: vi.fn(),
}))
vi.mock('@/platform/push', () => ({
  push: {
    state: () => phone.now as PushState,
    on: phone.on,
    off: phone.off,
    choose: phone.choose,
    follow: (changed) => void (phone.changed = changed),
  } satisfies Push,
}))

const session = reactive({ state: 'unknown', server: null as { push?: { publicKey: string } } | null })
vi.mock('./session', () => ({ useSession: () => session }))
const notifications = reactive({ shown: false })
vi.mock('./notifications', () => ({ useNotifications: () => notifications }))

beforeEach(() => {
  setActivePinia(createPinia())
  phone.on.mockReset()
  phone.off.mockReset()
  Object.assign(session, { state: 'unknown', server: null })
  notifications.shown = false
})

describe('being called while the app is closed', () => {
  it('is wanted by whoever is signed in, wants notifications, and has a server that calls', async () => {
    const stop = usePush().follow()
    notifications.shown = true
    session.state = 'signed-in'
    await nextTick()
    // Opened without a network: it stays as it was.
    expect([phone.on, phone.off].some((f) => f.mock.calls.length > 0)).toBe(false)
    session.server = { push: { publicKey: 'key' } }
    await nextTick()
    expect(phone.on).toHaveBeenCalledExactlyOnceWith('key', expect.any(Function))
    session.server = { push: { publicKey: 'another' } }
    await nextTick()
    expect(phone.on).toHaveBeenLastCalledWith('another', expect.any(Function))
    expect(phone.off).not.toHaveBeenCalled()
    stop()
  })

  it.each([
    ['somebody signs out', () => (session.state = 'signed-out')],
    ['notifications are turned off', () => (notifications.shown = false)],
    ['the server does not call any longer', () => (session.server = {})],
  ])('ends when %s', async (_when, happens) => {
    Object.assign(session, { state: 'signed-in', server: { push: { publicKey: 'key' } } })
    notifications.shown = true
    const stop = usePush().follow()
    happens()
    await nextTick()
    expect(phone.off).toHaveBeenCalledOnce()
    stop()
  })

  it('says how it stands, and asks who shall call', () => {
    const push = usePush()
    expect(push.now).toEqual({ state: 'off' })
    phone.now = { state: 'choose', several: true }
    phone.changed()
    expect(push.now).toEqual({ state: 'choose', several: true })
    push.choose()
    expect(phone.choose).toHaveBeenCalledOnce()
  })
})
