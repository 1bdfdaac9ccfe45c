import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { useEmoji } from './emoji'
import { useSession } from './session'

/** As after a reload. */
function fresh() {
  setActivePinia(createPinia())
  return useEmoji()
}

beforeEach(() => localStorage.clear())

describe('the emoji that somebody uses', () => {
  it('are kept on the device, the last one first, each once', () => {
    const emoji = fresh()
    for (const char of ['😀', '🎉', '😀']) emoji.used(char)
    emoji.chooseTone(3)
    const again = fresh()
    expect(again.recent).toEqual(['😀', '🎉'])
    expect(again.tone).toBe(3)
  })

  it('are not more than three rows', () => {
    const emoji = fresh()
    for (let i = 0; i < 40; i++) emoji.used(String(i))
    expect(emoji.recent).toHaveLength(24)
    expect(emoji.recent[0]).toBe('39')
  })

  it('are forgotten when somebody signs out', async () => {
    const emoji = fresh()
    emoji.used('😀')
    emoji.chooseTone(3)
    useSession().$patch({ state: 'signed-out' })
    await nextTick()
    expect(emoji.recent).toEqual([])
    expect(emoji.tone).toBe(0)
    expect(localStorage.getItem('happychat.emoji')).toBeNull()
  })

  it.each(['not JSON', 'null', '{"recent":"x","tone":9}', '{"recent":[1,null],"tone":"2"}'])(
    'begin anew when the device kept %s',
    (stored) => {
      localStorage.setItem('happychat.emoji', stored)
      const emoji = fresh()
      expect(emoji.recent).toEqual([])
      expect(emoji.tone).toBe(0)
    },
  )
})
