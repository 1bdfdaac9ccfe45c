// A message in one line: for the list, and for a notification.
import { useI18n } from 'vue-i18n'
import { useNotices } from '@/features/groups/notice'
import { useStickerWords } from '@/features/stickers/useStickerWords'
import type { ThreadMessage } from '@/stores/types'

export function usePreview() {
  const { t } = useI18n()
  const { noticeText } = useNotices()
  const { stickerText } = useStickerWords()

  /** What it brings, in a word. */
  function attachmentWords({ attachments = [] }: ThreadMessage): string {
    const [first] = attachments
    if (!first) return ''
    const pictures = attachments.every(({ kind }) => kind === 'image')
    if (pictures) return t('attachment.inListPictures', { n: attachments.length }, attachments.length)
    return attachments.length === 1
      ? t('attachment.inListFile', { name: first.name })
      : t('attachment.inListFiles', { n: attachments.length }, attachments.length)
  }

  /** A long message is not laid out to be cut off. */
  function previewOf(conversationId: string, message: ThreadMessage): string {
    if (message.kind === 'notice') return noticeText(conversationId, message)
    if (message.sticker) return stickerText(message.sticker)
    return [attachmentWords(message), message.body.slice(0, 200).replaceAll('\n', ' ')]
      .filter(Boolean)
      .join(' ')
  }

  return { previewOf }
}
