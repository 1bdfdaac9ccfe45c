import { readProblem, timedOut, unreachable } from './problem'
import type { paths } from './schema.gen'

export interface HttpOptions {
  /** Where the server is; empty means the origin that served the app. */
  baseUrl?: string
  /** A bearer token, where there are no cookies (Android). */
  token?: () => string | null
  fetch?: typeof fetch
  /** Milliseconds. */
  timeout?: number
  /** The server no longer knows this sign-in. */
  onSignedOut?: () => void
}

type Path = keyof paths
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What the server's description says of an operation, by method and path. */
type Operation<M extends Method, P extends Path> = NonNullable<paths[P][M]>
type PathOf<M extends Method> = { [P in Path]: paths[P] extends Record<M, object> ? P : never }[Path]
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined
type BodyOf<O> = O extends { requestBody?: infer B } ? Json<NonNullable<B>> : undefined
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never
type AnswerOf<O> = O extends { responses: { 200: infer A } | { 201: infer A } | { 202: infer A } }
  ? Json<A>
  : undefined
type NameIn<P> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | NameIn<Rest> : never

type Input<O, P> = ([NameIn<P>] extends [never] ? { path?: never } : { path: Record<NameIn<P>, string> }) &
  (BodyOf<O> extends undefined ? { body?: never } : { body: BodyOf<O> }) & { query?: QueryOf<O> }

type Arguments<O, P> = object extends Input<O, P> ? [input?: Input<O, P>] : [input: Input<O, P>]

/** Does an operation of the server and gives its answer, or throws a ProblemError; never anything else. */
export type Http = <M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...input: Arguments<Operation<M, P>, P>
) => Promise<AnswerOf<Operation<M, P>>>

interface AnyInput {
  path?: Record<string, string>
  query?: Record<string, unknown>
  /** Bytes go as they are, everything else as JSON. */
  body?: unknown
  headers?: Record<string, string>
}

export function createHttp(options: HttpOptions = {}): Http {
  const { baseUrl = '', token, timeout = 20_000, onSignedOut } = options

  async function request(
    method: Method,
    path: string,
    { path: names, query, body, headers: more }: AnyInput = {},
  ) {
    const send = options.fetch ?? fetch
    const bytes = body instanceof Blob
    const headers: Record<string, string> = { Accept: 'application/json', ...more }
    if (body !== undefined) headers['Content-Type'] = bytes ? 'application/octet-stream' : 'application/json'
    const bearer = token?.()
    if (bearer) headers['Authorization'] = `Bearer ${bearer}`

    let response: Response
    let answer: unknown
    try {
      response = await send(baseUrl + fill(path, names) + search(query), {
        method: method.toUpperCase(),
        headers,
        credentials: baseUrl === '' ? 'same-origin' : 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeout),
        ...(body === undefined ? {} : { body: bytes ? body : JSON.stringify(body) }),
      })
      answer = parse(await response.text())
    } catch (error) {
      throw error instanceof DOMException && error.name === 'TimeoutError' ? timedOut() : unreachable()
    }
    if (response.ok) return answer
    const problem = readProblem(answer, response.status, seconds(response.headers.get('Retry-After')))
    if (problem.signedOut) onSignedOut?.()
    throw problem
  }

  return (method, path, ...[input]) => request(method, path, input) as never
}

function fill(path: string, names: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ''))
}

function search(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** What is not JSON (a proxy's error page, no body at all) counts as nothing. */
function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function seconds(header: string | null): number | undefined {
  if (header === null) return undefined
  const value = Number(header)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
