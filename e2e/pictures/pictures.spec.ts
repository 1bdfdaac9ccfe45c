import { fileURLToPath } from 'node:url'
import { inside } from '../screens/list.ts'
import { walk, wear } from '../screens/walk.ts'
import { makeWorld, worldSettings } from '../screens/world.ts'
import { computer, phone, test } from '../support/test.ts'

// Not a test: takes the pictures of the documentation, of some of the screens. Run with “make pictures”.

const folder = fileURLToPath(new URL('../../docs/img/', import.meta.url))

const pictures = [
  { file: 'computer', screen: 'group', language: 'en', size: computer, theme: 'light' },
  { file: 'computer-dark', screen: 'chat', language: 'zh-CN', size: computer, theme: 'dark' },
  { file: 'phone', screen: 'group', language: 'zh-CN', size: phone, theme: 'light' },
  { file: 'phone-dark', screen: 'chat', language: 'en', size: phone, theme: 'dark' },
] as const

test.use({ settings: worldSettings })

for (const { file, screen, language, size, theme } of pictures) {
  test(file, async ({ person }) => {
    const world = await makeWorld(person, language, size)
    const screens = inside.filter(({ name }) => name === screen)
    await walk(world.me, world, screens, async (_, { page, someone }) => {
      await wear(someone, theme)
      await page.screenshot({ path: `${folder}${file}.png`, animations: 'disabled' })
    })
  })
}
