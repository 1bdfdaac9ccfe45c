// @vitest-environment node
// The official client against the official server, in this process.
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isProblem, type ProblemError } from './problem'
import { SocketLink } from './socket'

let http: HttpServer
let io: Server
let link: SocketLink
let sockets: Socket[] = []
const heard: string[] = []

function listen(): Promise<string> {
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`))
  })
}

function connect(
  baseUrl: string,
  options: Partial<ConstructorParameters<typeof SocketLink>[0]> = {},
): SocketLink {
  const made = new SocketLink({ accountId: '1', baseUrl, commandTimeout: 200, ...options })
  made.handlers = {
    connected: () => heard.push('connected'),
    disconnected: () => heard.push('disconnected'),
    refused: (problem) => heard.push(`refused ${problem.code}`),
    event: (name, payload) => heard.push(`${name} ${JSON.stringify(payload)}`),
  }
  return made
}

let baseUrl: string

beforeEach(async () => {
  heard.length = 0
  sockets = []
  http = createServer()
  io = new Server(http)
  io.on('connection', (socket) => sockets.push(socket))
  baseUrl = await listen()
  link = connect(baseUrl, { token: () => 'secret' })
})

afterEach(async () => {
  link.close()
  await io.close()
})

async function opened(): Promise<Socket> {
  link.open()
  await vi.waitUntil(() => heard.includes('connected'))
  const socket = sockets[0]
  if (!socket) throw new Error('the server knows of no connection')
  return socket
}

async function failure(promise: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!isProblem(error)) throw new Error('not a problem')
  return error
}

describe('the socket', () => {
  it('connects with the credentials, and says whose session it must be', async () => {
    const socket = await opened()
    expect(socket.handshake.auth).toEqual({ accountId: '1', token: 'secret' })
    expect(link.connected).toBe(true)
    expect(heard).toEqual(['connected'])
  })

  it('gives the result of a command', async () => {
    const socket = await opened()
    socket.on('conversation.read', (request, ack) => ack({ result: { ...request, version: 4 } }))
    expect(await link.command('conversation.read', { conversationId: '9', seq: 3 })).toEqual({
      conversationId: '9',
      seq: 3,
      version: 4,
    })
  })

  it('throws the problem of a refused one', async () => {
    const socket = await opened()
    const problem = {
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      code: 'conversation.blocked',
      detail: 'No.',
      retryAfter: 3,
    }
    socket.on('message.send', (_, ack) => ack({ error: problem }))
    const error = await failure(
      link.command('message.send', { conversationId: '9', clientId: 'c', body: 'b' }),
    )
    expect(error).toMatchObject({ code: 'conversation.blocked', status: 403, retryAfter: 3, permanent: true })
  })

  it.each([undefined, null, 'nonsense', {}, []])('takes an answer of %j for no answer', async (answer) => {
    const socket = await opened()
    socket.on('conversation.typing', (_, ack) => ack(answer))
    const error = await failure(link.command('conversation.typing', { conversationId: '9' }))
    expect(error.permanent).toBe(false)
  })

  it('does not wait for an answer for ever', async () => {
    await opened()
    const error = await failure(link.command('conversation.typing', { conversationId: '9' }))
    expect(error.code).toBe('timeout')
    expect(link.connected).toBe(true)
  })

  it('sends nothing while not connected, also not later', async () => {
    const error = await failure(link.command('conversation.typing', { conversationId: '9' }))
    expect(error.code).toBe('network')
    const socket = await opened()
    const late = vi.fn()
    socket.onAny(late)
    socket.on('sync', (_, ack) => ack({ result: 'done' }))
    await link.command('sync', { user: 0, conversations: [] })
    expect(late).toHaveBeenCalledOnce()
  })

  it('hands on events', async () => {
    const socket = await opened()
    socket.emit('presence.changed', { accountId: '2', online: true })
    await vi.waitUntil(() => heard.length === 2)
    expect(heard[1]).toBe('presence.changed {"accountId":"2","online":true}')
  })

  it('says once that the connection was lost, and fails what was under way', async () => {
    const socket = await opened()
    const waiting = failure(link.command('conversation.typing', { conversationId: '9' }, 60_000))
    socket.disconnect(true)
    expect((await waiting).code).toBe('network')
    await vi.waitUntil(() => heard.includes('disconnected'))
    expect(heard).toEqual(['connected', 'disconnected'])
    expect(link.connected).toBe(false)
  })

  it('ends quietly, and can be opened again', async () => {
    await opened()
    const waiting = failure(link.command('conversation.typing', { conversationId: '9' }, 60_000))
    link.close()
    expect((await waiting).code).toBe('network')
    heard.length = 0
    link.open()
    await vi.waitUntil(() => heard.length > 0)
    expect(heard).toEqual(['connected'])
    await vi.waitUntil(() => io.engine.clientsCount === 1)
  })

  it('forgets an attempt that was given up', async () => {
    link.open()
    link.close()
    link.open()
    await vi.waitUntil(() => heard.includes('connected'))
    expect(heard).toEqual(['connected'])
  })

  it('tells a refusal from a failure', async () => {
    io.use((_, next) =>
      next(Object.assign(new Error('no'), { data: { code: 'session.required', status: 401 } })),
    )
    link.open()
    await vi.waitUntil(() => heard.length > 0)
    expect(heard).toEqual(['refused session.required'])
    expect(link.connected).toBe(false)
  })

  it('says when there is no server', async () => {
    await io.close()
    link.open()
    await vi.waitUntil(() => heard.length > 0)
    expect(heard).toEqual(['disconnected'])
  })

  it('falls back to polling where WebSocket is not let through', async () => {
    http.prependListener('upgrade', (_, socket) => socket.destroy())
    const socket = await opened()
    expect(socket.conn.transport.name).toBe('polling')
  })
})
