// Choosing from a list while writing: what is typed behind a sign opens it, letters narrow it, the arrows and Enter
// choose. The focus stays in the text.
import { computed, nextTick, type Ref, ref, type ShallowRef, watch } from 'vue'

/** What is being typed, from its sign up to the cursor. */
export interface Typed {
  from: number
  query: string
}

interface Options<T> {
  text: Ref<string>
  area: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  find: (text: string, cursor: number) => Typed | null
  items: () => readonly T[]
  /** What is chosen unless another is. */
  first?: (items: readonly T[]) => number
  /** Null: nothing is being looked for. */
  looking: (query: string | null) => void
  /** What takes the place of the sign and the letters. */
  words: (item: T) => string
  picked: (item: T) => void
}

export function useCompletion<T>({ text, area, find, items, first, looking, words, picked }: Options<T>) {
  const typed = ref<Typed | null>(null)
  const active = ref(0)
  /** What was chosen last, as it stands in the text. */
  let last = { from: -1, inserted: '' }
  const shown = computed(() => (typed.value ? items() : []))
  watch(shown, (all) => (active.value = first?.(all) ?? 0))

  function look() {
    const element = area.value
    if (!element) return
    const before = typed.value
    // What stands in the field: the model follows only when whoever holds it has heard of the change.
    const { value, selectionStart, selectionEnd } = element
    const found = selectionStart === selectionEnd ? find(value, selectionStart) : null
    // What follows somebody who was chosen belongs to the message.
    const chosen = found?.from === last.from && value.startsWith(last.inserted, last.from)
    typed.value = chosen ? null : found
    if (before?.query !== typed.value?.query) looking(typed.value?.query ?? null)
  }

  function close() {
    if (!typed.value) return
    typed.value = null
    looking(null)
  }

  async function pick(item: T) {
    const element = area.value
    if (!element || !typed.value) return
    const { from, query } = typed.value
    const inserted = words(item)
    let rest = element.value.slice(from + 1 + query.length)
    if (inserted.endsWith(' ')) rest = rest.replace(/^ /, '')
    text.value = element.value.slice(0, from) + inserted + rest
    last = { from, inserted }
    picked(item)
    close()
    await nextTick()
    element.focus()
    element.setSelectionRange(from + inserted.length, from + inserted.length)
  }

  /** Says whether the key was for the list. */
  function pressed(event: KeyboardEvent): boolean {
    const all = shown.value
    if (all.length === 0 || event.isComposing || event.keyCode === 229) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) active.value = (active.value + step + all.length) % all.length
    else if (event.key === 'Escape') close()
    else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') {
      const item = all[active.value]
      if (item !== undefined) void pick(item)
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return { shown, active, look, close, pick, pressed }
}
