// The shapes that the server sends and takes. One definition for the whole web app.

export type ID = string

export interface FieldError {
  location: string
  message: string
}

/** RFC 9457. `code` is stable; `detail` is a sentence that a person can act on. */
export interface Problem {
  type?: string
  title: string
  status: number
  detail: string
  code: string
  errors?: FieldError[]
  /** Seconds to wait before trying again. */
  retryAfter?: number
}

export type Language = 'zh-CN' | 'en'
export type AccountKind = 'person' | 'robot'
export type RequestState = 'pending' | 'accepted' | 'declined' | 'withdrawn'
export type MembershipState = 'member' | 'left'

export interface Card {
  id: ID
  username: string
  name: string
  kind: AccountKind
}

export interface Account extends Card {
  email: string
  role: 'owner' | 'user'
  language: Language
  createdAt: number
  version: number
}

export interface Session {
  id: ID
  device: string
  address: string
  createdAt: number
  lastUsedAt: number
  expiresAt: number
  remember: boolean
  current: boolean
}

export interface Contact {
  account: Card
  state: 'friend' | 'none'
  remark: string
  blocked: boolean
  since: number
  version: number
}

export interface FriendRequest {
  id: ID
  from: Card
  to: Card
  greeting: string
  state: RequestState
  createdAt: number
  answeredAt?: number
  version: number
}

export interface Conversation {
  id: ID
  kind: 'direct'
  version: number
  lastSeq: number
  memberCount: number
  createdAt: number
  lastActivityAt: number
}

export interface Member {
  account: Card
  role: 'owner' | 'admin' | 'member'
  state: MembershipState
  readSeq: number
  joinedAt: number
  version: number
}

export interface Membership {
  conversationId: ID
  state: MembershipState
  readSeq: number
  version: number
}

export interface Message {
  conversationId: ID
  seq: number
  senderId: ID
  clientId: string
  kind: 'text'
  body: string
  createdAt: number
  version: number
}

export interface ConversationDelta {
  conversationId: ID
  version: number
  truncated?: boolean
  conversation?: Conversation
  members?: Member[]
  messages?: Message[]
}

export interface UserDelta {
  version: number
  account?: Account
  contacts?: Contact[]
  friendRequests?: FriendRequest[]
  memberships?: Membership[]
}

export interface SyncRequest {
  user: number
  conversations: { id: ID; version: number }[]
  messages?: number
}

export interface SyncResult {
  user: UserDelta
  conversations: ConversationDelta[]
  more: boolean
  online: ID[]
  serverTime: number
}

export interface MessagePage {
  messages: Message[]
  lastSeq: number
  version: number
}

export interface MessageQuery {
  before?: number
  after?: number
  limit?: number
}

export interface Presence {
  accountId: ID
  online: boolean
}

export type EndReason = 'revoked' | 'signed_out' | 'disabled' | 'password_changed'

/** What the server tells without being asked. */
export interface SocketEvents {
  'user.changed': UserDelta
  'conversation.changed': ConversationDelta
  'presence.changed': Presence
  typing: { conversationId: ID; accountId: ID }
  'session.ended': { reason: EndReason }
}

/** What a client can ask over the socket, and what it gets. */
export interface SocketCommands {
  sync: { request: SyncRequest; result: SyncResult }
  'conversation.open': { request: { accountId: ID }; result: ConversationDelta }
  'message.send': {
    request: { conversationId: ID; clientId: string; body: string }
    result: ConversationDelta
  }
  'message.list': { request: { conversationId: ID } & MessageQuery; result: MessagePage }
  'conversation.read': { request: { conversationId: ID; seq: number }; result: Membership }
  'conversation.typing': { request: { conversationId: ID }; result: Record<string, never> }
}

export type CommandName = keyof SocketCommands
export type EventName = keyof SocketEvents

export type Delivery = 'smtp' | 'outbox'

export interface ServerInfo {
  name: string
  version: string
  registration: 'open' | 'closed'
  mail: Delivery
  setup: boolean
  limits: { messageBody: number }
}

export interface SignedIn {
  account: Account
  session: Session
  token?: string
}
