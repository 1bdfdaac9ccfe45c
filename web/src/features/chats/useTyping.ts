// That somebody is typing, in words: in a group also who.
import { useI18n } from 'vue-i18n'
import { useConversations } from '@/stores/conversations'
import type { ConversationSummary } from '@/stores/types'

export function useTyping() {
  const { t } = useI18n()
  const conversations = useConversations()

  function typingText({ id, kind, typing }: ConversationSummary): string {
    if (!typing) return ''
    const name = kind === 'group' ? conversations.nameIn(id, typing) : ''
    return name ? t('chat.typingBy', { name }) : t('chat.typing')
  }

  return { typingText }
}
