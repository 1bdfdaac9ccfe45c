// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { ConversationDelta, UserDelta } from '@/api/types'
import { hasGap, type Origin, raiseRead, reduceConversation, reduceUser } from './reduce'
import { type ConversationState, emptyConversation, emptyUser, type UserState } from './state'
import { aCard, aContact, aConversation, aMember, aMembership, aMessage, messages } from './testing/rows'

function at(version: number, part: Partial<ConversationState> = {}): ConversationState {
  return { ...emptyConversation('9'), version, conversation: aConversation(), ...part }
}

function delta(version: number, part: Partial<ConversationDelta> = {}): ConversationDelta {
  return { conversationId: '9', version, ...part }
}

describe('the version of a scope', () => {
  const cases: {
    name: string
    known: number
    ahead?: number[]
    comes: [number, Origin][]
    then: number
    missing: boolean
  }[] = [
    { name: 'an event that follows', known: 4, comes: [[5, 'event']], then: 5, missing: false },
    { name: 'an event that is known', known: 4, comes: [[4, 'event']], then: 4, missing: false },
    { name: 'an event from long ago', known: 4, comes: [[1, 'event']], then: 4, missing: false },
    { name: 'an event after a gap', known: 4, comes: [[6, 'event']], then: 4, missing: true },
    {
      name: 'a gap that fills by itself',
      known: 4,
      comes: [
        [6, 'event'],
        [5, 'event'],
      ],
      then: 6,
      missing: false,
    },
    {
      name: 'all in the wrong order',
      known: 1,
      comes: [
        [4, 'event'],
        [3, 'event'],
        [2, 'event'],
      ],
      then: 4,
      missing: false,
    },
    {
      name: 'one that comes twice after a gap',
      known: 4,
      comes: [
        [6, 'event'],
        [6, 'event'],
      ],
      then: 4,
      missing: true,
    },
    {
      name: 'two gaps, one filled',
      known: 4,
      comes: [
        [8, 'event'],
        [6, 'event'],
        [5, 'event'],
      ],
      then: 6,
      missing: true,
    },
    { name: 'the first of all', known: 0, comes: [[1, 'event']], then: 1, missing: false },
    { name: 'an acknowledgement that follows', known: 4, comes: [[5, 'ack']], then: 5, missing: false },
    {
      name: 'an acknowledgement that overtook',
      known: 4,
      comes: [
        [6, 'ack'],
        [5, 'event'],
      ],
      then: 6,
      missing: false,
    },
    { name: 'a repeated acknowledgement', known: 4, comes: [[2, 'ack']], then: 4, missing: false },
    { name: 'a catch-up', known: 4, comes: [[9, 'sync']], then: 9, missing: false },
    {
      name: 'a catch-up that fills a gap',
      known: 4,
      comes: [
        [6, 'event'],
        [6, 'sync'],
      ],
      then: 6,
      missing: false,
    },
    {
      name: 'a catch-up that was overtaken',
      known: 4,
      comes: [
        [7, 'event'],
        [6, 'sync'],
      ],
      then: 7,
      missing: false,
    },
    {
      name: 'a catch-up from before an event',
      known: 4,
      comes: [
        [5, 'event'],
        [4, 'sync'],
      ],
      then: 5,
      missing: false,
    },
    {
      name: 'rows say nothing of what else changed',
      known: 4,
      comes: [[5, 'rows']],
      then: 4,
      missing: false,
    },
  ]
  it.each(cases)('$name', ({ known, comes, then, missing }) => {
    let conversation = at(known)
    let user: UserState = { ...emptyUser, version: known }
    for (const [version, origin] of comes) {
      conversation = reduceConversation(conversation, delta(version), origin).state
      user = reduceUser(user, { version }, origin).state
    }
    expect(conversation.version).toBe(then)
    expect(hasGap(conversation)).toBe(missing)
    expect(user.version).toBe(then)
    expect(hasGap(user)).toBe(missing)
  })
})

