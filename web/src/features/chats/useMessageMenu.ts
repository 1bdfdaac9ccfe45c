// What can be done about a message: by the right button, a long press, or Enter on it.
import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { MenuItem } from '@/components/Menu.vue'
import { useCopy } from '@/features/shell/useCopy'
import { type StickerAction, useStickerActions } from '@/features/stickers/useStickerMenu'
import type { useThread } from '@/stores/thread'
import type { ConversationSummary, ThreadMessage } from '@/stores/types'

type Action = 'copy' | 'report' | 'retry' | 'discard' | StickerAction

export interface MessageMenuOptions {
  conversation: () => ConversationSummary
  thread: ReturnType<typeof useThread>
}

export function useMessageMenu({ conversation, thread }: MessageMenuOptions) {
  const { t } = useI18n()
  const { copy } = useCopy()
  const stickers = useStickerActions()

  const open = shallowRef<{
    message: ThreadMessage
    at: { x: number; y: number }
    /** What shows it in the list. */
    element: HTMLElement
  } | null>(null)
  const reported = ref<ThreadMessage | null>(null)

  function show(message: ThreadMessage, at: { x: number; y: number }, element: HTMLElement) {
    open.value = { message, at, element }
  }

  /** By the keyboard, from the row that has the focus. */
  function showFor(message: ThreadMessage, event: KeyboardEvent) {
    const row = event.currentTarget as HTMLElement
    const element = row.querySelector<HTMLElement>('.message')
    if (event.target !== row || !element) return
    event.preventDefault()
    const { left, bottom } = row.getBoundingClientRect()
    show(message, { x: left + 48, y: bottom }, element)
  }

  const items = computed<MenuItem<Action>[]>(() => {
    const message = open.value?.message
    if (!message) return []
    const failed = message.state === 'failed'
    const robot = conversation().peer?.kind === 'robot'
    const all: (MenuItem<Action> | false)[] = [
      failed && { id: 'retry', label: t('action.retry'), icon: 'retry' },
      ...(message.sticker ? stickers.itemsFor(message.sticker) : []),
      message.body !== '' && !message.sticker && { id: 'copy', label: t('chat.copy'), icon: 'copy' },
      !message.own &&
        message.seq !== null &&
        !robot && { id: 'report', label: t('feedback.report'), icon: 'alert' },
      failed && { id: 'discard', label: t('chat.discard'), icon: 'trash', danger: true },
    ]
    return all.filter((item) => item !== false)
  })

  function choose(action: Action) {
    const about = open.value?.message
    if (!about) return
    if (action === 'retry') thread.retry(about.key)
    else if (action === 'discard') thread.discard(about.key)
    else if (action === 'report') reported.value = about
    else if (action === 'copy') void copy(about.body, t('chat.copied'))
    else if (about.sticker) void stickers.act(action, about.sticker)
  }

  return { open, items, reported, stickers, show, showFor, choose, close: () => (open.value = null) }
}
