// The bytes of an upload on their way to the server. By XMLHttpRequest: fetch does not tell how far a request is.
import { readProblem, unreachable } from './problem'
import type { Upload } from './types'

export interface PutOptions {
  /** Told how many of these bytes are on their way. */
  progress?: (loaded: number) => void
  signal?: AbortSignal
}

/** Milliseconds without a sign of life, in either direction. */
const SILENCE = 60_000

/** Puts bytes at an offset; the server may look at the whole before it answers. Throws a ProblemError, or the signal's reason. */
export function putBytes(
  path: string,
  offset: number,
  bytes: Blob,
  { progress, signal }: PutOptions = {},
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const request = new XMLHttpRequest()
    let silence: ReturnType<typeof setTimeout> | undefined
    const alive = () => {
      clearTimeout(silence)
      silence = setTimeout(() => request.abort(), SILENCE)
    }
    const abort = () => request.abort()
    const done = () => {
      clearTimeout(silence)
      signal?.removeEventListener('abort', abort)
    }
    request.open('PATCH', path)
    request.responseType = 'json'
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Upload-Offset', String(offset))
    request.upload.onprogress = ({ loaded }) => {
      alive()
      progress?.(loaded)
    }
    request.onload = () => {
      done()
      const { status } = request
      if (status >= 200 && status < 300 && request.response) return resolve(request.response as Upload)
      const retryAfter = Number(request.getResponseHeader('Retry-After')) || undefined
      reject(readProblem(request.response, status, retryAfter))
    }
    request.onerror = () => {
      done()
      reject(unreachable())
    }
    request.onabort = () => {
      done()
      reject(signal?.aborted ? (signal.reason as Error) : unreachable())
    }
    signal?.addEventListener('abort', abort)
    alive()
    request.send(bytes)
  })
}
