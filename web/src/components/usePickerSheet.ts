// Whether the picker of emoji is open beside the field: a popover where there is room, on a phone a sheet that takes the
// place of the keyboard.
import { onBeforeUnmount, onMounted, ref, type ShallowRef } from 'vue'

interface Options {
  area: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  /** What the picker belongs to: a press within it leaves it open. */
  around: Readonly<ShallowRef<HTMLElement | null>>
}

const phone = () => matchMedia('(max-width: 599.98px)').matches

export function usePickerSheet({ area, around }: Options) {
  const choosing = ref(false)

  function toggle() {
    choosing.value = !choosing.value
    if (!choosing.value) area.value?.focus()
    else if (phone()) area.value?.blur()
  }

  function close() {
    choosing.value = false
    area.value?.focus({ preventScroll: true })
  }

  /** Gives the focus back to the field, unless the sheet stays for the next one. */
  function sent() {
    if (!choosing.value || !phone()) area.value?.focus()
  }

  /** A press anywhere else closes the popover; the sheet stays until one writes. */
  function pressedOutside(event: PointerEvent) {
    if (choosing.value && !phone() && !around.value?.contains(event.target as Node)) choosing.value = false
  }

  onMounted(() => document.addEventListener('pointerdown', pressedOutside))
  onBeforeUnmount(() => document.removeEventListener('pointerdown', pressedOutside))

  return { choosing, toggle, close, sent }
}
