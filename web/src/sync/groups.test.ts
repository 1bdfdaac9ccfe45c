// @vitest-environment node
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import type { ConversationDelta, Group } from '@/api/types'
import { openIdbCache } from './idb-cache'
import { reduceConversation } from './reduce'
import { knowsAllMembers, mentionOf, readByOthers } from './selectors'
import { type ConversationState, emptyConversation } from './state'
import { Device, expectNothingLeft } from './testing/device'
import { fair } from './testing/model-link'
import { ModelServer } from './testing/model-server'
import { aConversation, aMember, aMembership, aMessage } from './testing/rows'
import { seeded, VirtualTime } from './testing/virtual-time'

const group: Group = {
  name: 'Club',
  number: '12345678',
  joinPolicy: 'request',
  muted: false,
  joinRequests: 0,
  state: 'active',
}

function at(version: number, memberCount: number, part: Partial<ConversationState> = {}): ConversationState {
  const conversation = aConversation({ kind: 'group', group, memberCount, version })
  return { ...emptyConversation('9'), version, conversation, ...part }
}

function delta(version: number, part: Partial<ConversationDelta> = {}): ConversationDelta {
  return { conversationId: '9', version, ...part }
}

const ids = ({ members }: ConversationState) => [...members.keys()].sort()

describe('who is known of a group', () => {
  it('is everyone who is told of in a small one', () => {
    const joined = delta(5, { members: [aMember('2', { version: 5 })] })
    expect(ids(reduceConversation(at(4, 3), joined, 'event', '1').state)).toEqual(['2'])
  })

  it('is, in a large one, who has a role, who writes, who is known, and me', () => {
    const known = at(4, 5000, { members: new Map([['6', aMember('6')]]) })
    const told = [
      aMember('1', { version: 5 }),
      aMember('2', { version: 5 }),
      aMember('3', { version: 5, role: 'admin' }),
      aMember('4', { version: 5 }),
      aMember('6', { version: 5, nickname: 'six' }),
    ]
    const event = delta(5, { members: told, messages: [aMessage(1, { senderId: '4', version: 5 })] })
    const { state } = reduceConversation(known, event, 'event', '1')
    expect(ids(state)).toEqual(['1', '3', '4', '6'])
    expect(state.members.get('6')?.nickname).toBe('six')
    // Whoever was asked for is kept.
    const asked = reduceConversation(state, delta(0, { members: [aMember('2')] }), 'rows', '1')
    expect(ids(asked.state)).toContain('2')
  })

  it('is forgotten when too much changed to be told, but for what is newer than the answer', () => {
    const members = new Map([
      ['2', aMember('2', { version: 3 })],
      ['3', aMember('3', { version: 12 })],
    ])
    const change = reduceConversation(at(4, 500, { members }), delta(10, { membersTruncated: true }), 'sync')
    expect(ids(change.state)).toEqual(['3'])
    expect(change.forgetMembers).toBe(true)
  })

  it('says who has read only where everyone is known', () => {
    const members = new Map(['1', '2', '3'].map((id) => [id, aMember(id, { readSeq: Number(id) })]))
    expect(readByOthers(at(4, 3, { members }), '1')).toBe(2)
    expect(readByOthers(at(4, 4, { members }), '1')).toBe(0)
    expect(readByOthers(at(4, 101, { members }), '1')).toBe(0)
  })
})

describe('messages that mention me', () => {
  const user = (readSeq: number) => ({
    ...new Device(new ModelServer(() => 0), '1', new VirtualTime(seeded(1))).engine.replica.user,
    memberships: new Map([['9', aMembership({ readSeq })]]),
  })
  const say = (seq: number, part = {}) => delta(seq, { messages: [aMessage(seq, { version: seq, ...part })] })

  it('are remembered until they are read', () => {
    let state = at(1, 3)
    state = reduceConversation(state, say(2, { mentions: ['1'] }), 'event', '1').state
    state = reduceConversation(state, say(3, { mentions: ['2'] }), 'event', '1').state
    state = reduceConversation(state, say(4, { mentionsAll: true }), 'event', '1').state
    state = reduceConversation(state, say(5, { mentions: ['1'], senderId: '1' }), 'event', '1').state
    expect(state.mentions).toEqual([2, 4])
    state = { ...state, lastMessage: null }
    expect(mentionOf(user(1), state, '1')).toBe(2)
    expect(mentionOf(user(2), state, '1')).toBe(4)
    expect(mentionOf(user(4), state, '1')).toBeNull()
  })

  it('are forgotten when the message does so no longer', () => {
    const first = reduceConversation(at(1, 3), say(2, { mentions: ['1'] }), 'event', '1').state
    const edited = delta(3, { messages: [aMessage(2, { version: 3 })] })
    expect(reduceConversation(first, edited, 'event', '1').state.mentions).toEqual([])
  })
})

