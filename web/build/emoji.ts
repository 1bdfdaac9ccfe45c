// Makes the table of emoji that the app fetches when somebody first wants one: what emojibase knows, in both
// languages, without what the app does not show. By column, since equal things side by side compress best.
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'
import type { EmojiTable } from '../src/components/emoji-table.ts'

const read = createRequire(import.meta.url)

/** What is used of an entry of emojibase. */
interface Entry {
  hexcode: string
  emoji: string
  label: string
  tags?: string[]
  group?: number
  order?: number
  version: number
  skins?: { emoji: string; tone?: number | number[] }[]
}

type Codes = Record<string, string | string[] | undefined>

/** Skin tones and hair alone; they are no emoji that one would send. */
const components = 2
const lightSkin = '\u{1F3FB}'

export function emojiTable(): EmojiTable {
  const english = read('emojibase-data/en/data.json') as Entry[]
  const chinese = new Map((read('emojibase-data/zh/data.json') as Entry[]).map((one) => [one.hexcode, one]))
  const github = read('emojibase-data/en/shortcodes/github.json') as Codes
  const emojibase = read('emojibase-data/en/shortcodes/emojibase.json') as Codes

  const all = english
    .filter(({ group }) => group !== undefined && group !== components)
    .sort((a, b) => a.order! - b.order!)
  const table: EmojiTable = {
    sizes: [],
    char: [],
    light: [],
    since: [],
    codes: [],
    name: { en: [], 'zh-CN': [] },
    words: { en: [], 'zh-CN': [] },
  }
  const groups = [...new Set(all.map(({ group }) => group!))].sort((a, b) => a - b)
  for (const group of groups) {
    const members = all.filter((one) => one.group === group)
    table.sizes.push(members.length)
    for (const one of members) {
      const { emoji, hexcode, label, tags = [], version } = one
      const local = chinese.get(hexcode)
      if (!local) throw new Error(`${emoji} ${label} has no Chinese name`)
      const name = local.label.replaceAll(': ', '：')
      const codes = [...new Set([github[hexcode] ?? [], emojibase[hexcode] ?? []].flat())]
      table.char.push(plain(emoji))
      table.light.push(lightForm(one))
      table.since.push(version)
      table.codes.push(codes.join(' '))
      table.name.en.push(label)
      table.name['zh-CN'].push(name)
      // What its name or a code says already need not be said twice.
      const said = `${label} ${codes.join(' ')}`
      table.words.en.push(tags.filter((tag) => !said.includes(tag)).join('|'))
      table.words['zh-CN'].push((local.tags ?? []).filter((tag) => !name.includes(tag)).join('|'))
    }
  }
  return table
}

/** As Unicode recommends it: what is a picture by itself needs no sign that says so. */
function plain(emoji: string): string {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1')
}

/** With light skin, or nothing. The other tones are that with another modifier, in every place. */
function lightForm({ emoji, skins = [] }: Entry): string {
  const light = plain(skins.find(({ tone }) => tone === 1)?.emoji ?? '')
  for (const { tone, emoji: form } of skins) {
    if (typeof tone !== 'number') continue // two people with two tones
    if (light.replaceAll(lightSkin, String.fromCodePoint(0x1f3fa + tone)) !== plain(form)) {
      throw new Error(`${emoji} has skin tones that cannot be derived`)
    }
  }
  return light
}

/** Offers the address of the table as the default export of virtual:emoji. */
export function emoji(): Plugin {
  const name = 'virtual:emoji'
  const resolved = `\0${name}`
  const devPath = '/@emoji.json'
  let building = false
  return {
    name: 'happychat:emoji',
    config(_, { command }) {
      building = command === 'build'
    },
    configureServer(server) {
      server.middlewares.use(devPath, (_, answer) => {
        answer.setHeader('Content-Type', 'application/json')
        answer.end(JSON.stringify(emojiTable()))
      })
    },
    resolveId: (id) => (id === name ? resolved : null),
    load(id) {
      if (id !== resolved) return null
      if (!building) return `export default ${JSON.stringify(devPath)}`
      const file = this.emitFile({
        type: 'asset',
        name: 'emoji.json',
        source: JSON.stringify(emojiTable()),
      })
      return `export default import.meta.ROLLUP_FILE_URL_${file}`
    },
  }
}
