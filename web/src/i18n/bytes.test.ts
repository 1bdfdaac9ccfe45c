import { expect, test } from 'vitest'
import { bytes } from './bytes'

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KB'],
  [1536, '1.5 KB'],
  [26_214_400, '25 MB'],
  [123_456_789, '118 MB'],
  [5 * 1024 ** 4, '5 TB'],
  [5000 * 1024 ** 4, '5,000 TB'],
])('%d bytes are %s', (n, text) => {
  expect(bytes(n, 'en')).toBe(text)
})
