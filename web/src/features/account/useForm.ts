// A form that says what is wrong beside the field where it is, and everything else above the button.
import { nextTick, reactive, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { lengthOf } from '@/i18n/limits'
import { limits } from '@/stores/limits'
import { problemText } from '@/i18n/problem'
import { problemOf } from '@/stores/problem'
import type { Problem } from '@/stores/types'

interface Options<Field extends string> {
  fields: readonly Field[]
  /** What can be said without asking the server: field -> sentence, or '' when all is well. */
  check?: () => Partial<Record<Field, string>>
  /** Codes that belong to a field. */
  codes?: Record<string, Field>
  submit: () => Promise<void>
  /** Returns true when it has dealt with the problem itself. */
  failed?: (problem: Problem) => boolean
}

/** What is said of a field whose fault the server describes in English only. */
const general: Record<string, string> = {
  username: 'problem.username.invalid',
  email: 'problem.email.invalid',
  password: 'problem.password.too_short',
}

export function useForm<Field extends string>({ fields, check, codes = {}, submit, failed }: Options<Field>) {
  const { t } = useI18n()
  const busy = ref(false)
  const problem = ref('')
  const errors: Record<string, string> = reactive({})
  for (const field of fields) errors[field] = ''

  async function run(event?: Event) {
    if (busy.value) return
    const form = event?.currentTarget as HTMLElement | undefined
    problem.value = ''
    const found: Partial<Record<string, string>> = check?.() ?? {}
    for (const field of fields) errors[field] = found[field] ?? ''
    if (fields.some((field) => errors[field])) return focusFirst(form)

    busy.value = true
    try {
      await submit()
    } catch (error) {
      const answer = problemOf(error)
      if (!failed?.(answer)) explain(answer)
    } finally {
      busy.value = false
    }
    if (fields.some((field) => errors[field])) await focusFirst(form)
  }

  function explain(answer: Problem) {
    // A code such as username.invalid names its field by itself.
    const named = codes[answer.code] ?? fields.find((field) => answer.code.startsWith(`${field}.`))
    if (named) {
      errors[named] = problemText(answer)
      return
    }
    let placed = false
    for (const { location, message } of answer.errors ?? []) {
      const name = fields.find((field) => location?.split('.').includes(field))
      if (!name) continue
      errors[name] = general[name] ? t(general[name], limits.value) : message
      placed = true
    }
    if (!placed) problem.value = problemText(answer)
  }

  async function focusFirst(form: HTMLElement | undefined) {
    await nextTick()
    form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }

  return { busy, problem, errors: errors as Record<Field, string>, run }
}

const within = (length: number, least = 0, most = Infinity) => length >= least && length <= most

export const looksLikeUsername = (text: string) =>
  /^\p{L}[\p{L}\p{M}\p{N}_.-]*$/u.test(text) &&
  within(lengthOf(text), limits.value.usernameMin, limits.value.username)
export const looksLikeEmail = (text: string) => /^[^\s@]{1,64}@[^\s@]{1,250}$/.test(text)
export const longEnough = (password: string) => within(lengthOf(password), limits.value.passwordMin)
