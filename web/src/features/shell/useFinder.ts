// What the quick switcher finds: conversations, then people one has none with, then what can be done.
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'
import type { IconName } from '@/components/icons'
import { places as settings } from '@/features/account/places'
import { themes, useAppearance, type Theme } from '@/stores/appearance'
import { useContacts } from '@/stores/contacts'
import { useConversations } from '@/stores/conversations'
import { type Overlay, useOverlay } from '@/stores/overlay'
import { useSession } from '@/stores/session'
import { fuzzy } from './fuzzy'

interface Found {
  key: string
  label: string
  /** What kind of thing it is, in a word. */
  note: string
  /** Where the letters of the query stand in the label. */
  at: readonly number[]
}

export interface FoundPlace extends Found {
  kind: 'conversation' | 'contact'
  id: string
  avatar: { id: string; name: string; kind: 'person' | 'group' | 'robot'; picture: string; online: boolean }
}

export interface FoundAction extends Found {
  kind: 'action'
  icon: IconName
  /** Somewhere to go, or something to do. */
  to?: string
  overlay?: Overlay
  theme?: Theme
}

export type Findable = FoundPlace | FoundAction

const MOST = 50
/** Without a query: those one talked in last. */
const RECENT = 8

export function useFinder(query: Readonly<Ref<string>>) {
  const { t } = useI18n()
  const route = useRoute()
  const conversations = useConversations()
  const contacts = useContacts()
  const session = useSession()

  const places = computed<(FoundPlace & { others: string[] })[]>(() => {
    const met = new Set<string>()
    const talks = conversations.list.map(({ id, name, peer, group, online }) => {
      if (peer) met.add(peer.id)
      return {
        kind: 'conversation' as const,
        key: `conversation ${id}`,
        id,
        label: name,
        note: group ? t('find.group') : '',
        others: [peer?.name ?? group?.name ?? '', peer?.username ?? group?.number ?? ''],
        at: [],
        avatar: {
          id: peer?.id ?? id,
          name,
          kind: group ? ('group' as const) : (peer?.kind ?? ('person' as const)),
          picture: group ? group.avatar : (peer?.avatar ?? ''),
          online,
        },
      }
    })
    const people = contacts.friends
      .filter(({ account }) => !met.has(account.id))
      .map(({ account, remark }) => ({
        kind: 'contact' as const,
        key: `contact ${account.id}`,
        id: account.id,
        label: remark || account.name,
        note: t('find.contact'),
        others: [account.name, account.username],
        at: [],
        avatar: {
          id: account.id,
          name: remark || account.name,
          kind: account.kind,
          picture: account.avatar ?? '',
          online: contacts.isOnline(account.id),
        },
      }))
    return [...talks, ...people]
  })

  const actions = computed<FoundAction[]>(() => {
    const action = (icon: IconName, label: string, what: Pick<FoundAction, 'to' | 'overlay' | 'theme'>) => ({
      kind: 'action' as const,
      key: `action ${label}`,
      icon,
      label,
      note: '',
      at: [],
      ...what,
    })
    return [
      action('group', t('group.new'), { overlay: 'new-group' }),
      action('person-plus', t('contacts.add'), { overlay: 'add-friend' }),
      action('search', t('join.title'), { overlay: 'join-group' }),
      action('contacts', t('nav.contacts'), { to: '/contacts' }),
      action('person-plus', t('requests.title'), { to: '/contacts/requests' }),
      action('group', t('groups.title'), { to: '/contacts/groups' }),
      action('me', t('nav.me'), { to: '/me' }),
      ...settings.flat().map(({ page, icon, title }) => action(icon, t(title), { to: `/me/${page}` })),
      action('message', t('feedback.title'), { to: '/me/feedback' }),
      ...(session.account?.role === 'owner' ? [action('eye', t('console.title'), { to: '/console' })] : []),
      action('info', t('keys.title'), { overlay: 'keys' }),
      ...themes.map((theme) =>
        action('theme', t('find.theme', { theme: t(`me.theme_${theme}`) }), { theme }),
      ),
    ]
  })

  const found = computed<Findable[]>(() => {
    if (!query.value.trim()) {
      const here = `/chats/${String(route.params['id'])}`
      const recent = places.value.filter(({ kind, id }) => kind === 'conversation' && `/chats/${id}` !== here)
      return [...recent.slice(0, RECENT), ...actions.value.slice(0, 3)]
    }
    const scored: { one: Findable; score: number }[] = []
    for (const place of places.value) {
      const own = fuzzy(query.value, place.label)
      // By another name of theirs; a little less than by the one that is shown.
      const other = Math.max(
        ...place.others.map((name) => (fuzzy(query.value, name)?.score ?? -Infinity) - 1),
      )
      if (!own && other === -Infinity) continue
      const score = Math.max(own?.score ?? -Infinity, other)
      scored.push({ one: { ...place, at: own?.at ?? [] }, score })
    }
    for (const action of actions.value) {
      const match = fuzzy(query.value, action.label)
      // Somebody who is called like it comes first.
      if (match) scored.push({ one: { ...action, at: match.at }, score: match.score - 2 })
    }
    return scored
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST)
      .map(({ one }) => one)
  })

  return { found }
}

/** What choosing one of them does. */
export function useGo() {
  const conversations = useConversations()
  const appearance = useAppearance()
  const overlay = useOverlay()

  /** The path to go to, if there is one. */
  return async function go(one: Findable): Promise<string | null> {
    overlay.close()
    if (!('icon' in one))
      return `/chats/${one.kind === 'contact' ? await conversations.openWith(one.id) : one.id}`
    if (one.theme) appearance.choose(one.theme)
    if (one.overlay) overlay.show(one.overlay)
    return one.to ?? null
  }
}
