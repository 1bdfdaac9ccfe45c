// Choosing whom to speak to while writing: an @ opens the list, letters narrow it, the arrows and Enter choose.
import { computed, nextTick, type Ref, ref, type ShallowRef, watch } from 'vue'
import { typedMention } from './mentions'

export interface Mentionable {
  id: string
  /** What is written into the message: what they call themselves, which everyone may read. */
  name: string
  /** As the viewer knows them. */
  label: string
  kind: 'person' | 'robot' | 'group'
}

interface Options {
  text: Ref<string>
  area: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  people: () => readonly Mentionable[]
  looking: (query: string | null) => void
  picked: (id: string) => void
}

export function useMentionPicker({ text, area, people, looking, picked }: Options) {
  const typed = ref<{ from: number; query: string } | null>(null)
  const active = ref(0)
  /** Who was chosen last, as it stands in the text. */
  let last = { from: -1, inserted: '' }
  const shown = computed(() => (typed.value ? people() : []))
  // Others came to be shown: the first person is the best guess. Everybody is never spoken to by mistake.
  watch(shown, (all) => (active.value = all[0]?.kind === 'group' && all.length > 1 ? 1 : 0))

  function look() {
    const element = area.value
    if (!element) return
    const before = typed.value
    const { value, selectionStart, selectionEnd } = element
    const found = selectionStart === selectionEnd ? typedMention(value, selectionStart) : null
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

  async function pick(person: Mentionable) {
    const element = area.value
    if (!element || !typed.value) return
    const { from, query } = typed.value
    const end = from + 1 + query.length
    const inserted = `@${person.name} `
    text.value = element.value.slice(0, from) + inserted + element.value.slice(end).replace(/^ /, '')
    last = { from, inserted }
    picked(person.id)
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
      const person = all[active.value]
      if (person) void pick(person)
    } else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return { shown, active, look, close, pick, pressed }
}
