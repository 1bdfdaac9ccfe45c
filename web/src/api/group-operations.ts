// What is done to groups over HTTP.
import type {
  ConversationDelta,
  GroupCard,
  GroupEdit,
  GroupLink,
  Invitation,
  JoinRequest,
  LinkLookup,
  LinkUse,
  Member,
  MemberEdit,
  MemberPage,
  MemberQuery,
  Membership,
  MembershipEdit,
  NewGroup,
  NewLink,
} from './groups'
import type { Http } from './http'

type ID = string

export function groupOperations(typed: Http) {
  const http = typed as unknown as <T>(
    method: string,
    path: string,
    input?: { path?: Record<string, string>; query?: object; body?: unknown },
  ) => Promise<T>
  const at = '/api/v1/conversations/{id}'
  return {
    createGroup: (group: NewGroup, clientId: string) =>
      http<ConversationDelta>('post', '/api/v1/conversations', { body: { group, clientId } }),
    updateGroup: (id: ID, body: GroupEdit) => http<ConversationDelta>('patch', at, { path: { id }, body }),
    dissolveGroup: (id: ID) => http<undefined>('delete', at, { path: { id } }),
    setAnnouncement: (id: ID, body: string) =>
      http<ConversationDelta>('put', `${at}/announcement`, { path: { id }, body: { body } }),
    updateMembership: (id: ID, body: MembershipEdit) =>
      http<Membership>('patch', `${at}/membership`, { path: { id }, body }),
    setNickname: (id: ID, nickname: string) =>
      http<ConversationDelta>('patch', `${at}/members/me`, { path: { id }, body: { nickname } }),

    members: (id: ID, query: MemberQuery) =>
      http<MemberPage>('get', `${at}/members`, { path: { id }, query }),
    membersById: async (id: ID, ids: readonly ID[]) =>
      (await http<{ members: Member[] }>('get', `${at}/members`, { path: { id }, query: { ids } })).members,
    addMembers: (id: ID, accountIds: ID[]) =>
      http<{ added: ID[]; invited: ID[] }>('post', `${at}/members`, { path: { id }, body: { accountIds } }),
    updateMember: (id: ID, accountId: ID, body: MemberEdit) =>
      http<ConversationDelta>('patch', `${at}/members/{accountId}`, { path: { id, accountId }, body }),
    /** Oneself: to quit. */
    removeMember: (id: ID, accountId: ID) =>
      http<undefined>('delete', `${at}/members/{accountId}`, { path: { id, accountId } }),
    handOver: (id: ID, accountId: ID) =>
      http<ConversationDelta>('post', `${at}/owner`, { path: { id }, body: { accountId } }),

    findGroups: async (query: string) =>
      (await http<{ groups: GroupCard[] }>('post', '/api/v1/group-lookups', { body: { query } })).groups,
    askToJoin: (id: ID, greeting: string) =>
      http<JoinRequest>('post', `${at}/join-requests`, { path: { id }, body: { greeting } }),
    joinRequests: async (id: ID) =>
      (await http<{ joinRequests: JoinRequest[] }>('get', `${at}/join-requests`, { path: { id } }))
        .joinRequests,
    answerJoinRequest: (id: ID, requestId: ID, answer: 'accept' | 'decline' | 'withdraw') =>
      http<JoinRequest>('post', `${at}/join-requests/{requestId}/${answer}`, { path: { id, requestId } }),
    acceptInvitation: (id: ID) =>
      http<ConversationDelta>('post', '/api/v1/group-invitations/{id}/accept', { path: { id } }),
    declineInvitation: (id: ID) =>
      http<Invitation>('post', '/api/v1/group-invitations/{id}/decline', { path: { id } }),

    createLink: (id: ID, body: NewLink) => http<GroupLink>('post', `${at}/links`, { path: { id }, body }),
    links: async (id: ID) =>
      (await http<{ links: GroupLink[] }>('get', `${at}/links`, { path: { id } })).links,
    revokeLink: (id: ID, linkId: ID) =>
      http<undefined>('delete', `${at}/links/{linkId}`, { path: { id, linkId } }),
    lookUpLink: (token: string) =>
      http<LinkLookup>('post', '/api/v1/group-link-lookups', { body: { token } }),
    useLink: (token: string, greeting: string) =>
      http<LinkUse>('post', '/api/v1/group-link-uses', { body: { token, greeting } }),
  }
}
