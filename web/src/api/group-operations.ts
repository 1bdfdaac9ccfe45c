// What is done to groups over HTTP.
import type { Http } from './http'
import type { GroupEdit, ID, MemberEdit, MemberQuery, MembershipEdit, NewGroup, NewLink } from './types'

export function groupOperations(http: Http) {
  const at = '/api/v1/conversations/{id}'
  return {
    /** The same `clientId` in it makes it only once. */
    createGroup: (group: NewGroup) => http('post', '/api/v1/conversations', { body: { group } }),
    updateGroup: (id: ID, body: GroupEdit) => http('patch', at, { path: { id }, body }),
    dissolveGroup: (id: ID) => http('delete', at, { path: { id } }),
    setAnnouncement: (id: ID, body: string) =>
      http('put', `${at}/announcement`, { path: { id }, body: { body } }),
    updateMembership: (id: ID, body: MembershipEdit) =>
      http('patch', `${at}/membership`, { path: { id }, body }),
    setNickname: (id: ID, nickname: string) =>
      http('patch', `${at}/members/me`, { path: { id }, body: { nickname } }),

    members: (id: ID, query: MemberQuery) => http('get', `${at}/members`, { path: { id }, query }),
    membersById: async (id: ID, ids: readonly ID[]) =>
      (await http('get', `${at}/members`, { path: { id }, query: { ids: [...ids] } })).members,
    addMembers: (id: ID, accountIds: ID[]) =>
      http('post', `${at}/members`, { path: { id }, body: { accountIds } }),
    updateMember: (id: ID, accountId: ID, body: MemberEdit) =>
      http('patch', `${at}/members/{accountId}`, { path: { id, accountId }, body }),
    removeMember: (id: ID, accountId: ID) =>
      http('delete', `${at}/members/{accountId}`, { path: { id, accountId } }),
    leaveGroup: (id: ID) => http('delete', `${at}/members/me`, { path: { id } }),
    handOver: (id: ID, accountId: ID) => http('post', `${at}/owner`, { path: { id }, body: { accountId } }),

    commonGroups: (accountId: ID, cursor?: string) =>
      http('get', '/api/v1/accounts/{id}/groups', {
        path: { id: accountId },
        query: cursor ? { cursor } : {},
      }),
    findGroups: async (query: string) =>
      (await http('post', '/api/v1/group-lookups', { body: { query } })).groups,
    askToJoin: (id: ID, greeting: string) =>
      http('post', `${at}/join-requests`, { path: { id }, body: { greeting } }),
    joinRequests: async (id: ID) => (await http('get', `${at}/join-requests`, { path: { id } })).joinRequests,
    answerJoinRequest: (id: ID, requestId: ID, answer: 'accept' | 'decline' | 'withdraw') =>
      http('post', `${at}/join-requests/{requestId}/${answer}`, { path: { id, requestId } }),
    acceptInvitation: (id: ID) => http('post', '/api/v1/group-invitations/{id}/accept', { path: { id } }),
    declineInvitation: (id: ID) => http('post', '/api/v1/group-invitations/{id}/decline', { path: { id } }),

    createLink: (id: ID, body: NewLink) => http('post', `${at}/links`, { path: { id }, body }),
    links: async (id: ID) => (await http('get', `${at}/links`, { path: { id } })).links,
    revokeLink: (id: ID, linkId: ID) => http('delete', `${at}/links/{linkId}`, { path: { id, linkId } }),
    lookUpLink: (token: string) => http('post', '/api/v1/group-link-lookups', { body: { token } }),
    useLink: (token: string, greeting: string) =>
      http('post', '/api/v1/group-link-uses', { body: { token, greeting } }),
  }
}
