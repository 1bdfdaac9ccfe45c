// A server that takes uploads as the real one does, over a line that can be cut.
import { ProblemError, unreachable } from '@/api/problem'
import type { Attachment, Upload } from '@/api/types'
import type { UploadApi } from '../upload'
import type { VirtualTime } from './virtual-time'

export function refusal(status: number, code: string): ProblemError {
  return new ProblemError({ title: code, status, code, detail: code })
}

/** What happens to the next bytes; then all arrive. */
export type Passage = 'arrives' | { cutAfter: number } | { refused: ProblemError } | 'hangs'

interface Kept {
  name: string
  size: number
  offset: number
  attachment?: Attachment
}

export class UploadServer implements UploadApi {
  /** Without the rest, for an api that has more. */
  get operations(): UploadApi {
    const { createUpload, upload, putUpload, cancelUpload } = this
    return { createUpload, upload, putUpload, cancelUpload }
  }

  readonly kept = new Map<string, Kept>()
  readonly cancelled: string[] = []
  /** How many bytes came in all. */
  received = 0
  script: Passage[] = []
  private last = 0

  constructor(private readonly time: VirtualTime) {}

  createUpload = (name: string, size: number) => {
    const id = `upload-${++this.last}`
    this.kept.set(id, { name, size, offset: 0 })
    return this.later(() => this.shape(id))
  }

  upload = (id: string) => this.later(() => this.shape(id))

  cancelUpload = (id: string) => {
    this.cancelled.push(id)
    this.kept.delete(id)
    return this.later(() => undefined)
  }

  putUpload: UploadApi['putUpload'] = (id, offset, bytes, options = {}) => {
    const passage = this.script.shift() ?? 'arrives'
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error))
      if (passage === 'hangs') return
      this.time.after(10, () => {
        const upload = this.kept.get(id)
        if (!upload) return reject(refusal(404, 'upload.not_found'))
        if (offset !== upload.offset) return reject(refusal(409, 'upload.offset'))
        if (passage !== 'arrives' && 'refused' in passage) return reject(passage.refused)
        const came = passage === 'arrives' ? bytes.size : Math.min(bytes.size, passage.cutAfter)
        upload.offset += came
        this.received += came
        options.progress?.(came)
        if (passage !== 'arrives') return reject(unreachable())
        upload.attachment = {
          id: `attachment-of-${id}`,
          kind: 'file',
          name: upload.name,
          type: 'application/octet-stream',
          size: upload.size,
        }
        resolve(this.shape(id))
      })
    })
  }

  private later<T>(answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.time.after(5, () => {
        try {
          resolve(answer())
        } catch (error) {
          reject(error as Error)
        }
      })
    })
  }

  private shape(id: string): Upload {
    const upload = this.kept.get(id)
    if (!upload) throw refusal(404, 'upload.not_found')
    const { size, offset, attachment } = upload
    return { id, size, offset, expiresAt: 0, ...(attachment ? { attachment } : {}) }
  }
}
