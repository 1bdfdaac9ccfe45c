// The time of day, renewed every half minute, for words such as "now" and "Yesterday".
import { onScopeDispose, ref } from 'vue'

export function useNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 30_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}
