// The picker of emoji with its table, and in a conversation the stickers, fetched while nobody waits: they open at
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
  ])
  await loadEmoji()
}

export function preloadStickers(): void {
  whenIdle(() => {
    const all = [import('@/components/stickers/StickerArt.vue'), import('@/features/stickers/panes')]
    void Promise.all(all).catch(() => undefined)
  })
}
