// What was begun and not sent, by conversation. Kept on the device until it is sent or somebody signs out.
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { readSetting, writeSetting } from '@/platform/settings'
import { useSession } from './session'

const key = 'happychat.drafts'

export const useDrafts = defineStore('drafts', () => {
  const drafts = ref<Record<string, string>>(read())
  let timer: ReturnType<typeof setTimeout> | undefined

  const session = useSession()
  watch(
    () => session.state,
    (state) => {
      if (state === 'signed-out') {
        drafts.value = {}
        write()
      }
    },
  )

  const get = (conversationId: string) => drafts.value[conversationId] ?? ''

  function set(conversationId: string, text: string) {
    const { [conversationId]: _previous, ...others } = drafts.value
    drafts.value = text ? { ...others, [conversationId]: text } : others
    clearTimeout(timer)
    timer = setTimeout(write, 300)
  }

  function write() {
    clearTimeout(timer)
    writeSetting(key, Object.keys(drafts.value).length ? JSON.stringify(drafts.value) : null)
  }

  addEventListener('pagehide', write)

  return { get, set }
})

function read(): Record<string, string> {
  try {
    const stored: unknown = JSON.parse(readSetting(key) ?? '{}')
    if (typeof stored !== 'object' || stored === null) return {}
    return Object.fromEntries(
      Object.entries(stored).filter(([, text]) => typeof text === 'string'),
    ) as Record<string, string>
  } catch {
    return {}
  }
}
