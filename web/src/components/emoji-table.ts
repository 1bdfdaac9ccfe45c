// The table of emoji as build/emoji.ts makes it and the app fetches it: columns, and how many emoji of each group
// stand in them.
export interface EmojiTable {
  sizes: number[]
  char: string[]
  /** With light skin, or "". */
  light: string[]
  /** The version of Unicode's emoji that has it first. */
  since: number[]
  /** What stands between two colons, parted by spaces. */
  codes: string[]
  name: Record<'en' | 'zh-CN', string[]>
  /** Parted by bars. */
  words: Record<'en' | 'zh-CN', string[]>
}
