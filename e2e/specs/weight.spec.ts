import { expect, test } from '../support/test.ts'

test('the first screen needs less than 180 kB of script', async ({ friends, person }) => {
  const [ann] = await friends('ann', 'bea')
  const guest = await person('guest')
  for (const [someone, path] of [
    [guest, '/sign-in'],
    [ann, '/chats'],
  ] as const) {
    // What is fetched while nobody waits is not needed for it.
    await someone.context.addInitScript(() => (window.requestIdleCallback = () => 0))
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

test('everything that the first screen needs is named with its page', async ({ friends, person }) => {
  const [ann] = await friends('ann', 'bea')
  const guest = await person('guest', { language: 'zh-CN' })
  for (const [someone, path] of [
    [guest, '/sign-in'],
    [ann, '/chats'],
  ] as const) {
    await someone.context.addInitScript(() => (window.requestIdleCallback = () => 0))
    const page = someone.context.waitForEvent(
      'response',
      (response) => new URL(response.url()).pathname === path,
    )
    await someone.open(path)
    const link = (await (await page).headerValue('link')) ?? ''
    if (someone === ann) await expect(ann.row('Bea')).toBeVisible()
    else await expect(guest.heading('signIn.title')).toBeVisible()
    const named = [...link.matchAll(/<([^>]+\.(?:js|css))>/g)].map(([, file]) => file)
    const used = await someone.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => new URL(entry.name).pathname)
        .filter((file) => /\.(?:js|css)$/.test(file)),
    )
    expect([...new Set(used)].sort()).toEqual([...named].sort())
    const asked = await someone.page.evaluate(
      () => performance.getEntriesByName(`${origin}/api/v1/server`).length,
    )
    expect(asked).toBe(1)
  }
})
