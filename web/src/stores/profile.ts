// What people tell of themselves, and what I do about my own account.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useLive } from './live'
import type { EmailChange, EmailConfirmed, Factors, Profile } from './types'

export const useProfile = defineStore('profile', () => {
  const { api } = useLive()

  const of = (accountId: string): Promise<Profile> => api.profile(accountId)

  /** The new address that waits, and whether the server sends mail at all. */
  async function emailChange(): Promise<{ change: EmailChange | null; delivery: string }> {
    const { change = null, delivery } = await api.emailChange()
    return { change, delivery }
  }

  async function requestEmailChange(email: string, password: string) {
    const { change = null, delivery } = await api.requestEmailChange(email, password)
    return { change, delivery }
  }

  const cancelEmailChange = (): Promise<void> => api.cancelEmailChange()
  const confirmEmail = (token: string): Promise<EmailConfirmed> => api.confirmEmail(token)

  /** What I sign in with besides my password; null while it is not known. */
  const factors = ref<Factors | null>(null)
  async function lookAtFactors() {
    factors.value = await api.factors().catch(() => null)
  }

  const beginTotp = (password: string) => api.beginTotp(password)
  const confirmTotp = (code: string) => api.confirmTotp(code)
  const removeTotp = (password: string) => api.removeTotp(password)
  const newRecoveryCodes = (password: string) => api.newRecoveryCodes(password)

  return {
    factors,
    lookAtFactors,
    beginTotp,
    confirmTotp,
    removeTotp,
    newRecoveryCodes,
    of,
    emailChange,
    requestEmailChange,
    cancelEmailChange,
    confirmEmail,
  }
})
