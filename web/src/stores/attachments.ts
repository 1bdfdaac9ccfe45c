// Pictures and files as they are shown: from the server, or from this device as long as they are on their way.
import type { Attachment } from '@/api/types'
import type { OutboxFile } from '@/sync'
import type { ThreadAttachment } from './types'

/** Addresses of pictures on this device, by file, the oldest first. */
const local = new Map<string, string>()
/** By attachment, the file: what was sent from here is still shown from here, so that nothing flickers. */
const sent = new Map<string, string>()
/** How many pictures that were sent are kept at hand. */
const MOST_SENT = 40

function addressOf(file: OutboxFile): string {
  const url = local.get(file.id) ?? URL.createObjectURL(file.bytes)
  local.set(file.id, url)
  if (file.attachment) sent.set(file.attachment.id, file.id)
  for (const [attachment, oldest] of sent) {
    if (sent.size <= MOST_SENT) break
    sent.delete(attachment)
    forget(oldest)
  }
  return url
}

function forget(fileId: string) {
  const url = local.get(fileId)
  if (url !== undefined) URL.revokeObjectURL(url)
  local.delete(fileId)
}

/** They will never be sent: their pictures need not be kept. */
export function forgetFiles(files: readonly OutboxFile[]): void {
  for (const { id } of files) forget(id)
}

export function attachmentUrl(id: string, variant: 'thumb' | 'preview' | 'original'): string {
  return `/api/v1/attachments/${encodeURIComponent(id)}/${variant}`
}

function shownAttachment(attachment: Attachment): ThreadAttachment {
  const { id, kind, name, size, width, height, placeholder, animated } = attachment
  const thumb = local.get(sent.get(id) ?? '') ?? attachmentUrl(id, 'thumb')
  return {
    key: id,
    kind,
    name,
    size,
    thumb,
    preview: attachmentUrl(id, 'preview'),
    original: attachmentUrl(id, 'original'),
    ...(width && height ? { width, height } : {}),
    ...(placeholder ? { placeholder } : {}),
    ...(animated ? { animated } : {}),
  }
}

function shownFile(file: OutboxFile, progress: number): ThreadAttachment {
  const { attachment, name, type, bytes, width, height } = file
  const picture = width !== undefined && height !== undefined && type.startsWith('image/')
  const url = picture ? addressOf(file) : ''
  return {
    key: file.id,
    kind: picture ? 'image' : 'file',
    name,
    size: bytes.size,
    thumb: url,
    preview: url,
    original: url,
    ...(picture ? { width, height } : {}),
    ...(attachment ? {} : { progress }),
  }
}

const shownBefore = new WeakMap<readonly Attachment[], readonly ThreadAttachment[]>()

/** The same list for the same attachments, so that a message that did not change is not drawn anew. */
export function shownAttachments(attachments: readonly Attachment[]): readonly ThreadAttachment[] {
  let shown = shownBefore.get(attachments)
  if (!shown) {
    shown = attachments.map(shownAttachment)
    shownBefore.set(attachments, shown)
  }
  return shown
}

const filesBefore = new WeakMap<
  readonly OutboxFile[],
  { progress: string; shown: readonly ThreadAttachment[] }
>()

/** The same for files on their way, as long as they do not get on. */
export function shownFiles(
  files: readonly OutboxFile[],
  progress: (fileId: string) => number,
): readonly ThreadAttachment[] {
  const parts = files.map(({ id }) => progress(id))
  const key = parts.join()
  const before = filesBefore.get(files)
  if (before?.progress === key) return before.shown
  const shown = files.map((file, index) => shownFile(file, parts[index] ?? 0))
  filesBefore.set(files, { progress: key, shown })
  return shown
}
