// The picker of emoji and its table, fetched while nobody waits: it opens at once, and without a network.
import { whenIdle } from '@/platform/idle'

export function preloadEmoji(): void {
  // They are loaded again when they are needed.
  whenIdle(() => void load().catch(() => undefined))
}

async function load() {
  const [{ loadEmoji }] = await Promise.all([
    import('@/components/emoji'),
    import('@/components/EmojiPicker.vue'),
  ])
  await loadEmoji()
}
