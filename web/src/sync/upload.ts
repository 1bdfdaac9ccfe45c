// One file on its way to the server: begun, broken off and gone on with as often as it takes.
import type { Api } from '@/api/operations'
import { type ProblemError, toProblem } from '@/api/problem'
import type { Attachment, Upload } from '@/api/types'
import { backoff, type Environment } from './environment'

export type UploadApi = Pick<Api, 'createUpload' | 'upload' | 'putUpload' | 'cancelUpload'>

export interface UploadJob {
  api: UploadApi
  env: Environment
  name: string
  bytes: Blob
  /** Of an upload that was begun before. */
  uploadId?: string
  /** An upload was begun; null: it is over, another will be begun. */
  began?: (uploadId: string | null) => void
  /** How much is there, from 0 to 1. */
  progress?: (part: number) => void
  signal?: AbortSignal
}

const RETRY = { first: 1000, most: 30_000 }

/** More of these for today does not help. */
const hopeless = (problem: ProblemError) => problem.permanent || problem.code === 'upload.quota'

/** Resolves when the server has looked at it. Throws a ProblemError when it can never be, or the signal's reason. */
export async function uploadFile(job: UploadJob): Promise<Attachment> {
  const { api, env, bytes, signal } = job
  let id = job.uploadId ?? null
  let known: Upload | null = null
  let failures = 0
  for (;;) {
    signal?.throwIfAborted()
    try {
      if (id === null) {
        known = await api.createUpload(job.name, bytes.size)
        id = known.id
        job.began?.(id)
      }
      known ??= await api.upload(id)
      if (known.attachment) return known.attachment
      const { offset }: Upload = known
      job.progress?.(offset / bytes.size)
      known = null
      known = await api.putUpload(id, offset, bytes.slice(offset), {
        progress: (loaded) => job.progress?.(Math.min(1, (offset + loaded) / bytes.size)),
        ...(signal ? { signal } : {}),
      })
      if (known.attachment) return known.attachment
      if (known.offset > offset) failures = 0
    } catch (error) {
      signal?.throwIfAborted()
      const problem = toProblem(error)
      known = null
      if (problem.code === 'upload.not_found') {
        id = null
        job.began?.(null)
      } else if (problem.code !== 'upload.offset' && hopeless(problem)) {
        throw problem
      }
      failures++
      const wait = Math.max(backoff(failures, env.random, RETRY), (problem.retryAfter ?? 0) * 1000)
      await pause(env, wait, signal)
    }
  }
}

function pause(env: Environment, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel()
      reject(signal?.reason as Error)
    }
    const cancel = env.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
