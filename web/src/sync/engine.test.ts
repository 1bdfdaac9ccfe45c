// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { Device, freshlySeen, seen } from './testing/device'
import { ModelServer } from './testing/model-server'
import { fair } from './testing/model-link'
import { seeded, VirtualTime } from './testing/virtual-time'
import { lastSeqOf, unreadOf } from './selectors'

async function world(ids = ['1', '2']) {
  const time = new VirtualTime(seeded(5))
  const server = new ModelServer(time.now)
  for (const id of ids) server.addAccount(id)
  server.accept(server.ask('1', '2').id, '2')
  const conversationId = server.direct('1', '2')
  const device = await new Device(server, '1', time).start()
  await device.online()
  const unread = () =>
    unreadOf(device.engine.replica.user, device.engine.replica.conversation(conversationId), '1')
  let counter = 0
  const say = (times = 1) => {
    for (let i = 0; i < times; i++) server.send('2', conversationId, `said-${counter++}`, `said ${counter}`)
  }
  return { time, server, device, conversationId, unread, say }
}

describe('sending', () => {
  it('shows at once, and in the end once', async () => {
    const { device, time, conversationId, server } = await world()
    const timeline = device.open(conversationId)
    await time.pass(0)
    device.engine.send(conversationId, 'hello')
    expect(device.engine.outbox.of(conversationId)).toHaveLength(1)
    await time.pass(1000)
    expect(device.engine.outbox.of(conversationId)).toEqual([])
    expect(timeline.messages.map((message) => message.body)).toEqual(['hello'])
    expect(server.conversations.get(conversationId)?.messages).toHaveLength(1)
  })

  it('takes the event for an answer that never comes', async () => {
    const { device, time, conversationId } = await world()
    device.link.weather = { ...fair, loseAnswer: 1 }
    device.engine.send(conversationId, 'hello')
    await time.pass(100)
    expect(device.engine.outbox.of(conversationId)).toEqual([])
    expect(device.engine.replica.conversation(conversationId).lastMessage?.body).toBe('hello')
  })

  it('is not settled by somebody else who uses the same clientId', async () => {
    const { device, time, conversationId, server } = await world()
    device.link.weather = { ...fair, loseRequest: 1 }
    const { clientId } = device.engine.send(conversationId, 'hello')
    server.send('2', conversationId, clientId, 'forged')
    await time.pass(100)
    expect(device.engine.outbox.of(conversationId)).toHaveLength(1)
  })

  it('writes nothing while catching up for somebody else may be under way', async () => {
    const { device, time, conversationId } = await world()
    device.link.cut()
    device.engine.send(conversationId, 'offline')
    await device.online()
    await time.pass(100)
    const names = device.link.asked.map(({ name }) => name)
    expect(names.lastIndexOf('sync')).toBeLessThan(names.indexOf('message.send'))
  })
})

describe('reading', () => {
  it('counts what others wrote, and never what I wrote', async () => {
    const { device, time, conversationId, unread, say } = await world()
    say(3)
    await time.pass(100)
    expect(unread()).toBe(3)
    device.engine.send(conversationId, 'mine')
    await time.pass(100)
    expect(unread()).toBe(0)
    say(2)
    await time.pass(100)
    expect(unread()).toBe(2)
  })

  it('is reported rarely, only forwards, and never beyond the end', async () => {
    const { device, time, conversationId, server, unread, say } = await world()
    say(40)
    await time.pass(100)
    for (let seq = 1; seq <= 30; seq++) {
      device.engine.markRead(conversationId, seq)
      expect(unread()).toBe(40 - seq)
      await time.pass(20)
    }
    device.engine.markRead(conversationId, 5)
    device.engine.markRead(conversationId, 5000)
    expect(unread()).toBe(0)
    await time.pass(5000)
    const reads = device.link.asked.filter(({ name }) => name === 'conversation.read')
    expect(reads.length).toBeLessThanOrEqual(3)
    expect(server.users.get('1')?.memberships.get(conversationId)?.readSeq).toBe(40)
  })

  it('without a connection is reported later', async () => {
    const { device, time, conversationId, server, say } = await world()
    say(4)
    await time.pass(100)
    device.link.weather = { ...fair, refuse: 1 }
    device.link.cut()
    device.engine.markRead(conversationId, 4)
    await time.pass(10_000)
    device.link.weather = fair
    await device.online()
    await time.pass(1000)
    expect(server.users.get('1')?.memberships.get(conversationId)?.readSeq).toBe(4)
  })
})

