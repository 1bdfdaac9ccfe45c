// The one-time token of a mailed link stands behind the #, which browsers send to no server. It is taken out of the
// address at once, so that it stays neither in the history nor on a screenshot.
import { useRoute } from 'vue-router'

export function useLinkToken(): string {
  const token = useRoute().hash.slice(1)
  if (token) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
