// Signing in with what somebody has at others: going there, coming back, and what is linked.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { VisitSignUp } from '@/api/types'
import { useLive } from './live'
import { useSession } from './session'
import type { Arrival, Delivery, Identity, Proposal } from './types'

export const useIdentities = defineStore('identities', () => {
  const { api } = useLive()
  const session = useSession()

  /** In the order of their buttons. */
  const providers = computed(() => session.server?.providers ?? [])
  const nameOf = (key: string) => providers.value.find((provider) => provider.key === key)?.name ?? key
  /** Somebody came back who is not known here. */
  const proposal = shallowRef<Proposal | null>(null)
  /** Why somebody who came back is not signed in, for the sign-in page. */
  const failure = ref('')

  /** The address to leave for. */
  const begin = (provider: string, remember: boolean): Promise<string> => api.beginVisit(provider, remember)
  const beginLink = (provider: string, password: string): Promise<string> => api.beginLink(provider, password)

  async function arrive(arrival: Omit<Arrival, 'use'>): Promise<'signed-in' | 'linked' | 'new'> {
    proposal.value = null
    const { signedIn, linked, proposal: offered } = await api.finishVisit(arrival)
    if (signedIn) {
      session.enter(signedIn.account)
      return 'signed-in'
    }
    if (linked) return 'linked'
    proposal.value = offered ?? null
    return 'new'
  }

  /** What somebody who came back can do, after a reload too. */
  async function look(): Promise<Proposal> {
    proposal.value ??= await api.visit()
    return proposal.value
  }

  /** Signed in at once, or where the mail goes. */
  async function signUp(wish: Omit<VisitSignUp, 'use'>): Promise<Delivery | null> {
    const { signedIn, delivery } = await api.signUpVisit(wish)
    if (!signedIn) return delivery ?? 'smtp'
    proposal.value = null
    session.enter(signedIn.account)
    return null
  }

  /** Links what somebody came back with to the account that they signed in to since. */
  async function link() {
    await api.linkVisit()
    proposal.value = null
  }

  async function forget() {
    proposal.value = null
    await api.endVisit()
  }

  const list = (): Promise<Identity[]> => api.identities()
  const unlink = (id: string): Promise<void> => api.unlink(id)

  return {
    providers,
    nameOf,
    proposal,
    failure,
    begin,
    beginLink,
    arrive,
    look,
    signUp,
    link,
    forget,
    list,
    unlink,
  }
})
