// The picker with its emoji and stickers, fetched while nobody waits, once somebody is in a conversation: it opens at
// once, and without a network.
import { whenIdle } from '@/platform/idle'

export function preloadPicker(): void {
  // They are loaded again when they are needed.
  whenIdle(() => void load().catch(() => undefined))
}

async function load() {
  const [{ loadEmoji }] = await Promise.all([
    import('@/components/emoji'),
    import('@/components/PickerPanel.vue'),
    import('@/components/stickers/StickerArt.vue'),
    import('@/features/stickers/panes'),
  ])
  await loadEmoji()
}
