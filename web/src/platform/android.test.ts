import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { android, type Shell } from './android'
import { browser } from './browser'

const shell = {
  start: vi.fn<Shell['start']>(),
  shared: vi.fn<Shell['shared']>(),
  sharedTaken: vi.fn(),
  appearance: vi.fn(),
  changeServer: vi.fn(),
  permission: vi.fn<Shell['permission']>(),
  askPermission: vi.fn(),
  show: vi.fn(),
  hide: vi.fn(),
  settings: vi.fn(),
  shown: vi.fn<() => string | null>(),
  push: vi.fn<() => string | null>(),
  pushOn: vi.fn(),
  pushOff: vi.fn(),
  pushChoose: vi.fn(),
}

beforeEach(() => {
  for (const each of Object.values(shell)) each.mockReset()
  shell.start.mockReturnValue('{"version":"1","top":24,"bottom":16}')
  shell.shared.mockReturnValue(null)
})
afterEach(() => document.body.replaceChildren())

const root = document.documentElement
const safe = (side: string) => root.style.getPropertyValue(`--safe-${side}`)

describe('in the Android app', () => {
  it('keeps clear of what the system draws over, now and when that changes', () => {
    android(shell)
    expect([safe('top'), safe('bottom')]).toEqual(['24px', '16px'])
    shell.start.mockReturnValue('{"version":"1","top":24,"bottom":0}')
    window.happychat?.told('insets')
    expect(safe('bottom')).toBe('0px')
  })

  it('takes what another app hands over, with its files, once', async () => {
    const fetched = vi.fn((url: string) =>
      Promise.resolve(url.endsWith('1') ? new Response(null, { status: 404 }) : new Response('bytes')),
    )
    vi.stubGlobal('fetch', fetched)
    const take = vi.fn()
    const platform = android(shell)
    platform.onShared(take)
    expect(take).not.toHaveBeenCalled()
    const file = (n: number) => ({ url: `/.shell/shared/x/${n}`, name: `图${n}.png`, type: 'image/png' })
    shell.shared.mockReturnValue(JSON.stringify({ text: 'look', files: [file(0), file(1)] }))
    window.happychat?.told('shared')
    await vi.waitFor(() => expect(take).toHaveBeenCalledOnce())
    const [{ text, files }] = take.mock.calls[0] as [{ text: string; files: File[] }]
    expect([text, files.map(({ name, type }) => [name, type])]).toEqual(['look', [['图0.png', 'image/png']]])
    expect(shell.sharedTaken).toHaveBeenCalledOnce()
    vi.unstubAllGlobals()
  })

  it('closes the topmost of what lies above the page, and else leaves the way back to the phone', () => {
    android(shell)
    expect(window.happychat?.back()).toBe(false)
    const heard: string[] = []
    document.addEventListener('keydown', ({ key }) => heard.push(key), { once: true })
    document.body.appendChild(document.createElement('div')).className = 'over-page'
    expect(window.happychat?.back()).toBe(true)
    expect(heard).toEqual(['Escape'])
    const dialogs = ['under', 'above'].map((name) => {
      const dialog = document.body.appendChild(document.createElement('dialog'))
      dialog.setAttribute('open', '')
      dialog.addEventListener('cancel', () => heard.push(name))
      return dialog
    })
    expect(dialogs).toHaveLength(2)
    expect(window.happychat?.back()).toBe(true)
    expect(heard).toEqual(['Escape', 'above'])
  })

  it('shows notifications through the app, and goes where they lead', async () => {
    const { notices, onOpen } = android(shell)
    shell.permission.mockReturnValue('default')
    expect(notices?.permission()).toBe('default')
    const answer = notices?.ask()
    expect(shell.askPermission).toHaveBeenCalledOnce()
    shell.permission.mockReturnValue('granted')
    window.happychat?.told('permission')
    expect(await answer).toBe('granted')
    notices?.show({ title: 'Lin', body: 'hello', tag: '7', path: '/chats/7' })
    expect(shell.show).toHaveBeenCalledExactlyOnceWith('Lin', 'hello', '7', '/chats/7')
    notices?.hide('7')
    expect(shell.hide).toHaveBeenCalledExactlyOnceWith('7')
    shell.shown.mockReturnValue('["7","8"]')
    expect(notices?.shown()).toEqual(['7', '8'])
    notices?.settings?.()
    expect(shell.settings).toHaveBeenCalledOnce()
    expect(window.happychat?.open('/chats/7')).toBe(false)
    const open = vi.fn()
    onOpen(open)
    expect(window.happychat?.open('/chats/7')).toBe(true)
    expect(open).toHaveBeenCalledExactlyOnceWith('/chats/7')
  })

  it('wants to be called through the app, and hears how that stands', () => {
    const { push } = android(shell)
    shell.push.mockReturnValue('{"state":"waiting","via":"ntfy","several":true}')
    expect(push?.state()).toEqual({ state: 'waiting', via: 'ntfy', several: true })
    const changed = vi.fn()
    push?.follow(changed)
    window.happychat?.told('permission')
    expect(changed).not.toHaveBeenCalled()
    window.happychat?.told('push')
    expect(changed).toHaveBeenCalledOnce()
    const tell = () => Promise.resolve()
    push?.on('key', tell)
    expect(shell.pushOn).toHaveBeenCalledExactlyOnceWith('key')
    push?.choose()
    expect(shell.pushChoose).toHaveBeenCalledOnce()
    push?.off(tell)
    expect(shell.pushOff).toHaveBeenCalledOnce()
    // A page of another server is told nothing.
    shell.push.mockReturnValue(null)
    expect(push?.state()).toEqual({ state: 'off' })
  })

  it('does without what an older app does not have', () => {
    const older = { ...shell, shown: undefined, push: undefined, settings: undefined } as unknown as Shell
    const { notices, push } = android(older)
    expect(push).toBeNull()
    expect(notices?.shown()).toEqual([])
    expect(notices?.settings).toBeNull()
  })

  it('can go to another server, and nowhere else', () => {
    const platform = android(shell)
    platform.changeServer?.()
    expect(shell.changeServer).toHaveBeenCalledOnce()
    expect(platform.inApp).toBeNull()
  })
})

describe('in a browser', () => {
  it('leads into the app on Android only, with the whole address', () => {
    expect(browser().inApp).toBeNull()
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('Mozilla/5.0 (Linux; Android 14)')
    const link = browser().inApp?.('/join#TOKEN') ?? ''
    expect(link).toMatch(
      /^intent:\/\/open\?url=[^#]+#Intent;scheme=happychat;package=io\.github\.happychat;.*end$/,
    )
    expect(decodeURIComponent(/url=([^#]+)/.exec(link)?.[1] ?? '')).toBe(`${location.origin}/join#TOKEN`)
  })
})
