// Tells of new messages while nobody looks at them: a notification when the app is hidden, a tone when it is not the
// open conversation. And of whoever asks for something.
import { computed, onScopeDispose, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { usePreview } from '@/features/chats/usePreview'
import { generalTag, invitationTag, type News, requestTag } from '@/platform/news'
import { notified, notify, playTone, unnotify } from '@/platform/notify'
import { useContacts } from '@/stores/contacts'
import { useConversations } from '@/stores/conversations'
import { useGroups } from '@/stores/groups'
import { useNotifications } from '@/stores/notifications'
import type { ConversationSummary } from '@/stores/types'

export function useNews() {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const contacts = useContacts()
  const conversations = useConversations()
  const groups = useGroups()
  const notifications = useNotifications()
  const { newsOf } = usePreview()
  const shown = new Set<string>()

  const looking = () => document.visibilityState === 'visible' && document.hasFocus()

  function show(news: News) {
    shown.add(news.tag)
    notify(news, (path) => void router.push(path)).catch(() => undefined)
  }

  function tell(conversation: ConversationSummary) {
    const { id, name, last, lastSeq } = conversation
    if (looking() && route.params['id'] === id) return
    if (notifications.tone) playTone()
    if (looking() || !notifications.shown || !last) return
    show({ title: name, body: newsOf(conversation, last), tag: id, path: `/chats/${id}`, seq: lastSeq })
  }
  onScopeDispose(notifications.followNews(tell))

  /** Friend requests and invitations that wait; the worker tells of the same (worker/news.ts). */
  const asked = computed<News[]>(() => [
    ...contacts.received.map(({ id, from }) => ({
      title: contacts.nameOf(from.id) || from.name,
      body: t('news.request'),
      tag: requestTag(id),
      path: '/contacts/requests',
      seq: 1,
    })),
    ...groups.invitations.map(({ id, from, conversation }) => ({
      title: contacts.nameOf(from.id) || from.name,
      body: t('news.invitation', { group: conversation.name }),
      tag: invitationTag(id),
      path: '/contacts/groups',
      seq: 1,
    })),
  ])
  /** Null until they were seen once: what waited before is no news. */
  let known: Set<string> | null = null
  watch(
    [asked, () => conversations.ready] as const,
    ([list, ready]) => {
      const before = known
      known = ready ? new Set(list.map(({ tag }) => tag)) : null
      if (!before || looking() || !notifications.shown) return
      for (const news of list) if (!before.has(news.tag)) show(news)
    },
    { immediate: true },
  )

  const hide = (id: string) => {
    if (shown.delete(id)) void unnotify(id).catch(() => undefined)
  }

  // What was read or answered here or elsewhere need not be told any longer, nor what was told without being known, and
  // nothing of it when somebody signs out.
  function sweep() {
    if (!conversations.ready) return
    for (const { id, unread } of conversations.list) if (unread === 0) hide(id)
    const waiting = new Set(asked.value.map(({ tag }) => tag))
    for (const tag of shown) {
      if (tag === generalTag || (/^(?:request|invitation)-/.test(tag) && !waiting.has(tag))) hide(tag)
    }
  }
  onScopeDispose(watch([() => conversations.list, asked, () => conversations.ready], sweep))
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
