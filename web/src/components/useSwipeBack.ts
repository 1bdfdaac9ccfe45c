// Back by swiping from the edge: the pane follows the finger, and goes or comes back when it is let go. What scrolls
// up and down goes on doing so.
import { onBeforeUnmount, type Ref, ref, type ShallowRef, watch } from 'vue'
import { spring } from './spring'

export interface SwipeBackOptions {
  pane: Readonly<ShallowRef<HTMLElement | null>>
  enabled: () => boolean
  back: () => void
}

/** Pixels from the edge where a swipe may begin. */
const EDGE = 28
/** Pixels until it is clear which way the finger goes. */
const CLEAR = 8
/** Of the width: beyond it, letting go goes back. */
const FAR = 0.4
/** Pixels a millisecond: so fast goes back from anywhere. */
const FAST = 0.45

export function useSwipeBack({ pane, enabled, back }: SwipeBackOptions) {
  /** How far the pane is from its place, in pixels; null: it is where it belongs. */
  const offset: Ref<number | null> = ref(null)
  let from: { x: number; y: number; id: number } | null = null
  let last = { x: 0, at: 0, velocity: 0 }
  let stop: () => void = () => undefined

  const touchOf = (event: TouchEvent) =>
    [...event.changedTouches].find(({ identifier }) => identifier === from?.id)

  function started(event: TouchEvent) {
    const [touch, more] = event.touches
    if (more) return cancelled()
    if (!touch || touch.clientX > EDGE || !enabled()) return
    stop()
    from = { x: touch.clientX, y: touch.clientY, id: touch.identifier }
    last = { x: touch.clientX, at: event.timeStamp, velocity: 0 }
  }

  function moved(event: TouchEvent) {
    const touch = touchOf(event)
    if (!from || !touch) return
    const dx = touch.clientX - from.x
    const dy = touch.clientY - from.y
    if (offset.value === null) {
      if (Math.hypot(dx, dy) < CLEAR) return
      if (dx < Math.abs(dy)) {
        from = null
        return
      }
    }
    if (event.cancelable) event.preventDefault()
    const time = event.timeStamp - last.at
    if (time > 0) {
      last = { x: touch.clientX, at: event.timeStamp, velocity: (touch.clientX - last.x) / time }
    }
    offset.value = Math.max(0, dx)
  }

  function ended(event: TouchEvent) {
    if (!from || !touchOf(event)) return
    from = null
    if (offset.value === null) return
    const width = pane.value?.clientWidth ?? innerWidth
    // Somebody who stopped before letting go did not fling it.
    const velocity = event.timeStamp - last.at > 80 ? 0 : last.velocity
    const goes = velocity > -FAST && (velocity > FAST || offset.value > width * FAR)
    settle(goes ? width : 0, velocity)
  }

  function cancelled() {
    if (from && offset.value !== null) settle(0, 0)
    from = null
  }

  function settle(to: number, velocity: number) {
    const rested = () => {
      if (to > 0) back()
      else offset.value = null
    }
    if (document.documentElement.dataset['motion'] === 'less') {
      offset.value = to
      rested()
      return
    }
    stop = spring({
      from: offset.value ?? 0,
      to,
      velocity,
      moved: (value) => (offset.value = Math.max(0, value)),
      rested,
    })
  }

  function listen(element: HTMLElement | null, before: HTMLElement | null) {
    before?.removeEventListener('touchstart', started)
    before?.removeEventListener('touchmove', moved)
    before?.removeEventListener('touchend', ended)
    before?.removeEventListener('touchcancel', cancelled)
    element?.addEventListener('touchstart', started, { passive: true })
    element?.addEventListener('touchmove', moved, { passive: false })
    element?.addEventListener('touchend', ended)
    element?.addEventListener('touchcancel', cancelled)
    // The pane has gone, or another has come.
    stop()
    from = null
    offset.value = null
  }

  watch(pane, (element, before) => listen(element, before ?? null), { flush: 'post', immediate: true })
  onBeforeUnmount(() => listen(null, pane.value))

  return { offset }
}
