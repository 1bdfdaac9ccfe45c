// What follows from the rows, worked out in one place.
import type { ID, Member } from '@/api/types'
import { isLarge } from './reduce'
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

/** Those who are in it now, as far as they are known. */
export function membersOf(conversation: ConversationState): Member[] {
  return [...conversation.members.values()].filter((member) => member.state === 'member')
}

/** Whether everyone who is in it is known. */
export function knowsAllMembers(conversation: ConversationState): boolean {
  const count = conversation.conversation?.memberCount ?? 0
  return count > 0 && membersOf(conversation).length >= count
}

/**
 * How far somebody else has read: the least of all others, so that "read" means read by everyone. In large
 * conversations positions are not told, and where somebody is not known yet, nobody can say.
 */
export function readByOthers(conversation: ConversationState, me: ID): number {
  if (isLarge(conversation.conversation) || !knowsAllMembers(conversation)) return 0
  const others = membersOf(conversation).filter((member) => member.account.id !== me)
  return others.length === 0 ? 0 : Math.min(...others.map((member) => member.readSeq))
}

/** The first message beyond what I have read that mentions me. */
export function mentionOf(user: UserState, conversation: ConversationState, me: ID): number | null {
  const read = readSeqOf(user, conversation, me)
  return conversation.mentions.find((seq) => seq > read) ?? null
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
