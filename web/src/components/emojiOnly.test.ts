// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { emojiTable } from '@/testing/emoji'
import { emojiOnly } from './emojiOnly'

describe('a message of emoji only', () => {
  it.each([
    ['😀', 1],
    ['😀😂🤣', 3],
    ['😀 😂\n🤣', 3],
    ['😀😂🤣😃😄', 5],
    ['👍🏽', 1],
    ['❤️', 1],
    ['❤️‍🔥🏴‍☠️', 2],
    ['👨‍👩‍👧‍👦', 1],
    ['🇨🇳🇩🇪', 2],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 1],
    ['1️⃣', 1],
    ['🧑🏽‍🤝‍🧑🏻', 1],
  ])('%s has %i', (text, count) => {
    expect(emojiOnly(text)).toBe(count)
  })

  it.each([
    '',
    ' ',
    '😀!',
    'ok 😀',
    '1',
    '©',
    '123',
    '#',
    '❤',
    '😀😂🤣😃😄😁',
    '🇨',
    '\u200D',
    '😀'.repeat(5000),
  ])('“%.12s” is a text like any other', (text) => {
    expect(emojiOnly(text)).toBe(0)
  })

  it('is known for every emoji that one can choose', () => {
    const { char, light } = emojiTable()
    const unknown = [...char, ...light].filter((one) => one !== '' && emojiOnly(one) !== 1)
    expect(unknown).toEqual([])
  })
})
