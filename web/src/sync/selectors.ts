// What follows from the rows, worked out in one place.
import type { ID } from '@/api/types'
import type { ConversationState, UserState } from './state'

export function lastSeqOf(conversation: ConversationState): number {
  return Math.max(conversation.conversation?.lastSeq ?? 0, conversation.lastMessage?.seq ?? 0)
}

export function lastActivityOf(conversation: ConversationState): number {
  return Math.max(conversation.conversation?.lastActivityAt ?? 0, conversation.lastMessage?.createdAt ?? 0)
}

/** How far I have read: my entry in my list, my own member row, or what I wrote, whichever is further. */
export function readSeqOf(user: UserState, conversation: ConversationState, me: ID): number {
  const { lastMessage } = conversation
  return Math.max(
    user.memberships.get(conversation.id)?.readSeq ?? 0,
    conversation.members.get(me)?.readSeq ?? 0,
    lastMessage?.senderId === me ? lastMessage.seq : 0,
  )
}

export function unreadOf(user: UserState, conversation: ConversationState, me: ID): number {
  return Math.max(0, lastSeqOf(conversation) - readSeqOf(user, conversation, me))
}

/** How far somebody else has read: the least of all others, so that "read" means read by everyone. */
export function readByOthers(conversation: ConversationState, me: ID): number {
  const others = [...conversation.members.values()].filter(
    (member) => member.account.id !== me && member.state === 'member',
  )
  return others.length === 0 ? 0 : Math.min(...others.map((member) => member.readSeq))
}

/** In a conversation of two: the other. */
export function peerOf(conversation: ConversationState, me: ID): ID | null {
  if (conversation.conversation?.kind !== 'direct') return null
  for (const member of conversation.members.values()) {
    if (member.account.id !== me) return member.account.id
  }
  return null
}

/** Whether this conversation belongs in my list. */
export function isMine(user: UserState, id: ID): boolean {
  return user.memberships.get(id)?.state === 'member'
}
