import { expect, test } from 'vitest'
import { singleSize } from './attachment'

test.each([
  ['small ones stay as they are', [200, 100], [200, 100]],
  ['wide ones fit the width', [3200, 1600], [320, 160]],
  ['tall ones fit the height', [1000, 3600], [100, 360]],
  ['very long ones keep something to see', [100, 10_000], [96, 360]],
  ['tiny ones can be hit by a thumb', [1, 1], [96, 96]],
])('%s', (_, [width, height], [w, h]) => {
  expect(singleSize(width!, height!)).toEqual({ width: w, height: h })
})
