// @vitest-environment node
// The promise of the whole engine: whatever is lost, repeated, reordered or cut, in the end every device
// knows exactly what a fresh one would learn, and everything that was sent is there once and in order.
import { describe, expect, it } from 'vitest'
import type { ID } from '@/api/types'
import { Device, expectTrue, freshlySeen, seen } from './testing/device'
import { fair, type Weather } from './testing/model-link'
import { ModelServer } from './testing/model-server'
import { seeded, VirtualTime } from './testing/virtual-time'

const storm: Weather = {
  loseEvent: 0.15,
  repeatEvent: 0.15,
  loseRequest: 0.1,
  loseAnswer: 0.1,
  refuse: 0.3,
  delay: 1500,
}

interface World {
  server: ModelServer
  time: VirtualTime
  devices: Device[]
  /** What was sent from which device, in order. */
  sent: Map<Device, { conversationId: ID; body: string }[]>
}

function pick<T>(random: () => number, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)]
}

/** One thing that somebody does, or that happens. */
function step({ server, time, devices, sent }: World, random: () => number, counter: number): void {
  const device = pick(random, devices)
  if (!device) return
  const me = device.accountId
  const other =
    pick(
      random,
      [...server.users.keys()].filter((id) => id !== me),
    ) ?? me
  const conversationId = pick(random, [...device.engine.replica.conversations.keys()])
  const anyConversation = pick(random, [...server.conversations.keys()])
  const dice = random()
  if (dice < 0.35) {
    if (!conversationId) return
    const body = `${me} ${counter}`
    device.engine.send(conversationId, body)
    sent.get(device)?.push({ conversationId, body })
  } else if (dice < 0.45) {
    if (conversationId) device.engine.markRead(conversationId, 1 + Math.floor(random() * 60))
  } else if (dice < 0.55) {
    device.link.cut()
  } else if (dice < 0.62) {
    if (conversationId && !device.timelines.has(conversationId)) device.open(conversationId)
  } else if (dice < 0.7) {
    const timeline = conversationId ? device.timelines.get(conversationId) : undefined
    void (random() < 0.5 ? timeline?.loadOlder() : timeline?.openAt(1 + Math.floor(random() * 20)))
  } else if (dice < 0.78) {
    const scope = anyConversation ? server.conversations.get(anyConversation) : undefined
    if (scope && anyConversation) {
      server.edit(anyConversation, 1 + Math.floor(random() * scope.messages.length), `edited ${counter}`)
    }
  } else if (dice < 0.84) {
    server.remark(me, other, `remark ${counter}`)
  } else if (dice < 0.88) {
    server.accept(server.ask(me, other).id, other)
  } else if (dice < 0.9) {
    server.unfriend(me, other)
  } else if (dice < 0.93) {
    device.network.set(random() < 0.5)
  } else {
    // Somebody writes a lot from a device that is not in this test: others fall far behind.
    const scope = anyConversation ? server.conversations.get(anyConversation) : undefined
    const writer = pick(random, [...(scope?.members.keys() ?? [])])
    const many = Math.floor(random() * 30)
    for (let i = 0; writer && anyConversation && i < many; i++) {
      server.send(writer, anyConversation, `far-${counter}-${i}`, `far ${i} ${time.now()}`)
    }
  }
}

async function live(seed: number, steps: number): Promise<void> {
  const random = seeded(seed)
  const time = new VirtualTime(random)
  const server = new ModelServer(time.now)
  for (const id of ['1', '2', '3']) server.addAccount(id)
  server.accept(server.ask('1', '2').id, '2')
  const devices = ['1', '1', '2', '3'].map((id) => new Device(server, id, time))
  const world: World = { server, time, devices, sent: new Map(devices.map((device) => [device, []])) }
  for (const device of devices) {
    await device.start()
    device.link.weather = storm
  }
  for (let counter = 0; counter < steps; counter++) {
    step(world, random, counter)
    await time.pass(random() * 1200)
  }

  // The weather clears; the last events may be lost all the same, so everyone reconnects once.
  for (const device of devices) {
    device.link.weather = fair
    device.network.set(true)
    device.link.cut()
  }
  for (const device of devices) {
    await device.online()
    await time.until(
      () =>
        [...device.engine.outbox.conversations()].every((id) =>
          device.engine.outbox.of(id).every((item) => item.state === 'failed'),
        ),
      'an outbox without waiting messages',
    )
  }
  for (const device of devices) {
    for (const id of device.engine.outbox.conversations()) {
      for (const item of device.engine.outbox.of(id)) device.engine.outbox.retry(item.clientId)
    }
  }
  await time.until(() => devices.every((device) => device.waiting === 0), 'empty outboxes')
  await time.pass(10_000)

  for (const device of devices) {
    expect(seen(device.engine)).toEqual(await freshlySeen(server, device.accountId, time))
    for (const [id, timeline] of device.timelines) {
      if (timeline.state === 'ready') expectTrue(timeline, server, id)
    }
  }
  for (const [device, sent] of world.sent) {
    for (const { conversationId, body } of sent) {
      const stored = server.conversations.get(conversationId)?.messages ?? []
      // An edit may have changed it since; then its clientId still counts.
      const found = stored.filter((message) => message.senderId === device.accountId && message.body === body)
      expect(found.length).toBeLessThanOrEqual(1)
    }
  }
  const all = [...server.conversations.values()].flatMap((scope) => scope.messages)
  expect(new Set(all.map((message) => message.senderId + message.clientId)).size).toBe(all.length)
  expect(all.filter((message) => !message.clientId.startsWith('far-')).length).toBe(
    [...world.sent.values()].flat().length,
  )
  for (const device of devices) device.engine.stop()
  expect(time.pending).toBe(0)
}

describe('a client in bad weather', () => {
  const seeds = Array.from({ length: Number(import.meta.env['VITE_SEEDS'] ?? 60) }, (_, index) => index + 1)
  it.each(seeds)('ends with what a fresh client would see (seed %i)', async (seed) => {
    await live(seed, 120)
  })
})
