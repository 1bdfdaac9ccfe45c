// The list of conversations, newest activity first.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { MembershipEdit } from '@/api/types'
import type { Engine } from '@/sync'
import {
  isMine,
  lastActivityOf,
  lastSeqOf,
  mentionOf,
  peerOf,
  readByOthers,
  readSeqOf,
  unreadOf,
} from '@/sync/selectors'
import { useContacts } from './contacts'
import { useLive } from './live'
import { sameOrNew, shownMessage, shownPending } from './messages'
import { groupInfo } from './group-info'
import { refusalOf } from './refusal'
import { sameObject } from './same'
import type { ConversationSummary, LeftReason, Member, Problem, ThreadMessage } from './types'

export const useConversations = defineStore('conversations', () => {
  const live = useLive()
  const contacts = useContacts()
  const ready = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const summaries = shallowRef<ReadonlyMap<string, ConversationSummary>>(new Map())

  /** Raised when somebody in a conversation came, went, or got another name there. */
  const members = shallowRef(0)

  live.follow((changes) => {
    const { engine } = live
    ready.value = engine?.ready ?? false
    problem.value = engine && !engine.ready ? (engine.problem?.problem ?? null) : null
    if (changes === 'all' || changes.members.size > 0) members.value++
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
    const group = groupInfo(engine, state, before?.group ?? null)
    const membership = replica.user.memberships.get(id)
    const now: ConversationSummary = {
      id,
      kind: state.conversation.kind,
      mine: isMine(replica.user, id),
      group,
      peer: peerId ? replica.card(peerId) : null,
      name: group ? group.remark || group.name : peerId ? contacts.nameOf(peerId) : '',
      online: peerId !== null && presence.isOnline(peerId),
      lastSeq: lastSeqOf(state),
      readSeq: readSeqOf(replica.user, state, me),
      unread: unreadOf(replica.user, state, me),
      last: newest(engine, id, before?.last ?? null),
      lastActivityAt: Math.max(lastActivityOf(state), ...waiting.map((item) => item.createdAt)),
      refusal: refusalOf(engine, id, peerId),
      typing: presence.typingIn(id)[0] ?? null,
      mention: mentionOf(replica.user, state, me),
      muted: membership?.notify === 'none',
      pinned: (membership?.pinnedAt ?? 0) > 0,
    }
    if (group?.large) meetAuthor(engine, id, now.last)
    return before && sameObject(before, now) ? before : now
  }

  const list = computed(() =>
    [...summaries.value.values()]
      .filter(({ mine }) => mine)
      .sort(
        (a, b) =>
          Number(b.pinned) - Number(a.pinned) ||
          b.lastActivityAt - a.lastActivityAt ||
          (a.id < b.id ? 1 : -1),
      ),
  )

  /** Of those whose notifications are on. */
  const totalUnread = computed(() =>
    list.value.reduce((total, { unread, muted }) => total + (muted ? 0 : unread), 0),
  )

  function get(id: string): ConversationSummary | undefined {
    return summaries.value.get(id)
  }

  /** Why I am not in this conversation any more; null: I am, or never was. */
  function leftReason(id: string): LeftReason | null {
    void summaries.value
    const membership = live.engine?.replica.user.memberships.get(id)
    return membership?.state === 'left' ? (membership.leftReason ?? 'quit') : null
  }

  /** Somebody there, as far as is known. */
  function memberIn(id: string, accountId: string): Member | undefined {
    void members.value
    return live.engine?.replica.conversation(id).members.get(accountId)
  }

  /** What somebody calls themselves there: their name in the group, else their name. */
  function ownNameIn(id: string, accountId: string): string {
    return memberIn(id, accountId)?.nickname || contacts.card(accountId)?.name || ''
  }

  /** My remark for somebody, else their name in the group, else their name. */
  function nameIn(id: string, accountId: string): string {
    return contacts.get(accountId)?.remark || ownNameIn(id, accountId)
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

  /** Settings of mine that go with a conversation. */
  async function setOwn(id: string, edit: MembershipEdit): Promise<void> {
    live.engine?.replica.acceptMembership(await live.api.updateMembership(id, edit))
  }

  return {
    ready,
    problem,
    list,
    totalUnread,
    get,
    leftReason,
    memberIn,
    ownNameIn,
    nameIn,
    openWith,
    refresh,
    mute: (id: string, muted: boolean) => setOwn(id, { notify: muted ? 'none' : 'all' }),
    pin: (id: string, pinned: boolean) => setOwn(id, { pinned }),
    setGroupRemark: (id: string, remark: string) => setOwn(id, { remark }),
    announcementSeen: (id: string, number: number) => setOwn(id, { announcementSeen: number }),
  }
})

/** What was written last, whether or not it has arrived yet. */
function newest(engine: Engine, id: string, before: ThreadMessage | null): ThreadMessage | null {
  const state = engine.replica.conversation(id)
  const item = engine.outbox.of(id).at(-1)
  const message = state.lastMessage
  if (item)
    return sameOrNew(
      before ?? undefined,
      shownPending(item, engine.me, () => 0),
    )
  if (!message) return null
  return sameOrNew(before ?? undefined, shownMessage(message, engine.me, readByOthers(state, engine.me)))
}

/** Who wrote the line that is shown. */
function meetAuthor(engine: Engine, id: string, last: ThreadMessage | null) {
  if (last) engine.meet(id, [last.senderId, ...(last.notice?.accountIds ?? [])])
}
