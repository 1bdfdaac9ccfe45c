// The people: friends with my remarks, who asked whom, who is online.
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { i18n } from '@/i18n'
import { useLive } from './live'
import type { Card, Contact, FriendRequest } from './types'

export const useContacts = defineStore('contacts', () => {
  const live = useLive()
  const { api } = live
  const { t } = i18n.global
  const ready = shallowRef(false)
  const contacts = shallowRef<ReadonlyMap<string, Contact>>(new Map())
  const requests = shallowRef<ReadonlyMap<string, FriendRequest>>(new Map())
  /** Raised when somebody came, went, or got another name. */
  const people = shallowRef(0)

  live.follow((changes) => {
    const all = changes === 'all'
    const user = live.engine?.replica.user
    ready.value = live.engine?.ready ?? false
    if (all || changes.people.size > 0) {
      people.value++
      contacts.value = user?.contacts ?? new Map()
    }
    if (all || changes.friendRequests) requests.value = user?.friendRequests ?? new Map()
  })

  const list = computed(() => [...contacts.value.values()])
  const friends = computed(() => list.value.filter((contact) => contact.state === 'friend'))
  const blocked = computed(() => list.value.filter((contact) => contact.blocked))

  const pending = computed(() =>
    [...requests.value.values()]
      .filter((request) => request.state === 'pending')
      .sort((a, b) => b.createdAt - a.createdAt),
  )
  const me = () => live.engine?.me
  const received = computed(() => pending.value.filter((request) => request.to.id === me()))
  const sent = computed(() => pending.value.filter((request) => request.from.id === me()))

  /** My entry for somebody: a friend, or blocked, or both. */
  function get(accountId: string): Contact | undefined {
    const contact = contacts.value.get(accountId)
    return contact && (contact.state === 'friend' || contact.blocked) ? contact : undefined
  }

  /** Whatever is known of somebody. */
  function card(accountId: string): Card | undefined {
    void people.value
    return live.engine?.replica.card(accountId) ?? undefined
  }

  function isOnline(accountId: string): boolean {
    void people.value
    return live.engine?.presence.isOnline(accountId) ?? false
  }

  function lastSeenAt(accountId: string): number | undefined {
    void people.value
    return live.engine?.presence.lastSeenAt(accountId) ?? undefined
  }

  /** My remark for somebody, else the name they gave themselves. */
  function nameOf(accountId: string): string {
    const known = card(accountId)
    if (known?.deleted) return t('person.deleted')
    return contacts.value.get(accountId)?.remark || known?.name || known?.username || ''
  }

  const lookUp = (query: string): Promise<Card> => api.lookup(query)

  async function ask(request: { accountId: string; greeting?: string; remark?: string }) {
    return accepted(await api.askFriend(request))
  }

  async function accept(id: string, remark?: string) {
    accepted(await api.acceptRequest(id, remark))
  }

  async function decline(id: string) {
    accepted(await api.declineRequest(id))
  }

  async function withdraw(id: string) {
    accepted(await api.withdrawRequest(id))
  }

  function accepted(request: Awaited<ReturnType<typeof api.askFriend>>): FriendRequest {
    live.engine?.replica.acceptRequest(request)
    return request
  }

  type Change = (accountId: string) => ReturnType<typeof api.block>

  function changing(change: Change) {
    return async (accountId: string): Promise<void> => {
      live.engine?.replica.acceptContact(await change(accountId))
    }
  }

  return {
    ready,
    friends,
    blocked,
    received,
    sent,
    get,
    card,
    isOnline,
    lastSeenAt,
    nameOf,
    lookUp,
    ask,
    accept,
    decline,
    withdraw,
    setRemark: (accountId: string, remark: string) => changing((id) => api.setRemark(id, remark))(accountId),
    remove: changing(api.removeContact),
    block: changing(api.block),
    unblock: changing(api.unblock),
  }
})
