import { fileURLToPath } from 'node:url'
import { beginning, type Screen, type Visit } from '../screens/list.ts'
import { parties, type Theme, themes, walk, wear } from '../screens/walk.ts'
import { worldSettings } from '../screens/world.ts'
import { computer, phone, test } from '../support/test.ts'

// Not a test: takes a picture of every screen, to be looked at. Run with “make screenshots”; ONLY names screens, as
// in ONLY=chat,group-details.

const folder = fileURLToPath(new URL('../screenshots-out/', import.meta.url))
const tablet = { width: 768, height: 1024 }
const only = process.env['ONLY']?.split(',')
/** Those that are worth a look in high contrast, or in between the sizes. */
const few = new Set([
  'chats',
  'chat',
  'group',
  'group-details',
  'chat-details',
  'chat-actions',
  'me',
  'chat-emoji',
])

test.use({ settings: worldSettings })

for (const [name, size] of Object.entries({ computer, phone, tablet })) {
  for (const language of ['en', 'zh-CN'] as const) {
    if (size === tablet && language === 'zh-CN') continue
    const wanted = ({ name: screen }: Screen) =>
      only ? only.includes(screen) : size !== tablet || few.has(screen)
    const take = async (screen: Screen, { page, someone }: Visit) => {
      if (screen.tall) {
        const height = await page.evaluate(() =>
          Math.max(...[...document.querySelectorAll('.scroll')].map((element) => element.scrollHeight)),
        )
        await page.setViewportSize({ ...size, height: Math.min(3000, Math.max(size.height, height + 60)) })
      }
      for (const theme of themes) {
        if (theme.startsWith('contrast') && !(only ?? few.has(screen.name))) continue
        await wear(someone, theme satisfies Theme)
        await page.screenshot({
          path: `${folder}${name}/${language}/${screen.name}.${theme}.png`,
          animations: 'disabled',
        })
      }
      if (screen.tall) await page.setViewportSize(size)
    }

    test(`${name}, ${language}`, async ({ person }) => {
      test.setTimeout(900_000)
      const { world, list } = await parties(person, { language, size })
      for (const [someone, screens] of list) await walk(someone, world, screens.filter(wanted), take)
    })

    test.describe('a new server', () => {
      test.use({ owned: false })
      test(`${name}, ${language}, before it has an owner`, async ({ person }) => {
        const guest = await person('guest', { language, size })
        await walk(guest, undefined as never, beginning.filter(wanted), take)
      })
    })
  }
}
