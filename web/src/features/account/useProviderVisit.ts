// Leaving for a provider. The page is gone when it works, so the button stays busy.
import { onBeforeUnmount, onMounted, ref } from 'vue'
import { leaveFor } from '@/platform/leave'

export function useProviderVisit(failed: (error: unknown) => void) {
  const going = ref('')

  async function go(provider: string, address: () => Promise<string>) {
    if (going.value) return
    going.value = provider
    try {
      leaveFor(await address())
    } catch (error) {
      going.value = ''
      failed(error)
    }
  }

  // Whoever presses “back” finds the page as it was, as if it still waited.
  const shown = () => (going.value = '')
  onMounted(() => window.addEventListener('pageshow', shown))
  onBeforeUnmount(() => window.removeEventListener('pageshow', shown))

  return { going, go }
}
