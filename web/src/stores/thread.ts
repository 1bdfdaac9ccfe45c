// One conversation as it is shown: a contiguous piece of its messages, then what waits to be sent.
import {
  computed,
  type MaybeRefOrGetter,
  onScopeDispose,
  readonly,
  ref,
  shallowReadonly,
  shallowRef,
  toValue,
  watch,
} from 'vue'
import type { Engine, Extras, Timeline } from '@/sync'
import { isLarge } from '@/sync/reduce'
import { readByOthers } from '@/sync/selectors'
import { forgetFiles } from './attachments'
import { useConversations } from './conversations'
import { useLive } from './live'
import { clientIdOf, sameOrNew, shownMessage, shownPending } from './messages'
import type { Problem, ThreadMessage } from './types'

export function useThread(conversationId: MaybeRefOrGetter<string>) {
  const live = useLive()
  const conversations = useConversations()
  const id = computed(() => toValue(conversationId))
  const messages = shallowRef<readonly ThreadMessage[]>([])
  const ready = ref(false)
  const firstSeq = ref(0)
  const firstUnreadSeq = ref<number | null>(null)
  const hasOlder = ref(false)
  const hasNewer = ref(false)
  const loadingOlder = ref(false)
  const loadingNewer = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const peerReadSeq = ref(0)

  let timeline: Timeline | null = null
  let close: (() => void) | null = null
  let shown = new Map<string, ThreadMessage>()
  let scheduled = false

  function open() {
    close?.()
    timeline = close = null
    shown = new Map()
    ready.value = false
    messages.value = []
    const { engine } = live
    if (engine) ({ timeline, close } = engine.openTimeline(id.value, schedule))
    show()
  }

  /** Many changes at once are shown once. */
  function schedule() {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      show()
    })
  }

  function show() {
    const { engine } = live
    if (!engine || !timeline) return
    ready.value ||= timeline.state === 'ready'
    firstSeq.value = timeline.messages[0]?.seq ?? 0
    firstUnreadSeq.value = timeline.firstUnreadSeq
    hasOlder.value = timeline.hasOlder
    hasNewer.value = timeline.hasNewer
    loadingOlder.value = timeline.loadingOlder
    loadingNewer.value = timeline.loadingNewer
    problem.value = timeline.problem?.problem ?? null
    peerReadSeq.value = readByOthers(engine.replica.conversation(id.value), engine.me)
    messages.value = compose(engine, timeline)
    meet(engine, timeline)
  }

  function compose(engine: Engine, { messages: stored, ahead, hasNewer: more }: Timeline) {
    const waiting = more ? [] : engine.outbox.of(id.value)
    const next = [
      ...stored.map((message) => shownMessage(message, engine.me, peerReadSeq.value)),
      ...ahead.map((message) => shownMessage(message, engine.me, peerReadSeq.value)),
      ...waiting.map((item) => shownPending(item, engine.me, (id) => engine.outbox.progress(id))),
    ].map((message) => sameOrNew(shown.get(message.key), message))
    const same = next.length === messages.value.length && next.every((m, i) => m === messages.value[i])
    if (same) return messages.value
    shown = new Map(next.map((message) => [message.key, message]))
    return next
  }

  /** Of a large group, those who wrote what is shown are not always known. */
  function meet(engine: Engine, { messages: stored }: Timeline) {
    const state = engine.replica.conversation(id.value)
    if (!isLarge(state.conversation)) return
    engine.meet(
      id.value,
      new Set(stored.flatMap(({ senderId, notice }) => [senderId, ...(notice?.accountIds ?? [])])),
    )
  }

  watch([() => live.engine, id, () => conversations.leftReason(id.value) === null], open, {
    immediate: true,
    flush: 'sync',
  })
  const unfollow = live.follow((changes) => {
    if (changes !== 'all' && changes.conversations.has(id.value)) schedule()
  })
  onScopeDispose(() => {
    unfollow()
    close?.()
    timeline = null
  })

  /** Starts anew at a message, or at the end. */
  async function openAt(seq: number | 'newest') {
    await timeline?.openAt(seq)
  }

  /** Shown and kept at once; throws when too many wait already. */
  function send(body: string, extras?: Extras) {
    live.running().send(id.value, body, extras)
    if (timeline?.hasNewer) void openAt('newest')
  }

  /** Gives one up that was not sent. */
  function discard(key: string) {
    const outbox = live.engine?.outbox
    const item = outbox?.of(id.value).find(({ clientId }) => clientId === clientIdOf(key))
    outbox?.discard(clientIdOf(key))
    if (item?.files) forgetFiles(item.files)
  }

  return {
    messages: shallowReadonly(messages),
    ready: readonly(ready),
    firstSeq: readonly(firstSeq),
    firstUnreadSeq: readonly(firstUnreadSeq),
    hasOlder: readonly(hasOlder),
    hasNewer: readonly(hasNewer),
    loadingOlder: readonly(loadingOlder),
    loadingNewer: readonly(loadingNewer),
    problem: shallowReadonly(problem),
    peerReadSeq: readonly(peerReadSeq),
    loadOlder: async () => await timeline?.loadOlder(),
    loadNewer: async () => await timeline?.loadNewer(),
    openAt,
    trim: (first: number, last: number) => timeline?.trim(first, last),
    send,
    retry: (key: string) => live.engine?.outbox.retry(clientIdOf(key)),
    discard,
    markRead: (seq: number) => live.engine?.markRead(id.value, seq),
    noteTyping: () => live.engine?.typing(id.value),
  }
}
