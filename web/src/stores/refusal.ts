// Why I may not write in a conversation, as far as it can be known here; the server has the last word.
import type { Engine } from '@/sync'
import type { WriteRefusal } from './types'

export function refusalOf(engine: Engine, id: string, peerId: string | null): WriteRefusal | null {
  const { replica, me } = engine
  if (replica.user.memberships.get(id)?.state === 'left') return 'left'
  const { conversation, members } = replica.conversation(id)
  const group = conversation?.group
  if (group) {
    if (group.state === 'dissolved') return 'dissolved'
    return group.muted && members.get(me)?.role === 'member' ? 'group_muted' : null
  }
  if (peerId === null) return null
  const contact = replica.user.contacts.get(peerId)
  if (contact?.blocked) return 'blocked'
  return contact?.state === 'friend' ? null : 'not_friends'
}
