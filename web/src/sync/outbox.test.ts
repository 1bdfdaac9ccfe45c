// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { isProblem } from '@/api/problem'
import { OutboxWorld, TestTabs } from './testing/outbox-world'

let world: OutboxWorld
beforeEach(() => {
  world = new OutboxWorld()
})

const states = (outbox: ReturnType<OutboxWorld['open']>, id = '9') => outbox.of(id).map((item) => item.state)

describe('the outbox', () => {
  it('shows and keeps a message before anything is sent', () => {
    const outbox = world.open()
    const item = outbox.add('9', 'hello')
    expect(outbox.of('9')).toEqual([item])
    expect([...world.stored.values()]).toEqual([item])
    expect(world.arrived).toEqual([])
  })

  it('sends in order within a conversation, one after the other', async () => {
    const outbox = world.open()
    outbox.setOnline(true)
    const ids = ['one', 'two', 'three'].map((body) => outbox.add('9', body).clientId)
    await world.time.pass(0)
    expect(world.arrived).toEqual(ids.slice(0, 1))
    await world.time.pass(1000)
    expect(world.arrived).toEqual(ids)
    expect(outbox.of('9')).toEqual([])
    expect(world.stored.size).toBe(0)
  })

  it('does not let one conversation wait for another', async () => {
    const outbox = world.open()
    world.script = ['lost', 'stored']
    outbox.setOnline(true)
    outbox.add('9', 'slow')
    outbox.add('8', 'quick')
    await world.time.pass(100)
    expect(outbox.of('9')).toHaveLength(1)
    expect(outbox.of('8')).toHaveLength(0)
  })

  it('survives a reload, and repeats with the same clientId', async () => {
    const before = world.open()
    before.setOnline(true)
    world.script = ['lost']
    const { clientId } = before.add('9', 'hello')
    const second = before.add('9', 'world').clientId
    await world.time.pass(0)
    before.close()

    const after = world.open()
    expect(after.of('9').map((item) => item.body)).toEqual(['hello', 'world'])
    const third = after.add('9', 'later').clientId
    after.setOnline(true)
    await world.time.pass(1000)
    expect(world.arrived).toEqual([clientId, clientId, second, third])
    expect(after.of('9')).toEqual([])
  })

  it('repeats after a lost answer until it is acknowledged, waiting longer each time', async () => {
    const outbox = world.open()
    world.script = ['cut', 'cut', { status: 503 }, { status: 500 }]
    outbox.setOnline(true)
    const { clientId } = outbox.add('9', 'hello')
    const times: number[] = []
    let seen = 0
    const start = world.time.now()
    while (outbox.of('9').length > 0) {
      await world.time.pass(50)
      if (world.arrived.length > seen) {
        seen = world.arrived.length
        times.push(world.time.now() - start)
      }
    }
    expect(world.arrived).toEqual(Array.from({ length: 5 }, () => clientId))
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    for (const [index, wait] of waits.entries()) {
      const ceiling = 1000 * 2 ** index
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2 - 50)
      expect(wait).toBeLessThanOrEqual(ceiling + 200)
    }
  })

  it('waits as long as the server asks', async () => {
    const outbox = world.open()
    world.script = [{ status: 429, retryAfter: 20 }]
    outbox.setOnline(true)
    outbox.add('9', 'hello')
    await world.time.pass(19_000)
    expect(world.arrived).toHaveLength(1)
    await world.time.pass(3000)
    expect(outbox.of('9')).toEqual([])
  })

  it('is settled by the event when the answer was lost', async () => {
    const outbox = world.open()
    world.script = ['lost']
    outbox.setOnline(true)
    const { clientId } = outbox.add('9', 'hello')
    outbox.add('9', 'world')
    await world.time.pass(10)
    outbox.settle(clientId)
    expect(outbox.of('9').map((item) => item.body)).toEqual(['world'])
    await world.time.pass(60_000)
    expect(outbox.of('9')).toEqual([])
    expect(world.arrived.filter((id) => id === clientId)).toHaveLength(1)
  })

  it.each([400, 403, 404, 422])(
    'fails for good on %i, keeps why, and goes on with the next',
    async (status) => {
      const outbox = world.open()
      world.script = [{ status }]
      outbox.setOnline(true)
      const { clientId } = outbox.add('9', 'refused')
      outbox.add('9', 'fine')
      await world.time.pass(5000)
      expect(outbox.of('9')).toHaveLength(1)
      const [item] = outbox.of('9')
      expect(item).toMatchObject({ clientId, state: 'failed', problem: { status } })
      expect(world.stored.get(clientId)?.state).toBe('failed')
      await world.time.pass(60_000)
      expect(world.arrived).toHaveLength(2)
    },
  )

  it('tries a failed one again with the same clientId, or gives it up', async () => {
    const outbox = world.open()
    world.script = [{ status: 403 }, { status: 403 }, { status: 403 }]
    outbox.setOnline(true)
    const one = outbox.add('9', 'one').clientId
    const two = outbox.add('9', 'two').clientId
    await world.time.pass(1000)
    expect(states(outbox)).toEqual(['failed', 'failed'])
    outbox.retry(one)
    expect(states(outbox)).toEqual(['sending', 'failed'])
    await world.time.pass(1000)
    expect(states(outbox)).toEqual(['failed', 'failed'])
    outbox.retry(one)
    outbox.discard(two)
    await world.time.pass(1000)
    expect(outbox.of('9')).toEqual([])
    expect(world.arrived).toEqual([one, two, one, one])
    expect(world.stored.size).toBe(0)
  })

  it('asks a person after a minute in vain while connected, but never while offline', async () => {
    const outbox = world.open()
    outbox.add('9', 'hello')
    await world.time.pass(10 * 60_000)
    expect(states(outbox)).toEqual(['sending'])
    world.script = Array.from({ length: 50 }, () => ({ status: 500 }))
    outbox.setOnline(true)
    await world.time.pass(50_000)
    expect(states(outbox)).toEqual(['sending'])
    await world.time.pass(40_000)
    expect(states(outbox)).toEqual(['failed'])
  })

  it('starts again at once when the connection is back', async () => {
    const outbox = world.open()
    world.script = ['cut', 'cut', 'cut', 'cut']
    outbox.setOnline(true)
    outbox.add('9', 'hello')
    await world.time.pass(10_000)
    const before = world.arrived.length
    world.script = []
    outbox.setOnline(false)
    outbox.setOnline(true)
    await world.time.pass(0)
    expect(world.arrived).toHaveLength(before + 1)
  })

  it('is bounded', () => {
    const outbox = world.open(undefined, 2)
    outbox.add('9', 'one')
    outbox.add('9', 'two')
    let caught: unknown
    try {
      outbox.add('9', 'three')
    } catch (error) {
      caught = error
    }
    expect(isProblem(caught, 'outbox.full')).toBe(true)
    expect(outbox.of('9')).toHaveLength(2)
  })
})

