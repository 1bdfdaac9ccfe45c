// Whether this device tells of new messages while nobody looks, by a notification and by a tone, and which are new.
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { askPermission, permission, type Permission } from '@/platform/notify'
import { readSetting, writeSetting } from '@/platform/settings'
import { useConversations } from './conversations'
import { useSession } from './session'
import type { ConversationSummary } from './types'

const shownKey = 'happychat.notifications'
const toneKey = 'happychat.tone'

export const useNotifications = defineStore('notifications', () => {
  const allowed = ref<Permission>(permission())
  const wanted = ref(readSetting(shownKey) === 'on')
  const tone = ref(readSetting(toneKey) === 'on')
  const shown = computed(() => wanted.value && allowed.value === 'granted')

  // Whoever comes back may have been in the settings.
  document.addEventListener('visibilitychange', () => (allowed.value = permission()))

  /** Turning it on asks the browser, and so the person, if that was never answered. */
  async function show(on: boolean) {
    if (on) allowed.value = await askPermission()
    wanted.value = on && allowed.value === 'granted'
    writeSetting(shownKey, wanted.value ? 'on' : null)
  }

  function sound(on: boolean) {
    tone.value = on
    writeSetting(toneKey, on ? 'on' : null)
  }

  /** Calls back with each conversation in which something new has come for me, unless it is muted. */
  function followNews(tell: (conversation: ConversationSummary) => void): () => void {
    const conversations = useConversations()
    const session = useSession()
    let known = new Map<string, number>()
    // What was unread before the first sight of it is no news.
    let owner: string | null = null
    return watch(
      () => conversations.list,
      (list) => {
        const before = known
        known = new Map(list.map(({ id, lastSeq }) => [id, lastSeq]))
        const me = conversations.ready ? (session.account?.id ?? null) : null
        const first = me !== owner
        owner = me
        if (first || me === null) return
        for (const conversation of list) {
          const { id, lastSeq, unread, muted, mention, last } = conversation
          const news = lastSeq > (before.get(id) ?? 0) && unread > 0 && last && !last.own
          if (news && (!muted || mention !== null)) tell(conversation)
        }
      },
      { immediate: true },
    )
  }

  return { allowed, wanted, shown, tone, show, sound, followNews }
})
