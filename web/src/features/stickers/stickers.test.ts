import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtinKeys, builtins } from '@/i18n/stickers'
import { builtinsFor, builtinMatches } from '@/components/stickers/finding'
import type { StickerKey } from '@/stores/types'
import { arrowTo } from './arrows'

const description = JSON.parse(readFileSync('../api/openapi.json', 'utf8')) as {
  components: { schemas: { Sticker: { properties: { key: { enum: string[] } } } } }
}

describe('the built-in stickers', () => {
  it('are those that the server knows, and all of them are drawn', () => {
    // Each way round, also for the types.
    const known: Record<StickerKey, unknown> = builtins
    expect(Object.keys(known)).toEqual(description.components.schemas.Sticker.properties.key.enum)
    const drawn = Object.keys(import.meta.glob('@/components/stickers/drawings/*.vue'))
    expect(drawn.map((path) => /([a-z-]+)\.vue$/.exec(path)?.[1]).sort()).toEqual([...builtinKeys].sort())
  })

  it('are offered for the emoji that says the same, whatever its tone and form', () => {
    expect(builtinsFor('👋🏽')[0]).toBe('hello')
    expect(builtinsFor('❤️')).toContain('love')
    expect(builtinsFor('🌧')).toEqual(['sad'])
    expect(builtinsFor('🧮')).toEqual([])
  })

  it('are found by words of both languages', () => {
    const found = (query: string) => builtinKeys.filter((key) => builtinMatches(key, query))
    expect(found('cake')).toEqual(['birthday'])
    expect(found('蛋糕')).toEqual(['birthday'])
    expect(found('hello')).toContain('hello')
  })
})

describe('the arrows', () => {
  // Three in a row, one in the next, two in the last.
  const boxes = [
    [0, 0],
    [80, 0],
    [160, 0],
    [0, 100],
    [0, 200],
    [80, 200],
  ].map(([left = 0, top = 0]) => ({ left, top }))

  it.each([
    [0, 'ArrowRight', 1],
    [2, 'ArrowRight', 3],
    [0, 'ArrowLeft', null],
    [2, 'ArrowDown', 3],
    [3, 'ArrowDown', 4],
    [5, 'ArrowUp', 3],
    [1, 'ArrowUp', null],
    [5, 'ArrowDown', null],
    [4, 'Home', 0],
    [1, 'End', 5],
    [1, 'x', null],
  ])('from %i with %s to %s', (from, key, to) => expect(arrowTo(boxes, from, key)).toBe(to))
})
