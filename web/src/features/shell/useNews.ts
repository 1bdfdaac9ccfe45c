// Tells of new messages while nobody looks at them: a notification when the app is hidden, a tone when it is not the
// open conversation.
import { onScopeDispose, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { usePreview } from '@/features/chats/usePreview'
import { notified, notify, playTone, unnotify } from '@/platform/notify'
import { useConversations } from '@/stores/conversations'
import { useNotifications } from '@/stores/notifications'
import type { ConversationSummary } from '@/stores/types'

export function useNews() {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const conversations = useConversations()
  const notifications = useNotifications()
  const { previewOf } = usePreview()
  const shown = new Set<string>()

  function tell(conversation: ConversationSummary) {
    const { id, group, name, last } = conversation
    const looking = document.visibilityState === 'visible' && document.hasFocus()
    if (looking && route.params['id'] === id) return
    if (notifications.tone) playTone()
    if (looking || !notifications.shown || !last) return
    const words = previewOf(id, last)
    const author = group && last.kind !== 'notice' ? conversations.nameIn(id, last.senderId) : ''
    const body = author ? `${author}${t('chats.authorEnds')}${words}` : words
    shown.add(id)
    notify({ title: name, body, tag: id, path: `/chats/${id}` }, (path) => void router.push(path)).catch(
      () => undefined,
    )
  }
  onScopeDispose(notifications.followNews(tell))

  const hide = (id: string) => {
    if (shown.delete(id)) void unnotify(id).catch(() => undefined)
  }

  // What was read here or elsewhere need not be told any longer, and nothing of it when somebody signs out.
  function sweep() {
    for (const { id, unread } of conversations.list) if (unread === 0) hide(id)
  }
  onScopeDispose(watch(() => conversations.list, sweep))
  onScopeDispose(() => [...shown].forEach(hide))

  // Others tell too: this page before it was loaded, and whoever is called while it sleeps.
  function recall() {
    notified().then(
      (tags) => {
        for (const tag of tags) shown.add(tag)
        sweep()
      },
      () => undefined,
    )
  }
  recall()
  document.addEventListener('visibilitychange', recall)
  onScopeDispose(() => document.removeEventListener('visibilitychange', recall))
}
