import { barriers } from '../support/axe.ts'
import { computer, core, expect, phone, test } from '../support/test.ts'

for (const { size, language, colorScheme } of [
  { size: computer, language: 'en', colorScheme: 'light' },
  { size: phone, language: 'zh-CN', colorScheme: 'dark' },
] as const) {
  test(
    `the main screens fit and can be used by everybody, ${size.width} wide, ${colorScheme}`,
    core,
    async ({ friends, person }) => {
      const guest = await person('guest', { size, language })
      const [ann, bea] = await friends('ann', 'bea', { size, language })
      const { conversationId } = await ann.call<{ conversationId: string }>('POST', '/conversations', {
        accountId: bea.id,
      })
      for (const [i, body] of ['Hello', 'A longer message: '.repeat(20), 'x'.repeat(300)].entries()) {
        const clientId = `screens-${i}-0000000`
        await bea.call('POST', `/conversations/${conversationId}/messages`, { clientId, body })
      }
      for (const [someone, paths] of [
        [guest, ['/sign-in', '/sign-up']],
        [
          ann,
          [`/chats/${conversationId}`, '/chats', '/contacts', `/contacts/${bea.id}`, '/me', '/me/profile'],
        ],
      ] as const) {
        for (const path of paths) {
          await someone.open(path)
          await someone.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
          await expect(someone.page.getByRole('heading').first()).toBeVisible()
          await expect(someone.page.locator('.skeleton')).toHaveCount(0)
          await someone.settled()
          const overflow = await someone.page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          expect.soft(overflow, `${path} is wider than the screen`).toBeLessThanOrEqual(0)
          expect.soft(await barriers(someone.page), path).toEqual([])
        }
      }
    },
  )
}
