import { inside, outside, type Screen } from '../screens/list.ts'
import { type Theme, walk, wear } from '../screens/walk.ts'
import { makeWorld, worldSettings } from '../screens/world.ts'
import { computer, core, expect, phone, test } from '../support/test.ts'
import { flaws, overflow } from '../support/usable.ts'

// What usable.spec.ts does for all screens on Chromium, for those that everybody uses, in all themes, on the others.

test.use({ settings: worldSettings })

const main = new Set([
  'sign-in',
  'sign-up',
  'chats',
  'chats-menu',
  'group',
  'group-details',
  'group-long-name',
  'chat',
  'chat-actions',
  'chat-emoji',
  'chat-send-files',
  'new-group',
  'find',
  'contacts',
  'contact',
  'me',
  'me-profile',
])

for (const { size, language, themes } of [
  { size: computer, language: 'en', themes: ['light', 'contrast-dark'] },
  { size: phone, language: 'zh-CN', themes: ['dark', 'contrast'] },
] as const) {
  test(
    `the main screens fit and can be used by everybody, ${size.width} wide, ${themes.join(' and ')}`,
    core,
    async ({ person }) => {
      test.slow()
      const world = await makeWorld(person, language, size)
      const guest = await person('guest', { language, size })
      for (const [someone, screens] of [
        [guest, outside],
        [world.me, inside],
      ] as const) {
        const chosen = screens.filter(({ name }: Screen) => main.has(name))
        await walk(someone, world, chosen, async ({ name }, { page }) => {
          expect.soft(await overflow(page), `${name} is wider than its place`).toBeLessThanOrEqual(0)
          for (const theme of themes satisfies readonly Theme[]) {
            await wear(someone, theme)
            expect.soft(await flaws(page, 'everything'), `${name} in ${theme}`).toEqual([])
          }
        })
      }
    },
  )
}
