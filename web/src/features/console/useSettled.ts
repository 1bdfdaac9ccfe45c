// A text that follows another once nobody types any more, so that not every letter asks the server.
import { onScopeDispose, ref, watch, type Ref } from 'vue'

export function useSettled(source: Ref<string>, wait = 250): Readonly<Ref<string>> {
  const settled = ref(source.value.trim())
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = text.trim()), wait)
  })
  onScopeDispose(() => clearTimeout(timer))
  return settled
}
