// Every operation that the app does over HTTP, by noun. What is live goes over the socket (socket.ts).
import { accountOperations } from './account-operations'
import { groupOperations } from './group-operations'
import { identityOperations } from './identity-operations'
import { stickerOperations } from './sticker-operations'
import { consoleOperations } from './console-operations'
import { passkeyOperations } from './passkey-operations'
import { type PutOptions, putBytes } from './uploads'
import type { Http } from './http'
import type {
  AccountEdit,
  Activation,
  AskFriend,
  ID,
  MessageQuery,
  PasswordChange,
  PushSubscriptionPlace,
  Registration,
  ResetConfirmation,
  Setup,
  SignIn,
} from './types'

export type Api = ReturnType<typeof createApi>

export function createApi(http: Http) {
  return {
    ...consoleOperations(http),

    server: () => http('get', '/api/v1/server'),

    setUp: (body: Setup) => http('post', '/api/v1/setup', { body }),
    register: (body: Registration) => http('post', '/api/v1/registrations', { body }),
    resendActivation: (email: string) => http('post', '/api/v1/activation-mails', { body: { email } }),
    activate: (body: Activation) => http('post', '/api/v1/activations', { body }),

    signIn: (body: SignIn) => http('post', '/api/v1/sessions', { body }),
    signOut: () => http('delete', '/api/v1/sessions/current'),
    sessions: async () => (await http('get', '/api/v1/sessions')).sessions,
    endSession: (id: ID) => http('delete', '/api/v1/sessions/{id}', { path: { id } }),
    endOtherSessions: () => http('delete', '/api/v1/sessions'),

    subscribePush: (body: PushSubscriptionPlace) => http('put', '/api/v1/sessions/current/push', { body }),
    unsubscribePush: () => http('delete', '/api/v1/sessions/current/push'),

    account: () => http('get', '/api/v1/account'),
    updateAccount: (body: AccountEdit) => http('patch', '/api/v1/account', { body }),
    changePassword: (body: PasswordChange) => http('put', '/api/v1/account/password', { body }),
    requestPasswordReset: (email: string) => http('post', '/api/v1/password-resets', { body: { email } }),
    confirmPasswordReset: (body: ResetConfirmation) =>
      http('post', '/api/v1/password-resets/confirmations', { body }),

    lookup: async (query: string) =>
      (await http('post', '/api/v1/account-lookups', { body: { query } })).account,
    setRemark: (id: ID, remark: string) =>
      http('patch', '/api/v1/contacts/{id}', { path: { id }, body: { remark } }),
    removeContact: (id: ID) => http('delete', '/api/v1/contacts/{id}', { path: { id } }),
    block: (id: ID) => http('put', '/api/v1/blocks/{id}', { path: { id } }),
    unblock: (id: ID) => http('delete', '/api/v1/blocks/{id}', { path: { id } }),

    askFriend: (body: AskFriend) => http('post', '/api/v1/friend-requests', { body }),
    acceptRequest: (id: ID, remark?: string) =>
      http('post', '/api/v1/friend-requests/{id}/accept', {
        path: { id },
        body: remark === undefined ? {} : { remark },
      }),
    declineRequest: (id: ID) => http('post', '/api/v1/friend-requests/{id}/decline', { path: { id } }),
    withdrawRequest: (id: ID) => http('post', '/api/v1/friend-requests/{id}/withdraw', { path: { id } }),

    ...accountOperations(http),
    ...passkeyOperations(http),
    ...identityOperations(http),
    ...groupOperations(http),
    ...stickerOperations(http),

    createUpload: (name: string, size: number) => http('post', '/api/v1/uploads', { body: { name, size } }),
    upload: (id: string) => http('get', '/api/v1/uploads/{id}', { path: { id } }),
    putUpload: (id: string, offset: number, bytes: Blob, options?: PutOptions) =>
      putBytes(`/api/v1/uploads/${encodeURIComponent(id)}`, offset, bytes, options),
    cancelUpload: (id: string) => http('delete', '/api/v1/uploads/{id}', { path: { id } }),

    openConversation: (accountId: ID) => http('post', '/api/v1/conversations', { body: { accountId } }),
    messages: (id: ID, query: MessageQuery) =>
      http('get', '/api/v1/conversations/{id}/messages', { path: { id }, query }),
  }
}
