// A list that comes in pages, the newest first, and grows at its end.
import { onMounted, ref, shallowRef, watch, type WatchSource } from 'vue'
import { problemText } from '@/i18n/problem'
import { problemOf } from '@/stores/problem'
import type { At } from '@/stores/console'

const size = 50

export interface PagesOptions<Row> {
  load: (at: At) => Promise<{ list: Row[] | null; next?: string }>
  /** What the list depends on: it begins again when one of these changes. */
  follow?: WatchSource[]
}

export function usePages<Row extends { id: string }>({ load, follow = [] }: PagesOptions<Row>) {
  /** Null until the first page is here. */
  const rows = shallowRef<Row[] | null>(null)
  const problem = ref('')
  const busy = ref(false)
  const next = ref<string>()
  let turn = 0

  async function fetch(at: At) {
    const mine = ++turn
    busy.value = true
    problem.value = ''
    try {
      const page = await load(at)
      if (mine !== turn) return
      rows.value = [...(at.cursor ? (rows.value ?? []) : []), ...(page.list ?? [])]
      next.value = page.next
    } catch (error) {
      if (mine === turn) problem.value = problemText(problemOf(error))
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  const begin = () => fetch({ limit: size })
  const more = () => (next.value ? fetch({ limit: size, cursor: next.value }) : Promise.resolve())

  function replace(row: Row) {
    rows.value = rows.value?.map((have) => (have.id === row.id ? row : have)) ?? null
  }

  function remove(id: string) {
    rows.value = rows.value?.filter((row) => row.id !== id) ?? null
  }

  onMounted(begin)
  if (follow.length > 0) watch(follow, begin)
  return { rows, problem, busy, next, begin, more, replace, remove }
}
