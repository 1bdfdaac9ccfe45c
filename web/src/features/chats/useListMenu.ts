// What can be done about a conversation in the list: by the right button, a long press, or the menu key.
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { MenuItem } from '@/components/Menu.vue'
import { useConversations } from '@/stores/conversations'
import { useToasts } from '@/stores/toasts'
import type { ConversationSummary } from '@/stores/types'

type Action = 'pin' | 'unpin' | 'mute' | 'unmute'

export function useListMenu() {
  const { t } = useI18n()
  const conversations = useConversations()
  const toasts = useToasts()
  const open = ref<{ id: string; at: { x: number; y: number } } | null>(null)
  /** Outlives the menu, which closes before it tells what was chosen. */
  let about = ''

  function show({ id }: ConversationSummary, event: MouseEvent) {
    about = id
    // The menu key says no place: below the row, then.
    const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const byKey = event.clientX === 0 && event.clientY === 0
    open.value = { id, at: byKey ? { x: left + 48, y: bottom } : { x: event.clientX, y: event.clientY } }
  }

  const items = computed<MenuItem<Action>[]>(() => {
    const conversation = open.value ? conversations.get(open.value.id) : undefined
    if (!conversation) return []
    return [
      conversation.pinned
        ? { id: 'unpin', label: t('chat.unpin'), icon: 'pin' }
        : { id: 'pin', label: t('chat.pin'), icon: 'pin' },
      conversation.muted
        ? { id: 'unmute', label: t('chat.unmute'), icon: 'bell' }
        : { id: 'mute', label: t('chat.mute'), icon: 'bell-off' },
    ]
  })

  async function choose(action: Action) {
    try {
      if (action === 'pin' || action === 'unpin') await conversations.pin(about, action === 'pin')
      else await conversations.mute(about, action === 'mute')
    } catch (error) {
      toasts.problem(error)
    }
  }

  return { open, items, show, choose, close: () => (open.value = null) }
}
