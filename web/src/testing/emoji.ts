// The table of emoji as the build makes it.
export { emojiTable } from '../../build/emoji'
