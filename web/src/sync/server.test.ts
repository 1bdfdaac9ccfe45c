// @vitest-environment node
// The engine against the real server, over a cable that is pulled and a server that is killed. Runs where
// E2E_PROGRAM names the program, and is skipped elsewhere.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createHttp } from '@/api/http'
import { type Api, createApi } from '@/api/operations'
import { SocketLink } from '@/api/socket'
import type { ID } from '@/api/types'
import { memoryCache } from './cache'
import { Engine, type Ended } from './engine'
import { realEnvironment } from './environment'
import { unreadOf } from './selectors'
import { singleTab } from './tabs'
import { seen } from './testing/device'

const binary = env['E2E_PROGRAM'] ?? ''
const password = 'a rather long password 27'
const patience = { timeout: 30_000, interval: 20 }

let data: string
let program: ChildProcess | null = null
let port = 0

function run(args: string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(binary, [...args, '--data', data], (error, _, stderr) =>
      error ? reject(new Error(stderr)) : resolve(),
    )
    child.stdin?.end(`${input}\n`)
  })
}

/** Starts the program and waits until it answers. */
async function serve(): Promise<void> {
  const settings = ['--listen', `127.0.0.1:${port}`, '--data', data, '--robot', 'off']
  program = spawn(binary, ['serve', ...settings], { stdio: 'ignore' })
  await vi.waitUntil(
    () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        (response) => response.ok,
        () => false,
      ),
    patience,
  )
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => program?.once('exit', resolve))
  program?.kill('SIGKILL')
  await ended
}

/** A cable that can be pulled. */
class Cable {
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private plugged = true

