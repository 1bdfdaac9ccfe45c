// A server as the protocol describes it, in memory: scopes with versions, dense seq, clientIds. It is
// what the client is measured against, so it is written to be obviously right, not to be fast.
import { ProblemError } from '@/api/problem'
import type {
  Card,
  CommandName,
  Contact,
  Conversation,
  ConversationDelta,
  EventName,
  FriendRequest,
  ID,
  Invitation,
  JoinRequest,
  Member,
  Membership,
  Message,
  MessagePage,
  SocketCommands,
  SocketEvents,
  SyncRequest,
  SyncResult,
  UserDelta,
} from '@/api/types'
import { MOST_KNOWN_TO_ALL } from '../reduce'
import { ModelGroups, noMembership, present } from './model-groups'

export interface UserScope {
  card: Card
  version: number
  contacts: Map<ID, Contact>
  requests: Map<ID, FriendRequest>
  memberships: Map<ID, Membership>
  joinRequests: Map<ID, JoinRequest>
  invitations: Map<ID, Invitation>
}

export interface ConversationScope {
  version: number
  row: Conversation
  members: Map<ID, Member>
  messages: Message[]
}

export type Deliver = <K extends EventName>(name: K, payload: SocketEvents[K]) => void

function refuse(status: number, code: string): ProblemError {
  return new ProblemError({ status, code, title: code, detail: code })
}

export class ModelServer {
  readonly users = new Map<ID, UserScope>()
  readonly conversations = new Map<ID, ConversationScope>()
  private readonly subscribers = new Set<{ accountId: ID; deliver: Deliver }>()
  readonly groups: ModelGroups
  private nextId = 1000

  constructor(
    readonly now: () => number,
    /** More changed messages than this, and the answer is truncated. */
    private readonly mostMissed = 15,
    private readonly conversationsPerAnswer = 2,
    mostMemberChanges?: number,
  ) {
    this.groups = new ModelGroups(this, mostMemberChanges)
  }

  newId(): ID {
    return String(this.nextId++)
  }

  subscribe(accountId: ID, deliver: Deliver): () => void {
    const subscriber = { accountId, deliver }
    this.subscribers.add(subscriber)
    return () => this.subscribers.delete(subscriber)
  }

  publish<K extends EventName>(to: Iterable<ID>, name: K, payload: SocketEvents[K]): void {
    const receivers = new Set(to)
    for (const { accountId, deliver } of this.subscribers) {
      if (receivers.has(accountId)) deliver(name, structuredClone(payload))
    }
  }

  addAccount(id: ID): void {
    const card: Card = { id, username: `user${id}`, name: `Name ${id}`, kind: 'person' }
    this.users.set(id, {
      card,
      version: 1,
      contacts: new Map(),
      requests: new Map(),
      memberships: new Map(),
      joinRequests: new Map(),
      invitations: new Map(),
    })
  }

  user(id: ID): UserScope {
    const user = this.users.get(id)
    if (!user) throw refuse(404, 'account.not_found')
    return user
  }

  scope(id: ID, accountId?: ID): ConversationScope {
    const scope = this.conversations.get(id)
    if (!scope || (accountId && scope.members.get(accountId)?.state !== 'member'))
      throw refuse(404, 'conversation.not_found')
    return scope
  }

  /** One change of a user's scope. */
  changeUser(id: ID, change: (user: UserScope, version: number) => Omit<UserDelta, 'version'>): void {
    const user = this.user(id)
    user.version++
    this.publish([id], 'user.changed', { version: user.version, ...change(user, user.version) })
  }

  private setContact(id: ID, other: ID, part: Partial<Contact>): void {
    this.changeUser(id, (user, version) => {
      const old = user.contacts.get(other)
      const fresh = { state: 'none' as const, remark: '', blocked: false, since: 0 }
      const contact: Contact = { ...fresh, ...old, ...part, account: this.user(other).card, version }
      user.contacts.set(other, contact)
      return { contacts: [contact] }
    })
  }

  ask(from: ID, to: ID): FriendRequest {
    const id = this.newId()
    const cards = { from: this.user(from).card, to: this.user(to).card }
    const base = { id, ...cards, greeting: 'hello', state: 'pending' as const, createdAt: this.now() }
    for (const side of [from, to]) {
      this.changeUser(side, (user, version) => {
        user.requests.set(id, { ...base, version })
        return { friendRequests: [{ ...base, version }] }
      })
    }
    return { ...base, version: this.user(from).version }
  }

