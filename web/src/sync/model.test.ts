// @vitest-environment node
// The promise of the whole engine: whatever is lost, repeated, reordered or cut, in the end every device
// knows exactly what a fresh one would learn, and everything that was sent is there once and in order.
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import type { ID } from '@/api/types'
import { openIdbCache } from './idb-cache'
import { MOST_KNOWN_TO_ALL } from './reduce'
import { Device, expectNothingLeft, expectTrue, expectTrueMembers, freshlySeen, seen } from './testing/device'
import { present } from './testing/model-groups'
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
  /** Groups that have had more members than are told of. */
  large: Set<ID>
}

function pick<T>(random: () => number, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)]
}

/** Something that somebody does to a group, from anywhere. */
function changeGroup({ server }: World, random: () => number, counter: number): void {
  const { groups } = server
  const people = ['1', '2', '3']
  const crowd = [...server.users.keys()].filter((id) => !people.includes(id))
  const all = [...server.conversations.values()].filter(
    ({ row }) => row.kind === 'group' && row.group?.state === 'active' && row.memberCount > 0,
  )
  const scope = pick(random, all)
  if (!scope || random() < 0.05) {
    const others =
      random() < 0.5 ? people.slice(1) : [...people.slice(1), ...crowd.slice(0, 94 + random() * 6)]
    groups.create('1', `group ${counter}`, others)
    return
  }
  const { id } = scope.row
  const actor = pick(random, present(scope)) ?? '1'
  const person = pick(random, people) ?? '1'
  const dice = random()
  if (dice < 0.18) groups.add(id, actor, [person])
  else if (dice < 0.3) groups.leave(id, person, random() < 0.5 ? person : actor)
  else if (dice < 0.42) groups.add(id, actor, crowd.slice(0, random() * crowd.length))
  else if (dice < 0.5) for (const one of crowd.slice(0, random() * 40)) groups.leave(id, one)
  else if (dice < 0.6) groups.setRole(id, actor, person, random() < 0.5 ? 'admin' : 'member')
  else if (dice < 0.66) groups.mute(id, actor, person, random() < 0.5 ? 0 : 1e15)
  else if (dice < 0.72) groups.nickname(id, person, `nick ${counter}`)
  else if (dice < 0.8) groups.announce(id, actor, `announcement ${counter}`)
  else if (dice < 0.85) groups.update(id, actor, { name: `name ${counter}`, joinRequests: counter })
  else if (dice < 0.9) groups.setRequest(person, groups.ask(person, id).id, { state: 'declined' })
  else if (dice < 0.94) groups.invite(person, actor, id)
  else if (dice < 0.98) {
    if (scope.members.get(person)?.state === 'member') groups.setOwn(person, id, { pinnedAt: counter })
  } else groups.dissolve(id, actor)
}

/** One thing that somebody does, or that happens. */
function step(world: World, random: () => number, counter: number): void {
  const { server, time, devices, sent } = world
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
  if (random() < 0.2) changeGroup(world, random, counter)
  for (const { row } of server.conversations.values()) {
    if (row.memberCount > MOST_KNOWN_TO_ALL) world.large.add(row.id)
  }
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
    const writer = pick(random, scope ? present(scope) : [])
    const many = Math.floor(random() * 30)
    for (let i = 0; writer && anyConversation && i < many; i++) {
      server.send(writer, anyConversation, `far-${counter}-${i}`, `far ${i} ${time.now()}`)
    }
  }
}

async function live(seed: number, steps: number): Promise<void> {
  const random = seeded(seed)
  const time = new VirtualTime(random)
  const server = new ModelServer(time.now, 15, 2, 12)
  for (let id = 1; id <= 110; id++) server.addAccount(String(id))
  server.accept(server.ask('1', '2').id, '2')
  const devices = await Promise.all(
    ['1', '1', '2', '3'].map(async (id, index) => {
      const cache = await openIdbCache({ accountId: `${seed}-${index}`, current: () => null })
      return new Device(server, id, time, { cache })
    }),
  )
  const sent: World['sent'] = new Map(devices.map((device) => [device, []]))
  const world: World = { server, time, devices, sent, large: new Set() }
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
    const small = [...server.conversations.keys()].filter((id) => !world.large.has(id))
    expectTrueMembers(device, server, new Set(small))
    await expectNothingLeft(device)
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
  // Whoever has left a group gives up what was waiting to be sent to it.
  const direct = (id: ID) => server.conversations.get(id)?.row.kind === 'direct'
  expect(
    all.filter(({ clientId, conversationId }) => !clientId.startsWith('far-') && direct(conversationId))
      .length,
  ).toBe([...world.sent.values()].flat().filter(({ conversationId }) => direct(conversationId)).length)
  for (const device of devices) device.engine.stop()
  // What was under way arrives nowhere; nothing else waits.
  await time.pass(1)
  expect(time.pending).toBe(0)
}

describe('a client in bad weather', () => {
  const seeds = Array.from({ length: Number(import.meta.env['VITE_SEEDS'] ?? 60) }, (_, index) => index + 1)
  it.each(seeds)('ends with what a fresh client would see (seed %i)', async (seed) => {
    await live(seed, 120)
  })
})
