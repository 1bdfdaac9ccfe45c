// Messages as they are shown, made from what the server has and what waits to be sent.
import type { Message } from '@/api/types'
import type { OutboxItem } from '@/sync'
import { mentionsOne } from '@/sync/reduce'
import { shownAttachments, shownFiles } from './attachments'
import { sameObject } from './same'
import type { ThreadMessage } from './types'

function keyOf(senderId: string, clientId: string): string {
  return `${senderId} ${clientId}`
}

export function clientIdOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

export function shownMessage(message: Message, me: string, peerReadSeq: number): ThreadMessage {
  const own = message.senderId === me
  return {
    key: keyOf(message.senderId, message.clientId),
    seq: message.seq,
    senderId: message.senderId,
    own,
    kind: message.kind,
    body: message.body,
    createdAt: message.createdAt,
    state: own && message.seq <= peerReadSeq ? 'read' : 'sent',
    ...(message.attachments?.length ? { attachments: shownAttachments(message.attachments) } : {}),
    ...(message.sticker ? { sticker: message.sticker } : {}),
    ...(message.notice ? { notice: message.notice } : {}),
    ...(message.mentions ? { mentions: message.mentions } : {}),
    ...(message.mentionsAll ? { mentionsAll: true } : {}),
    ...(message.partial ? { partial: true } : {}),
    ...(message.via ? { via: message.via } : {}),
    ...(mentionsOne(message, me) ? { mentionsMe: true } : {}),
  }
}

export function shownPending(
  item: OutboxItem,
  me: string,
  progress: (fileId: string) => number,
): ThreadMessage {
  return {
    key: keyOf(me, item.clientId),
    seq: null,
    senderId: me,
    own: true,
    kind: item.sticker ? 'sticker' : 'text',
    body: item.body,
    createdAt: item.createdAt,
    state: item.state,
    ...(item.sticker ? { sticker: item.sticker } : {}),
    ...(item.files?.length ? { attachments: shownFiles(item.files, progress) } : {}),
    ...(item.mentions ? { mentions: item.mentions } : {}),
    ...(item.mentionsAll ? { mentionsAll: true } : {}),
    ...(item.problem ? { problem: item.problem } : {}),
  }
}

/** The object that was shown before, if it says the same. */
export function sameOrNew(before: ThreadMessage | undefined, now: ThreadMessage): ThreadMessage {
  return before && sameObject(before, now) ? before : now
}
