// The client's copy of what the server knows: holds the state, lets deltas through the reducers, hands
// every change to the cache, and says what changed. Knows no network.
import type {
  Account,
  Card,
  Contact,
  ConversationDelta,
  FavouriteSticker,
  FriendRequest,
  ID,
  Invitation,
  JoinRequest,
  Membership,
  StickerPack,
  UserDelta,
} from '@/api/types'
import type { Cache, CachedState } from './cache'
import type { ChangeCollector } from './changes'
import {
  type ConversationChange,
  hasGap,
  type Origin,
  raiseRead,
  reduceConversation,
  reduceUser,
  type UserChange,
} from './reduce'
import { type ConversationState, emptyConversation, emptyUser, type UserState } from './state'

export interface ReplicaOptions {
  cache: Cache
  changes: ChangeCollector
  /** Called for every delta of a conversation, after it is applied. */
  applied: (change: ConversationChange, origin: Origin) => void
  /** I am in this conversation no more; nothing is known of it any longer. */
  left: (id: ID) => void
}

export class Replica {
  user: UserState = emptyUser
  private readonly states = new Map<ID, ConversationState>()
  /** Names of people who are no contacts, as last seen. */
  private readonly cards = new Map<ID, Card>()

  constructor(
    readonly me: ID,
    private readonly options: ReplicaOptions,
  ) {}

  get conversations(): ReadonlyMap<ID, ConversationState> {
    return this.states
  }

  restore(cached: CachedState): void {
    this.user = cached.user
    for (const [id, state] of cached.conversations) this.states.set(id, state)
    const { open } = this.options.changes
    open.account = open.friendRequests = open.joining = open.stickers = true
    for (const id of this.user.contacts.keys()) open.people.add(id)
    for (const request of this.user.friendRequests.values()) this.see(request.from, request.to)
    for (const invitation of this.user.invitations.values()) this.see(invitation.from)
    for (const [id, state] of this.states) {
      // Left just before this device was closed.
      if (this.hasLeft(id)) {
        this.forget(id)
        continue
      }
      open.conversations.add(id)
      for (const member of state.members.values()) this.see(member.account)
    }
  }

  conversation(id: ID): ConversationState {
    return this.states.get(id) ?? emptyConversation(id)
  }

  /** The newest that is known of somebody's names. */
  card(id: ID): Card | null {
    return (
      this.user.contacts.get(id)?.account ??
      (id === this.me ? this.user.account : null) ??
      this.cards.get(id) ??
      null
    )
  }

  applyUser(delta: UserDelta, origin: Origin): void {
    const change = reduceUser(this.user, delta, origin)
    this.takeUser(change)
    for (const { conversationId, state } of change.memberships) {
      if (state !== 'left') continue
      this.forget(conversationId)
      this.options.left(conversationId)
    }
  }

  private hasLeft(id: ID): boolean {
    return this.user.memberships.get(id)?.state === 'left'
  }

  applyConversation(delta: ConversationDelta, origin: Origin): void {
    const id = delta.conversationId
    // Words from a conversation that I have left come late: nothing of it stays.
    if (!this.states.has(id) && this.hasLeft(id)) return
    this.take(delta, origin)
  }

  private take(delta: ConversationDelta, origin: Origin): void {
    const id = delta.conversationId
    const change = reduceConversation(this.conversation(id), delta, origin, this.me)
    this.states.set(id, change.state)
    this.options.cache.saveConversation(change)
    this.options.changes.open.conversations.add(id)
    if (change.members.length > 0) this.options.changes.open.members.add(id)
    for (const member of change.members) this.see(member.account)
    this.options.applied(change, origin)
  }

  /** An answer that is a row of its own. */
  acceptContact(contact: Contact): void {
    this.applyUser({ version: 0, contacts: [contact] }, 'rows')
  }

  acceptRequest(request: FriendRequest): void {
    this.applyUser({ version: 0, friendRequests: [request] }, 'rows')
  }

  acceptMembership(membership: Membership): void {
    this.applyUser({ version: 0, memberships: [membership] }, 'rows')
  }

  acceptJoinRequest(joinRequest: JoinRequest): void {
    this.applyUser({ version: 0, joinRequests: [joinRequest] }, 'rows')
  }

  acceptInvitation(invitation: Invitation): void {
    this.applyUser({ version: 0, invitations: [invitation] }, 'rows')
  }

  acceptPack(pack: StickerPack): void {
    this.applyUser({ version: 0, stickerPacks: [pack] }, 'rows')
  }

  acceptFavourite(favourite: FavouriteSticker): void {
    this.applyUser({ version: 0, favouriteStickers: [favourite] }, 'rows')
  }

  acceptAccount(account: Account): void {
    this.applyUser({ version: 0, account }, 'rows')
  }

  /** A conversation that I asked for, perhaps one that I had left. */
  acceptConversation(delta: ConversationDelta): void {
    const known = this.conversation(delta.conversationId).version > 0
    this.take(delta, known ? 'rows' : 'sync')
  }

  raiseRead(conversationId: ID, seq: number): void {
    this.takeUser(raiseRead(this.user, conversationId, seq))
  }

  forget(id: ID): void {
    if (!this.states.delete(id)) return
    this.options.cache.forget(id)
    this.options.changes.open.conversations.add(id)
  }

  /** Back to knowing nothing, because the server knows less than this copy does. */
  reset(): void {
    const { open } = this.options.changes
    open.account = open.friendRequests = open.joining = open.stickers = true
    for (const id of this.user.contacts.keys()) open.people.add(id)
    for (const id of this.states.keys()) open.conversations.add(id)
    this.user = emptyUser
    this.states.clear()
    this.options.cache.clear()
  }

  /** Whether anything is known to be missing. */
  get incomplete(): boolean {
    if (hasGap(this.user)) return true
    for (const state of this.states.values()) if (hasGap(state)) return true
    for (const { conversationId, state } of this.user.memberships.values()) {
      if (state === 'member' && this.conversation(conversationId).version === 0) return true
    }
    return false
  }

  private takeUser(change: UserChange): void {
    this.user = change.state
    this.options.cache.saveUser(change)
    const { open } = this.options.changes
    open.account ||= change.account
    if (change.account) open.people.add(this.me)
    for (const contact of change.contacts) open.people.add(contact.account.id)
    for (const request of change.friendRequests) {
      open.friendRequests = true
      this.see(request.from, request.to)
    }
    open.joining ||= change.joinRequests.length > 0 || change.invitations.length > 0
    open.stickers ||= change.stickerPacks.length > 0 || change.favouriteStickers.length > 0
    for (const invitation of change.invitations) this.see(invitation.from)
    for (const membership of change.memberships) open.conversations.add(membership.conversationId)
  }

  private see(...cards: Card[]): void {
    for (const card of cards) {
      this.cards.set(card.id, card)
      this.options.changes.open.people.add(card.id)
    }
  }
}
