// Keeps the service worker informed for notifications while the app is closed: in which language it tells, and when
// somebody last looked.
import { onScopeDispose, watch } from 'vue'
import { changeTold, forgetTold } from '@/platform/told'
import { useLocale } from '@/stores/locale'
import { useSession } from '@/stores/session'

export function useTold() {
  const locale = useLocale()
  const session = useSession()

  watch(
    () => locale.language,
    (language) => void changeTold(() => ({ language })).catch(() => undefined),
    { immediate: true },
  )

  function looked() {
    if (document.visibilityState === 'visible') return
    const lookedAt = Date.now()
    changeTold(() => ({ lookedAt })).catch(() => undefined)
  }
  document.addEventListener('visibilitychange', looked)

  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', looked)
    if (session.state === 'signed-out') forgetTold().catch(() => undefined)
  })
}
