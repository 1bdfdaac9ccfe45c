// What has been read: a message counts as read when it was in view while somebody was looking at the window. The line
// above the first unread one stays where it was when the conversation was opened, or when the window was left.
import { computed, onScopeDispose, ref, watch } from 'vue'
import type { useThread } from '@/stores/thread'
import type { ConversationSummary } from '@/stores/types'
import type { Row } from './rows'

export function useReading(
  conversation: () => ConversationSummary,
  thread: ReturnType<typeof useThread>,
  lastVisible: () => Row | null,
) {
  /** Where the line moved to since the conversation was opened; null: nowhere, as one has answered. */
  const moved = ref<number | null>()
  const unreadFrom = computed(() => (moved.value === undefined ? thread.firstUnreadSeq.value : moved.value))

  const looking = () => document.visibilityState === 'visible' && document.hasFocus()

  function seen() {
    if (!looking()) return
    const row = lastVisible()
    if (!row) return
    // What waits to be sent has no seq yet; everything acknowledged before it has been seen.
    const seq = row.message.seq ?? conversation().lastSeq
    if (seq > conversation().readSeq) thread.markRead(seq)
  }

  watch(
    () => conversation().lastSeq,
    (after, before) => {
      if (after <= before) return
      const { unread, readSeq } = conversation()
      if (!looking() && unread > 0 && readSeq >= before) moved.value = before + 1
      requestAnimationFrame(() => requestAnimationFrame(seen))
    },
  )
  // Whoever answers has read.
  watch(
    () => thread.messages.value.at(-1),
    (newest) => {
      if (newest?.own && newest.state === 'sending') moved.value = null
    },
  )

  addEventListener('focus', seen)
  document.addEventListener('visibilitychange', seen)
  onScopeDispose(() => {
    removeEventListener('focus', seen)
    document.removeEventListener('visibilitychange', seen)
  })

  return { unreadFrom, seen }
}
