// The list of conversations, newest activity first.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Engine } from '@/sync'
import {
  isMine,
  lastActivityOf,
  lastSeqOf,
  peerOf,
  readByOthers,
  readSeqOf,
  unreadOf,
} from '@/sync/selectors'
import { useContacts } from './contacts'
import { useLive } from './live'
import { sameOrNew, shownMessage, shownPending } from './messages'
import type { ConversationSummary, Problem, ThreadMessage, WriteRefusal } from './types'

export const useConversations = defineStore('conversations', () => {
  const live = useLive()
  const contacts = useContacts()
  const ready = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const summaries = shallowRef<ReadonlyMap<string, ConversationSummary>>(new Map())

  live.follow((changes) => {
    const { engine } = live
    ready.value = engine?.ready ?? false
    problem.value = engine && !engine.ready ? (engine.problem?.problem ?? null) : null
    if (changes === 'all') {
      summaries.value = new Map()
      renew(engine, engine?.replica.conversations.keys() ?? [])
      return
    }
    const ids = new Set(changes.conversations)
    for (const { id, peer } of summaries.value.values()) {
      if (peer && changes.people.has(peer.id)) ids.add(id)
    }
    renew(engine, ids)
  })

  function renew(engine: Engine | null, ids: Iterable<string>) {
    let next: Map<string, ConversationSummary> | null = null
    for (const id of ids) {
      const before = summaries.value.get(id)
      const now = engine ? summary(engine, id, before) : undefined
      if (now === before) continue
      next ??= new Map(summaries.value)
      if (now) next.set(id, now)
      else next.delete(id)
    }
    if (next) summaries.value = next
  }

  function summary(
    engine: Engine,
    id: string,
    before?: ConversationSummary,
  ): ConversationSummary | undefined {
    const { replica, outbox, presence, me } = engine
    const state = replica.conversations.get(id)
    if (!state?.conversation) return undefined
    const peerId = peerOf(state, me)
    const waiting = outbox.of(id)
    const now: ConversationSummary = {
      id,
      kind: state.conversation.kind,
      peer: peerId ? replica.card(peerId) : null,
      name: peerId ? contacts.nameOf(peerId) : '',
      online: peerId !== null && presence.isOnline(peerId),
      lastSeq: lastSeqOf(state),
      readSeq: readSeqOf(replica.user, state, me),
      unread: unreadOf(replica.user, state, me),
      last: newest(engine, id, before?.last ?? null),
      lastActivityAt: Math.max(lastActivityOf(state), ...waiting.map((item) => item.createdAt)),
      refusal: refusalOf(engine, id, peerId),
      typing: presence.typingIn(id).length > 0,
    }
    return before && same(before, now) ? before : now
  }

  const list = computed(() => {
    const { engine } = live
    if (!engine) return []
    return [...summaries.value.values()]
      .filter(({ id }) => isMine(engine.replica.user, id))
      .sort((a, b) => b.lastActivityAt - a.lastActivityAt || (a.id < b.id ? 1 : -1))
  })

  const totalUnread = computed(() => list.value.reduce((total, { unread }) => total + unread, 0))

  function get(id: string): ConversationSummary | undefined {
    return summaries.value.get(id)
  }

  /** The conversation with somebody, made if there is none. */
  async function openWith(accountId: string): Promise<string> {
    for (const { id, peer } of summaries.value.values()) if (peer?.id === accountId) return id
    const delta = await live.api.openConversation(accountId)
    live.running().replica.acceptConversation(delta)
    return delta.conversationId
  }

  /** Tries again at once, when the first load has failed. */
  function refresh(): Promise<void> {
    live.engine?.retryConnection()
    return Promise.resolve()
  }

  return { ready, problem, list, totalUnread, get, openWith, refresh }
})

/** What was written last, whether or not it has arrived yet. */
function newest(engine: Engine, id: string, before: ThreadMessage | null): ThreadMessage | null {
  const state = engine.replica.conversation(id)
  const item = engine.outbox.of(id).at(-1)
  const message = state.lastMessage
  if (item) return sameOrNew(before ?? undefined, shownPending(item, engine.me))
  if (!message) return null
  return sameOrNew(before ?? undefined, shownMessage(message, engine.me, readByOthers(state, engine.me)))
}

/** Why I may not write, as far as it can be known here; the server has the last word. */
function refusalOf(engine: Engine, id: string, peerId: string | null): WriteRefusal | null {
  const { user } = engine.replica
  if (user.memberships.get(id)?.state === 'left') return 'left'
  if (peerId === null) return null
  const contact = user.contacts.get(peerId)
  if (contact?.blocked) return 'blocked'
  return contact?.state === 'friend' ? null : 'not_friends'
}

function same(a: ConversationSummary, b: ConversationSummary): boolean {
  return (Object.keys(b) as (keyof ConversationSummary)[]).every((key) => a[key] === b[key])
}