  constructor() {
    this.server = createServer((near) => {
      if (!this.plugged) return void near.destroy()
      const far = connect(port, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          this.sockets.delete(one)
          other.destroy()
        })
      }
    })
  }

  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`),
      )
    })
  }

  pull(): void {
    this.plugged = false
    for (const socket of this.sockets) socket.destroy()
  }

  plug(): void {
    this.plugged = true
  }

  close(): void {
    this.pull()
    this.server.close()
  }
}

/** Somebody with a device, signed in. */
class Person {
  readonly cable = new Cable()
  api!: Api
  engine!: Engine
  id: ID = ''
  ended: Ended | null = null
  private connect!: () => Engine
  private network: () => void = () => undefined

  static async signIn(login: string): Promise<Person> {
    const person = new Person()
    const baseUrl = await person.cable.listen()
    let token: string | null = null
    person.api = createApi(createHttp({ baseUrl, token: () => token }))
    const signedIn = await person.api.signIn({ login, password, use: 'bearer' })
    token = signedIn.token ?? null
    person.id = signedIn.account.id
    person.connect = () => {
      const engine = new Engine({
        accountId: person.id,
        link: new SocketLink({ accountId: person.id, baseUrl, token: () => token }),
        api: person.api,
        cache: memoryCache(),
        env: realEnvironment,
        network: {
          available: () => true,
          onChange: (listener) => {
            person.network = listener
            return () => undefined
          },
        },
        tabs: singleTab(),
        changed: () => undefined,
        ended: (reason) => (person.ended = reason),
      })
      engine.start(null)
      return engine
    }
    person.engine = person.connect()
    await person.online()
    return person
  }

  async online(): Promise<void> {
    await vi.waitUntil(() => this.engine.connectionStatus === 'online', patience)
  }

  /** As if the system had said that the network is back. */
  wake(): void {
    this.network()
  }

  async sent(conversationId: ID): Promise<void> {
    await vi.waitUntil(() => this.engine.outbox.of(conversationId).length === 0, patience)
  }

  /** What a new device of this person sees. */
  async fresh(): Promise<unknown> {
    const engine = this.connect()
    await vi.waitUntil(() => engine.connectionStatus === 'online', patience)
    const result = seen(engine)
    engine.stop()
    return result
  }
}

/** A free port, which the program keeps over its restarts. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: found } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return found
}

describe.skipIf(binary === '')('with the real server', () => {
  let lan: Person
  let ming: Person
  let conversationId: ID

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'happychat-'))
    port = await freePort()
    await run(['user', 'create', 'lan', 'lan@example.org'], password)
    await run(['user', 'create', 'ming', 'ming@example.org'], password)
    await serve()
    lan = await Person.signIn('lan')
    ming = await Person.signIn('ming@example.org')
  }, 60_000)

  afterAll(async () => {
    for (const person of [lan, ming]) {
      person.engine.stop()
      person.cable.close()
    }
    await kill()
    rmSync(data, { recursive: true, force: true })
  })

  async function expectSame(): Promise<void> {
    for (const person of [lan, ming]) {
      const fresh = await person.fresh()
      await vi.waitFor(() => expect(seen(person.engine)).toEqual(fresh), patience)
    }
  }

  it('two people become friends and see it live', async () => {
    const found = await lan.api.lookup('ming')
    expect(found.id).toBe(ming.id)
    await lan.api.askFriend({ accountId: ming.id, greeting: '你好', remark: '小明' })
    await vi.waitUntil(() => ming.engine.replica.user.friendRequests.size === 1, patience)
    const [request] = [...ming.engine.replica.user.friendRequests.values()]
    expect(request?.greeting).toBe('你好')
    ming.engine.replica.acceptRequest(await ming.api.acceptRequest(request?.id ?? ''))
    await vi.waitUntil(() => lan.engine.replica.user.memberships.size === 1, patience)
    conversationId = [...lan.engine.replica.user.memberships.keys()][0] ?? ''
    await vi.waitUntil(() => lan.engine.replica.conversations.has(conversationId), patience)
    expect(lan.engine.replica.user.contacts.get(ming.id)?.remark).toBe('小明')
    await vi.waitUntil(() => lan.engine.presence.isOnline(ming.id), patience)
    await expectSame()
  })

  it('they talk, read, and see who has read', async () => {
    lan.engine.send(conversationId, '  早上好\n👋🏽  ')
    await vi.waitUntil(
      () => ming.engine.replica.conversation(conversationId).lastMessage?.seq === 1,
      patience,
    )
    expect(ming.engine.replica.conversation(conversationId).lastMessage?.body).toBe('  早上好\n👋🏽  ')
    const unread = () =>
      unreadOf(ming.engine.replica.user, ming.engine.replica.conversation(conversationId), ming.id)
    expect(unread()).toBe(1)
    ming.engine.markRead(conversationId, 1)
    expect(unread()).toBe(0)
    await vi.waitUntil(
      () => lan.engine.replica.conversation(conversationId).members.get(ming.id)?.readSeq === 1,
      patience,
    )
    ming.engine.typing(conversationId)
    await vi.waitUntil(() => lan.engine.presence.typingIn(conversationId).length === 1, patience)
    await expectSame()
  })

  it('a remark and a name are seen where they should be', async () => {
    lan.engine.replica.acceptContact(await lan.api.setRemark(ming.id, 'Ming'))
    ming.engine.replica.acceptAccount(await ming.api.updateAccount({ name: '明明' }))
    await vi.waitUntil(() => lan.engine.replica.card(ming.id)?.name === '明明', patience)
    expect(ming.engine.replica.user.account?.name).toBe('明明')
    await expectSame()
  })

  it('one cable is pulled while the other writes', async () => {
    ming.cable.pull()
    await vi.waitUntil(() => ming.engine.connectionStatus === 'reconnecting', patience)
    for (let i = 0; i < 50; i++) lan.engine.send(conversationId, `to the absent ${i}`)
    ming.engine.send(conversationId, 'written without a cable')
    await lan.sent(conversationId)
    expect(ming.engine.outbox.of(conversationId)).toHaveLength(1)
    ming.cable.plug()
    ming.wake()
    await ming.online()
    await ming.sent(conversationId)
    await expectSame()
  }, 60_000)

  it('somebody far behind gets the newest, and the rest when it is wanted', async () => {
    const { timeline } = ming.engine.openTimeline(conversationId, () => undefined)
    await vi.waitUntil(() => timeline.state === 'ready', patience)
    ming.cable.pull()
    await vi.waitUntil(() => ming.engine.connectionStatus === 'reconnecting', patience)
    for (let i = 0; i < 150; i++) lan.engine.send(conversationId, `far behind ${i}`)
    await lan.sent(conversationId)
    ming.cable.plug()
    ming.wake()
    await ming.online()
    await vi.waitUntil(() => timeline.state === 'ready' && !timeline.hasNewer, patience)
    while (timeline.hasOlder) await timeline.loadOlder()
    const seqs = timeline.messages.map((message) => message.seq)
    expect(seqs).toEqual(Array.from({ length: 202 }, (_, index) => index + 1))
    await timeline.openAt(1)
    expect(timeline.messages[0]?.seq).toBe(1)
    await expectSame()
  }, 60_000)

  it('the server is killed while both write', async () => {
    const wrote = new Map<Person, string[]>([
      [lan, []],
      [ming, []],
    ])
    let writing = true
    const writers = [lan, ming].map(async (person) => {
      for (let i = 0; writing && i < 400; i++) {
        const { clientId } = person.engine.send(conversationId, `storm ${i}`)
        wrote.get(person)?.push(clientId)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const start = lan.engine.replica.conversation(conversationId).lastMessage?.seq ?? 0
    await vi.waitUntil(
      () => (lan.engine.replica.conversation(conversationId).lastMessage?.seq ?? 0) > start + 20,
      patience,
    )
    await kill()
    await vi.waitUntil(() => lan.engine.connectionStatus === 'reconnecting', patience)
    writing = false
    await Promise.all(writers)
    await serve()
    for (const person of [lan, ming]) person.wake()
    for (const person of [lan, ming]) {
      await person.online()
      await person.sent(conversationId)
    }
    await expectSame()
    const { timeline } = lan.engine.openTimeline(conversationId, () => undefined)
    await timeline.openAt('newest')
    while (timeline.hasOlder) await timeline.loadOlder()
    for (const [person, clientIds] of wrote) {
      const stored = timeline.messages.filter(
        (message) => message.senderId === person.id && clientIds.includes(message.clientId),
      )
      expect(stored.map((message) => message.clientId)).toEqual(clientIds)
    }
  }, 90_000)

  it('what is refused is shown as failed, with the reason', async () => {
    lan.engine.replica.acceptContact(await lan.api.block(ming.id))
    const { clientId } = lan.engine.send(conversationId, 'not now')
    await vi.waitUntil(() => lan.engine.outbox.of(conversationId)[0]?.state === 'failed', patience)
    expect(lan.engine.outbox.of(conversationId)[0]?.problem?.code).toBe('conversation.blocked')
    lan.engine.replica.acceptContact(await lan.api.unblock(ming.id))
    lan.engine.outbox.retry(clientId)
    await lan.sent(conversationId)
    lan.engine.send(conversationId, 'x'.repeat(10_001))
    await vi.waitUntil(() => lan.engine.outbox.of(conversationId)[0]?.state === 'failed', patience)
    expect(lan.engine.outbox.of(conversationId)[0]?.problem?.status).toBe(422)
    await expectSame()
  })

  it('a session that is ended elsewhere ends at once', async () => {
    const [other] = (await ming.api.sessions()).filter((session) => session.current)
    await ming.api.endSession(other?.id ?? '')
    await vi.waitUntil(() => ming.ended !== null, patience)
    expect(ming.ended).toMatch(/revoked|signed_out/)
  })
})
