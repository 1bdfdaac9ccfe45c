import { beginning, type Screen, type Visit } from '../screens/list.ts'
import { parties, themes, walk, wear } from '../screens/walk.ts'
import { worldSettings } from '../screens/world.ts'
import { computer, expect, phone, test } from '../support/test.ts'
import { flaws, overflow } from '../support/usable.ts'

// Every screen fits, and everybody can use it: in every theme, on a phone and on a computer. The structure is the
// same in all themes, so all of axe's rules look at one of them, and those about colours at the others.

test.use({ settings: worldSettings })

async function usable({ name }: Screen, { page, someone }: Visit) {
  expect.soft(await overflow(page), `${name} is wider than its place`).toBeLessThanOrEqual(0)
  for (const theme of themes) {
    await wear(someone, theme)
    const found = await flaws(page, theme === 'light' ? 'everything' : 'colours')
    expect.soft(found, `${name} in ${theme}`).toEqual([])
  }
}

for (const { size, language } of [
  { size: computer, language: 'en' },
  { size: phone, language: 'zh-CN' },
] as const) {
  test(`every screen can be used by everybody, ${size.width} wide, ${language}`, async ({ person }) => {
    test.setTimeout(300_000)
    const { world, list } = await parties(person, { language, size })
    for (const [someone, screens] of list) await walk(someone, world, screens, usable)
  })
}

// The longest words in the narrowest place.
test('every screen fits, 390 wide, en', async ({ person }) => {
  test.setTimeout(300_000)
  const { world, list } = await parties(person, { language: 'en', size: phone })
  const fits = async ({ name }: Screen, { page }: Visit) =>
    expect.soft(await overflow(page), `${name} is wider than its place`).toBeLessThanOrEqual(0)
  for (const [someone, screens] of list) await walk(someone, world, screens, fits)
})

test.describe('a new server', () => {
  test.use({ owned: false })
  test('waits for its owner in a way that everybody can use', async ({ person }) => {
    const guest = await person('guest', { language: 'zh-CN', size: phone })
    await walk(guest, undefined as never, beginning, usable)
  })
})