describe('what the server may not have told', () => {
  it('is asked for within the time that it gives, once', async () => {
    const { device, time, conversationId, say } = await world()
    device.link.weather = { ...fair, loseEvent: 1 }
    say(3)
    const asked = () => device.link.asked.filter(({ name }) => name === 'sync').length
    const before = asked()
    for (let i = 0; i < 3; i++) device.link.handlers.event('changes.missed', { within: 10_000 })
    expect(asked()).toBe(before)
    await time.pass(10_000)
    expect(asked()).toBe(before + 1)
    expect(lastSeqOf(device.engine.replica.conversation(conversationId))).toBe(3)
    device.link.handlers.event('changes.missed', { within: 10_000 })
    device.engine.stop()
    await time.pass(10_000)
    expect(asked()).toBe(before + 1)
  })
})

describe('what is true only for now', () => {
  it('typing is shown until it stops, is over, or becomes a message', async () => {
    const { device, time, conversationId, server } = await world()
    const { presence } = device.engine
    const typing = (accountId: string) => device.link.handlers.event('typing', { conversationId, accountId })
    typing('2')
    typing('1')
    expect(presence.typingIn(conversationId)).toEqual(['2'])
    await time.pass(5000)
    typing('2')
    await time.pass(5000)
    expect(presence.typingIn(conversationId)).toEqual(['2'])
    await time.pass(2000)
    expect(presence.typingIn(conversationId)).toEqual([])
    typing('2')
    server.send('2', conversationId, 'typed', 'done')
    await time.pass(0)
    expect(presence.typingIn(conversationId)).toEqual([])
  })

  it('my own typing is told now and then', async () => {
    const { device, time, conversationId } = await world()
    for (let i = 0; i < 70; i++) {
      device.engine.typing(conversationId)
      await time.pass(100)
    }
    expect(device.link.asked.filter(({ name }) => name === 'conversation.typing')).toHaveLength(3)
  })

  it('nobody is shown online when there is no connection', async () => {
    const { device, time } = await world()
    device.link.handlers.event('presence.changed', { accountId: '2', online: true })
    expect(device.engine.presence.isOnline('2')).toBe(true)
    device.link.cut()
    expect(device.engine.presence.isOnline('2')).toBe(false)
    await device.online()
    device.link.handlers.event('presence.changed', { accountId: '2', online: true })
    device.link.handlers.event('presence.changed', { accountId: '2', online: false })
    expect(device.engine.presence.isOnline('2')).toBe(false)
    expect(device.engine.presence.lastSeenAt('2')).toBe(time.now())
  })
})

describe('a server that was set back to a backup', () => {
  it('is followed, whatever this device knew', async () => {
    const { device, time, conversationId, server, say } = await world()
    say(5)
    await time.pass(100)
    const scope = server.conversations.get(conversationId)
    const user = server.users.get('1')
    if (!scope || !user) throw new Error('no such scope')
    const backup = structuredClone({ scope, user })
    say(8)
    server.remark('1', '2', 'Lan')
    device.engine.markRead(conversationId, 13)
    await time.pass(5000)
    server.conversations.set(conversationId, backup.scope)
    server.users.set('1', backup.user)
    device.link.cut()
    await device.online()
    await time.pass(1000)
    expect(lastSeqOf(device.engine.replica.conversation(conversationId))).toBe(5)
    expect(seen(device.engine)).toEqual(await freshlySeen(server, '1', time))
  })
})

describe('a conversation that was left', () => {
  it('is forgotten', async () => {
    const { device, time, conversationId, server } = await world()
    const user = server.users.get('1')
    const membership = user?.memberships.get(conversationId)
    if (!user || !membership) throw new Error('no such membership')
    user.version++
    const left = { ...membership, state: 'left' as const, version: user.version }
    user.memberships.set(conversationId, left)
    device.link.handlers.event('user.changed', { version: user.version, memberships: [left] })
    await time.pass(1000)
    expect(device.engine.replica.conversations.has(conversationId)).toBe(false)
    expect(device.engine.connectionStatus).toBe('online')
  })
})

describe('changes', () => {
  it('are told together', async () => {
    const { device, conversationId } = await world()
    const before = device.changes.length
    for (let i = 0; i < 10; i++) device.engine.send(conversationId, 'hello')
    expect(device.changes).toHaveLength(before)
    await Promise.resolve()
    expect(device.changes).toHaveLength(before + 1)
    expect(device.changes[before]?.conversations).toEqual(new Set([conversationId]))
  })
})
