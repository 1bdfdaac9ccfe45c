// What happened in a group, in the viewer's language and with the names as the viewer knows them.
import { momentTime } from './time'
import type { Words } from './words'

/** Muted until somebody lifts it: the latest time that the server knows. */
export const endless = Number.MAX_SAFE_INTEGER

export interface ToldNotice {
  senderId: string
  createdAt: number
  notice?: {
    event: string
    accountIds: string[]
    count: number
    text?: string
    role?: string
    until?: number
    via?: string
  }
}

/** Whose eyes it is for. */
export interface Viewer {
  me: string | undefined
  /** What the viewer calls somebody there; empty if nobody knows. */
  nameOf: (accountId: string) => string
}

/** More names than this are counted. */
const mostNames = 5

export function noticeText({ t, language }: Words, viewer: Viewer, told: ToldNotice): string {
  const { senderId, createdAt, notice } = told
  if (!notice) return ''
  const { event, accountIds, count, text = '', role, until = 0, via } = notice
  const mine = (id: string) => id === viewer.me
  const nameOf = (id: string) => viewer.nameOf(id) || t('notice.someone')
  const actor = mine(senderId) ? t('notice.you') : nameOf(senderId)
  // At the beginning of a sentence "you" is written otherwise than within it.
  const leading = list(accountIds.map((id) => (mine(id) ? t('notice.you') : nameOf(id))))
  const names = list(accountIds.map((id) => (mine(id) ? t('notice.youWithin') : nameOf(id))))

  switch (event) {
    case 'group.created':
      return accountIds.length ? t('notice.createdWith', { actor, names }) : t('notice.created', { actor })
    case 'member.added':
      return t('notice.added', { actor, names })
    case 'member.joined':
      if (via === 'link') return t('notice.joinedByLink', { names: leading })
      return accountIds.includes(senderId)
        ? t('notice.joined', { names: leading })
        : t('notice.letIn', { actor, names })
    case 'member.removed':
      return t('notice.removed', { actor, names })
    case 'member.quit':
      return t('notice.quit', { names: leading || actor })
    case 'group.renamed':
      return t('notice.renamed', { actor, text })
    case 'group.avatar':
      return t('notice.avatar', { actor })
    case 'announcement.changed':
      return text ? t('notice.announced', { actor }) : t('notice.unannounced', { actor })
    case 'role.changed':
      return role === 'admin' ? t('notice.promoted', { actor, names }) : t('notice.demoted', { actor, names })
    case 'owner.changed':
      return t('notice.owner', { names })
    case 'member.muted':
      return until > 0 && until < endless
        ? t('notice.mutedUntil', { actor, names, time: momentTime(until, createdAt, language) })
        : t('notice.muted', { actor, names })
    case 'member.unmuted':
      return t('notice.unmuted', { actor, names })
    case 'group.muted':
      return t('notice.allMuted', { actor })
    case 'group.unmuted':
      return t('notice.allUnmuted', { actor })
    case 'group.dissolved':
      return t('notice.dissolved', { actor })
    default:
      // A newer server may tell what this app does not know.
      return t('notice.other')
  }

  /** `count`: how many there are in all; of very many only the first are named. */
  function list(all: string[]): string {
    const shown = all.slice(0, mostNames)
    const more = Math.max(count, all.length) - shown.length
    if (more > 0) return t('notice.andMore', { names: shown.join(t('notice.comma')), n: more }, more)
    return new Intl.ListFormat(language, { type: 'conjunction' }).format(shown)
  }
}
