// Listens to the keys that do something everywhere. A dialog keeps its keys for itself.
import { onScopeDispose } from 'vue'
import { useAppearance } from '@/stores/appearance'
import { type Everywhere, everywhere, matches, single } from './shortcuts'

const writing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')

export function useShortcuts(actions: Record<Everywhere, () => void>) {
  const appearance = useAppearance()

  function pressed(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
    for (const { id, keys } of everywhere) {
      for (const combination of keys) {
        if (!matches(event, combination)) continue
        if (single(combination) && (writing(event.target) || !appearance.singleKeys)) continue
        event.preventDefault()
        actions[id]()
        return
      }
    }
  }

  addEventListener('keydown', pressed)
  onScopeDispose(() => removeEventListener('keydown', pressed))
}
