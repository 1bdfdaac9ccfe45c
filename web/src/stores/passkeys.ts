// Passkeys: mine, and signing in with one. What the browser refuses rejects with a problem, as what the server refuses.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { ProblemError } from '@/api/problem'
import {
  availability,
  make,
  type Request,
  refusalOf,
  tellAccepted,
  use,
  type Used,
} from '@/platform/passkeys'
import { useLive } from './live'
import { useProfile } from './profile'
import { useSession } from './session'
import type { Passkey } from './types'

async function browser<T>(does: Promise<T>): Promise<T> {
  try {
    return await does
  } catch (error) {
    throw new ProblemError({ title: '', status: 0, code: refusalOf(error), detail: '' })
  }
}

export const usePasskeys = defineStore('passkeys', () => {
  const { api } = useLive()
  const session = useSession()
  const profile = useProfile()
  const party = computed(() => session.server?.passkeys)
  const where = computed(() => availability(party.value))
  const list = ref<Passkey[] | null>(null)
  let handle = ''

  async function load() {
    const found = await api.passkeys()
    list.value = found.passkeys
    handle = found.userHandle
  }

  /** Gives recovery codes if it turned the second step on. */
  async function add(password: string, name: string): Promise<string[]> {
    const made = await browser(make(await api.beginPasskey(password)))
    const { passkey, recoveryCodes } = await api.addPasskey({ ...made, ...(name ? { name } : {}) })
    list.value = [...(list.value ?? []), passkey]
    await profile.lookAtFactors()
    return recoveryCodes
  }

  async function rename(id: string, name: string) {
    const renamed = await api.renamePasskey(id, name)
    list.value = list.value?.map((passkey) => (passkey.id === id ? renamed : passkey)) ?? null
  }

  async function remove(id: string, password: string) {
    await api.removePasskey(id, password)
    list.value = list.value?.filter((passkey) => passkey.id !== id) ?? null
    if (where.value === 'here' && party.value && list.value)
      tellAccepted(
        party.value,
        handle,
        list.value.map(({ credentialId }) => credentialId),
      )
    await profile.lookAtFactors()
  }

  /** `quiet` waits until a passkey is chosen in the field of the user name, and is given up by `signal`. */
  async function choose(o: { quiet?: boolean; signal?: AbortSignal } = {}): Promise<Used> {
    return ask(await api.passkeyChallenge(), o)
  }

  const ask = (request: Request, o: { quiet?: boolean; signal?: AbortSignal } = {}) =>
    browser(use(request, o))

  async function second(challenge: string) {
    const used = await ask(await api.passkeyFactorChallenge(challenge))
    await session.signInPasskeyFactor(challenge, used)
  }

  return { party, where, list, load, add, rename, remove, choose, second }
})