describe('two tabs', () => {
  it('both show it, one sends it', async () => {
    const tabs = new TestTabs()
    const [one, two] = [world.open(tabs.tab('one')), world.open(tabs.tab('two'))]
    one.setOnline(true)
    two.setOnline(true)
    one.add('9', 'hello')
    expect(two.of('9')).toHaveLength(1)
    await world.time.pass(1000)
    expect(world.arrived).toHaveLength(1)
    expect(one.of('9')).toEqual([])
    expect(two.of('9')).toEqual([])
  })

  it('the other takes over when the first is gone', async () => {
    const tabs = new TestTabs()
    const [one, two] = [world.open(tabs.tab('one')), world.open(tabs.tab('two'))]
    two.setOnline(true)
    const { clientId } = one.add('9', 'hello')
    await world.time.pass(60_000)
    expect(world.arrived).toEqual([])
    one.close()
    tabs.close('one')
    await world.time.pass(1000)
    expect(world.arrived).toEqual([clientId])
    expect(two.of('9')).toEqual([])
  })

  it('what is given up in one is not sent by the other', async () => {
    const tabs = new TestTabs()
    const [one, two] = [world.open(tabs.tab('one')), world.open(tabs.tab('two'))]
    const { clientId } = one.add('9', 'hello')
    two.discard(clientId)
    expect(one.of('9')).toEqual([])
    one.setOnline(true)
    await world.time.pass(1000)
    expect(world.arrived).toEqual([])
  })

  it('what failed in one can be tried again from the other', async () => {
    const tabs = new TestTabs()
    const [one, two] = [world.open(tabs.tab('one')), world.open(tabs.tab('two'))]
    world.script = [{ status: 403 }]
    one.setOnline(true)
    two.setOnline(true)
    const { clientId } = one.add('9', 'hello')
    await world.time.pass(1000)
    expect(states(two)).toEqual(['failed'])
    two.retry(clientId)
    expect(states(one)).toEqual(['sending'])
    await world.time.pass(1000)
    expect(world.arrived).toEqual([clientId, clientId])
    expect(one.of('9')).toEqual([])
  })

  it('a new one is told what is still waiting, because what is kept may be a moment old', async () => {
    const tabs = new TestTabs()
    const one = world.open(tabs.tab('one'))
    one.setOnline(true)
    const item = one.add('9', 'hello')
    await world.time.pass(1000)
    const waiting = one.add('8', 'waiting')
    world.stored.set(item.clientId, item)
    const two = world.open(tabs.tab('two'))
    expect(two.of('9')).toEqual([])
    expect(two.of('8')).toEqual([waiting])
  })

  it('a late word does not bring back what is settled', () => {
    const tabs = new TestTabs()
    const one = world.open(tabs.tab('one'))
    const other = tabs.tab('two')
    const item = one.add('9', 'hello')
    one.settle(item.clientId)
    other.tell({ type: 'outbox.saved', item })
    expect(one.of('9')).toEqual([])
  })
})
