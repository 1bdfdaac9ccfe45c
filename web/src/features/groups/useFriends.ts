// Friends to choose from, in the order of the contacts.
import { computed } from 'vue'
import type { Pickable } from '@/components/PickPeople.vue'
import { compareNames } from '@/features/contacts/letters'
import { useContacts } from '@/stores/contacts'

/** `fixed` says why somebody cannot be chosen. */
export function useFriends(fixed: (id: string) => string | undefined = () => undefined) {
  const contacts = useContacts()
  return computed<Pickable[]>(() =>
    contacts.friends
      .map(({ account, remark }) => {
        const why = fixed(account.id)
        return {
          id: account.id,
          name: remark || account.name,
          note: remark ? account.name : account.username,
          kind: account.kind,
          ...(account.avatar ? { picture: account.avatar } : {}),
          ...(why === undefined ? {} : { fixed: why }),
        }
      })
      .sort((a, b) => compareNames(a.name, b.name)),
  )
}