async function world(people: number, mostMemberChanges?: number) {
  const time = new VirtualTime(seeded(5))
  const server = new ModelServer(time.now, 15, 2, mostMemberChanges)
  const all = Array.from({ length: people }, (_, index) => String(index + 1))
  for (const id of all) server.addAccount(id)
  const cache = await openIdbCache({ accountId: `groups-${Math.random()}`, current: () => null })
  const device = new Device(server, '1', time, { cache })
  await device.start()
  await device.online()
  const state = (id: string) => device.engine.replica.conversation(id)
  return { time, server, device, state, others: all.slice(1) }
}

describe('a group on a device', () => {
  it('comes by event, whole', async () => {
    const { server, time, state } = await world(3)
    const id = server.groups.create('2', 'Club', ['1', '3'])
    await time.pass(2000)
    expect(state(id).conversation?.group?.name).toBe('Club')
    expect(knowsAllMembers(state(id))).toBe(true)
    expect(state(id).lastMessage?.notice?.event).toBe('group.created')
  })

  it('takes with it all that is known when I am removed, and what waited to be sent', async () => {
    const { server, time, device, state } = await world(3)
    const id = server.groups.create('2', 'Club', ['1', '3'])
    await time.pass(2000)
    server.send('3', id, 'client-0001', 'secret')
    device.open(id)
    await time.pass(100)
    device.link.weather = { ...fair, loseRequest: 1 }
    device.engine.send(id, 'never sent')
    server.groups.leave(id, '1', '2')
    await time.pass(100)
    expect(state(id).conversation).toBeNull()
    expect(device.engine.replica.user.memberships.get(id)?.leftReason).toBe('removed')
    expect(device.engine.outbox.of(id)).toEqual([])
    // Words that come late bring nothing back.
    device.link.handlers.event('conversation.changed', delta(9, { conversationId: id, messages: [] }))
    expect(device.engine.replica.conversations.has(id)).toBe(false)
    await expectNothingLeft(device)
    device.link.weather = fair
    // And is known again when I come back.
    server.groups.add(id, '2', ['1'])
    await time.pass(3000)
    expect(state(id).conversation?.group?.name).toBe('Club')
  })

  it('of many members asks only for those who are met, together', async () => {
    const { server, time, device, state, others } = await world(150)
    const id = server.groups.create('2', 'Crowd', ['1', ...others.slice(1)])
    await time.pass(2000)
    expect([...state(id).members.keys()].sort()).toEqual(['1', '2'])
    let asked = 0
    const answer = server.groups.byIds.bind(server.groups)
    server.groups.byIds = (account, conversation, wanted) => {
      asked++
      return answer(account, conversation, wanted)
    }
    device.engine.meet(id, ['7', '8'])
    device.engine.meet(id, ['9', '2'])
    await time.pass(100)
    expect(asked).toBe(1)
    expect([...state(id).members.keys()].sort()).toEqual(['1', '2', '7', '8', '9'])
    device.engine.meet(id, ['7', '999'])
    await time.pass(100)
    device.engine.meet(id, ['999'])
    await time.pass(100)
    expect(asked).toBe(2)
  })

  it('asks again for those whom it could not ask for', async () => {
    const { server, time, device, state, others } = await world(150)
    const id = server.groups.create('2', 'Crowd', ['1', ...others.slice(1)])
    await time.pass(2000)
    device.link.weather = { ...fair, loseRequest: 1 }
    device.engine.meet(id, ['7'])
    await time.pass(10_100)
    expect(state(id).members.has('7')).toBe(false)
    device.link.weather = fair
    await time.pass(5000)
    expect(state(id).members.has('7')).toBe(true)
  })

  it('learns everyone when a large one becomes small, or too much was missed', async () => {
    const { server, time, device, state, others } = await world(103, 20)
    const id = server.groups.create('2', 'Crowd', ['1', ...others.slice(1)])
    await time.pass(2000)
    expect(knowsAllMembers(state(id))).toBe(false)
    for (const one of others.slice(90)) server.groups.leave(id, one)
    await time.pass(1000)
    expect(knowsAllMembers(state(id))).toBe(true)
    device.link.cut()
    for (const one of others.slice(40, 90)) server.groups.leave(id, one)
    await device.online()
    await time.pass(1000)
    expect(state(id).conversation?.memberCount).toBe(41)
    expect(knowsAllMembers(state(id))).toBe(true)
  })

  it('sends whom a message speaks to', async () => {
    const { server, time, device } = await world(3)
    const id = server.groups.create('1', 'Club', ['2', '3'])
    await time.pass(2000)
    device.engine.send(id, '@Name 2 hello', { mentions: ['2'], mentionsAll: true })
    await time.pass(100)
    expect(server.conversations.get(id)?.messages.at(-1)).toMatchObject({
      mentions: ['2'],
      mentionsAll: true,
    })
  })
})
