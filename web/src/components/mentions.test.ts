// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { pieces } from './links'
import { markMentions, typedMention } from './mentions'

const marked = (body: string, names: string[]) =>
  markMentions(pieces(body), names).map(({ text, mention }) => (mention ? `[${text}]` : text))

describe('who is spoken to', () => {
  it('is found in the words, and nobody else', () => {
    expect(marked('@小明 你好，@Li Ming 呢', ['小明', 'Li Ming'])).toEqual([
      '[@小明]',
      ' 你好，',
      '[@Li Ming]',
      ' 呢',
    ])
    expect(marked('@小红 hi', ['小明'])).toEqual(['@小红 hi'])
    expect(marked('hello', ['hello'])).toEqual(['hello'])
    expect(marked('@ @@小明', ['小明', ''])).toEqual(['@ @', '[@小明]'])
  })

  it('is the one with the longer name', () => {
    expect(marked('@Li Ming @Li', ['Li', 'Li Ming'])).toEqual(['[@Li Ming]', ' ', '[@Li]'])
  })

  it('is never inside an address', () => {
    expect(marked('https://a.example/@li and @li', ['li'])).toEqual([
      'https://a.example/@li',
      ' and ',
      '[@li]',
    ])
  })

  it('is found in long hostile words without delay', () => {
    const started = performance.now()
    marked('@a'.repeat(50_000), ['b', 'aa'])
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('a name that is being typed', () => {
  it.each([
    ['@', 1, { from: 0, query: '' }],
    ['hi @Li', 6, { from: 3, query: 'Li' }],
    ['你好@小', 4, { from: 2, query: '小' }],
    ['@Li Ming', 8, { from: 0, query: 'Li Ming' }],
    ['me@example', 10, null],
    ['@ Li', 4, null],
    ['@Li\nthere', 9, null],
    ['hello', 5, null],
    ['@Li later', 3, { from: 0, query: 'Li' }],
  ])('%j at %i is %j', (text, cursor, found) => {
    expect(typedMention(text, cursor)).toEqual(found)
  })
})
