// Groups on the model server: who may do what is the real server's business; here everything is done as asked,
// with the rows, versions and notices that follow from it.
import type {
  Conversation,
  Group,
  ID,
  Invitation,
  JoinRequest,
  Member,
  MemberPage,
  MemberQuery,
  Membership,
  Notice,
} from '@/api/types'
import { MOST_KNOWN_TO_ALL } from '../reduce'
import type { ConversationScope, ModelServer } from './model-server'

/** A membership about which nothing was set. */
export const noMembership: Omit<Membership, 'conversationId' | 'version'> = {
  state: 'member',
  readSeq: 0,
  remark: '',
  notify: 'all',
  pinnedAt: 0,
  announcementSeen: 0,
}

type Rows = Partial<{ conversation: Partial<Conversation>; group: Partial<Group>; members: Member[] }>

export class ModelGroups {
  constructor(
    private readonly server: ModelServer,
    /** More changed member rows than this, and a catch-up carries none. */
    private readonly mostMemberChanges = 200,
  ) {}

  create(owner: ID, name: string, others: readonly ID[]): ID {
    const id = this.server.newId()
    const at = this.server.now()
    const group: Group = {
      name,
      number: id.padStart(8, '1'),
      joinPolicy: 'request',
      muted: false,
      joinRequests: 0,
      state: 'active',
    }
    const row: Conversation = {
      id,
      kind: 'group',
      group,
      version: 0,
      lastSeq: 0,
      memberCount: 0,
      createdAt: at,
      lastActivityAt: at,
    }
    this.server.conversations.set(id, { version: 0, row, members: new Map(), messages: [] })
    const members = [owner, ...others].map((account) => this.fresh(account, 0, account === owner))
    this.change(id, owner, { event: 'group.created', accountIds: [...others], text: name }, { members })
    for (const account of [owner, ...others]) this.enter(account, id)
    return id
  }

  private fresh(account: ID, readSeq: number, owner = false): Member {
    return {
      account: this.server.user(account).card,
      role: owner ? 'owner' : 'member',
      state: 'member',
      nickname: '',
      mutedUntil: 0,
      readSeq,
      joinedAt: this.server.now(),
      version: 0,
    }
  }

  private enter(account: ID, conversationId: ID): void {
    const readSeq = this.server.scope(conversationId).messages.length - 1
    this.setMembership(account, conversationId, { state: 'member', readSeq })
  }

  private setMembership(account: ID, conversationId: ID, part: Partial<Membership>): Membership {
    this.server.changeUser(account, (user, version) => {
      const { leftReason: _left, ...old } = user.memberships.get(conversationId) ?? {
        ...noMembership,
        conversationId,
        version,
      }
      const membership: Membership = { ...old, ...part, version }
      user.memberships.set(conversationId, membership)
      return { memberships: [membership] }
    })
    return this.server.user(account).memberships.get(conversationId) as Membership
  }

  /** One change of a group: rows, and the notice that tells of it. */
  private change(id: ID, actor: ID, told: Omit<Notice, 'count'> | null, rows: Rows): void {
    const scope = this.server.scope(id)
    const version = ++scope.version
    const members = (rows.members ?? []).map((member) => ({ ...member, version }))
    for (const member of members) scope.members.set(member.account.id, member)
    const memberCount = present(scope).length
    const group = { ...(scope.row.group as Group), ...rows.group }
    scope.row = { ...scope.row, ...rows.conversation, group, memberCount, version }
    const notice = told && { ...told, count: told.accountIds.length }
    const message = notice ? this.server.append(scope, actor, `notice-${id}-${version}`, { notice }) : null
    this.server.publish(present(scope), 'conversation.changed', {
      conversationId: id,
      version,
      conversation: scope.row,
      members: members.flatMap(({ account }) => scope.members.get(account.id) ?? []),
      messages: message ? [message] : [],
    })
  }

  private member(id: ID, account: ID): Member | undefined {
    return this.server.scope(id).members.get(account)
  }

  add(id: ID, actor: ID, accounts: readonly ID[]): void {
    const added = accounts.filter((account) => this.member(id, account)?.state !== 'member')
    if (added.length === 0) return
    // What was written before counts as read.
    const before = this.server.scope(id).messages.length
    const members = added.map((account) => this.fresh(account, before))
    this.change(id, actor, { event: 'member.added', accountIds: added }, { members })
    for (const account of added) this.enter(account, id)
  }

  leave(id: ID, account: ID, actor = account): void {
    const row = this.member(id, account)
    if (row?.state !== 'member') return
    const removed = actor !== account
    const event = removed ? 'member.removed' : 'member.quit'
    const members: Member[] = [{ ...row, state: 'left', role: 'member' }]
    const heir = present(this.server.scope(id)).find((other) => other !== account)
    const next = heir ? this.member(id, heir) : undefined
    if (row.role === 'owner' && next) members.push({ ...next, role: 'owner' })
    this.change(id, actor, { event, accountIds: [account] }, { members })
    this.setMembership(account, id, { state: 'left', leftReason: removed ? 'removed' : 'quit' })
  }

