// Keyboard: Up and Down go from message to message, Home and End to the edges of what is loaded, and Down from the
// newest back to where one writes. The message that has the focus stays drawn, however far it is scrolled away.
import { computed, nextTick, ref, type ShallowRef } from 'vue'
import type { VirtualizerHandle } from 'virtua/vue'
import type { Row } from './rows'

export function useMessageFocus(
  rows: () => readonly Row[],
  list: Readonly<ShallowRef<VirtualizerHandle | null>>,
  scroller: Readonly<ShallowRef<HTMLElement | null>>,
  /** Below the newest message. */
  leave: () => void,
) {
  // Kept by key: older messages that come in move every index.
  const focusedKey = ref('')
  /** The index of the row that has the focus, or had it last; -1 before. */
  const focused = computed(() =>
    focusedKey.value ? rows().findIndex(({ key }) => key === focusedKey.value) : -1,
  )

  async function onKey(event: KeyboardEvent) {
    const all = rows()
    const from = focused.value < 0 ? all.length : focused.value
    const to = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: all.length - 1 }[event.key]
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey || !all.length) return
    event.preventDefault()
    if (to === all.length) return leave()
    await focusAt(to)
  }

  async function focusAt(to: number) {
    const all = rows()
    const index = Math.max(0, Math.min(all.length - 1, to))
    const key = all[index]?.key ?? ''
    focusedKey.value = key
    list.value?.scrollToIndex(index, { align: 'nearest' })
    await nextTick()
    for (const element of scroller.value?.querySelectorAll<HTMLElement>('[data-key]') ?? []) {
      if (element.dataset['key'] === key) element.focus({ preventScroll: true })
    }
  }

  return { focused, focusedKey, onKey, focusNewest: () => focusAt(rows().length - 1) }
}
