import { readProblem, timedOut, unreachable } from './problem'

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

export type Query = Record<string, string | number | undefined>

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Query
  body?: unknown
}

/** Sends a request and gives the decoded answer, or throws an ProblemError; never anything else. */
export type Http = (request: HttpRequest) => Promise<unknown>

const ROOT = '/api/v1'

export function createHttp(options: HttpOptions = {}): Http {
  const { baseUrl = '', token, timeout = 20_000, onSignedOut } = options

  return async ({ method, path, query, body }) => {
    const send = options.fetch ?? fetch
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const bearer = token?.()
    if (bearer) headers.Authorization = `Bearer ${bearer}`

    let response: Response
    let answer: unknown
    try {
      response = await send(baseUrl + ROOT + path + search(query), {
        method,
        headers,
        credentials: baseUrl === '' ? 'same-origin' : 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeout),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
}

function search(query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.set(key, String(value))
  }
  const text = params.toString()
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