  setRole(id: ID, actor: ID, account: ID, role: 'admin' | 'member'): void {
    const row = this.member(id, account)
    if (row?.state !== 'member' || row.role === 'owner') return
    this.change(
      id,
      actor,
      { event: 'role.changed', accountIds: [account], role },
      { members: [{ ...row, role }] },
    )
  }

  mute(id: ID, actor: ID, account: ID, mutedUntil: number): void {
    const row = this.member(id, account)
    if (row?.state !== 'member') return
    const event = mutedUntil > 0 ? ('member.muted' as const) : ('member.unmuted' as const)
    const notice = { event, accountIds: [account], until: mutedUntil }
    this.change(id, actor, notice, { members: [{ ...row, mutedUntil }] })
  }

  nickname(id: ID, account: ID, nickname: string): void {
    const row = this.member(id, account)
    if (row?.state === 'member') this.change(id, account, null, { members: [{ ...row, nickname }] })
  }

  update(id: ID, actor: ID, group: Partial<Group>, notice: Omit<Notice, 'count'> | null = null): void {
    this.change(id, actor, notice, { group })
  }

  announce(id: ID, actor: ID, body: string): void {
    const number = (this.server.scope(id).row.group?.announcement?.number ?? 0) + 1
    const announcement = { number, body, authorId: actor, createdAt: this.server.now() }
    const notice = { event: 'announcement.changed' as const, accountIds: [], text: body }
    this.update(id, actor, { announcement }, notice)
  }

  dissolve(id: ID, actor: ID): void {
    const all = present(this.server.scope(id))
    this.change(id, actor, { event: 'group.dissolved', accountIds: [] }, { group: { state: 'dissolved' } })
    for (const account of all) this.setMembership(account, id, { state: 'left', leftReason: 'dissolved' })
  }

  setOwn(account: ID, id: ID, part: Partial<Membership>): Membership {
    return this.setMembership(account, id, part)
  }

  card(id: ID) {
    const { row } = this.server.scope(id)
    return { id, name: row.group?.name ?? '', number: row.group?.number ?? '', memberCount: row.memberCount }
  }

  ask(account: ID, id: ID, greeting = ''): JoinRequest {
    const request = this.server.newId()
    this.setRequest(account, request, { conversation: this.card(id), greeting, state: 'pending' })
    return this.server.user(account).joinRequests.get(request) as JoinRequest
  }

  setRequest(account: ID, id: ID, part: Partial<JoinRequest>): void {
    this.server.changeUser(account, (user, version) => {
      const old = user.joinRequests.get(id)
      const fresh = { id, greeting: '', via: 'number', createdAt: this.server.now() } as JoinRequest
      const joinRequest = { ...fresh, ...old, ...part, version }
      user.joinRequests.set(id, joinRequest)
      return { joinRequests: [joinRequest] }
    })
  }

  invite(account: ID, by: ID, id: ID): Invitation {
    const invitation = this.server.newId()
    this.server.changeUser(account, (user, version) => {
      const row: Invitation = {
        id: invitation,
        conversation: this.card(id),
        from: this.server.user(by).card,
        state: 'pending',
        createdAt: this.server.now(),
        version,
      }
      user.invitations.set(invitation, row)
      return { invitations: [row] }
    })
    return this.server.user(account).invitations.get(invitation) as Invitation
  }

  /** The rows for somebody who has none, or knows them up to a version. */
  membersSince(
    scope: ConversationScope,
    accountId: ID,
    known: number | undefined,
    senders: ReadonlySet<ID>,
  ): { members?: Member[]; membersTruncated?: true } {
    const all = [...scope.members.values()]
    if (known !== undefined) {
      const changed = all.filter((row) => row.version > known)
      return changed.length > this.mostMemberChanges ? { membersTruncated: true } : { members: changed }
    }
    const large = scope.row.memberCount > MOST_KNOWN_TO_ALL
    const met = ({ account: { id }, role }: Member) =>
      role !== 'member' || id === accountId || senders.has(id)
    return { members: large ? all.filter(met) : all }
  }

  page(accountId: ID, id: ID, { cursor = '0', limit = 50, query = '' }: MemberQuery): MemberPage {
    const rank = { owner: 0, admin: 1, member: 2 }
    const scope = this.server.scope(id, accountId)
    const found = present(scope)
      .flatMap((account) => scope.members.get(account) ?? [])
      .filter(({ account, nickname = '' }) => `${account.name} ${nickname}`.includes(query))
      .sort((a, b) => rank[a.role] - rank[b.role] || a.joinedAt - b.joinedAt)
    const from = Number(cursor)
    const members = found.slice(from, from + limit)
    const more = from + limit < found.length
    return { members, total: found.length, ...(more ? { nextCursor: String(from + limit) } : {}) }
  }

  byIds(accountId: ID, id: ID, ids: readonly ID[]): Member[] {
    return ids.flatMap((one) => this.server.scope(id, accountId).members.get(one) ?? [])
  }
}

export function present(scope: ConversationScope): ID[] {
  return [...scope.members].filter(([, member]) => member.state === 'member').map(([account]) => account)
}
