// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserTabs, type Locks, type TabMessage, type Tabs } from './tabs'

/** Web Locks as they are specified, for one origin. */
function fakeLocks(): Locks {
  const held = new Map<string, Promise<unknown>>()
  return {
    request: async (name, { signal }, hold) => {
      const before = held.get(name) ?? Promise.resolve()
      const aborted = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
      )
      aborted.catch(() => undefined)
      let release: () => void = () => undefined
      held.set(
        name,
        before.then(() => new Promise<void>((resolve) => (release = resolve))),
      )
      try {
        await Promise.race([before, aborted])
        await Promise.resolve()
        await hold()
      } finally {
        await before.then(() => release())
      }
    },
  }
}

const opened: Tabs[] = []
let locks = fakeLocks()

function open(id: string, scope = 'account'): Tabs {
  const tabs = browserTabs({ scope, id, locks, channel: BroadcastChannel })
  opened.push(tabs)
  return tabs
}

afterEach(() => {
  for (const tabs of opened.splice(0)) tabs.close()
  locks = fakeLocks()
})

describe('tabs', () => {
  it('hear each other, all listeners do, and nobody hears another account', async () => {
    const [one, two, other] = [open('one'), open('two'), open('other', 'somebody else')]
    const heard: [string, TabMessage][] = []
    for (const tab of [one, two, other]) tab.onTold((message) => heard.push([tab.id, message]))
    two.onTold((message) => heard.push(['again', message]))
    one.tell({ type: 'signed-out' })
    await vi.waitUntil(() => heard.length === 2)
    expect(heard).toEqual([
      ['two', { type: 'signed-out' }],
      ['again', { type: 'signed-out' }],
    ])
  })

  it('notice when one is gone, and not before', async () => {
    const [one, two] = [open('one'), open('two')]
    const gone = vi.fn()
    two.whenGone('one', gone)
    two.whenGone('long ago', gone)
    await vi.waitUntil(() => gone.mock.calls.length === 1)
    one.close()
    await vi.waitUntil(() => gone.mock.calls.length === 2)
  })

  it('take everything over where a browser cannot tell', () => {
    const tab = browserTabs({ scope: 'account', id: 'one' })
    const gone = vi.fn()
    tab.whenGone('two', gone)
    tab.tell({ type: 'signed-out' })
    expect(gone).toHaveBeenCalledOnce()
    tab.close()
  })
})
