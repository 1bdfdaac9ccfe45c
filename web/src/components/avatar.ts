// What stands on a picture that nobody has uploaded.

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

function graphemes(text: string, most: number): string[] {
  const found: string[] = []
  // Long names are data of strangers: look at their beginning only.
  for (const { segment } of segmenter.segment(text.slice(0, 200))) {
    found.push(segment)
    if (found.length >= most) break
  }
  return found
}

/** One or two letters: of a Chinese name its end (the given name), of others the first of two words. */
export function initials(name: string, most: 1 | 2): string {
  const trimmed = name.trim()
  if (!trimmed) return '·'
  const characters = graphemes(trimmed, 50)
  if (eastAsian.test(characters[0] ?? '')) {
    const letters = characters.filter((character) => eastAsian.test(character))
    return letters.slice(-most).join('')
  }
  const all = trimmed.slice(0, 200).split(/\s+/)
  const named = all.filter((word) => /^[\p{L}\p{N}]/u.test(word))
  const words = named.length ? named : all
  const first = graphemes(words[0] ?? '', 1)[0] ?? ''
  const second = most > 1 && words.length > 1 ? (graphemes(words[words.length - 1] ?? '', 1)[0] ?? '') : ''
  return (first + second).toLocaleUpperCase()
}

/** A hue of its own for every account, the same everywhere. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  // Golden-ratio steps keep neighbours apart.
  // Yellows are left out: dark enough for white letters they are mud.
  return Math.round(130 + (((hash >>> 0) * 0.618033988749895) % 1) * 280) % 360
}

const sizes = [64, 128, 256, 640]

/** The smallest that is sharp on this screen. */
export function pictureUrl(picture: string, size: number): string {
  const wanted = size * (globalThis.devicePixelRatio || 1)
  const best = sizes.find((side) => side >= wanted) ?? 640
  return `/api/v1/avatars/${encodeURIComponent(picture)}/${best}`
}
