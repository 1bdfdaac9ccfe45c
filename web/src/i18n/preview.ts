// A message in one line, for the list and for notifications; and the line of a notification.
import { noticeText, type ToldNotice, type Viewer } from './notice'
import { builtinOf } from './stickers'
import type { Words } from './words'

export interface Previewed extends ToldNotice {
  kind: string
  body: string
  attachments?: readonly { kind: string; name: string }[]
  sticker?: { key?: string; emoji: string }
}

/** What it brings, in a word. */
function attachmentWords({ t }: Words, attachments: readonly { kind: string; name: string }[]): string {
  const [first] = attachments
  if (!first) return ''
  const n = attachments.length
  if (attachments.every(({ kind }) => kind === 'image')) return t('attachment.inListPictures', { n }, n)
  return n === 1 ? t('attachment.inListFile', { name: first.name }) : t('attachment.inListFiles', { n }, n)
}

/** A sticker, where a line of words is wanted. */
export function stickerText({ t, language }: Words, { key, emoji }: { key?: string; emoji: string }): string {
  return t('sticker.inList', { name: builtinOf(key)?.name[language] ?? emoji })
}

/** A long message is not laid out to be cut off. */
export function preview(words: Words, viewer: Viewer, message: Previewed): string {
  if (message.kind === 'notice') return noticeText(words, viewer, message)
  if (message.sticker) return stickerText(words, message.sticker)
  return [attachmentWords(words, message.attachments ?? []), message.body.slice(0, 200).replaceAll('\n', ' ')]
    .filter(Boolean)
    .join(' ')
}

/** In a group it says who wrote. */
export function newsLine(words: Words, viewer: Viewer, message: Previewed, group: boolean): string {
  const line = preview(words, viewer, message)
  const author = group && message.kind !== 'notice' ? viewer.nameOf(message.senderId) : ''
  return author ? `${author}${words.t('news.authorEnds')}${line}` : line
}
