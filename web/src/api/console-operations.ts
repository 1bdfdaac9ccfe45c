// What owners of the server see and do, and what everybody tells them.
import type { Http } from './http'
import type { paths } from './schema.gen'
import type { ID } from './types'

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? Q : never

export function consoleOperations(http: Http) {
  return {
    giveFeedback: (body: string, picture?: string) =>
      http('post', '/api/v1/feedback', { body: picture === undefined ? { body } : { body, picture } }),
    feedback: async () => (await http('get', '/api/v1/feedback')).feedback,
    report: (body: { accountId?: ID; conversationId?: ID; seq?: number; body: string }) =>
      http('post', '/api/v1/reports', { body }),

    consolePeople: (query: Query<'/api/v1/console/people'>) =>
      http('get', '/api/v1/console/people', { query }),
    consolePerson: (id: ID) => http('get', '/api/v1/console/people/{id}', { path: { id } }),
    disablePerson: (id: ID) => http('post', '/api/v1/console/people/{id}/disable', { path: { id } }),
    enablePerson: (id: ID) => http('post', '/api/v1/console/people/{id}/enable', { path: { id } }),
    signOutPerson: (id: ID) => http('post', '/api/v1/console/people/{id}/sign-out', { path: { id } }),
    sendReset: (id: ID) => http('post', '/api/v1/console/people/{id}/send-reset', { path: { id } }),
    makeOwner: (id: ID) => http('post', '/api/v1/console/people/{id}/make-owner', { path: { id } }),
    makeUser: (id: ID) => http('post', '/api/v1/console/people/{id}/make-user', { path: { id } }),
    consoleGroups: (query: Query<'/api/v1/console/groups'>) =>
      http('get', '/api/v1/console/groups', { query }),
    dissolveForAll: (id: ID) => http('delete', '/api/v1/console/groups/{id}', { path: { id } }),
    consoleFeedback: (query: Query<'/api/v1/console/feedback'>) =>
      http('get', '/api/v1/console/feedback', { query }),
    answerFeedback: (id: ID, answer: string) =>
      http('post', '/api/v1/console/feedback/{id}/answer', { path: { id }, body: { answer } }),
    closeFeedback: (id: ID) => http('post', '/api/v1/console/feedback/{id}/close', { path: { id } }),
    reopenFeedback: (id: ID) => http('post', '/api/v1/console/feedback/{id}/reopen', { path: { id } }),
    consoleSignIns: (query: Query<'/api/v1/console/sign-ins'>) =>
      http('get', '/api/v1/console/sign-ins', { query }),
    consoleAudit: (query: Query<'/api/v1/console/audit'>) => http('get', '/api/v1/console/audit', { query }),
    consoleStatistics: (days: number) => http('get', '/api/v1/console/statistics', { query: { days } }),
    consoleStorage: () => http('get', '/api/v1/console/storage'),
  }
}