describe('rows of a user', () => {
  const friend = aContact('2', { version: 3 })
  const known = reduceUser(emptyUser, { version: 3, contacts: [friend] }, 'sync').state

  it('give way to newer ones only', () => {
    const newer = reduceUser(
      known,
      { version: 4, contacts: [{ ...friend, remark: 'Lan', version: 4 }] },
      'event',
    )
    expect(newer.contacts).toHaveLength(1)
    const late = reduceUser(newer.state, { version: 3, contacts: [friend] }, 'event')
    expect(late.contacts).toEqual([])
    expect(late.state.contacts).toBe(newer.state.contacts)
    expect(late.state.contacts.get('2')?.remark).toBe('Lan')
  })

  it('are taken even before the gap in front of them is filled', () => {
    const change = reduceUser(
      known,
      { version: 9, contacts: [{ ...friend, remark: 'Lan', version: 9 }] },
      'event',
    )
    expect(change.state.contacts.get('2')?.remark).toBe('Lan')
    expect(change.state.version).toBe(3)
  })

  it('never move a read position back', () => {
    const one = reduceUser(
      emptyUser,
      { version: 1, memberships: [aMembership({ readSeq: 7, version: 1 })] },
      'event',
    )
    const two = reduceUser(
      one.state,
      { version: 2, memberships: [aMembership({ readSeq: 5, version: 2 })] },
      'event',
    )
    expect(two.state.memberships.get('9')).toEqual(aMembership({ readSeq: 7, version: 2 }))
  })

  it('let me read ahead of the server', () => {
    const one = reduceUser(
      emptyUser,
      { version: 1, memberships: [aMembership({ version: 1 })] },
      'event',
    ).state
    const read = raiseRead(one, '9', 5)
    expect(read.memberships).toEqual([aMembership({ readSeq: 5, version: 1 })])
    expect(read.state.version).toBe(1)
    expect(raiseRead(read.state, '9', 4).memberships).toEqual([])
    expect(raiseRead(one, 'unknown', 4).state).toEqual(one)
  })

  it('include my own account', () => {
    const account = {
      ...aCard('1'),
      email: 'a@b.c',
      role: 'user',
      hasPassword: true,
      language: 'en',
      createdAt: 1,
      version: 2,
    } as const
    const one = reduceUser(emptyUser, { version: 2, account }, 'event')
    expect(one.account).toBe(true)
    const again: UserDelta = { version: 0, account: { ...account, name: 'older', version: 1 } }
    expect(reduceUser(one.state, again, 'rows').account).toBe(false)
    const renamed: UserDelta = { version: 0, account: { ...account, name: 'Xin', version: 3 } }
    expect(reduceUser(one.state, renamed, 'rows').state.account?.name).toBe('Xin')
  })
})

