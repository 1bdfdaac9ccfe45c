// Which emoji somebody used last, and in which skin tone. Kept on the device until somebody signs out.
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { readSetting, writeSetting } from '@/platform/settings'
import { useSession } from './session'

const key = 'happychat.emoji'
/** Three full rows of the picker. */
const most = 24

export type SkinTone = 0 | 1 | 2 | 3 | 4 | 5
const isTone = (value: unknown): value is SkinTone => [0, 1, 2, 3, 4, 5].includes(value as number)

export const useEmoji = defineStore('emoji', () => {
  const stored = read()
  const recent = ref<readonly string[]>(stored.recent)
  const tone = ref<SkinTone>(stored.tone)

  const session = useSession()
  watch(
    () => session.state,
    (state) => {
      if (state !== 'signed-out') return
      recent.value = []
      tone.value = 0
      writeSetting(key, null)
    },
  )

  /** `char` is the emoji without a skin tone. */
  function used(char: string) {
    recent.value = [char, ...recent.value.filter((other) => other !== char)].slice(0, most)
    write()
  }

  function chooseTone(next: SkinTone) {
    tone.value = next
    write()
  }

  const write = () => writeSetting(key, JSON.stringify({ recent: recent.value, tone: tone.value }))

  return { recent, tone, used, chooseTone }
})

function read(): { recent: string[]; tone: SkinTone } {
  try {
    const stored = JSON.parse(readSetting(key) ?? '{}') as { recent?: unknown; tone?: unknown } | null
    const recent = Array.isArray(stored?.recent) ? stored.recent : []
    return {
      recent: recent.filter((one): one is string => typeof one === 'string').slice(0, most),
      tone: isTone(stored?.tone) ? stored.tone : 0,
    }
  } catch {
    return { recent: [], tone: 0 }
  }
}
