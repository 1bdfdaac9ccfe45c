// Whom a message to a group can speak to, and whom it does: found again in the words when they are sent, so that a
// draft of yesterday still reaches everybody who is named in it.
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { everyone } from '@/components/mentions'
import type { Mentionable } from '@/components/useMentionPicker'
import { useConversations } from '@/stores/conversations'
import { limits } from '@/stores/limits'
import { useMembers } from '@/stores/members'
import { useSession } from '@/stores/session'
import type { ConversationSummary, Member } from '@/stores/types'

/** How many are offered at once. */
const most = 30
const allId = 'all'

export function useMentions(conversation: () => ConversationSummary | undefined) {
  const { t } = useI18n()
  const conversations = useConversations()
  const session = useSession()
  const id = () => conversation()?.id ?? ''
  const { query, list } = useMembers(id)
  const looking = ref(false)
  const picked = new Map<string, string>()

  const ownName = ({ nickname, account }: Member) => nickname || account.name
  const maySpeakToAll = computed(() => {
    const role = conversation()?.group?.role
    return role === 'owner' || role === 'admin'
  })

  const people = computed<readonly Mentionable[]>(() => {
    if (!looking.value || conversation()?.kind !== 'group') return []
    const others = list.value
      .filter(({ account }) => account.id !== session.account?.id)
      .slice(0, most)
      .map((member) => ({
        id: member.account.id,
        name: ownName(member),
        label: conversations.nameIn(id(), member.account.id) || ownName(member),
        kind: member.account.kind,
      }))
    const name = t('mention.everyone')
    const wanted = query.value.trim().toLocaleLowerCase()
    const all =
      maySpeakToAll.value && [name, ...everyone].some((word) => word.toLocaleLowerCase().startsWith(wanted))
    return all ? [{ id: allId, name, label: name, kind: 'group' }, ...others] : others
  })

  function look(typed: string | null) {
    looking.value = typed !== null
    query.value = typed ?? ''
  }

  function pick(accountId: string) {
    const person = people.value.find((one) => one.id === accountId)
    if (person && accountId !== allId) picked.set(accountId, person.name)
  }

  /** Whom these words speak to. */
  function mentionsIn(body: string): { mentions?: string[]; mentionsAll?: boolean } {
    if (conversation()?.kind !== 'group' || !body.includes('@')) return {}
    const named = (name: string) => name !== '' && body.includes(`@${name}`)
    const chosen = [...picked].filter(([, name]) => named(name))
    const taken = new Set(chosen.map(([, name]) => name))
    const known = list.value.filter((member) => {
      const name = ownName(member)
      return named(name) && !taken.has(name) && member.account.id !== session.account?.id
    })
    const mentions = [...new Set([...chosen.map(([one]) => one), ...known.map(({ account }) => account.id)])]
    const mentionsAll = maySpeakToAll.value && everyone.some(named)
    const fit = mentions.slice(0, limits.value.mentions)
    return { ...(fit.length ? { mentions: fit } : {}), ...(mentionsAll ? { mentionsAll } : {}) }
  }

  return { people, look, pick, mentionsIn }
}