describe('rows of a conversation', () => {
  const members = new Map([aMember('1'), aMember('2')].map((row) => [row.account.id, row]))

  it('derive the last message and the activity from messages', () => {
    const { state, conversation } = reduceConversation(at(1), delta(2, { messages: [aMessage(1)] }), 'event')
    expect(conversation).toBe(true)
    expect(state.lastMessage?.seq).toBe(1)
    expect(state.conversation?.lastSeq).toBe(1)
    expect(state.conversation?.lastActivityAt).toBe(aMessage(1).createdAt)
  })

  it('do not let an older row take that back', () => {
    const one = reduceConversation(at(1), delta(6, { messages: [aMessage(5)] }), 'sync').state
    const row = aConversation({ version: 4, lastSeq: 3 })
    const two = reduceConversation(one, delta(4, { conversation: row }), 'event').state
    expect(two.conversation?.version).toBe(4)
    expect(two.conversation?.lastSeq).toBe(5)
  })

  it('keep the last message when an older one changes', () => {
    const one = reduceConversation(at(1), delta(4, { messages: messages(1, 3) }), 'sync').state
    const edited = aMessage(2, { version: 5, body: 'edited' })
    expect(reduceConversation(one, delta(5, { messages: [edited] }), 'event').state.lastMessage?.seq).toBe(3)
    const last = aMessage(3, { version: 5, body: 'edited' })
    expect(reduceConversation(one, delta(5, { messages: [last] }), 'event').state.lastMessage?.body).toBe(
      'edited',
    )
  })

  it('count what somebody writes as read by them', () => {
    const { state, members: changed } = reduceConversation(
      at(1, { members }),
      delta(3, { messages: [aMessage(1, { senderId: '1' }), aMessage(2)] }),
      'sync',
    )
    expect(state.members.get('1')?.readSeq).toBe(1)
    expect(state.members.get('2')?.readSeq).toBe(2)
    expect(changed).toHaveLength(2)
  })

  it('count it also when the member comes after what they wrote', () => {
    const message = aMessage(3, { senderId: '1' })
    const one = reduceConversation(emptyConversation('9'), delta(4, { messages: [message] }), 'event').state
    const created = delta(1, { conversation: aConversation(), members: [aMember('1'), aMember('2')] })
    const two = reduceConversation(one, created, 'event')
    expect(two.state.members.get('1')?.readSeq).toBe(3)
    expect(two.members.find((member) => member.account.id === '1')?.readSeq).toBe(3)
    expect(two.state.writers.size).toBe(0)
  })

  it('stay the same objects when nothing is new', () => {
    const one = reduceConversation(at(1, { members }), delta(2, { messages: [aMessage(1)] }), 'event').state
    const again = reduceConversation(one, delta(2, { messages: [aMessage(1)] }), 'event')
    expect(again.conversation).toBe(false)
    expect(again.state.members).toBe(one.members)
    expect(again.members).toEqual([])
  })
})

describe('an answer that leaves out older changes', () => {
  it.each([
    { name: 'names where the page begins', known: 3, page: messages(60, 62), lastSeq: 62, then: 60 },
    { name: 'has no messages at all', known: 3, page: [], lastSeq: 62, then: 63 },
    { name: 'is older than what is known', known: 90, page: messages(60, 62), lastSeq: 62, then: 0 },
  ])('$name', ({ known, page, lastSeq, then }) => {
    const conversation = aConversation({ version: 80, lastSeq })
    const change = reduceConversation(
      at(known),
      delta(80, { truncated: true, conversation, messages: page }),
      'sync',
    )
    expect(change.dropBefore).toBe(then)
    expect(change.state.version).toBe(Math.max(known, 80))
  })
})

describe('stickers', () => {
  const pack = (version: number, state: 'there' | 'gone' = 'there') => ({
    id: '7',
    ownerId: '1',
    title: `at ${version}`,
    stickers: [],
    createdAt: 1,
    keptAt: 1,
    state,
    version,
  })
  const favourite = (key: 'hello' | 'ok', version: number, state: 'there' | 'gone' = 'there') => ({
    sticker: { key, emoji: '👋' },
    addedAt: version,
    state,
    version,
  })

  it('are rows like others: the newer wins, whenever it comes', () => {
    const first = reduceUser(
      { ...emptyUser, version: 4 },
      { version: 5, stickerPacks: [pack(5)], favouriteStickers: [favourite('hello', 5), favourite('ok', 5)] },
      'event',
    )
    const second = reduceUser(
      first.state,
      { version: 6, stickerPacks: [pack(6, 'gone')], favouriteStickers: [favourite('hello', 6, 'gone')] },
      'event',
    )
    const late = reduceUser(second.state, { version: 5, stickerPacks: [pack(5)] }, 'event')
    expect(late.state.stickerPacks.get('7')?.state).toBe('gone')
    expect([...late.state.favouriteStickers].map(([name, row]) => [name, row.state])).toEqual([
      ['hello', 'gone'],
      ['ok', 'there'],
    ])
    expect([first.stickerPacks.length, second.favouriteStickers.length, late.stickerPacks.length]).toEqual([
      1, 1, 0,
    ])
  })
})
