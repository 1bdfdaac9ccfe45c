import { describe, expect, it } from 'vitest'
import { fuzzy } from './fuzzy'

const ranked = (query: string, texts: string[]) =>
  texts
    .map((text) => ({ text, match: fuzzy(query, text) }))
    .filter(({ match }) => match)
    .sort((a, b) => b.match!.score - a.match!.score)
    .map(({ text }) => text)

describe('finding by a few letters', () => {
  it('takes them in their order, wherever they stand', () => {
    expect(fuzzy('bcw', 'Boat crew')?.at).toEqual([0, 5, 8])
    expect(fuzzy('wb', 'Boat crew')).toBeNull()
    expect(fuzzy('boat  cr', 'Boat crew')?.at).toEqual([0, 1, 2, 3, 5, 6])
  })

  it('looks past case and accents', () => {
    expect(fuzzy('zoe', 'Zoë')?.at).toEqual([0, 1, 2])
    expect(fuzzy('TOMAS', 'Tomás O’Brien')).not.toBeNull()
  })

  it('finds Chinese names by any of their characters', () => {
    expect(fuzzy('明月', '欧阳明月')?.at).toEqual([2, 3])
    expect(fuzzy('欧月', '欧阳明月')?.at).toEqual([0, 3])
    expect(fuzzy('月明', '欧阳明月')).toBeNull()
  })

  it('prefers beginnings, then neighbours, then what is shorter', () => {
    expect(ranked('an', ['Joana', 'Ann', 'Axel Norden', 'Annabel'])).toEqual([
      'Ann',
      'Annabel',
      'Axel Norden',
      'Joana',
    ])
  })

  it('tells places of what lies beyond the basic plane', () => {
    expect(fuzzy('b', '🎂 b')?.at).toEqual([3])
  })

  it('takes everything for nothing, and does not mind a name without an end', () => {
    expect(fuzzy('  ', 'Ann')).toEqual({ score: 0, at: [] })
    expect(fuzzy('b', `${'a'.repeat(1000)}b`)).toBeNull()
  })
})
