// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { ConversationDelta, SyncResult, UserDelta } from '@/api/types'
import { nothingTold } from '@/platform/told'
import { aCard, aContact, aConversation, aMember, aMembership, aMessage } from '@/sync/testing/rows'
import { digest } from './news'
import { words } from './words'

const english = words('en')
const chinese = words('zh-CN')
const now = 10_000_000

const group = {
  name: 'Hikers',
  number: '12345678',
  joinPolicy: 'request' as const,
  muted: false,
  joinRequests: 0,
  state: 'active' as const,
}

/** The direct conversation 9 of me (1) and Lan (2), with one unread message. */
function direct(part: Partial<ConversationDelta> = {}): ConversationDelta {
  return {
    conversationId: '9',
    version: 5,
    conversation: aConversation({ id: '9', kind: 'direct', lastSeq: 3, version: 5 }),
    members: [
      aMember('1', { account: { ...aCard('1'), name: 'Ming' } }),
      aMember('2', { account: { ...aCard('2'), name: 'Lan' } }),
    ],
    messages: [
      aMessage(3, { conversationId: '9', senderId: '2', body: 'hello\nthere', createdAt: now, version: 5 }),
    ],
    ...part,
  }
}

function inGroup(part: Partial<ConversationDelta> = {}): ConversationDelta {
  const { messages = [], ...base } = direct()
  return {
    ...base,
    messages,
    conversation: aConversation({ id: '9', kind: 'group', group, memberCount: 2, lastSeq: 3, version: 5 }),
    ...part,
  }
}

function answer(conversations: ConversationDelta[], user: Partial<UserDelta> = {}): SyncResult {
  const memberships = conversations.map(({ conversationId }) =>
    aMembership({ conversationId, state: 'member', readSeq: 2, version: 5 }),
  )
  return {
    accountId: '1',
    conversations,
    more: false,
    online: [],
    serverTime: now,
    user: { version: 5, memberships, ...user },
  }
}

const tell = (result: SyncResult, told = nothingTold, say = english) => digest(result, say, told, now)

describe('what there is to tell', () => {
  it('is the newest message of a conversation, under the name of the other', () => {
    const { news, unread } = tell(answer([direct()]))
    expect(news).toEqual([{ title: 'Lan', body: 'hello there', tag: '9', path: '/chats/9', seq: 3 }])
    expect(unread).toBe(1)
  })

  it('is under the remark, if there is one', () => {
    const contacts = [aContact('2', { remark: 'Sister' })]
    expect(tell(answer([direct()], { contacts })).news[0]?.title).toBe('Sister')
  })

  it('says in a group who wrote, in both languages', () => {
    const result = answer([inGroup()], { contacts: [aContact('2', { remark: '兰兰' })] })
    expect(tell(result).news[0]).toMatchObject({ title: 'Hikers', body: '兰兰: hello there' })
    expect(tell(result, nothingTold, chinese).news[0]?.body).toBe('兰兰：hello there')
  })

  it('is what happened, for a notice', () => {
    const notice = { event: 'group.renamed' as const, accountIds: [], count: 0, text: 'Climbers' }
    const message = aMessage(3, {
      conversationId: '9',
      senderId: '2',
      kind: 'notice',
      body: '',
      notice,
      createdAt: now,
      version: 5,
    })
    expect(tell(answer([inGroup({ messages: [message] })]), nothingTold, chinese).news[0]?.body).toBe(
      'Lan将群名修改为“Climbers”',
    )
  })

  it('is nothing that was read, written by me, or muted without a mention', () => {
    const read = aMembership({ conversationId: '9', state: 'member', readSeq: 3, version: 5 })
    expect(tell(answer([direct()], { memberships: [read] }))).toMatchObject({
      news: [],
      over: new Set(['9']),
      unread: 0,
    })

    const own = aMessage(3, { conversationId: '9', senderId: '1', version: 5 })
    expect(tell(answer([direct({ messages: [own] })])).news).toEqual([])

    const memberships = [
      aMembership({ conversationId: '9', state: 'member', readSeq: 2, notify: 'none', version: 5 }),
    ]
    expect(tell(answer([inGroup()], { memberships }))).toMatchObject({ news: [], unread: 0 })
    const mention = aMessage(3, {
      conversationId: '9',
      senderId: '2',
      mentions: ['1'],
      createdAt: now,
      version: 5,
    })
    expect(tell(answer([inGroup({ messages: [mention] })], { memberships })).news).toHaveLength(1)
  })

  it('is nothing that was told, or that came while the app was looked at, by whatever clock', () => {
    const result = answer([direct()])
    expect(tell(result, { ...nothingTold, seqs: { 9: 3 } })).toMatchObject({ news: [], newest: { tag: '9' } })
    expect(tell(result, { ...nothingTold, seqs: { 9: 2 } }).news).toHaveLength(1)
    // The clock of this device is an hour behind.
    const hour = 3_600_000
    const late = (lookedAt: number) => digest(result, english, { ...nothingTold, lookedAt }, now - hour).news
    expect(late(now - hour + 1)).toEqual([])
    expect(late(now - hour - 1)).toHaveLength(1)
  })

  it('is who asks to be a friend, and into which group', () => {
    const from = { ...aCard('7'), name: 'Hong' }
    const friendRequests = [
      {
        id: '70',
        from,
        to: aCard('1'),
        greeting: 'hi',
        state: 'pending' as const,
        createdAt: now,
        version: 5,
      },
      {
        id: '71',
        from,
        to: aCard('1'),
        greeting: '',
        state: 'accepted' as const,
        createdAt: now,
        version: 5,
      },
      {
        id: '72',
        from: aCard('1'),
        to: from,
        greeting: '',
        state: 'pending' as const,
        createdAt: now,
        version: 5,
      },
    ]
    const conversation = { id: '8', name: 'Hikers', number: '12345678', memberCount: 3 }
    const invitations = [
      { id: '80', from, conversation, state: 'pending' as const, createdAt: now + 1, version: 5 },
    ]
    const { news, over } = tell(answer([], { friendRequests, invitations }), nothingTold, chinese)
    expect(news).toEqual([
      { title: 'Hong', body: '请求加你为好友', tag: 'request-70', path: '/contacts/requests', seq: 1 },
      {
        title: 'Hong',
        body: '邀请你加入群聊“Hikers”',
        tag: 'invitation-80',
        path: '/contacts/groups',
        seq: 1,
      },
    ])
    expect(over).toEqual(new Set(['request-71']))
  })
})

describe('the words of the worker', () => {
  it('count as those of the page do', () => {
    expect(english.t('attachment.inListPictures', { n: 1 }, 1)).toBe('[Picture]')
    expect(english.t('attachment.inListPictures', { n: 3 }, 3)).toBe('[3 pictures]')
    expect(chinese.t('attachment.inListPictures', { n: 3 }, 3)).toBe('[3 张图片]')
  })
})
