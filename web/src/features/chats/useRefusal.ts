// Why one cannot write here at this moment. A muting ends by itself, so it is looked at again when its time comes.
import { computed, onScopeDispose, ref, watch } from 'vue'
import type { ConversationSummary, WriteRefusal } from '@/stores/types'

/** Timers run no longer than this. */
const longest = 0x7fffffff

export function useRefusal(conversation: () => ConversationSummary | undefined) {
  const now = ref(Date.now())
  let timer: ReturnType<typeof setTimeout> | undefined

  const refusal = computed<WriteRefusal | 'muted' | null>(() => {
    const shown = conversation()
    if (!shown) return null
    return shown.refusal ?? ((shown.group?.mutedUntil ?? 0) > now.value ? 'muted' : null)
  })

  watch(
    [() => conversation()?.group?.mutedUntil ?? 0, now],
    ([until]) => {
      clearTimeout(timer)
      const wait = until - Date.now()
      if (wait > 0) timer = setTimeout(() => (now.value = Date.now()), Math.min(wait + 50, longest))
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))

  return { refusal }
}
