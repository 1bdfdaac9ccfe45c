import { AxeBuilder } from '@axe-core/playwright'
import { computer, expect, phone, test } from '../support/test.ts'

const signedOut = [
  '/sign-in',
  '/sign-up',
  '/forgot',
  '/activate#incomplete',
  '/reset#incomplete',
  '/no/such/page',
]

for (const [name, size] of Object.entries({ computer, phone })) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`every page fits and can be used by everybody, ${name}, ${language}`, async ({
      friends,
      person,
    }) => {
      test.slow()
      const guest = await person('guest', { size, language })
      const [ann, bea] = await friends('ann', 'bea', { size, language })
      const asking = await (await person('asking', { language })).join()
      await asking.call('POST', '/friend-requests', { accountId: ann.id, greeting: 'Hello' })
      const { conversationId } = await ann.call<{ conversationId: string }>('POST', '/conversations', {
        accountId: bea.id,
      })
      for (const [i, body] of ['Hello', 'A longer message: '.repeat(20), 'x'.repeat(300)].entries()) {
        const clientId = `layout-${i}-00000000`
        await bea.call('POST', `/conversations/${conversationId}/messages`, { clientId, body })
      }
      const signedIn = [
        '/chats',
        `/chats/${conversationId}`,
        '/contacts',
        '/contacts/requests',
        `/contacts/${bea.id}`,
        '/me',
      ]
      for (const [someone, paths] of [
        [guest, signedOut],
        [ann, signedIn],
      ] as const) {
        for (const path of paths) {
          await someone.open(path)
          await expect(someone.page.getByRole('heading').first()).toBeVisible()
          await expect(someone.page.locator('.skeleton')).toHaveCount(0)
          if (someone === ann && size === computer && path !== '/me') {
            await expect(someone.page.getByRole('main').getByText('Bea').first()).toBeVisible()
          }
          for (const colorScheme of ['light', 'dark'] as const) {
            await someone.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
            await someone.settled()
            const overflow = await someone.page.evaluate(
              () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
            )
            expect.soft(overflow, `${path} is wider than the screen`).toBeLessThanOrEqual(0)
            if (language !== (size === phone ? 'zh-CN' : 'en')) continue // it takes long, and words change little
            const { violations } = await new AxeBuilder({ page: someone.page })
              .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
              .analyze()
            const found = violations.flatMap((v) =>
              v.nodes.map((node) => `${v.id}: ${node.html} ${node.failureSummary}`),
            )
            expect.soft(found, `${path} in ${colorScheme}`).toEqual([])
          }
        }
      }
    })
  }
}

test('the first screen needs less than 180 kB of script', async ({ friends, person }) => {
  const [ann] = await friends('ann', 'bea')
  const guest = await person('guest')
  for (const [someone, path] of [
    [guest, '/sign-in'],
    [ann, '/chats'],
  ] as const) {
    await someone.open(path)
    if (someone === ann) await expect(ann.row('Bea')).toBeVisible()
    else await expect(guest.heading('signIn.title')).toBeVisible()
    const scripts = await someone.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => entry as PerformanceResourceTiming)
        .filter((entry) => /\.js$/.test(entry.name))
        .map((entry) => ({ name: entry.name, bytes: entry.encodedBodySize })),
    )
    expect(scripts.every(({ bytes }) => bytes > 0)).toBe(true)
    const bytes = scripts.reduce((sum, script) => sum + script.bytes, 0)
    console.log(`${path}: ${(bytes / 1000).toFixed(0)} kB of script`)
    expect(bytes).toBeLessThan(180_000)
  }
})
