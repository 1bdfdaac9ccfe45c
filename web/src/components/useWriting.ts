// Writing in a field that grows with its text: what a picker puts in at the caret, what its eraser takes away, and how
// much room is left.
import { computed, nextTick, onMounted, type Ref, type ShallowRef, watch } from 'vue'

interface Options {
  text: Ref<string>
  area: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  /** In code points, as the server counts. */
  limit: () => number
  /** Called for what was not typed. */
  written: () => void
}

export function useWriting({ text, area, limit, written }: Options) {
  // Only near the limit is it worth the walk.
  const left = computed(() =>
    text.value.length < limit() * 0.9 ? limit() : limit() - [...text.value].length,
  )
  const near = computed(() => left.value < limit() * 0.05)
  const ready = computed(() => text.value.trim() !== '' && left.value >= 0)

  function fit() {
    const element = area.value
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }

  watch(text, () => nextTick(fit))
  onMounted(fit)

  function replace(from: number, to: number, words: string) {
    text.value = text.value.slice(0, from) + words + text.value.slice(to)
    void nextTick(() => area.value?.setSelectionRange(from + words.length, from + words.length))
    written()
  }

  /** Puts it in the place of what is selected. The field keeps its selection while another has the focus. */
  function insert(words: string) {
    const { selectionStart = 0, selectionEnd = 0 } = area.value ?? {}
    replace(selectionStart, selectionEnd, words)
  }

  /** What is selected, or else what one sees as the last letter. */
  function erase() {
    const { selectionStart = 0, selectionEnd = 0 } = area.value ?? {}
    if (selectionStart !== selectionEnd) return replace(selectionStart, selectionEnd, '')
    const before = text.value.slice(0, selectionStart)
    const last = [...new Intl.Segmenter().segment(before)].at(-1)
    if (last) replace(last.index, selectionStart, '')
  }

  return { left, near, ready, insert, erase }
}
