// Tells the server where one is, so that "tomorrow at eight" means eight there.
import { watch } from 'vue'
import { useConnection } from '@/stores/connection'
import { useSession } from '@/stores/session'

export function useTimeZone() {
  const session = useSession()
  const connection = useConnection()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  watch(
    () => connection.state === 'online' && session.account?.timeZone !== zone,
    (differs) => {
      // A zone that the server does not know stays untold; the next start tries again.
      if (differs && zone) session.updateAccount({ timeZone: zone }).catch(() => undefined)
    },
    { immediate: true },
  )
}
