// The fields of a new account and what is wrong with them.
import { reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import { limits } from '@/stores/limits'
import { useLocale } from '@/stores/locale'
import type { Language, Problem } from '@/stores/types'
import { longEnough, looksLikeEmail, looksLikeUsername, useForm } from './useForm'

interface NewAccount {
  username: string
  email: string
  password: string
  name?: string
  language: Language
}

export function useNewAccount(
  submit: (account: NewAccount) => Promise<void>,
  failed?: (problem: Problem) => boolean,
) {
  const { t } = useI18n()
  const locale = useLocale()
  const fields = reactive({ username: '', email: '', name: '', password: '' })
  const form = useForm({
    fields: ['username', 'email', 'name', 'password'],
    check: () => ({
      username: looksLikeUsername(fields.username.trim()) ? '' : t('problem.username.invalid', limits.value),
      email: looksLikeEmail(fields.email.trim()) ? '' : t('problem.email.invalid'),
      password: longEnough(fields.password) ? '' : t('problem.password.too_short', limits.value),
    }),
    codes: { 'registration.username_taken': 'username' },
    failed,
    submit: () =>
      submit({
        username: fields.username.trim(),
        email: fields.email.trim(),
        password: fields.password,
        ...(fields.name.trim() ? { name: fields.name.trim() } : {}),
        language: locale.language,
      }),
  })
  return { fields, ...form }
}