  /** Several rows of one scope in one change, and the conversation at once. */
  accept(requestId: ID, accepter: ID): void {
    const request = this.user(accepter).requests.get(requestId)
    if (request?.state !== 'pending') throw refuse(409, 'request.answered')
    const conversationId = this.direct(request.from.id, request.to.id)
    for (const [side, other] of [
      [request.from, request.to],
      [request.to, request.from],
    ] as const) {
      this.changeUser(side.id, (user, version) => {
        const answered = { ...request, state: 'accepted' as const, answeredAt: this.now(), version }
        const old = user.contacts.get(other.id)
        const fresh = { remark: '', blocked: false }
        const contact: Contact = {
          ...fresh,
          ...old,
          account: other,
          state: 'friend',
          since: this.now(),
          version,
        }
        const known = user.memberships.get(conversationId)
        const membership: Membership = known ?? { ...noMembership, conversationId, version }
        user.requests.set(requestId, answered)
        user.contacts.set(other.id, contact)
        user.memberships.set(conversationId, membership)
        return { friendRequests: [answered], contacts: [contact], memberships: [membership] }
      })
    }
  }

  remark(id: ID, other: ID, remark: string): void {
    this.setContact(id, other, { remark })
  }

  unfriend(id: ID, other: ID): void {
    this.setContact(id, other, { state: 'none', remark: '' })
    this.setContact(other, id, { state: 'none', remark: '' })
  }

  direct(a: ID, b: ID): ID {
    for (const [id, { row, members }] of this.conversations) {
      if (row.kind === 'direct' && members.has(a) && members.has(b)) return id
    }
    const id = this.newId()
    const at = this.now()
    const row: Conversation = {
      id,
      kind: 'direct',
      version: 1,
      lastSeq: 0,
      memberCount: 2,
      createdAt: at,
      lastActivityAt: at,
    }
    const members = [a, b].map((account): [ID, Member] => [
      account,
      {
        account: this.user(account).card,
        role: 'member',
        state: 'member',
        nickname: '',
        mutedUntil: 0,
        readSeq: 0,
        joinedAt: at,
        version: 1,
      },
    ])
    const scope: ConversationScope = { version: 1, row, members: new Map(members), messages: [] }
    this.conversations.set(id, scope)
    this.publish([a, b], 'conversation.changed', {
      conversationId: id,
      version: 1,
      conversation: row,
      members: [...scope.members.values()],
    })
    return id
  }

  send(
    sender: ID,
    conversationId: ID,
    clientId: string,
    body: string,
    mentions: Pick<Message, 'mentions' | 'mentionsAll'> = {},
  ): ConversationDelta {
    const scope = this.scope(conversationId, sender)
    const known = scope.messages.find((one) => one.senderId === sender && one.clientId === clientId)
    if (known) return { conversationId, version: known.version, messages: [known] }
    if (body.startsWith('refuse')) throw refuse(403, 'conversation.not_allowed')
    if (scope.row.group?.muted && scope.members.get(sender)?.role === 'member')
      throw refuse(403, 'group.muted')
    scope.version++
    const message = this.append(scope, sender, clientId, { body, ...mentions })
    const delta: ConversationDelta = { conversationId, version: scope.version, messages: [message] }
    this.publish(present(scope), 'conversation.changed', delta)
    return delta
  }

  /** The message that belongs to the version just begun. */
  append(scope: ConversationScope, sender: ID, clientId: string, part: Partial<Message>): Message {
    const message: Message = {
      conversationId: scope.row.id,
      seq: scope.messages.length + 1,
      senderId: sender,
      clientId,
      kind: part.notice ? 'notice' : 'text',
      body: '',
      createdAt: this.now(),
      version: scope.version,
      ...part,
    }
    scope.messages.push(message)
    const { lastSeq, lastActivityAt } = { lastSeq: message.seq, lastActivityAt: message.createdAt }
    scope.row = { ...scope.row, lastSeq, lastActivityAt, version: scope.version }
    const member = scope.members.get(sender)
    if (member) scope.members.set(sender, { ...member, readSeq: message.seq, version: scope.version })
    return message
  }

  /** No operation of today, but what a change of an old message will be. */
  edit(conversationId: ID, seq: number, body: string): void {
    const scope = this.scope(conversationId)
    const old = scope.messages[seq - 1]
    if (!old) return
    scope.version++
    const message = { ...old, body, version: scope.version }
    scope.messages[seq - 1] = message
    const delta = { conversationId, version: scope.version, messages: [message] }
    this.publish(present(scope), 'conversation.changed', delta)
  }

