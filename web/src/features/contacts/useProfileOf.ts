// What somebody tells of themselves, fetched when one looks; null until it is there, and without a connection.
import { shallowRef, watch, type ShallowRef } from 'vue'
import { useProfile } from '@/stores/profile'
import type { Profile } from '@/stores/types'

export function useProfileOf(accountId: () => string): Readonly<ShallowRef<Profile | null>> {
  const profiles = useProfile()
  const profile = shallowRef<Profile | null>(null)
  watch(
    accountId,
    async (wanted) => {
      profile.value = null
      const found = await profiles.of(wanted).catch(() => null)
      if (wanted === accountId()) profile.value = found
    },
    { immediate: true },
  )
  return profile
}
