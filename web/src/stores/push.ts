// Whether this device is called when something is new while the app is closed: wanted for as long as somebody is signed
// in, wants notifications, and the server calls.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { PushPlace } from '@/platform/place'
import { push, type PushState } from '@/platform/push'
import { useLive } from './live'
import { useNotifications } from './notifications'
import { useSession } from './session'

export const usePush = defineStore('push', () => {
  const live = useLive()
  const session = useSession()
  const notifications = useNotifications()
  const now = shallowRef<PushState>(push?.state() ?? { state: 'off' })
  const look = () => (now.value = push?.state() ?? { state: 'off' })
  push?.follow(look)

  /** The key of a server that calls; undefined: it is not known yet. */
  const key = computed(() => (session.server ? (session.server.push?.publicKey ?? null) : undefined))

  /** By what is wanted; true and false, or null: not known yet. */
  const wanted = computed(() => {
    if (session.state === 'unknown') return null
    if (session.state === 'signed-out' || !notifications.shown) return false
    return key.value === undefined ? null : key.value !== null
  })

  async function tell(place: PushPlace | null) {
    if (place) await live.api.subscribePush(place)
    // With the session it has ended already.
    else if (session.state === 'signed-in') await live.api.unsubscribePush()
  }

  function want() {
    if (wanted.value === true && key.value) push?.on(key.value, tell)
    else if (wanted.value === false) push?.off(tell)
    look()
  }

  /** Keeps it so until the returned function is called. */
  const follow = () => watch([wanted, key], want, { immediate: true })

  return { now, want, choose: () => push?.choose(), follow }
})
