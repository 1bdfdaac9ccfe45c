import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { isProblem } from '@/api/problem'
import { useConnection } from './connection'
import { useLive } from './live'
import { useSession } from './session'
import { type Answers, answering, ModelWorld } from './testing'

let world: ModelWorld
vi.mock('./engine', () => ({
  startEngine: (setup: Parameters<ModelWorld['start']>[0]) => world.start(setup),
  forgetAccount: (id: string) => world.forget(id),
}))

const account = {
  id: '1',
  username: 'user1',
  name: 'Name 1',
  kind: 'person',
  email: 'x@example.org',
  role: 'user',
  hasPassword: true,
  language: 'en',
  createdAt: 1,
  version: 1,
}
const info = {
  name: '乐聊',
  version: '1',
  registration: 'open',
  mail: 'smtp',
  setup: false,
  signedIn: false,
  language: 'en',
  limits: {},
}
const signedOut = { status: 401, body: { status: 401, code: 'session.required', title: '', detail: '' } }

let answers: Answers
let asked: string[]

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  world = new ModelWorld()
  world.server.addAccount('1')
  asked = []
  answers = { 'GET /server': () => ({ body: info }), 'GET /account': () => signedOut }
  vi.stubGlobal('fetch', ((input, init) => {
    asked.push(`${init?.method ?? 'GET'} ${String(input)}`)
    return answering(answers)(input, init)
  }) satisfies typeof fetch)
})

/** The app is opened again: nothing is left but what the browser keeps. */
function reopen() {
  useLive().stop()
  setActivePinia(createPinia())
  return useSession()
}

async function signIn() {
  const session = useSession()
  answers['POST /sessions'] = () => ({ status: 201, body: { account, session: {} } })
  await session.load()
  await session.signIn({ login: 'user1', password: 'secret', remember: true })
  await vi.waitUntil(() => useLive().engine !== null)
  return session
}

describe('opening the app', () => {
  it('for the first time shows that nobody is signed in, and what the server is like', async () => {
    const session = useSession()
    expect(session.state).toBe('unknown')
    await session.load()
    expect(session.state).toBe('signed-out')
    expect(session.ended).toBeNull()
    expect(session.server?.name).toBe('乐聊')
    expect(world.started).toBe(0)
    // A refusal would stand in red in the browser's console.
    expect(asked).toEqual(['GET /api/v1/server'])
  })

  it('asks the server who is signed in', async () => {
    answers['GET /server'] = () => ({ body: { ...info, signedIn: true } })
    answers['GET /account'] = () => ({ body: account })
    const session = useSession()
    await session.load()
    expect(session.state).toBe('signed-in')
    expect(session.account?.name).toBe('Name 1')
    await vi.waitUntil(() => world.started === 1)
  })

  it('asks nobody when somebody was signed in here', async () => {
    await signIn()
    const session = reopen()
    answers = {}
    await session.load()
    expect(session.state).toBe('signed-in')
    expect(session.account?.name).toBe('Name 1')
  })

  it('without the server says so, and works when it is back', async () => {
    const all = answers
    answers = {}
    const session = useSession()
    const error: unknown = await session.load().catch((reason: unknown) => reason)
    expect(isProblem(error, 'network')).toBe(true)
    expect(session.state).toBe('unknown')
    answers = all
    await session.load()
    expect(session.state).toBe('signed-out')
  })
})

describe('signing in', () => {
  it('starts the engine, and the truth about the connection is told', async () => {
    const connection = useConnection()
    expect(connection.state).toBe('idle')
    const session = await signIn()
    expect(session.state).toBe('signed-in')
    await world.time.pass(100)
    expect(connection.state).toBe('online')
    world.link.cut()
    await world.time.pass(0)
    expect(connection.state).toBe('connecting')
    expect(connection.retryAt).not.toBeNull()
  })

  it('that is refused leaves everything as it was', async () => {
    const session = useSession()
    await session.load()
    answers['POST /sessions'] = () => ({
      status: 401,
      body: { status: 401, code: 'session.bad_credentials' },
    })
    const error: unknown = await session
      .signIn({ login: 'user1', password: 'wrong', remember: false })
      .catch((reason: unknown) => reason)
    expect(isProblem(error, 'session.bad_credentials')).toBe(true)
    expect(session.state).toBe('signed-out')
    expect(session.ended).toBeNull()
  })
})

describe('signing out', () => {
  it('forgets everything and tells the server', async () => {
    const session = await signIn()
    answers['DELETE /sessions/current'] = () => undefined
    await session.signOut()
    expect(session.state).toBe('signed-out')
    expect(session.ended).toBeNull()
    expect(session.account).toBeNull()
    await vi.waitUntil(() => world.forgotten.length > 0)
    expect(world.forgotten).toEqual(['1'])
    expect(useLive().engine).toBeNull()
    expect(Object.keys({ ...localStorage }).filter((key) => key.startsWith('happychat.'))).toEqual([])
  })

  it('works without a connection, and tells the server the next time', async () => {
    const session = await signIn()
    await session.signOut()
    expect(session.state).toBe('signed-out')
    const again = reopen()
    asked.length = 0
    answers['DELETE /sessions/current'] = () => undefined
    await again.load()
    expect(asked[0]).toBe('DELETE /api/v1/sessions/current')
    expect(again.state).toBe('signed-out')
    asked.length = 0
    await reopen().load()
    expect(asked).not.toContain('DELETE /api/v1/sessions/current')
  })
})

describe('a session that ends by itself', () => {
  it('says why, and leaves nothing behind', async () => {
    const session = await signIn()
    await world.time.pass(100)
    world.link.handlers.event('session.ended', { reason: 'password_changed' })
    expect(session.state).toBe('signed-out')
    expect(session.ended).toBe('password_changed')
    await vi.waitUntil(() => world.forgotten.length > 0)
    await signIn()
    expect(session.ended).toBeNull()
  })

  it('is noticed by any answer', async () => {
    const session = await signIn()
    answers['GET /sessions'] = () => signedOut
    await session.listSessions().catch(() => undefined)
    expect(session.state).toBe('signed-out')
    expect(session.ended).toBe('expired')
  })
})

describe('my account', () => {
  it('is as the server last said, wherever it was changed', async () => {
    const session = await signIn()
    await world.time.pass(100)
    answers['PATCH /account'] = () => ({ body: { ...account, name: 'Xin', version: 2 } })
    await session.updateAccount({ name: 'Xin' })
    expect(session.account?.name).toBe('Xin')
    world.link.handlers.event('user.changed', {
      version: 2,
      account: { ...account, name: 'Elsewhere', version: 3 } as never,
    })
    await world.time.pass(0)
    expect(session.account?.name).toBe('Elsewhere')
    const next = reopen()
    await next.load()
    expect(next.account?.name).toBe('Elsewhere')
  })
})
