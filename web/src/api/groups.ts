// The shapes of groups as the contract has them.
import type { components } from './schema.gen'

type Schemas = components['schemas']
type ID = string
type MembershipRow = Schemas['Membership']

export interface Card extends Omit<Schemas['Card'], 'kind'> {
  kind: 'person' | 'robot'
  avatar?: string
}

export interface Announcement {
  number: number
  body: string
  authorId: ID
  createdAt: number
}

export interface Group {
  name: string
  number: string
  avatar?: string
  announcement?: Announcement
  joinPolicy: 'request' | 'invite'
  muted: boolean
  joinRequests: number
  state: 'active' | 'dissolved'
}

export interface Conversation extends Omit<Schemas['Conversation'], 'kind'> {
  kind: 'direct' | 'group'
  group?: Group
}

export interface Member extends Omit<Schemas['Member'], 'account'> {
  account: Card
  nickname?: string
  mutedUntil?: number
}

export interface Membership extends MembershipRow {
  remark?: string
  notify?: 'all' | 'none'
  pinnedAt?: number
  announcementSeen?: number
  leftReason?: 'removed' | 'quit' | 'dissolved'
}

export type NoticeEvent =
  | 'group.created'
  | 'member.added'
  | 'member.joined'
  | 'member.removed'
  | 'member.quit'
  | 'group.renamed'
  | 'group.avatar'
  | 'announcement.changed'
  | 'role.changed'
  | 'owner.changed'
  | 'member.muted'
  | 'member.unmuted'
  | 'group.muted'
  | 'group.unmuted'
  | 'group.dissolved'

export interface Notice {
  event: NoticeEvent
  accountIds: ID[]
  text?: string
  role?: 'owner' | 'admin' | 'member'
  until?: number
  via?: 'link' | 'request' | 'invitation'
}

export interface Message extends Omit<Schemas['Message'], 'kind'> {
  kind: 'text' | 'notice' | 'sticker'
  notice?: Notice
  mentions?: ID[]
  mentionsAll?: boolean
}

export interface GroupCard {
  id: ID
  name: string
  number: string
  avatar?: string
  memberCount: number
}

export interface JoinRequest {
  id: ID
  conversation: GroupCard
  greeting: string
  state: 'pending' | 'accepted' | 'declined' | 'withdrawn'
  createdAt: number
  version: number
  /** Only in the list that admins get. */
  from?: Card
  via?: 'link' | 'number'
}

export interface Invitation {
  id: ID
  conversation: GroupCard
  from: Card
  state: 'pending' | 'accepted' | 'declined' | 'withdrawn'
  createdAt: number
  version: number
}

export interface GroupLink {
  id: ID
  url?: string
  token?: string
  expiresAt?: number
  maxUses?: number
  uses: number
  approval: boolean
  createdBy: Card
  createdAt: number
}

export interface ConversationDelta extends Omit<
  Schemas['ConversationDelta'],
  'conversation' | 'members' | 'messages'
> {
  conversation?: Conversation
  members?: Member[]
  membersTruncated?: boolean
  messages?: Message[]
}

export interface UserDelta extends Omit<Schemas['UserDelta'], 'memberships'> {
  memberships?: Membership[]
  joinRequests?: JoinRequest[]
  invitations?: Invitation[]
}

export interface MessagePage extends Omit<Schemas['MessagePage'], 'messages'> {
  messages: Message[]
}

export interface SyncResult extends Omit<Schemas['SyncResult'], 'user' | 'conversations'> {
  user: UserDelta
  conversations: ConversationDelta[]
}

export interface MemberPage {
  members: Member[]
  nextCursor?: string
  total: number
}

export interface MemberQuery {
  cursor?: string
  limit?: number
  query?: string
  role?: 'owner' | 'admin' | 'member'
}

export interface NewGroup {
  name: string
  avatar?: string
  announcement?: string
  members: ID[]
}

export interface GroupEdit {
  name?: string
  avatar?: string
  joinPolicy?: Group['joinPolicy']
  muted?: boolean
}

export interface MembershipEdit {
  remark?: string
  notify?: 'all' | 'none'
  pinned?: boolean
  announcementSeen?: number
}

export interface MemberEdit {
  role?: 'admin' | 'member'
  mutedUntil?: number
}

export interface NewLink {
  expiresIn?: number
  maxUses?: number
  approval: boolean
}

export interface LinkLookup {
  group: GroupCard
  approval: boolean
  member: boolean
}

export interface LinkUse {
  delta?: ConversationDelta
  joinRequest?: JoinRequest
}
