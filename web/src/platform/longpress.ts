// A long press of a finger asks for the menu, as the right button of a mouse does. Some browsers say so by themselves
// (contextmenu), Safari on a phone does not: this says it for all of them, and only once.

/** Milliseconds: shorter than the browsers' own. */
const LONG = 450
/** Pixels: a finger is never quite still. */
const STILL = 10

/** Listens from now on; returns what ends it. */
export function followLongPress(root: Document = document): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  /** The menu was asked for, and the finger is still there. */
  let asked = false

  function started(event: TouchEvent) {
    clearTimeout(timer)
    asked = false
    const [touch, more] = event.touches
    const { target } = event
    if (!touch || more || !(target instanceof Element)) return
    from = { x: touch.clientX, y: touch.clientY }
    timer = setTimeout(() => {
      const menu = new MouseEvent('contextmenu', {
        bubbles: true,
        cancelable: true,
        clientX: from.x,
        clientY: from.y,
      })
      // Nobody has a menu here: the browser may do what it does.
      asked = !target.dispatchEvent(menu)
      if (asked) navigator.vibrate?.(8)
    }, LONG)
  }

  function moved(event: TouchEvent) {
    const [touch] = event.touches
    if (touch && Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > STILL) clearTimeout(timer)
  }

  function ended(event: TouchEvent) {
    clearTimeout(timer)
    // The finger has asked for the menu; lifting it is no tap.
    if (asked && event.cancelable) event.preventDefault()
    asked = false
  }

  function native(event: MouseEvent) {
    if (!event.isTrusted) return
    if (!asked) return clearTimeout(timer)
    event.preventDefault()
    event.stopPropagation()
  }

  const options = { capture: true, passive: false }
  root.addEventListener('touchstart', started, { capture: true, passive: true })
  root.addEventListener('touchmove', moved, { capture: true, passive: true })
  root.addEventListener('touchend', ended, options)
  root.addEventListener('touchcancel', ended, options)
  root.addEventListener('contextmenu', native, true)
  return () => {
    clearTimeout(timer)
    root.removeEventListener('touchstart', started, true)
    root.removeEventListener('touchmove', moved, true)
    root.removeEventListener('touchend', ended, true)
    root.removeEventListener('touchcancel', ended, true)
    root.removeEventListener('contextmenu', native, true)
  }
}
