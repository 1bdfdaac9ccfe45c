// All emoji: their names and words in both languages, their skin tones, and how one finds them. Fetched when
// somebody first wants one; whoever shows messages does not need it.
import address from 'virtual:emoji'
import type { Language } from '@/i18n'
import type { EmojiTable } from './emoji-table'

export interface Emoji {
  char: string
  light: string
  codes: readonly string[]
  name: Readonly<Record<Language, string>>
  /** All that it is found by, codes and names first. */
  terms: readonly string[]
}

/** In the order of the table. */
export const groupNames = [
  'smileys',
  'people',
  'animals',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const
export type GroupName = (typeof groupNames)[number]

export interface EmojiGroup {
  name: GroupName
  emoji: readonly Emoji[]
}

/** 0 is the yellow that everybody has; 1 to 5 go from light to dark. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5
export const tones: readonly Tone[] = [0, 1, 2, 3, 4, 5]

export function inTone({ char, light }: Pick<Emoji, 'char' | 'light'>, tone: Tone): string {
  if (tone === 0 || light === '') return char
  return light.replaceAll('\u{1F3FB}', String.fromCodePoint(0x1f3fa + tone))
}

let loading: Promise<readonly EmojiGroup[]> | undefined

/** Fetches them once; what failed is tried again by the next who asks. */
export function loadEmoji(): Promise<readonly EmojiGroup[]> {
  loading ??= fetchEmoji().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

async function fetchEmoji() {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`emoji: ${answer.status}`)
  return unpack((await answer.json()) as EmojiTable, newestDrawn())
}

/** Leaves out what is newer than `newest`. */
export function unpack(table: EmojiTable, newest = Infinity): readonly EmojiGroup[] {
  const all = table.char.map((char, i): Emoji & { since: number } => {
    const name = { en: table.name.en[i] ?? '', 'zh-CN': table.name['zh-CN'][i] ?? '' }
    const codes = split(table.codes[i], ' ')
    const words = [...split(table.words.en[i], '|'), ...split(table.words['zh-CN'][i], '|')]
    return {
      char,
      name,
      codes,
      light: table.light[i] ?? '',
      since: table.since[i] ?? 0,
      terms: [...codes, name['zh-CN'], name.en, ...words].map((term) => term.toLowerCase()),
    }
  })
  let from = 0
  return groupNames.map((name, i) => {
    const to = from + (table.sizes[i] ?? 0)
    const emoji = all.slice(from, to).filter(({ since }) => since <= newest)
    from = to
    return { name, emoji }
  })
}

const split = (text: string | undefined, by: string) => (text ? text.split(by) : [])

/** What `query` finds, the best first. Every word of it must be found. */
export function searchEmoji(groups: readonly EmojiGroup[], query: string, most = Infinity): readonly Emoji[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return []
  const found: { emoji: Emoji; rank: number }[] = []
  for (const { emoji: members } of groups) {
    for (const emoji of members) {
      const rank = wanted.reduce((sum, word) => sum + rankOf(emoji, word), 0)
      if (rank < Infinity) found.push({ emoji, rank })
    }
  }
  // Sorting is stable: what is equally good stays in Unicode's order, the most usual first.
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji)
}

/** How far `word` is from being just what the emoji is called; infinity is not at all. */
function rankOf({ char, codes, terms }: Emoji, word: string): number {
  if (word === char) return 0
  const loose = word.length > 2 || !/^[ -~]*$/.test(word)
  let best = Infinity
  terms.forEach((term, i) => {
    // Codes and the Chinese name are what it is called; the rest is what it is like.
    const called = i <= codes.length ? 0 : 1
    if (term === word) best = Math.min(best, called)
    else if (term.startsWith(word)) best = Math.min(best, 2 + called)
    else if (term.includes(` ${word}`) || term.includes(`_${word}`)) best = Math.min(best, 4 + called)
    else if (loose && term.includes(word)) best = Math.min(best, 6 + called)
  })
  return best
}

/** The one that is called exactly so, in either language. */
export function emojiByCode(groups: readonly EmojiGroup[], code: string): Emoji | undefined {
  const wanted = code.toLowerCase()
  for (const { emoji: members } of groups) {
    const found = members.find((one) => one.codes.includes(wanted) || one.name['zh-CN'] === code)
    if (found) return found
  }
  return undefined
}

/** One of each version; what this device cannot draw, it shows as a box or in pieces. */
const samples: readonly (readonly [version: number, sample: string])[] = [
  [17, '\u{1FAEA}'],
  [16, '\u{1FAE9}'],
  [15.1, '\u{1F642}\u200D\u2194\uFE0F'],
  [15, '\u{1FAE8}'],
  [14, '\u{1FAE0}'],
  [13.1, '\u{1F636}\u200D\u{1F32B}\uFE0F'],
]

function newestDrawn(): number {
  const size = 24
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return Infinity
  context.font = `${size / 2}px ${getComputedStyle(document.documentElement).getPropertyValue('--font-emoji')}`
  context.textBaseline = 'top'
  const one = context.measureText('\u{1F642}').width
  const drawn = samples.find(([, sample]) => {
    if (context.measureText(sample).width > one * 1.5) return false
    context.clearRect(0, 0, size, size)
    context.fillText(sample, 0, 0)
    // A box for what is missing is black; an emoji has colours.
    const { data } = context.getImageData(0, 0, size, size)
    return data.some((value, i) => i % 4 === 0 && (value !== data[i + 1] || value !== data[i + 2]))
  })
  return drawn?.[0] ?? 13
}
