// What happened in a group, as whoever is signed in here is told.
import { useI18n } from 'vue-i18n'
import { noticeText as text, type ToldNotice, type Viewer } from '@/i18n/notice'
import { wordsOf } from '@/i18n/words'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'

/** Whoever is signed in here, looking at a conversation. */
export function useViewer(): (conversationId: string) => Viewer {
  const conversations = useConversations()
  const session = useSession()
  return (conversationId) => ({
    me: session.account?.id,
    nameOf: (accountId) => conversations.nameIn(conversationId, accountId),
  })
}

export function useNotices() {
  const words = wordsOf(useI18n())
  const viewer = useViewer()
  const noticeText = (conversationId: string, told: ToldNotice) => text(words, viewer(conversationId), told)
  return { noticeText }
}
