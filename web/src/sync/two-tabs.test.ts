// @vitest-environment node
// Two tabs of one account on the same database, in bad weather, with reloads at any moment: what is kept
// is never wrong, and what was written is never lost.
import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { openIdbCache } from './idb-cache'
import { Device, freshlySeen, seen } from './testing/device'
import { fair, type Weather } from './testing/model-link'
import { ModelServer } from './testing/model-server'
import { TestTabs } from './testing/outbox-world'
import { seeded, settleTasks, VirtualTime } from './testing/virtual-time'

const storm: Weather = {
  loseEvent: 0.2,
  repeatEvent: 0.1,
  loseRequest: 0.1,
  loseAnswer: 0.1,
  refuse: 0.2,
  delay: 800,
}

async function live(seed: number): Promise<void> {
  const random = seeded(seed)
  const time = new VirtualTime(random, settleTasks)
  const server = new ModelServer(time.now)
  const me = String(seed * 10 + 1)
  const peer = String(seed * 10 + 2)
  server.addAccount(me)
  server.addAccount(peer)
  server.accept(server.ask(me, peer).id, peer)
  const conversationId = server.direct(me, peer)
  const tabs = new TestTabs()
  let opened = 0

  async function open(): Promise<Device> {
    const name = `tab-${opened++}`
    let device: Device | null = null
    const cache = await openIdbCache({ accountId: me, current: () => device?.engine.snapshot ?? null })
    device = new Device(server, me, time, { cache, tabs: tabs.tab(name) })
    device.link.weather = storm
    await device.start()
    return device
  }

  /** Everything in the database is as the server has it, or older but whole. */
  async function expectSound(): Promise<void> {
    const cache = await openIdbCache({ accountId: me, current: () => null })
    const kept = await cache.load()
    const truth = server.conversations.get(conversationId)?.messages ?? []
    const version = kept?.conversations.get(conversationId)?.version ?? 0
    const messages = await cache.messagesAfter(conversationId, 0, 10_000)
    for (const message of messages) {
      const now = truth[message.seq - 1]
      if (now && now.version <= version) expect(message).toEqual(now)
    }
    const last = truth[truth.length - 1]
    if (last && last.version <= version) expect(messages[messages.length - 1]).toEqual(last)
    cache.close()
  }

  const devices = [await open(), await open()]
  const sent: string[] = []
  for (let counter = 0; counter < 60; counter++) {
    const index = random() < 0.5 ? 0 : 1
    const device = devices[index]
    if (!device) throw new Error('no such tab')
    const dice = random()
    if (dice < 0.3) {
      device.engine.send(conversationId, `sent ${counter}`)
      sent.push(`sent ${counter}`)
    } else if (dice < 0.5) {
      for (let i = 0; i < random() * 12; i++)
        server.send(peer, conversationId, `far-${counter}-${i}`, 'hello')
    } else if (dice < 0.6) {
      const length = server.conversations.get(conversationId)?.messages.length ?? 0
      server.edit(conversationId, 1 + Math.floor(random() * length), `edited ${counter}`)
    } else if (dice < 0.7) {
      device.link.cut()
    } else if (dice < 0.8) {
      device.open(conversationId)
      void device.timelines.get(conversationId)?.loadOlder()
    } else if (dice < 0.9) {
      // Reload: what was not written yet is lost, as it would be.
      if (random() < 0.5) await device.cache.flushed()
      device.engine.stop()
      tabs.close(device.engine.tabId)
      devices[index] = await open()
    } else {
      device.engine.markRead(conversationId, Math.floor(random() * 50))
    }
    await time.pass(random() * 1000)
    if (counter % 15 === 0) await expectSound()
  }
  for (const device of devices) {
    device.link.weather = fair
    device.link.cut()
  }
  for (const device of devices) await device.online()
  await time.until(() =>
    devices.every((device) =>
      device.engine.outbox.of(conversationId).every(({ state }) => state === 'failed'),
    ),
  )
  for (const device of devices)
    for (const { clientId } of device.engine.outbox.of(conversationId)) device.engine.outbox.retry(clientId)
  await time.until(() => devices.every((device) => device.waiting === 0), 'empty outboxes')
  await time.pass(5000)
  await expectSound()
  const fresh = await freshlySeen(server, me, time)
  for (const device of devices) expect(seen(device.engine)).toEqual(fresh)
  for (const device of devices) device.engine.stop()

  // A reload shows the same before it has asked anybody.
  const reloaded = await open()
  expect(seen(reloaded.engine)).toEqual(fresh)
  reloaded.engine.stop()
  const stored = server.conversations.get(conversationId)?.messages ?? []
  const mine = stored.filter((message) => !message.clientId.startsWith('far-'))
  expect(mine).toHaveLength(sent.length)
}

describe('two tabs in bad weather', () => {
  const seeds = Array.from({ length: Number(import.meta.env['VITE_SEEDS'] ?? 8) }, (_, index) => index + 1)
  it.each(seeds)('keep what is right and lose nothing (seed %i)', async (seed) => {
    await live(seed)
  })
})
