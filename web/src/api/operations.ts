// Every operation that the app does over HTTP, by noun. What is live goes over the socket (socket.ts).
import type { Http } from './http'
import type {
  Account,
  Card,
  Contact,
  ConversationDelta,
  Delivery,
  FriendRequest,
  ID,
  Language,
  MessagePage,
  MessageQuery,
  ServerInfo,
  Session,
  SignedIn,
} from './types'

export interface NewAccount {
  username: string
  email: string
  password: string
  name?: string
  language: Language
}

export interface Credentials {
  login: string
  password: string
  remember: boolean
  use?: 'cookie' | 'bearer'
}

export interface Mailed {
  delivery: Delivery
}

export type Api = ReturnType<typeof createApi>

export function createApi(http: Http) {
  const get = <T>(path: string, query?: Record<string, string | number | undefined>) =>
    http({ method: 'GET', path, ...(query ? { query } : {}) }) as Promise<T>
  const post = <T>(path: string, body: unknown = {}) => http({ method: 'POST', path, body }) as Promise<T>
  const put = <T>(path: string, body: unknown = {}) => http({ method: 'PUT', path, body }) as Promise<T>
  const patch = <T>(path: string, body: unknown) => http({ method: 'PATCH', path, body }) as Promise<T>
  const del = <T>(path: string) => http({ method: 'DELETE', path }) as Promise<T>
  const at = encodeURIComponent

  return {
    server: () => get<ServerInfo>('/server'),

    setUp: (owner: NewAccount & { token: string }) => post<SignedIn>('/setup', owner),
    register: (account: NewAccount) => post<Mailed>('/registrations', account),
    resendActivation: (email: string) => post<Mailed>('/activation-mails', { email }),
    activate: (activation: { token: string; username?: string }) =>
      post<SignedIn>('/activations', activation),

    signIn: (credentials: Credentials) => post<SignedIn>('/sessions', credentials),
    signOut: () => del<undefined>('/sessions/current'),
    sessions: async () => (await get<{ sessions: Session[] }>('/sessions')).sessions,
    endSession: (id: ID) => del<undefined>(`/sessions/${at(id)}`),
    endOtherSessions: () => del<undefined>('/sessions'),

    account: () => get<Account>('/account'),
    updateAccount: (change: { name?: string; language?: Language }) => patch<Account>('/account', change),
    changePassword: (change: { current: string; new: string }) => put<undefined>('/account/password', change),
    requestPasswordReset: (email: string) => post<Mailed>('/password-resets', { email }),
    confirmPasswordReset: (reset: { token: string; password: string }) =>
      post<undefined>('/password-resets/confirmations', reset),

    lookup: async (query: string) => (await post<{ account: Card }>('/account-lookups', { query })).account,
    setRemark: (accountId: ID, remark: string) => patch<Contact>(`/contacts/${at(accountId)}`, { remark }),
    removeContact: (accountId: ID) => del<Contact>(`/contacts/${at(accountId)}`),
    block: (accountId: ID) => put<Contact>(`/blocks/${at(accountId)}`),
    unblock: (accountId: ID) => del<Contact>(`/blocks/${at(accountId)}`),

    askFriend: (request: { accountId: ID; greeting?: string; remark?: string }) =>
      post<FriendRequest>('/friend-requests', request),
    acceptRequest: (id: ID, remark?: string) =>
      post<FriendRequest>(`/friend-requests/${at(id)}/accept`, remark === undefined ? {} : { remark }),
    declineRequest: (id: ID) => post<FriendRequest>(`/friend-requests/${at(id)}/decline`),
    withdrawRequest: (id: ID) => post<FriendRequest>(`/friend-requests/${at(id)}/withdraw`),

    openConversation: (accountId: ID) => post<ConversationDelta>('/conversations', { accountId }),
    messages: (conversationId: ID, query: MessageQuery) =>
      get<MessagePage>(`/conversations/${at(conversationId)}/messages`, { ...query }),
  }
}
