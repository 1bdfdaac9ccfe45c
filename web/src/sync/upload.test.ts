// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { refusal, UploadServer } from './testing/upload-server'
import { OutboxWorld } from './testing/outbox-world'
import { seeded, VirtualTime } from './testing/virtual-time'
import { uploadFile } from './upload'
import type { OutboxFile } from './state'

const bytes = new Blob(['0123456789'])

describe('an upload', () => {
  let time: VirtualTime
  let server: UploadServer
  let parts: number[]

  beforeEach(() => {
    time = new VirtualTime(seeded(3))
    server = new UploadServer(time)
    parts = []
  })

  function start(more: { uploadId?: string; signal?: AbortSignal } = {}) {
    const progress = (part: number) => parts.push(part)
    const result = uploadFile({ api: server, env: time, name: 'a.bin', bytes, progress, ...more })
    const outcome: { value?: unknown } = {}
    result.then(
      (value) => (outcome.value = value),
      (error: unknown) => (outcome.value = error),
    )
    return outcome
  }

  it('arrives', async () => {
    const outcome = start()
    await time.pass(100)
    expect(outcome.value).toMatchObject({ id: 'attachment-of-upload-1', size: 10 })
    expect(parts).toEqual([0, 1])
  })

  it('goes on where it broke off, however often, and sends nothing twice', async () => {
    server.script = [{ cutAfter: 3 }, { cutAfter: 0 }, { cutAfter: 4 }]
    const outcome = start()
    await time.pass(60_000)
    expect(outcome.value).toMatchObject({ id: 'attachment-of-upload-1' })
    expect(server.received).toBe(10)
    expect(parts.at(-1)).toBe(1)
  })

  it('goes on after a reload, and asks first how much is there', async () => {
    server.kept.set('earlier', { name: 'a.bin', size: 10, offset: 7 })
    const outcome = start({ uploadId: 'earlier' })
    await time.pass(100)
    expect(outcome.value).toMatchObject({ id: 'attachment-of-earlier' })
    expect(server.received).toBe(3)
  })

  it('begins again when the server has forgotten it', async () => {
    const outcome = start({ uploadId: 'long gone' })
    await time.pass(10_000)
    expect(outcome.value).toMatchObject({ id: 'attachment-of-upload-1' })
  })

  it('waits and tries again while the server is busy, and gives up when it never will take it', async () => {
    server.script = [
      { refused: refusal(503, 'upload.busy') },
      { refused: refusal(429, 'upload.too_many') },
      { refused: refusal(422, 'picture.damaged') },
    ]
    const outcome = start()
    await time.pass(60_000)
    expect(outcome.value).toMatchObject({ code: 'picture.damaged' })
    expect(server.received).toBe(0)
  })

  it('ends at once when it is told to, on its way and while it waits', async () => {
    for (const passage of ['hangs', { cutAfter: 1 }] as const) {
      server.script = [passage]
      const ending = new AbortController()
      const outcome = start({ signal: ending.signal })
      await time.pass(100)
      expect(outcome.value).toBeUndefined()
      ending.abort(new Error('enough'))
      await time.pass(0)
      expect(outcome.value).toMatchObject({ message: 'enough' })
    }
  })
})

describe('the outbox with files', () => {
  let world: OutboxWorld
  beforeEach(() => {
    world = new OutboxWorld()
  })
  const file = (id: string): OutboxFile => ({ id, name: `${id}.bin`, type: '', bytes })

  it('sends when all files are there, and lets words go ahead', async () => {
    const outbox = world.open()
    outbox.setOnline(true)
    world.uploads.script = [{ cutAfter: 2 }]
    const album = outbox.add('9', 'two', { files: [file('a'), file('b')] }).clientId
    const words = outbox.add('9', 'words').clientId
    await world.time.pass(200)
    expect(world.arrived).toEqual([words])
    expect(outbox.progress('a')).toBeGreaterThan(0)
    await world.time.pass(60_000)
    expect(world.arrived).toEqual([words, album])
    expect(world.sent.at(-1)?.files?.map(({ attachment }) => attachment?.name)).toEqual(['a.bin', 'b.bin'])
    expect(world.stored.size).toBe(0)
  })

  it('goes on with an upload after a reload', async () => {
    const before = world.open()
    before.setOnline(true)
    world.uploads.script = [{ cutAfter: 6 }, 'hangs']
    before.add('9', '', { files: [file('a')] })
    await world.time.pass(5000)
    before.close()
    const after = world.open()
    after.setOnline(true)
    await world.time.pass(60_000)
    expect(world.uploads.kept.size).toBe(1)
    expect(world.uploads.received).toBe(10)
    expect(world.arrived).toHaveLength(1)
  })

  it('stops while there is no connection, and goes on', async () => {
    const outbox = world.open()
    outbox.setOnline(true)
    world.uploads.script = ['hangs']
    outbox.add('9', '', { files: [file('a')] })
    await world.time.pass(1000)
    outbox.setOnline(false)
    await world.time.pass(60_000)
    expect(world.uploads.received).toBe(0)
    outbox.setOnline(true)
    await world.time.pass(1000)
    expect(world.arrived).toHaveLength(1)
  })

  it('takes an upload back with the message', async () => {
    const outbox = world.open()
    outbox.setOnline(true)
    world.uploads.script = ['hangs']
    const { clientId } = outbox.add('9', '', { files: [file('a')] })
    await world.time.pass(100)
    outbox.discard(clientId)
    await world.time.pass(60_000)
    expect(world.uploads.cancelled).toEqual(['upload-1'])
    expect(world.arrived).toEqual([])
    expect(outbox.of('9')).toEqual([])
  })

  it('fails with the reason when a file is refused, and tries again when asked', async () => {
    const outbox = world.open()
    outbox.setOnline(true)
    world.uploads.script = [{ refused: refusal(422, 'picture.damaged') }]
    const { clientId } = outbox.add('9', '', { files: [file('a')] })
    await world.time.pass(1000)
    expect(outbox.of('9')).toMatchObject([{ state: 'failed', problem: { code: 'picture.damaged' } }])
    expect(world.arrived).toEqual([])
    outbox.retry(clientId)
    await world.time.pass(10_000)
    expect(world.arrived).toEqual([clientId])
  })

  it('uploads anew what the server has thrown away meanwhile', async () => {
    const outbox = world.open()
    outbox.setOnline(true)
    world.script = [refusal(404, 'attachment.not_found')]
    const { clientId } = outbox.add('9', '', { files: [file('a')] })
    await world.time.pass(60_000)
    expect(world.arrived).toEqual([clientId, clientId])
    expect(world.uploads.received).toBe(20)
    expect(outbox.of('9')).toEqual([])
  })
})
