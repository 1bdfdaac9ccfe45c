import type { Page } from '@playwright/test'

interface Point {
  x: number
  y: number
}

/** A finger on the glass, as the system would report it. Only Chromium can be told. */
export async function finger(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: Point[]) =>
    devtools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map((point) => ({ ...point, id: 1 })),
    })
  return {
    down: (point: Point) => send('touchStart', [point]),
    move: (point: Point) => send('touchMove', [point]),
    up: () => send('touchEnd', []),
    /** In steps, so that nothing of it counts as a fling unless it is let go at once. */
    async slide(from: Point, to: Point) {
      const steps = 8
      for (let i = 1; i <= steps; i++) {
        const part = i / steps
        await send('touchMove', [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }])
      }
    },
  }
}
