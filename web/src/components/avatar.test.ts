import { describe, expect, it } from 'vitest'
import { hueOf, initials } from './avatar'

describe('initials', () => {
  it.each([
    ['王小明', 2, '小明'],
    ['王小明', 1, '明'],
    ['张伟', 2, '张伟'],
    ['Ben Carter', 2, 'BC'],
    ['Ben Carter', 1, 'B'],
    ['Ben (Physics)', 2, 'B'],
    ['anna maria weber', 2, 'AW'],
    ['émile', 2, 'É'],
    ['👩‍👩‍👧‍👦 family', 1, 'F'],
    ['👩‍👩‍👧‍👦', 2, '👩‍👩‍👧‍👦'],
    ['<script>', 2, '<'],
    ['   ', 2, '·'],
    ['', 2, '·'],
  ] as const)('of “%s” in %i', (name, most, expected) => {
    expect(initials(name, most)).toBe(expected)
  })

  it('take no time for a name that is none', () => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      initials('\u0301'.repeat(100_000), 2)
      initials(' '.repeat(100_000), 2)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(50)
  })
})

describe('the hue of an account', () => {
  it('is always the same, and spread', () => {
    expect(hueOf('123')).toBe(hueOf('123'))
    const hues = new Set(Array.from({ length: 100 }, (_, i) => hueOf(String(7_000_000_000_000 + i))))
    expect(hues.size).toBeGreaterThan(60)
  })
})
