// Files that go to the server by themselves, outside of a message: pictures of people and groups, of feedback.
import { defineStore } from 'pinia'
import { realEnvironment, uploadFile } from '@/sync'
import { useLive } from './live'
import type { Attachment } from '@/api/types'

export type { Attachment } from '@/api/types'

export interface UploadOptions {
  /** From 0 to 1. */
  progress?: (part: number) => void
  signal?: AbortSignal
}

export const useUploads = defineStore('uploads', () => {
  const { api } = useLive()
  /** Resolves when the server has it; throws a ProblemError when it does not take it, or the signal's reason. */
  function upload(name: string, bytes: Blob, options: UploadOptions = {}): Promise<Attachment> {
    return uploadFile({ api, env: realEnvironment, name, bytes, ...options })
  }
  return { upload }
})
