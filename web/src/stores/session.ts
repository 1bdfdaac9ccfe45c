// Who is signed in here, and everything that an account does about itself.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { isProblem, SESSION_REQUIRED, toProblem, UNREACHABLE, TIMEOUT } from '@/api/problem'
import type { Activation, PasskeyUsed, Registration, ResetConfirmation, Setup, SignIn } from '@/api/types'
import { limits } from '@/i18n/limits'
import type { Ended } from '@/sync'
import { readSetting, writeSetting } from '@/platform/settings'
import { useLive } from './live'
import type { Account, Delivery, DeviceSession, ServerInfo } from './types'

/** Who was signed in last: the app opens with it, without asking. */
export const accountKey = 'happychat.account'
/** Somebody signed out here without a connection: the server has to be told first. */
const signOutKey = 'happychat.signOut'

export const useSession = defineStore('session', () => {
  const live = useLive()
  const { api } = live
  const state = ref<'unknown' | 'signed-out' | 'signed-in'>('unknown')
  const account = shallowRef<Account | null>(null)
  const server = shallowRef<ServerInfo | null>(null)
  const ended = ref<Ended | null>(null)
  let loading: Promise<void> | null = null

  live.follow((changes) => {
    const current = live.engine?.replica.user.account
    if (current && (changes === 'all' || changes.account)) remember(current)
  })

  function remember(known: Account) {
    account.value = known
    writeSetting(accountKey, JSON.stringify(known))
  }

  /** Somebody is signed in now. */
  function enter(known: Account) {
    ended.value = null
    remember(known)
    state.value = 'signed-in'
    live.start(known.id, leave).catch(() => undefined)
  }

  /** The session is over; nothing of it stays on this device. */
  function leave(reason: Ended | null) {
    if (state.value !== 'signed-out') ended.value = reason
    writeSetting(accountKey, null)
    account.value = null
    state.value = 'signed-out'
    live.wipe().catch(() => undefined)
  }

  /** Finds out who is signed in. Once; again only if it failed. */
  function load(): Promise<void> {
    loading ??= begin().catch((error: unknown) => {
      loading = null
      throw toProblem(error)
    })
    return loading
  }

  async function begin() {
    if (readSetting(signOutKey) !== null) await tellSignOut()
    const known = rememberedAccount()
    if (known) {
      enter(known)
      loadServer().catch(() => undefined)
      return
    }
    // Asked first: a visitor who has no session is not refused one.
    const { signedIn } = await loadServer()
    const current = signedIn ? await whoAmI() : null
    if (current) enter(current)
    else state.value = 'signed-out'
  }

  async function whoAmI(): Promise<Account | null> {
    try {
      return await api.account()
    } catch (error) {
      if (isProblem(error) && error.status === 401) return null
      throw error
    }
  }

  async function loadServer(): Promise<ServerInfo> {
    server.value = await api.server()
    limits.value = { ...server.value.limits }
    return server.value
  }

  async function signIn(credentials: Omit<SignIn, 'use'>) {
    enter((await api.signIn(credentials)).account)
  }

  /** The second step, after session.second_factor. */
  async function signInFactor(challenge: string, code: string) {
    enter((await api.signInFactor(challenge, code)).account)
  }

  async function signInPasskeyFactor(challenge: string, used: PasskeyUsed) {
    enter((await api.signInPasskeyFactor(challenge, used)).account)
  }

  /** Instead of a password; there is no second step. */
  async function signInPasskey(used: PasskeyUsed, remember: boolean) {
    enter((await api.signInPasskey(used, remember)).account)
  }

  /** Works without a connection too: what is here is forgotten at once, the server is told when it can be. */
  async function signOut() {
    writeSetting(signOutKey, 'pending')
    leave(null)
    try {
      await tellSignOut()
    } catch (error) {
      if (!isProblem(error, UNREACHABLE) && !isProblem(error, TIMEOUT)) throw error
    }
  }

  async function tellSignOut() {
    try {
      await api.signOut()
    } catch (error) {
      if (!isProblem(error, SESSION_REQUIRED)) throw error
    }
    writeSetting(signOutKey, null)
  }

  async function signUp(account: Registration): Promise<Delivery> {
    return (await api.register(account)).delivery
  }

  async function resendActivation(email: string): Promise<Delivery> {
    return (await api.resendActivation(email)).delivery
  }

  async function activate(activation: Omit<Activation, 'use'>) {
    enter((await api.activate(activation)).account)
  }

  async function setUp(owner: Omit<Setup, 'use'>) {
    enter((await api.setUp(owner)).account)
    await loadServer().catch(() => undefined)
  }

  async function requestReset(email: string): Promise<Delivery> {
    return (await api.requestPasswordReset(email)).delivery
  }

  async function confirmReset(reset: ResetConfirmation) {
    await api.confirmPasswordReset(reset)
  }

  async function updateAccount(change: Parameters<typeof api.updateAccount>[0]) {
    const updated = await api.updateAccount(change)
    remember(updated)
    live.engine?.replica.acceptAccount(updated)
  }

  async function changePassword({ current, next }: { current: string; next: string }) {
    await api.changePassword({ ...(current ? { current } : {}), new: next })
  }

  /** There is nothing to come back to, so nothing stays here either. */
  async function deleteAccount(password: string) {
    await api.deleteAccount(password)
    leave('deleted')
  }

  const listSessions = (): Promise<DeviceSession[]> => api.sessions()
  const endSession = (id: string): Promise<void> => api.endSession(id)
  const endOtherSessions = (): Promise<void> => api.endOtherSessions()

  return {
    state,
    account,
    server,
    ended,
    load,
    loadServer,
    enter,
    signIn,
    signInFactor,
    signInPasskey,
    signInPasskeyFactor,
    signOut,
    signUp,
    resendActivation,
    activate,
    setUp,
    requestReset,
    confirmReset,
    updateAccount,
    changePassword,
    deleteAccount,
    listSessions,
    endSession,
    endOtherSessions,
  }
})

function rememberedAccount(): Account | null {
  try {
    const stored: unknown = JSON.parse(readSetting(accountKey) ?? 'null')
    const whole = typeof stored === 'object' && stored !== null && 'id' in stored && 'name' in stored
    return whole ? (stored as Account) : null
  } catch {
    return null
  }
}
