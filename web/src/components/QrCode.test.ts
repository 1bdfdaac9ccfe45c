import { encode } from 'uqr'
import { describe, expect, it } from 'vitest'
import { show } from '@/testing/render'
import QrCode from './QrCode.vue'

/** The modules that a path of rectangles h×1 covers. */
function covered(path: string): Set<string> {
  const found = new Set<string>()
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    for (let i = 0; i < Number(width); i++) found.add(`${Number(x) + i},${y}`)
  }
  return found
}

describe('a QR code', () => {
  it('draws exactly the dark modules, and says what it leads to', async () => {
    const text = 'https://chat.example/join#abcdefghijklmnopqrstuv'
    const { getByRole, container } = await show(QrCode, { props: { text, label: 'Link to the group' } })
    expect(getByRole('img', { name: 'Link to the group' })).toBeTruthy()
    const { data } = encode(text, { ecc: 'M', border: 4 })
    const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x},${y}`] : [])))
    expect(covered(container.querySelector('.ink')?.getAttribute('d') ?? '')).toEqual(new Set(dark))
  })
})
