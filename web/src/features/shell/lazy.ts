// The quick switcher and the sheet of shortcuts, fetched while nobody waits: they open at once, and without a network.
import { defineAsyncComponent } from 'vue'
import { whenIdle } from '@/platform/idle'

const load = () => import('./overlays')

export function preloadOverlays(): void {
  // They are loaded again when they are needed.
  whenIdle(() => void load().catch(() => undefined))
}

export const QuickSwitcher = defineAsyncComponent(async () => (await load()).QuickSwitcher)
export const ShortcutSheet = defineAsyncComponent(async () => (await load()).ShortcutSheet)
