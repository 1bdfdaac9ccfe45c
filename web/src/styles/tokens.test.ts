// @vitest-environment node
import { describe, expect, it } from 'vitest'
import tokens from './tokens.css?raw'

type Theme = Record<string, string>

const css = tokens.replace(/\/\*[^]*?\*\//g, '')

function theme(name: string): Theme {
  const start = css.indexOf(`[data-theme='${name}']`)
  const block = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start))
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2]]),
  )
}

function oklch(colour: string): [number, number, number] {
  const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour)
  if (!match) throw new Error(`not a plain oklch colour: ${colour}`)
  return [Number(match[1]), Number(match[2]), Number(match[3])]
}

// Björn Ottosson's OKLab matrices; what lies outside of sRGB is clipped, as browsers do at worst.
function luminance([l, c, h]: [number, number, number]): number {
  const a = c * Math.cos((h * Math.PI) / 180)
  const b = c * Math.sin((h * Math.PI) / 180)
  const [x, y, z] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ]
  const clip = (value: number) => Math.min(1, Math.max(0, value))
  return (
    0.2126 * clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z) +
    0.7152 * clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z) +
    0.0722 * clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z)
  )
}

function contrast(one: [number, number, number], other: [number, number, number]): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['canvas', 'surface', 'surface-raised', 'surface-sunken', 'chat', 'hover', 'selected']
/** Text on ground: WCAG 1.4.3. */
const words: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => [
    ['text', ground],
    ['text-muted', ground],
  ]),
  ['brand-text', 'surface'],
  ['brand-text', 'surface-raised'],
  ['brand-text', 'chat'],
  ['brand-text', 'selected'],
  ['brand-text', 'brand-soft'],
  ['text', 'brand-soft'],
  ['on-brand', 'brand-fill'],
  ['on-brand', 'brand-fill-hover'],
  ['text', 'bubble-own'],
  ['bubble-own-muted', 'bubble-own'],
  ['bubble-own-link', 'bubble-own'],
  ['text', 'bubble-other'],
  ['text-muted', 'bubble-other'],
  ['brand-text', 'bubble-other'],
  ['danger-text', 'surface'],
  ['danger-text', 'surface-raised'],
  ['danger-text', 'chat'],
  ['danger-text', 'danger-soft'],
  ['danger-text', 'hover'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-fill-hover'],
  ['on-accent', 'accent'],
  ['on-quiet', 'quiet'],
  ['accent-text', 'accent-soft'],
  ['text', 'accent-soft'],
  ['ok-text', 'surface'],
  ['ok-text', 'surface-raised'],
]
/** Parts of the interface that carry meaning: WCAG 1.4.11. */
const parts: [string, string][] = [
  ['line-strong', 'surface'],
  ['line-strong', 'surface-raised'],
  ['brand', 'surface'],
  ['brand', 'surface-raised'],
  ['brand', 'chat'],
  ['brand-fill', 'surface'],
  ['brand-fill', 'surface-sunken'],
  ['danger', 'surface'],
  ['ok', 'surface'],
  ['ok', 'selected'],
  ['tick-read', 'bubble-own'],
  ['tick-read', 'surface'],
  ...grounds.map((ground): [string, string] => ['focus', ground]),
]

const names = ['light', 'dark', 'contrast', 'contrast-dark']

describe.each(names)('theme %s', (name) => {
  const tokens = theme(name)
  const more = name.startsWith('contrast')

  it('gives every colour a value', () => {
    expect(Object.keys(tokens).sort()).toEqual(Object.keys(theme('light')).sort())
  })

  it.each(words)('%s is readable on %s', (text, ground) => {
    expect(contrast(oklch(tokens[text]!), oklch(tokens[ground]!))).toBeGreaterThanOrEqual(more ? 7 : 4.5)
  })

  it.each(parts)('%s can be seen on %s', (part, ground) => {
    expect(contrast(oklch(tokens[part]!), oklch(tokens[ground]!))).toBeGreaterThanOrEqual(more ? 4.5 : 3)
  })

  it('has readable initials on an avatar of any hue', () => {
    for (let hue = 0; hue < 360; hue++) {
      const ground: [number, number, number] = [Number(tokens['avatar-l']), Number(tokens['avatar-c']), hue]
      expect(contrast(oklch(tokens['on-avatar']!), ground), `hue ${hue}`).toBeGreaterThanOrEqual(4.5)
    }
  })
})

describe('colours outside of the tokens', () => {
  // Stickers are drawings: their colours are their own in every theme, as those of a picture are.
  const files = import.meta.glob<string>(
    ['../**/*.vue', '../**/*.css', '!**/tokens.css', '!**/StickerArt.vue'],
    { query: '?raw', import: 'default', eager: true },
  )

  it.each(Object.entries(files))('%s names none', (path, text) => {
    const style = path.endsWith('.vue')
      ? [...text.matchAll(/<style[^>]*>([^]*?)<\/style>/g)].map((match) => match[1]).join()
      : text
    expect(style).not.toMatch(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab)\((?!from |var)/i)
  })
})
