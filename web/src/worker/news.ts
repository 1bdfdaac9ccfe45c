// What there is to tell, worked out from one answer of the server. Pure.
import type { ID, SyncResult } from '@/api/types'
import { newsLine } from '@/i18n/preview'
import type { Words } from '@/i18n/words'
import { invitationTag, type News, requestTag } from '@/platform/news'
import type { Told } from '@/platform/told'
import { reduceConversation, reduceUser } from '@/sync/reduce'
import { isMine, lastSeqOf, mentionOf, peerOf, unreadOf } from '@/sync/selectors'
import { type ConversationState, emptyConversation, emptyUser, type UserState } from '@/sync/state'

export interface Digest {
  /** What is new, the oldest first. */
  news: News[]
  /** Tags of what needs no notification any more. */
  over: Set<string>
  /** For the number on the icon. */
  unread: number
  /** The newest that waits to be read, told already or not. */
  newest: News | null
}

/** `now`: by the clock of this device. */
export function digest(answer: SyncResult, words: Words, told: Told, now: number): Digest {
  const me = answer.accountId
  const user = reduceUser(emptyUser, answer.user, 'sync').state
  const seenUntil = told.lookedAt + answer.serverTime - now
  const isNew = ({ tag, seq }: News, at: number) => at > seenUntil && seq > (told.seqs[tag] ?? 0)

  const all: { news: News; at: number }[] = []
  const over = new Set<string>()
  let unread = 0
  for (const delta of answer.conversations) {
    const state = reduceConversation(emptyConversation(delta.conversationId), delta, 'sync', me).state
    const waiting = isMine(user, state.id) ? unreadOf(user, state, me) : 0
    const muted = user.memberships.get(state.id)?.notify === 'none'
    if (waiting === 0) over.add(state.id)
    if (!muted) unread += waiting
    const last = state.lastMessage
    if (waiting === 0 || !last || last.senderId === me || (muted && mentionOf(user, state, me) === null))
      continue
    all.push({ news: ofConversation(user, state, me, words), at: last.createdAt })
  }
  for (const { id, from, to, state, createdAt } of user.friendRequests.values()) {
    if (to.id !== me) continue
    if (state !== 'pending') over.add(requestTag(id))
    else {
      const title = user.contacts.get(from.id)?.remark || from.name
      const body = words.t('news.request')
      all.push({
        news: { title, body, tag: requestTag(id), path: '/contacts/requests', seq: 1 },
        at: createdAt,
      })
    }
  }
  for (const { id, from, conversation, state, createdAt } of user.invitations.values()) {
    if (state !== 'pending') over.add(invitationTag(id))
    else {
      const title = user.contacts.get(from.id)?.remark || from.name
      const body = words.t('news.invitation', { group: conversation.name })
      all.push({
        news: { title, body, tag: invitationTag(id), path: '/contacts/groups', seq: 1 },
        at: createdAt,
      })
    }
  }
  all.sort((a, b) => a.at - b.at)
  return {
    news: all.filter(({ news, at }) => isNew(news, at)).map(({ news }) => news),
    over,
    unread,
    newest: all.at(-1)?.news ?? null,
  }
}

function ofConversation(user: UserState, state: ConversationState, me: ID, words: Words): News {
  const nameOf = (id: ID) => {
    const member = state.members.get(id)
    return user.contacts.get(id)?.remark || member?.nickname || member?.account.name || ''
  }
  const group = state.conversation?.group
  const peer = peerOf(state, me)
  const title = group
    ? user.memberships.get(state.id)?.remark || group.name
    : peer
      ? nameOf(peer)
      : words.t('notice.someone')
  const body = state.lastMessage
    ? newsLine(words, { me, nameOf }, state.lastMessage, group !== undefined)
    : ''
  return { title, body, tag: state.id, path: `/chats/${state.id}`, seq: lastSeqOf(state) }
}
