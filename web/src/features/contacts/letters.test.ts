import { describe, expect, it } from 'vitest'
import { compareNames, letterOf } from './letters'

describe('letters of the contacts', () => {
  it.each([
    ['王小明', 'W'],
    ['陈静', 'C'],
    ['欧阳娜娜', 'O'],
    ['赵磊', 'Z'],
    ['阿宝', 'A'],
    ['Ben', 'B'],
    ['émile', 'E'],
    ['123', '#'],
    ['😀', '#'],
    ['', '#'],
  ])('%s stands under %s', (name, letter) => {
    expect(letterOf(name)).toBe(letter)
  })

  it('sorts both scripts into one alphabet', () => {
    expect(['王伟', 'Ben', '9 lives', '陈静', 'Zoe', 'amy'].sort(compareNames)).toEqual([
      'amy',
      'Ben',
      '陈静',
      '王伟',
      'Zoe',
      '9 lives',
    ])
  })
})
