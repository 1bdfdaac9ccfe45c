// Reads new messages of the open conversation to a screen reader: the words of one, the number of many.
import { ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { useThread } from '@/stores/thread'
import type { ThreadMessage } from '@/stores/types'

const longest = 300

interface Options {
  thread: ReturnType<typeof useThread>
  /** What the conversation is called. */
  name: () => string
  /** One message, as it is read aloud: by whom, and the words. */
  told: (message: ThreadMessage) => { name: string; body: string }
}

export function useAnnouncements({ thread, name, told }: Options) {
  const { t } = useI18n()
  const announcement = ref('')
  let known = 0

  watch(
    () => thread.messages.value,
    (messages) => {
      // What a robot is still writing is read when it is whole.
      const newest = messages.findLast(({ seq, partial }) => seq !== null && !partial)?.seq ?? 0
      const fresh = known
        ? messages.filter(({ own, seq }) => !own && seq !== null && seq > known && seq <= newest)
        : []
      known = Math.max(known, newest)
      const [first] = fresh
      // Pages of the past come in as well: only what came in at the end, and not a whole page of it, is news.
      if (!first || thread.hasNewer.value) return
      announcement.value =
        fresh.length === 1
          ? spoken(told(first))
          : t('chat.announceMany', { n: fresh.length, name: name() }, fresh.length)
    },
  )

  function spoken({ name: by, body }: { name: string; body: string }): string {
    const words = body.slice(0, longest)
    return by ? t('chat.announce', { name: by, body: words }) : words
  }

  return announcement
}
