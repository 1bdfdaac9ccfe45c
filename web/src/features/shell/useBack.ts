// Back to a list: by the history when one came from it, so that the phone's own way back does not run in circles.
import { useRouter } from 'vue-router'

export function useBack(list: string) {
  const router = useRouter()
  return () => {
    if ((history.state as { back?: unknown } | null)?.back === list) router.back()
    else void router.push(list)
  }
}
