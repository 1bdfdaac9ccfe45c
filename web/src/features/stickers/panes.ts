export { default as StickerDialogs } from './StickerDialogs.vue'
export { default as StickerPanel } from './StickerPanel.vue'
export { default as StickerSuggestions } from './StickerSuggestions.vue'
