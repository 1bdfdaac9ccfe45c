// @vitest-environment node
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createHttp, type Http } from './http'
import { createApi } from './operations'
import { isProblem, type ProblemError } from './problem'

let server: Server
let http: Http
let answer: (request: IncomingMessage, response: ServerResponse) => void
const requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
const signedOut = vi.fn()

function reply(status: number, body?: unknown, headers: Record<string, string> = {}) {
  answer = (_, response) => {
    response.writeHead(status, headers)
    response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body))
  }
}

beforeEach(async () => {
  requests.length = 0
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  http = createHttp({ baseUrl, token: () => 'secret', timeout: 300, onSignedOut: signedOut })
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function failure(promise: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!isProblem(error)) throw new Error('not a problem')
  return error
}

describe('a request', () => {
  it('fills the path, the query and the body', async () => {
    reply(200, { messages: [], lastSeq: 0, version: 1 })
    await http('get', '/api/v1/conversations/{id}/messages', {
      path: { id: '../9?x' },
      query: { before: 5, limit: 50 },
    })
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: '/api/v1/conversations/..%2F9%3Fx/messages?before=5&limit=50',
      body: '',
    })
    expect(requests[0]?.headers['content-type']).toBeUndefined()

    reply(200, {})
    await http('patch', '/api/v1/contacts/{id}', { path: { id: '7' }, body: { remark: '小兰' } })
    expect(requests[1]).toMatchObject({
      method: 'PATCH',
      url: '/api/v1/contacts/7',
      body: '{"remark":"小兰"}',
    })
    expect(requests[1]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
    })
  })

  it('knows what each operation takes and gives', () => {
    const wrong = () => [
      // @ts-expect-error No such operation.
      http('get', '/api/v1/contacts/{id}', { path: { id: '7' } }),
      // @ts-expect-error The path needs an ID.
      http('delete', '/api/v1/contacts/{id}'),
      // @ts-expect-error The body has no such field.
      http('patch', '/api/v1/contacts/{id}', { path: { id: '7' }, body: { name: 'x' } }),
    ]
    expect(wrong).toBeTypeOf('function')
  })

  it('gives nothing where there is no content', async () => {
    reply(204)
    expect(await createApi(http).signOut()).toBeUndefined()
  })
})

describe('a failure', () => {
  it('is the problem that the server describes', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      code: 'request.invalid',
      detail: 'Correct the marked fields.',
      errors: [{ location: 'body.email', message: 'is no address' }],
    }
    reply(422, problem, { 'Content-Type': 'application/problem+json' })
    const error = await failure(http('get', '/api/v1/account'))
    expect(error).toMatchObject({
      status: 422,
      code: 'request.invalid',
      permanent: true,
      errors: problem.errors,
    })
    expect(signedOut).not.toHaveBeenCalled()
  })

  it('says how long to wait', async () => {
    reply(429, { status: 429, code: 'request.too_many' }, { 'Retry-After': '7' })
    expect(await failure(http('get', '/api/v1/account'))).toMatchObject({ retryAfter: 7, permanent: false })
  })

  it('is understood when a proxy answers in the place of the server', async () => {
    reply(502, '<html>Bad Gateway</html>')
    expect(await failure(http('get', '/api/v1/account'))).toMatchObject({
      code: 'http.502',
      permanent: false,
    })
  })

  it('tells that the session is over', async () => {
    reply(401, { status: 401, code: 'session.required' })
    await failure(http('get', '/api/v1/account'))
    expect(signedOut).toHaveBeenCalledOnce()
    reply(401, { status: 401, code: 'session.bad_credentials' })
    await failure(http('get', '/api/v1/account'))
    expect(signedOut).toHaveBeenCalledOnce()
  })

  it('is told from no answer, and from no server', async () => {
    answer = () => undefined
    expect((await failure(http('get', '/api/v1/account'))).code).toBe('timeout')
    answer = (request) => request.socket.destroy()
    expect((await failure(http('get', '/api/v1/account'))).code).toBe('network')
  })
})
