// Reads new messages of the open conversation to a screen reader: the words of one, the number of many.
import { ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { useThread } from '@/stores/thread'

const longest = 300

export function useAnnouncements(thread: ReturnType<typeof useThread>, name: () => string) {
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
          ? t('chat.announce', { name: name(), body: first.body.slice(0, longest) })
          : t('chat.announceMany', { n: fresh.length, name: name() }, fresh.length)
    },
  )
  return announcement
}
