// What is opened seldom and must open at once.
export { default as QuickSwitcher } from './QuickSwitcher.vue'
export { default as ShortcutSheet } from './ShortcutSheet.vue'
