// What of stickers is opened by a tap, loaded while nobody waits (features/chats/lazy.ts).
import { defineAsyncComponent } from 'vue'

const load = () => import('./panes')

export const StickerDialogs = defineAsyncComponent(async () => (await load()).StickerDialogs)
export const StickerPanel = defineAsyncComponent(async () => (await load()).StickerPanel)
export const StickerSuggestions = defineAsyncComponent(async () => (await load()).StickerSuggestions)
