// Asks for everything that changed since what is known, page by page, until nothing is left.
import type { Link } from '@/api/socket'
import type { ID, SyncRequest, SyncResult } from '@/api/types'
import type { Replica } from './replica'

/** How many of the newest messages to get of a conversation that is new here or far behind. */
const MESSAGES = 30

export interface CatchUpOptions {
  link: Pick<Link, 'command'>
  replica: Replica
  /** Called with every answer, before it is applied. Says false if it must not be. */
  accept: (result: SyncResult) => boolean
}

/** Throws an ProblemError when the server cannot be asked; what came before that is kept. */
export async function catchUp({ link, replica, accept }: CatchUpOptions): Promise<void> {
  for (;;) {
    const named = known(replica)
    const result = await link.command('sync', named)
    if (!accept(result)) return
    const next = apply(replica, named, result)
    // An answer that brings nothing new would come again for ever.
    if (next === 'again' || (result.more && next === 'progress')) continue
    return
  }
}

function known(replica: Replica): SyncRequest {
  const conversations: SyncRequest['conversations'] = []
  for (const { id, version } of replica.conversations.values()) {
    if (version > 0) conversations.push({ id, version })
  }
  return { user: replica.user.version, conversations, messages: MESSAGES }
}

function apply(replica: Replica, named: SyncRequest, result: SyncResult): 'again' | 'progress' | 'nothing' {
  // The server knows less than this copy: it was set back to an earlier state, and this copy must follow.
  if (result.user.version < named.user) {
    replica.reset()
    return 'again'
  }
  const versions = new Map<ID, number>(named.conversations.map(({ id, version }) => [id, version]))
  let next: 'again' | 'progress' | 'nothing' = result.user.version > named.user ? 'progress' : 'nothing'
  replica.applyUser(result.user, 'sync')
  for (const delta of result.conversations) {
    const before = versions.get(delta.conversationId) ?? 0
    if (delta.version < before) {
      replica.forget(delta.conversationId)
      next = 'again'
    } else {
      replica.applyConversation(delta, 'sync')
      if (delta.version > before && next === 'nothing') next = 'progress'
    }
  }
  return next
}
