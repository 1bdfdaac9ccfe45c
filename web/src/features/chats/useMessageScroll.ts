// Where the reader is in a conversation, and that nothing but the reader moves it: opening at the first unread or
// where one was, older pages without a jump, the newest message followed only by somebody who is looking at it.
import {
  computed,
  nextTick,
  onBeforeUnmount,
  onMounted,
  ref,
  shallowRef,
  watch,
  type ComputedRef,
  type ShallowRef,
} from 'vue'
import type { VirtualizerHandle } from 'virtua/vue'
import type { useThread } from '@/stores/thread'
import { keepPosition, positionIn } from './positions'
import { changedAtStart, type Row, worthKeeping } from './rows'

interface Options {
  conversationId: string
  thread: ReturnType<typeof useThread>
  rows: ComputedRef<Row[]>
  /** The seq above which the unread line is drawn, or null. */
  unreadFrom: () => number | null
  list: Readonly<ShallowRef<VirtualizerHandle | null>>
  scroller: Readonly<ShallowRef<HTMLElement | null>>
}

/** Nearer to the end than this many pixels counts as being there. */
const near = 48

export function useMessageScroll({ conversationId, thread, rows, unreadFrom, list, scroller }: Options) {
  /** Until the first position is taken nothing is shown, so that nobody sees it being found. */
  const placed = ref(false)
  const atEnd = ref(true)
  const firstVisible = shallowRef<Row | null>(null)
  const scrolling = ref(false)
  /** The row that has just come in at the end, while it rises into its place. */
  const rising = ref<string | null>(null)
  let movedAt = -Infinity
  let scrollTimer: ReturnType<typeof setTimeout> | undefined

  // Both change in one step: the list must know how it grew at the moment when it has grown.
  const state = computed<{ rows: Row[]; shift: boolean }>((previous) => ({
    rows: rows.value,
    shift: previous !== undefined && changedAtStart(previous.rows, rows.value),
  }))

  function toEnd() {
    const last = state.value.rows.length - 1
    if (last >= 0) list.value?.scrollToIndex(last, { align: 'end' })
    atEnd.value = true
  }

  async function place() {
    const position = positionIn(conversationId)
    if (unreadFrom() === null && position) {
      const within = rows.value.some(({ message }) => message.seq === position.seq)
      if (!within) await thread.openAt(position.seq)
    }
    await nextTick()
    const all = state.value.rows
    const unread = all.findIndex((row) => row.unread)
    const kept = position ? all.findIndex(({ message }) => message.seq === position.seq) : -1
    if (unread >= 0) list.value?.scrollToIndex(unread, { align: 'start', offset: -24 })
    else if (kept >= 0 && position)
      list.value?.scrollToIndex(kept, { align: 'start', offset: position.offset })
    else toEnd()
    await settled()
    placed.value = true
    look()
  }

  /** Heights become known as rows are drawn; two frames are enough for the virtual list to correct itself. */
  function settled() {
    return new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
  }

  /** Takes in what is in view: where the reader is, and whether more has to be fetched. */
  function look() {
    const handle = list.value
    const element = scroller.value
    if (!handle || !element || !placed.value) return
    const { scrollTop, scrollHeight, clientHeight } = element
    const below = scrollHeight - scrollTop - clientHeight
    atEnd.value = !thread.hasNewer.value && below < near
    firstVisible.value = state.value.rows[handle.findItemIndex(handle.scrollOffset + 12)] ?? null
    if (thread.problem.value) return
    const soon = 1.5 * clientHeight
    if (scrollTop < soon && thread.hasOlder.value && !thread.loadingOlder.value) void thread.loadOlder()
    if (below < soon && thread.hasNewer.value && !thread.loadingNewer.value) void thread.loadNewer()
    const kept = worthKeeping(state.value.rows, handle.findItemIndex(handle.scrollOffset))
    if (kept) thread.trim(kept.first, kept.last)
  }

  /** The reader's own hand, in contrast to what the list corrects by itself. */
  function moved() {
    movedAt = performance.now()
  }

  function scrolled() {
    look()
    // Momentum goes on without the hand: one scroll follows another.
    if (performance.now() - movedAt > 400) return
    movedAt = performance.now()
    scrolling.value = true
    clearTimeout(scrollTimer)
    scrollTimer = setTimeout(() => (scrolling.value = false), 1500)
  }

  /** The newest row that lies in view as a whole or nearly so. */
  function lastVisible(): Row | null {
    const handle = list.value
    if (!handle || !placed.value) return null
    return state.value.rows[handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 12)] ?? null
  }

  watch(state, async ({ rows: after, shift }, { rows: before }) => {
    if (!placed.value) return
    const wasAtEnd = atEnd.value
    const newest = after[after.length - 1]
    const grew = newest !== undefined && newest.key !== before[before.length - 1]?.key
    const wrote = grew && newest.message.own && newest.message.state === 'sending'
    if (grew && (wrote || wasAtEnd)) rising.value = newest.key
    await nextTick()
    // What waits to be sent stays last, so a message can also come in before the end.
    if (wrote || (wasAtEnd && !shift)) toEnd()
    look()
    // Again when what came has its height.
    await settled()
    look()
  })

  watch(
    () => thread.ready.value,
    (ready) => ready && !placed.value && void place(),
  )
  // A page that was asked for too early to be needed, or one that failed and may be tried again.
  watch([thread.loadingOlder, thread.loadingNewer, thread.problem], () => void nextTick(look))

  async function toNewest() {
    if (thread.hasNewer.value) {
      await thread.openAt('newest')
      await nextTick()
    }
    toEnd()
  }

  /** Brings a message into view, loaded or not. */
  async function toMessage(seq: number) {
    const find = () => state.value.rows.findIndex(({ message }) => message.seq === seq)
    if (find() < 0) {
      await thread.openAt(seq)
      await nextTick()
    }
    const index = find()
    if (index >= 0) list.value?.scrollToIndex(index, { align: 'center' })
  }

  // The composer grows, a keyboard opens: who was at the end stays there.
  let observer: ResizeObserver | undefined
  onMounted(() => {
    if (thread.ready.value) void place()
    observer = new ResizeObserver(() => {
      if (placed.value && atEnd.value) toEnd()
    })
    if (scroller.value) observer.observe(scroller.value)
  })

  function keep() {
    const handle = list.value
    if (!handle || !placed.value) return
    const index = handle.findItemIndex(handle.scrollOffset)
    const seq = state.value.rows[index]?.message.seq ?? null
    const position =
      atEnd.value || seq === null ? null : { seq, offset: handle.scrollOffset - handle.getItemOffset(index) }
    keepPosition(conversationId, position)
  }
  addEventListener('pagehide', keep)
  onBeforeUnmount(() => {
    keep()
    observer?.disconnect()
    clearTimeout(scrollTimer)
    removeEventListener('pagehide', keep)
  })

  return {
    state,
    placed,
    atEnd,
    firstVisible,
    scrolling,
    rising,
    scrolled,
    moved,
    lastVisible,
    toNewest,
    toMessage,
    toEnd,
  }
}
