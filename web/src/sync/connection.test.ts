// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { ProblemError, SESSION_REQUIRED } from '@/api/problem'
import { Device } from './testing/device'
import { ModelServer } from './testing/model-server'
import { fair } from './testing/model-link'
import { seeded, VirtualTime } from './testing/virtual-time'

function world() {
  const time = new VirtualTime(seeded(3))
  const server = new ModelServer(time.now)
  server.addAccount('1')
  server.addAccount('2')
  server.accept(server.ask('1', '2').id, '2')
  const device = new Device(server, '1', time)
  return { time, server, device, conversationId: server.direct('1', '2') }
}

function refusal(status: number, code: string, retryAfter?: number): ProblemError {
  return new ProblemError({ status, code, title: '', detail: '', ...(retryAfter ? { retryAfter } : {}) })
}

describe('the connection', () => {
  it('is online only when connected and caught up', async () => {
    const { device, time } = world()
    device.link.weather = { ...fair, delay: 1000 }
    expect(device.engine.connectionStatus).toBe('connecting')
    await device.start()
    await time.until(() => device.link.connected)
    expect(device.engine.connectionStatus).toBe('connecting')
    expect(device.engine.ready).toBe(false)
    await device.online()
    expect(device.engine.ready).toBe(true)
  })

  it('says that it was lost, when it tries again, and that it is back', async () => {
    const { device, time } = world()
    await device.start()
    await device.online()
    device.link.cut()
    expect(device.engine.connectionStatus).toBe('reconnecting')
    expect(device.engine.retryAt).toBeGreaterThan(time.now())
    await device.online()
    expect(device.engine.retryAt).toBeNull()
  })

  it('waits longer after each failure, up to half a minute', async () => {
    const { device, time } = world()
    await device.start()
    await device.online()
    device.link.weather = { ...fair, refuse: 1 }
    device.link.cut()
    const waits: number[] = []
    for (let i = 0; i < 9; i++) {
      const { retryAt } = device.engine
      if (retryAt === null) throw new Error('no attempt is planned')
      waits.push(retryAt - time.now())
      await time.pass(retryAt - time.now() + 1)
    }
    for (const [index, wait] of waits.entries()) {
      const ceiling = Math.min(30_000, 1000 * 2 ** index)
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2)
      expect(wait).toBeLessThanOrEqual(ceiling)
    }
  })

  it('tries at once when the network comes back, and when a person asks', async () => {
    const { device, time } = world()
    await device.start()
    await device.online()
    device.link.weather = { ...fair, refuse: 1 }
    device.network.set(false)
    device.link.cut()
    expect(device.engine.connectionStatus).toBe('offline')
    await time.pass(5 * 60_000)
    device.link.weather = fair
    device.network.set(true)
    await time.pass(0)
    expect(device.engine.connectionStatus).toBe('online')

    device.link.weather = { ...fair, refuse: 1 }
    device.link.cut()
    await time.pass(5 * 60_000)
    device.link.weather = fair
    device.engine.retryConnection()
    await time.pass(0)
    expect(device.engine.connectionStatus).toBe('online')
  })

  it('is not online while catching up fails, and begins anew if it goes on', async () => {
    const { device, time, server } = world()
    await device.start()
    await device.online()
    const { sync } = server
    server.sync = () => {
      throw refusal(500, 'internal')
    }
    device.link.cut()
    await time.pass(20_000)
    expect(device.engine.connectionStatus).toBe('reconnecting')
    expect(device.engine.problem?.code).toBe('internal')
    server.sync = sync
    await device.online()
    expect(device.engine.problem).toBeNull()
  })

  it('does not trust a cable that has fallen silent', async () => {
    const { device, time, conversationId, server } = world()
    await device.start()
    await device.online()
    device.link.weather = { ...fair, loseRequest: 1, loseEvent: 1 }
    device.engine.send(conversationId, 'hello')
    await time.pass(15_000)
    expect(device.engine.connectionStatus).toBe('online')
    await time.pass(7000)
    expect(device.engine.connectionStatus).toBe('reconnecting')
    device.link.weather = fair
    await time.pass(20_000)
    expect(device.engine.connectionStatus).toBe('online')
    expect(server.conversations.get(conversationId)?.messages).toHaveLength(1)
  })

  it('holds back events until it has caught up', async () => {
    const { device, time, server, conversationId } = world()
    device.link.weather = { ...fair, delay: 500 }
    await device.start()
    await time.until(() => device.link.connected)
    for (let i = 0; i < 5; i++) server.send('2', conversationId, `held-${i}`, 'hello')
    await device.online()
    await time.pass(2000)
    expect(device.engine.replica.conversation(conversationId).lastMessage?.seq).toBe(5)
  })

  it('looks now and then, because the last event may be lost', async () => {
    const { device, time, server, conversationId } = world()
    await device.start()
    await device.online()
    device.link.weather = { ...fair, loseEvent: 1 }
    server.send('2', conversationId, 'lost-event', 'hello')
    await time.pass(6 * 60_000)
    expect(device.engine.replica.conversation(conversationId).lastMessage?.body).toBe('hello')
  })

  it('fills a gap soon, without asking more than once for many events', async () => {
    const { device, time, server, conversationId } = world()
    await device.start()
    await device.online()
    const syncs = () => device.link.asked.filter(({ name }) => name === 'sync').length
    const before = syncs()
    device.link.weather = { ...fair, loseEvent: 1 }
    server.send('2', conversationId, 'lost-event', 'lost')
    await time.pass(0)
    device.link.weather = fair
    for (let i = 0; i < 20; i++) server.send('2', conversationId, `after-${i}`, 'heard')
    await time.pass(1000)
    expect(syncs()).toBe(before + 1)
    expect(device.engine.replica.conversation(conversationId).version).toBe(
      server.conversations.get(conversationId)?.version,
    )
  })

  it('asks for nothing when events only overtake each other', async () => {
    const { device, time, server, conversationId } = world()
    await device.start()
    await device.online()
    const before = device.link.asked.length
    device.link.weather = { ...fair, delay: 200 }
    for (let i = 0; i < 20; i++) server.send('2', conversationId, `quick-${i}`, 'hello')
    await time.pass(2000)
    expect(device.link.asked.length).toBe(before)
    expect(device.engine.replica.conversation(conversationId).lastMessage?.seq).toBe(20)
  })

  it('does not ask for ever for what the server cannot give', async () => {
    const { device, time, conversationId } = world()
    await device.start()
    await device.online()
    device.link.handlers.event('conversation.changed', { conversationId, version: 500 })
    const before = device.link.asked.length
    await time.pass(10 * 60_000)
    expect(device.link.asked.length - before).toBeLessThan(25)
    expect(device.engine.connectionStatus).toBe('online')
  })
})

