// The one-time token of a mailed link stands behind the #, which browsers send to no server. It is taken out of the
// address at once, so that it stays neither in the history nor on a screenshot.
import { onBeforeUnmount, onMounted } from 'vue'
import { useRoute } from 'vue-router'

export function useLinkToken(): string {
  // A link that is pasted where its page is open already changes nothing but what is behind the #, for which
  // browsers load nothing.
  const another = () => location.hash.length > 1 && location.reload()
  onMounted(() => window.addEventListener('hashchange', another))
  onBeforeUnmount(() => window.removeEventListener('hashchange', another))

  const token = useRoute().hash.slice(1)
  if (token) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
