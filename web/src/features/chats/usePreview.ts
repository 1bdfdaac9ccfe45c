// A message in one line: for the list, and for a notification.
import { useI18n } from 'vue-i18n'
import { useViewer } from '@/features/groups/notice'
import { newsLine, preview } from '@/i18n/preview'
import { wordsOf } from '@/i18n/words'
import type { ConversationSummary, ThreadMessage } from '@/stores/types'

export function usePreview() {
  const words = wordsOf(useI18n())
  const viewer = useViewer()

  const previewOf = (conversationId: string, message: ThreadMessage) =>
    preview(words, viewer(conversationId), message)
  /** The line of a notification. */
  const newsOf = ({ id, group }: ConversationSummary, message: ThreadMessage) =>
    newsLine(words, viewer(id), message, group !== null)

  return { previewOf, newsOf }
}
