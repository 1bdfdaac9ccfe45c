// The truth about the connection, but only when it lasts: a short break is nobody's business.
import { computed, onScopeDispose, ref, watch } from 'vue'
import { useConnection } from '@/stores/connection'

const quiet = 2000

export function useQuietConnection() {
  const connection = useConnection()
  const lasting = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const down = computed(() => connection.state === 'connecting' || connection.state === 'offline')
  watch(
    down,
    (isDown) => {
      clearTimeout(timer)
      if (!isDown) lasting.value = false
      else
        timer = setTimeout(() => (lasting.value = true), Math.max(0, connection.since + quiet - Date.now()))
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))

  const trouble = computed(() => {
    if (!lasting.value || !down.value) return null
    return connection.state === 'offline' ? 'offline' : 'connecting'
  })

  return { trouble, retry: () => connection.retryNow() }
}