describe('the end of a session', () => {
  it.each([
    [
      'the server says so',
      (device: Device) => device.link.handlers.event('session.ended', { reason: 'revoked' }),
      'revoked',
    ],
    [
      'it is not known any more',
      (device: Device) => device.link.handlers.refused(refusal(401, SESSION_REQUIRED)),
      'expired',
    ],
  ] as const)('comes when %s', async (_, happen, reason) => {
    const { device, time } = world()
    await device.start()
    await device.online()
    happen(device)
    expect(device.ended).toBe(reason)
    await time.pass(10 * 60_000)
    expect(device.link.connected).toBe(false)
    expect(time.pending).toBe(0)
  })

  it('comes when somebody else is signed in meanwhile, and nothing of theirs gets in', async () => {
    const { device, server } = world()
    await device.start()
    const { sync } = server
    server.sync = (_, request) => sync.call(server, '2', request)
    await device.time.until(() => device.ended !== null)
    expect(device.ended).toBe('expired')
    expect(device.engine.replica.user.version).toBe(0)
  })

  it('is not a refusal for another reason', async () => {
    const { device, time } = world()
    await device.start()
    await device.online()
    device.link.close()
    device.link.handlers.refused(refusal(503, 'server.busy', 40))
    expect(device.ended).toBeNull()
    expect((device.engine.retryAt ?? 0) - time.now()).toBe(40_000)
    await device.online()
  })
})
