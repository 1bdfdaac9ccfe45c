// What is done to groups, and the ways into them.
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ConversationDelta, GroupEdit, NewGroup, NewLink } from '@/api/types'
import { useConversations } from './conversations'
import { useLive } from './live'
import type { GroupCard, GroupLink, Invitation, JoinRequest } from './types'

export const useGroups = defineStore('groups', () => {
  const live = useLive()
  const conversations = useConversations()
  const { api } = live
  const joinRequests = shallowRef<ReadonlyMap<string, JoinRequest>>(new Map())
  const invited = shallowRef<ReadonlyMap<string, Invitation>>(new Map())

  live.follow((changes) => {
    if (changes !== 'all' && !changes.joining) return
    const user = live.engine?.replica.user
    joinRequests.value = user?.joinRequests ?? new Map()
    invited.value = user?.invitations ?? new Map()
  })

  const newestFirst = <Row extends { createdAt: number }>(rows: Iterable<Row>) =>
    [...rows].sort((a, b) => b.createdAt - a.createdAt)

  /** Into groups, waiting for my answer. */
  const invitations = computed(() =>
    newestFirst(invited.value.values()).filter(({ state }) => state === 'pending'),
  )
  /** My requests that wait. */
  const asked = computed(() =>
    newestFirst(joinRequests.value.values()).filter(({ state }) => state === 'pending'),
  )
  const list = computed(() => conversations.list.filter(({ kind }) => kind === 'group'))

  /** The newest of my requests to a group. */
  function requestTo(groupId: string): JoinRequest | undefined {
    return newestFirst(joinRequests.value.values()).find(({ conversation }) => conversation.id === groupId)
  }

  function learn(delta: ConversationDelta) {
    live.engine?.replica.applyConversation(delta, 'rows')
  }

  function entered(delta: ConversationDelta): string {
    live.engine?.replica.acceptConversation(delta)
    return delta.conversationId
  }

  function asking(request: JoinRequest): JoinRequest {
    live.engine?.replica.acceptJoinRequest(request)
    return request
  }

  /** Gives its id. The same `clientId` makes it only once. */
  async function create(group: NewGroup): Promise<string> {
    return entered(await api.createGroup(group))
  }

  const update = async (id: string, edit: GroupEdit) => learn(await api.updateGroup(id, edit))

  /** Empty takes it away. */
  const announce = async (id: string, body: string) => learn(await api.setAnnouncement(id, body))

  async function answerInvitation(id: string, answer: 'accept' | 'decline'): Promise<string | null> {
    if (answer === 'accept') return entered(await api.acceptInvitation(id))
    live.engine?.replica.acceptInvitation(await api.declineInvitation(id))
    return null
  }

  const askToJoin = async (id: string, greeting: string) => asking(await api.askToJoin(id, greeting))

  const withdraw = async (request: JoinRequest) =>
    asking(await api.answerJoinRequest(request.conversation.id, request.id, 'withdraw'))

  /** In at once, or waiting to be let in. */
  async function useLink(token: string, greeting: string): Promise<{ joined: string } | JoinRequest> {
    const { delta, joinRequest } = await api.useLink(token, greeting)
    if (delta) return { joined: entered(delta) }
    if (joinRequest) return asking(joinRequest)
    throw new Error('The link led nowhere.')
  }

  const find = (query: string): Promise<GroupCard[]> => api.findGroups(query)
  /** A page of those that I have in common with somebody, and where the next begins. */
  async function inCommon(accountId: string, cursor?: string) {
    const { groups, nextCursor } = await api.commonGroups(accountId, cursor)
    return { groups: groups as readonly GroupCard[], next: nextCursor }
  }

  const createLink = (id: string, link: NewLink): Promise<GroupLink> => api.createLink(id, link)

  return {
    invitations,
    asked,
    list,
    requestTo,
    create,
    update,
    announce,
    leave: async (id: string): Promise<void> => void (await api.leaveGroup(id)),
    dissolve: async (id: string): Promise<void> => void (await api.dissolveGroup(id)),
    setNickname: async (id: string, nickname: string) => learn(await api.setNickname(id, nickname)),
    addMembers: (id: string, accountIds: string[]) => api.addMembers(id, accountIds),
    removeMember: async (id: string, accountId: string): Promise<void> =>
      void (await api.removeMember(id, accountId)),
    setRole: async (id: string, accountId: string, role: 'admin' | 'member') =>
      learn(await api.updateMember(id, accountId, { role })),
    muteMember: async (id: string, accountId: string, mutedUntil: number) =>
      learn(await api.updateMember(id, accountId, { mutedUntil })),
    handOver: async (id: string, accountId: string) => learn(await api.handOver(id, accountId)),
    waiting: (id: string): Promise<JoinRequest[]> => api.joinRequests(id),
    answerJoinRequest: (id: string, requestId: string, answer: 'accept' | 'decline') =>
      api.answerJoinRequest(id, requestId, answer),
    find,
    inCommon,
    lookUpLink: (token: string) => api.lookUpLink(token),
    askToJoin,
    withdraw,
    useLink,
    answerInvitation,
    createLink,
    links: (id: string): Promise<GroupLink[]> => api.links(id),
    revokeLink: async (id: string, linkId: string): Promise<void> => void (await api.revokeLink(id, linkId)),
  }
})
