// One thing that is tried at a time: whether it is under way, and why it failed, in words.
import { ref } from 'vue'
import { problemText } from '@/i18n/problem'
import { problemOf } from '@/stores/problem'

export function useAttempt(explain: (code: string) => string | undefined = () => undefined) {
  /** The name of what is under way; empty: nothing. */
  const busy = ref('')
  const problem = ref('')

  /** Says whether it worked. While something is under way, nothing is begun. */
  async function attempt(what: string, action: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = what
    problem.value = ''
    try {
      await action()
      return true
    } catch (error) {
      const answer = problemOf(error)
      problem.value = explain(answer.code) ?? problemText(answer)
      return false
    } finally {
      busy.value = ''
    }
  }

  return { busy, problem, attempt }
}
