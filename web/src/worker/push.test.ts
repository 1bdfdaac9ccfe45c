// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { SyncResult } from '@/api/types'
import { changeTold, readTold } from '@/platform/told'
import { aCard, aConversation, aMember, aMembership, aMessage } from '@/sync/testing/rows'
import { called } from './push'

interface Shown {
  title: string
  tag: string
  body: string
  silent: boolean
  data: unknown
  close: () => void
}

let shown: Shown[]
let windows: { visibilityState: string }[]
let endpoint: string | null
let unsubscribed: boolean
let badge: number | null
let answer: () => Response

function result(readSeq: number, version = 5): SyncResult {
  const about = { conversationId: '9', version }
  return {
    accountId: '1',
    conversations: [
      {
        ...about,
        conversation: aConversation({ id: '9', kind: 'direct', lastSeq: 3, version }),
        members: [
          aMember('1', { version }),
          aMember('2', { version, account: { ...aCard('2'), name: 'Lan' } }),
        ],
        messages: [aMessage(3, { ...about, senderId: '2', body: 'hello', createdAt: Date.now() })],
      },
    ],
    more: false,
    online: [],
    serverTime: Date.now(),
    user: { version, memberships: [aMembership({ ...about, state: 'member', readSeq })] },
  }
}

beforeEach(() => {
  shown = []
  windows = []
  endpoint = 'https://push.example/1'
  unsubscribed = false
  badge = null
  answer = () => Response.json(result(2))
  const kept = new Map<string, string>()
  vi.stubGlobal('caches', {
    open: async () => ({
      match: async (path: string) => (kept.has(path) ? new Response(kept.get(path)) : undefined),
      put: async (path: string, response: Response) => void kept.set(path, await response.text()),
    }),
  })
  vi.stubGlobal('fetch', async () => answer())
  vi.stubGlobal('self', {
    clients: { matchAll: async () => windows },
    navigator: {
      languages: ['zh-CN'],
      setAppBadge: async (n: number) => void (badge = n),
      clearAppBadge: async () => void (badge = 0),
    },
    registration: {
      pushManager: {
        getSubscription: async () =>
          endpoint === null ? null : { endpoint, unsubscribe: async () => (unsubscribed = true) },
      },
      getNotifications: async (filter?: { tag: string }) =>
        shown.filter(({ tag }) => !filter || tag === filter.tag),
      showNotification: async (title: string, { tag = '', body = '', silent, data }: NotificationOptions) => {
        const one = {
          title,
          tag,
          body,
          silent: silent === true,
          data,
          close: () => void (shown = shown.filter((other) => other !== one)),
        }
        shown = [...shown.filter((other) => other.tag !== tag), one]
      },
    },
  })
})

const titles = () => shown.map(({ title }) => title)

describe('a call', () => {
  it('tells what the server has, and the number of what is unread', async () => {
    await called()
    expect(shown).toMatchObject([{ title: 'Lan', body: 'hello', tag: '9', data: { path: '/chats/9' } }])
    expect(badge).toBe(1)
  })

  it('tells the same once, also when it was taken away', async () => {
    await called()
    shown = []
    await called()
    expect(shown).toEqual([])
  })

  it('is left to a page that is seen', async () => {
    windows = [{ visibilityState: 'visible' }]
    await called()
    expect(shown).toEqual([])
    windows = [{ visibilityState: 'hidden' }]
    await called()
    expect(titles()).toEqual(['Lan'])
  })

  it('says only that there is something where nothing can be asked, in the language of this device', async () => {
    answer = () => {
      throw new TypeError('no network')
    }
    await called()
    expect(titles()).toEqual(['有新消息'])
    await changeTold(() => ({ language: 'en' }))
    answer = () => new Response('', { status: 503 })
    await called()
    expect(titles()).toEqual(['New messages'])
    expect(unsubscribed).toBe(false)
    // Once it is known what is new, that is told instead.
    answer = () => Response.json(result(2))
    await called()
    expect(titles()).toEqual(['Lan'])
  })

  it('is the last one after the session has ended', async () => {
    answer = () => new Response('', { status: 401 })
    await called()
    expect(titles()).toEqual(['有新消息'])
    expect(unsubscribed).toBe(true)
  })

  it('takes away what was read elsewhere, and forgets it', async () => {
    await called()
    answer = () => Response.json(result(3, 6))
    await called()
    expect(shown).toEqual([])
    expect(badge).toBe(0)
    expect((await readTold()).seqs).toEqual({})
  })

  it('shows something whatever happens where the push service is that of Apple', async () => {
    endpoint = 'https://web.push.apple.com/abc'
    windows = [{ visibilityState: 'visible' }]
    await called()
    expect(titles()).toEqual(['Lan'])
    shown = []
    await called()
    expect(shown).toMatchObject([{ title: 'Lan', silent: true }])
    answer = () => Response.json(result(3, 6))
    await called()
    expect(shown).toMatchObject([{ title: '没有新消息', silent: true }])
  })
})
