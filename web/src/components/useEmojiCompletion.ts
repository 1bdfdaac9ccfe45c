// Choosing an emoji by its name while writing: a colon and two letters, or one Chinese character, open the list.
// The table is fetched when it is first needed; without it words stay words.
import { nextTick, type Ref, shallowRef, type ShallowRef } from 'vue'
import type { Emoji, Tone } from './emoji'
import { closedEmoji, typedEmoji } from './emojiTyping'
import { useCompletion } from './useCompletion'

/** How many are offered. */
const most = 8

interface Options {
  text: Ref<string>
  area: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  tone: () => Tone
  picked: (char: string) => void
}

export function useEmojiCompletion({ text, area, tone, picked }: Options) {
  const found = shallowRef<readonly Emoji[]>([])
  let wanted: string | null = null
  const form = shallowRef<(emoji: Emoji) => string>(({ char }) => char)

  async function table() {
    const { emojiByCode, inTone, loadEmoji, searchEmoji } = await import('./emoji')
    const groups = await loadEmoji()
    form.value = (emoji) => inTone(emoji, tone())
    return {
      search: (query: string) => searchEmoji(groups, query, most),
      named: (code: string) => emojiByCode(groups, code),
    }
  }

  async function look(query: string | null) {
    wanted = query
    if (query === null) {
      found.value = []
      return
    }
    try {
      const { search } = await table()
      if (wanted === query) found.value = search(query)
    } catch {
      found.value = []
    }
  }

  const list = useCompletion<Emoji>({
    text,
    area,
    find: typedEmoji,
    items: () => found.value,
    looking: (query) => void look(query),
    words: (emoji) => form.value(emoji),
    picked: ({ char }) => picked(char),
  })

  /** The second colon of a name makes it an emoji. */
  async function replaceClosed() {
    const element = area.value
    const before = element?.value ?? ''
    const cursor = element?.selectionStart ?? 0
    const typed = closedEmoji(before, cursor)
    if (!element || !typed) return
    try {
      const { named } = await table()
      const emoji = named(typed.query)
      // Somebody who went on writing meanwhile keeps what they wrote.
      if (!emoji || element.value !== before || element.selectionStart !== cursor) return
      const inserted = form.value(emoji)
      text.value = before.slice(0, typed.from) + inserted + before.slice(cursor)
      picked(emoji.char)
      await nextTick()
      element.setSelectionRange(typed.from + inserted.length, typed.from + inserted.length)
    } catch {
      // The name stays as it was typed.
    }
  }

  return {
    ...list,
    form,
    look() {
      list.look()
      void replaceClosed()
    },
  }
}
