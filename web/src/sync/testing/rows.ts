// Rows with everything that a test does not care about.
import type { Card, Contact, Conversation, Member, Membership, Message } from '@/api/types'
import { noMembership } from './model-groups'

const AT = 1_800_000_000_000

export function aCard(id: string): Card {
  return { id, username: `user${id}`, name: `Name ${id}`, kind: 'person' }
}

export function aContact(id: string, part: Partial<Contact> = {}): Contact {
  return { account: aCard(id), state: 'friend', remark: '', blocked: false, since: AT, version: 1, ...part }
}

export function aConversation(part: Partial<Conversation> = {}): Conversation {
  return {
    id: '9',
    kind: 'direct',
    version: 1,
    lastSeq: 0,
    memberCount: 2,
    createdAt: AT,
    lastActivityAt: AT,
    ...part,
  }
}

export function aMember(id: string, part: Partial<Member> = {}): Member {
  return {
    account: aCard(id),
    role: 'member',
    state: 'member',
    nickname: '',
    mutedUntil: 0,
    readSeq: 0,
    joinedAt: AT,
    version: 1,
    ...part,
  }
}

export function aMembership(part: Partial<Membership> = {}): Membership {
  return { ...noMembership, conversationId: '9', version: 1, ...part }
}

/** Message `seq`, which made version `seq + 1`. */
export function aMessage(seq: number, part: Partial<Message> = {}): Message {
  return {
    conversationId: '9',
    seq,
    senderId: '2',
    clientId: `client-${seq}`,
    kind: 'text',
    body: `message ${seq}`,
    createdAt: AT + seq,
    version: seq + 1,
    ...part,
  }
}

export function messages(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => aMessage(from + index))
}
