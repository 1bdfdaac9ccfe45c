// What the views see of a group, from its row, my member row and my membership.
import type { ConversationState, Engine } from '@/sync'
import { isLarge } from '@/sync/reduce'
import { sameObject } from './same'
import type { GroupInfo } from './types'

export function groupInfo(
  { replica, me }: Engine,
  { id, conversation, members }: ConversationState,
  before: GroupInfo | null,
): GroupInfo | null {
  const group = conversation?.group
  if (!group) return null
  const own = members.get(me)
  const membership = replica.user.memberships.get(id)
  const now: GroupInfo = {
    number: group.number,
    name: group.name,
    avatar: group.avatar ?? '',
    remark: membership?.remark ?? '',
    memberCount: conversation.memberCount,
    large: isLarge(conversation),
    announcement: group.announcement ?? null,
    announcementSeen: membership?.announcementSeen ?? 0,
    joinPolicy: group.joinPolicy,
    muted: group.muted,
    joinRequests: group.joinRequests,
    role: own?.role ?? null,
    nickname: own?.nickname ?? '',
    mutedUntil: own?.mutedUntil ?? 0,
  }
  return before && sameObject(before, now) ? before : now
}
