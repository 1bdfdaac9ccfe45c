// The members of a group, to look through: of a small group all are known, of a large one they come page by
// page from the server and are held only as long as somebody looks.
import { computed, type MaybeRefOrGetter, onScopeDispose, ref, shallowRef, toValue, watch } from 'vue'
import { isLarge } from '@/sync/reduce'
import { knowsAllMembers, membersOf } from '@/sync/selectors'
import { useContacts } from './contacts'
import { useLive } from './live'
import { problemOf } from './problem'
import type { Member, Problem } from './types'

const PAGE = 50
/** Milliseconds after the last letter. */
const TYPING = 250

const rank = { owner: 0, admin: 1, member: 2 }

function inOrder(a: Member, b: Member): number {
  return rank[a.role] - rank[b.role] || a.joinedAt - b.joinedAt || (a.account.id < b.account.id ? -1 : 1)
}

export function useMembers(conversationId: MaybeRefOrGetter<string>) {
  const live = useLive()
  const contacts = useContacts()
  const id = computed(() => toValue(conversationId))
  const query = ref('')
  /** Raised when any row of this group changed. */
  const changed = ref(0)
  const pages = shallowRef<readonly Member[]>([])
  const cursor = ref<string | null>(null)
  const found = ref(0)
  const loading = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const unfollow = live.follow((changes) => {
    if (changes === 'all' || changes.members.has(id.value) || changes.conversations.has(id.value)) {
      changed.value++
    }
  })

  const state = () => {
    void changed.value
    return live.engine?.replica.conversation(id.value)
  }

  /** Before the conversation itself has come there is nobody to ask for. */
  const there = computed(() => Boolean(state()?.conversation))

  /** Everyone is known: nothing has to be asked, and all is live. */
  const local = computed(() => {
    const known = state()
    return known !== undefined && !isLarge(known.conversation) && knowsAllMembers(known)
  })

  const wanted = computed(() => query.value.trim().toLocaleLowerCase())

  function matches({ account, nickname = '' }: Member): boolean {
    const remark = contacts.get(account.id)?.remark ?? ''
    return [remark, nickname, account.name, account.username].some((text) =>
      text.toLocaleLowerCase().includes(wanted.value),
    )
  }

  const list = computed<readonly Member[]>(() => {
    const known = state()
    if (!known) return []
    if (local.value) return membersOf(known).filter(matches).sort(inOrder)
    // What is known is newer than what was asked for.
    return pages.value
      .map((member) => known.members.get(member.account.id) ?? member)
      .filter((member) => member.state === 'member')
  })

  const total = computed(() =>
    local.value ? list.value.length : wanted.value ? found.value : (state()?.conversation?.memberCount ?? 0),
  )
  const hasMore = computed(() => !local.value && cursor.value !== null)

  async function load(from: string | null): Promise<void> {
    const turn = ++asked
    loading.value = true
    try {
      const page = await live.api.members(id.value, {
        limit: PAGE,
        ...(wanted.value ? { query: query.value.trim() } : {}),
        ...(from === null ? {} : { cursor: from }),
      })
      if (turn !== asked) return
      const earlier = from === null ? [] : pages.value
      const have = new Set(earlier.map((member) => member.account.id))
      pages.value = [...earlier, ...page.members.filter(({ account }) => !have.has(account.id))]
      cursor.value = page.nextCursor ?? null
      found.value = page.total
      problem.value = null
    } catch (error) {
      if (turn === asked) problem.value = problemOf(error)
    } finally {
      if (turn === asked) loading.value = false
    }
  }

  /** The next page; nothing while one is under way. */
  async function more(): Promise<void> {
    if (!loading.value && hasMore.value) await load(cursor.value)
  }

  function restart(wait: number) {
    clearTimeout(timer)
    if (!there.value || local.value) return
    timer = setTimeout(() => void load(null), wait)
  }

  watch([id, there, local], () => restart(0), { immediate: true })
  watch(wanted, () => restart(TYPING))
  onScopeDispose(() => {
    unfollow()
    clearTimeout(timer)
    asked++
  })

  return { query, list, total, hasMore, loading, problem, more, retry: () => load(null) }
}
