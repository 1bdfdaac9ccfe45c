// @vitest-environment node
import { beforeAll, describe, expect, it } from 'vitest'
import { emojiTable } from '@/testing/emoji'
import { type Emoji, type EmojiGroup, emojiByCode, groupNames, inTone, searchEmoji, unpack } from './emoji'

let groups: readonly EmojiGroup[]
beforeAll(() => {
  groups = unpack(emojiTable())
})

const all = () => groups.flatMap(({ emoji }) => emoji)
const find = (query: string, most = 5) => searchEmoji(groups, query, most).map(({ char }) => char)

describe('the table of emoji', () => {
  it('has every group, and a name in both languages for each', () => {
    expect(groups.map(({ name }) => name)).toEqual(groupNames)
    expect(groups.every(({ emoji }) => emoji.length > 50)).toBe(true)
    expect(all().length).toBeGreaterThan(1900)
    expect(all().filter(({ name }) => !name.en || !name['zh-CN'])).toEqual([])
  })

  it('has each once, and none that is only a part', () => {
    expect(new Set(all().map(({ char }) => char)).size).toBe(all().length)
    expect(all().some(({ char }) => /^\p{Emoji_Modifier}$/u.test(char))).toBe(false)
  })

  it('leaves out what is too new for the device', () => {
    const older = unpack(emojiTable(), 14).flatMap(({ emoji }) => emoji.map(({ char }) => char))
    expect(older).toContain('🫠') // 14
    expect(older).not.toContain('🫨') // 15
    expect(all().map(({ char }) => char)).toContain('🫨')
  })

  it('knows skin tones, also those of two people', () => {
    const of = (char: string) => all().find((one) => one.char === char) as Emoji
    expect(inTone(of('👋'), 0)).toBe('👋')
    expect(inTone(of('👋'), 4)).toBe('👋🏾')
    expect(inTone(of('🧑‍🤝‍🧑'), 5)).toBe('🧑🏿‍🤝‍🧑🏿')
    expect(inTone(of('☝️'), 1)).toBe('☝🏻')
    expect(inTone(of('😀'), 3)).toBe('😀')
  })
})

describe('looking for an emoji', () => {
  it.each([
    ['joy', '😂'],
    ['笑哭', '😂'],
    ['thumbs', '👍'],
    ['+1', '👍'],
    ['赞', '👍'],
    ['heart', '❤️'],
    ['红心', '❤️'],
    ['中国', '🇨🇳'],
    ['germany', '🇩🇪'],
    ['red heart', '❤️'],
    ['HEART red', '❤️'],
    ['蛋糕', '🍰'],
    ['🎂', '🎂'],
  ])('%s finds %s among the first', (query, char) => {
    expect(find(query)).toContain(char)
  })

  it('wants every word to be found', () => {
    expect(find('red xyzzy')).toEqual([])
    expect(find(' ')).toEqual([])
  })

  it('puts what is called just so first', () => {
    expect(find('cat', 1)).toEqual(['🐱'])
    expect(find('smile', 1)).toEqual(['😄'])
  })

  it('takes few letters only from the beginning of a word', () => {
    const found = searchEmoji(groups, 'ox').map(({ char }) => char)
    expect(found).toContain('🐂')
    expect(found).not.toContain('🦊') // fox
  })

  it('knows the names between colons, in both languages', () => {
    expect(emojiByCode(groups, 'smile')?.char).toBe('😄')
    expect(emojiByCode(groups, 'THUMBSUP')?.char).toBe('👍')
    expect(emojiByCode(groups, '笑哭了')?.char).toBe('😂')
    expect(emojiByCode(groups, 'smil')).toBeUndefined()
  })
})