  read(reader: ID, conversationId: ID, seq: number): Membership {
    const scope = this.scope(conversationId, reader)
    const member = scope.members.get(reader)
    const reached = Math.min(seq, scope.messages.length)
    const membership = this.user(reader).memberships.get(conversationId)
    if (!member || !membership) throw refuse(404, 'conversation.not_found')
    if (Math.max(member.readSeq, membership.readSeq) >= reached) return membership
    // In a large conversation nobody is told.
    if (scope.row.memberCount <= MOST_KNOWN_TO_ALL) {
      scope.version++
      const row = { ...member, readSeq: reached, version: scope.version }
      scope.members.set(reader, row)
      const delta = { conversationId, version: scope.version, members: [row] }
      this.publish(present(scope), 'conversation.changed', delta)
    }
    this.changeUser(reader, (user, version) => {
      const next = { ...membership, readSeq: reached, version }
      user.memberships.set(conversationId, next)
      return { memberships: [next] }
    })
    return this.user(reader).memberships.get(conversationId) ?? membership
  }

  list(
    accountId: ID,
    conversationId: ID,
    query: { before?: number; after?: number; limit?: number },
  ): MessagePage {
    const scope = this.scope(conversationId, accountId)
    const { before, after, limit = 50 } = query
    const page =
      after === undefined
        ? scope.messages.filter((one) => one.seq < (before ?? Infinity)).slice(-limit)
        : scope.messages.filter((one) => one.seq > after).slice(0, limit)
    return { messages: page, lastSeq: scope.messages.length, version: scope.version }
  }

  sync(accountId: ID, request: SyncRequest): SyncResult {
    const user = this.user(accountId)
    const newer = <Row extends { version: number }>(rows: Iterable<Row>) =>
      [...rows].filter((row) => row.version > request.user)
    const fresh = request.user === 0
    const contacts = newer(user.contacts.values()).filter(
      (row) => !fresh || row.state === 'friend' || row.blocked,
    )
    const named = new Map(request.conversations.map(({ id, version }) => [id, version]))
    const due = [...user.memberships.values()]
      .filter((row) => row.state === 'member')
      .map(({ conversationId }) => this.scope(conversationId))
      .filter((scope) => named.get(scope.row.id) !== scope.version)
      .sort((a, b) => b.row.lastActivityAt - a.row.lastActivityAt || (a.row.id < b.row.id ? -1 : 1))
    const now = due.slice(0, this.conversationsPerAnswer)
    const { card } = user
    return structuredClone({
      accountId,
      user: {
        version: user.version,
        ...(request.user === 0
          ? {
              account: {
                ...card,
                email: 'x@example.org',
                role: 'user' as const,
                hasPassword: true,
                language: 'en' as const,
                createdAt: 1,
                version: 1,
              },
            }
          : {}),
        contacts,
        friendRequests: newer(user.requests.values()),
        memberships: newer(user.memberships.values()),
        joinRequests: newer(user.joinRequests.values()),
        invitations: newer(user.invitations.values()),
      },
      conversations: now.map((scope) =>
        this.since(accountId, scope, named.get(scope.row.id), request.messages ?? 20),
      ),
      more: due.length > now.length,
      online: [],
      serverTime: this.now(),
    })
  }

  private since(
    accountId: ID,
    scope: ConversationScope,
    known: number | undefined,
    page: number,
  ): ConversationDelta {
    const version = scope.version
    const changed = scope.messages.filter((one) => known !== undefined && one.version > known)
    const truncated = known === undefined || known > version || changed.length > this.mostMissed
    const messages = truncated ? scope.messages.slice(-Math.min(page, 10)) : changed
    const senders = new Set(messages.map(({ senderId }) => senderId))
    return {
      conversationId: scope.row.id,
      version,
      conversation: scope.row,
      ...this.groups.membersSince(scope, accountId, known, senders),
      ...(truncated ? { truncated } : {}),
      messages,
    }
  }

  /** Answers a command as the socket would. */
  answer<K extends CommandName>(
    accountId: ID,
    name: K,
    request: SocketCommands[K]['request'],
  ): SocketCommands[K]['result'] {
    const commands: {
      [N in CommandName]?: (request: SocketCommands[N]['request']) => SocketCommands[N]['result']
    } = {
      sync: (asked) => this.sync(accountId, asked),
      'conversation.open': (asked) => {
        const scope = this.scope(this.direct(accountId, asked.accountId))
        return this.since(accountId, scope, undefined, 20)
      },
      'message.send': ({ conversationId, clientId, body = '', ...mentions }) =>
        this.send(accountId, conversationId, clientId, body, mentions),
      'message.list': (asked) => this.list(accountId, asked.conversationId, asked),
      'conversation.read': (asked) => this.read(accountId, asked.conversationId, asked.seq),
      'conversation.typing': () => ({}),
    }
    const command = commands[name]
    if (!command) throw refuse(404, 'command.unknown')
    return structuredClone(command(request))
  }
}
