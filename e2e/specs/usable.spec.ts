import type { Page } from '@playwright/test'
import { beginning, type Screen, type Visit } from '../screens/list.ts'
import { parties, type Theme, themes, walk, wear } from '../screens/walk.ts'
import { worldSettings } from '../screens/world.ts'
import { computer, expect, phone, test } from '../support/test.ts'
import { flaws, overflow, smallTargets } from '../support/usable.ts'

// Every screen fits, and everybody can use it, on a phone and on a computer. The structure is the same in all themes:
// all of axe's rules look at one of them, those about colours at another, and between the two sizes at every one. By
// hand (make e2e-screens), all rules look at all themes, in every engine.

test.use({ settings: worldSettings })

/** Nothing is wider than its place, nor smaller than a finger. */
async function fits(name: string, page: Page) {
  expect.soft(await overflow(page), `${name} is wider than its place`).toBeLessThanOrEqual(0)
  expect.soft(await smallTargets(page), `${name} under a finger`).toEqual([])
}

const usable =
  (whole: readonly Theme[], colours: readonly Theme[] = []) =>
  async ({ name }: Screen, { page, someone }: Visit) => {
    for (const theme of [...whole, ...colours]) {
      await wear(someone, theme)
      const what = whole.includes(theme) ? 'everything' : 'colours'
      expect.soft(await flaws(page, what), `${name} in ${theme}`).toEqual([])
    }
    expect.soft(await overflow(page), `${name} is wider than its place`).toBeLessThanOrEqual(0)
    if (someone.size === phone) return fits(name, page)
    // Also in the narrowest place: the English words are the longest, and no reason to go everywhere once more.
    if (someone.engine === 'webkit') return
    await page.setViewportSize(phone)
    await someone.settled()
    await fits(name, page)
    await page.setViewportSize(someone.size)
  }

for (const { size, language, look } of [
  { size: computer, language: 'en', look: usable(['light'], ['dark']) },
  { size: phone, language: 'zh-CN', look: usable(['contrast'], ['contrast-dark']) },
] as const) {
  for (const [who, chosen] of [
    ['somebody with friends', ['nora']],
    ['everybody else', ['guest', 'newcomer', 'owner']],
  ] as const) {
    test(`what ${who} sees can be used, ${size.width} wide, ${language}`, async ({ person, everyTheme }) => {
      test.setTimeout(900_000)
      const { world, list } = await parties(person, { language, size })
      for (const [someone, screens] of list) {
        if ((chosen as readonly string[]).includes(someone.username))
          await walk(someone, world, screens, everyTheme ? usable(themes) : look)
      }
    })
  }
}

test.describe('a new server', () => {
  test.use({ owned: false })
  test('waits for its owner in a way that everybody can use', async ({ person }) => {
    const guest = await person('guest', { language: 'zh-CN', size: phone })
    await walk(guest, undefined as never, beginning, usable(['light'], ['dark']))
  })
})
