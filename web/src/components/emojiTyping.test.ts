// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { closedEmoji, typedEmoji } from './emojiTyping'

const typed = (text: string) => typedEmoji(text, text.length)?.query ?? null
const closed = (text: string) => closedEmoji(text, text.length)?.query ?? null

describe('an emoji that is being typed', () => {
  it.each([
    [':sm', 'sm'],
    ['well :+1', '+1'],
    ['(:heart_e', 'heart_e'],
    ['😀:ok', 'ok'],
    [':笑', '笑'],
    ['：笑哭', '笑哭'],
    ['好，：花', '花'],
    ['a\n:ok', 'ok'],
  ])('is seen in “%s”', (text, query) => {
    expect(typed(text)).toBe(query)
  })

  it.each([
    ':',
    ':)',
    ':D',
    ': ok',
    '10:30',
    'https://x',
    '他说：好',
    'std::vector',
    ':a b',
    `:${'x'.repeat(60)}`,
  ])('is not meant in “%s”', (text) => {
    expect(typed(text)).toBeNull()
  })

  it('is looked for up to the cursor', () => {
    expect(typedEmoji('a :smile b', 5)).toEqual({ from: 2, query: 'sm' })
  })
})

describe('a name between two colons', () => {
  it.each([
    [':smile:', 'smile'],
    ['so :100:', '100'],
    ['：笑哭了：', '笑哭了'],
  ])('is seen in “%s”', (text, query) => {
    expect(closed(text)).toBe(query)
  })

  it.each(['::', '10:30:', 'a:b:', ':a b:', ':smile: ', 'x'])('is not meant in “%s”', (text) => {
    expect(closed(text)).toBeNull()
  })
})
