import { AxeBuilder } from '@axe-core/playwright'
import type { Locator } from '@playwright/test'
import { computer, expect, phone, test } from '../support/test.ts'

for (const { size, language, query, found } of [
  { size: computer, language: 'en', query: '蛋糕', found: 'shortcake' },
  { size: phone, language: 'zh-CN', query: 'cake', found: '水果蛋糕' },
] as const) {
  test(`emoji are found, chosen and sent, ${language}, ${size.width} wide`, async ({ friends }) => {
    const [ann, bea] = await friends('ann', 'bea', { size, language })
    await ann.open('/chats')
    await ann.openChat(bea.name)
    const picker = ann.page.getByRole('dialog', { name: ann.t('emoji.title') })
    const grid = picker.getByRole('grid', { name: ann.t('emoji.list') })

    // Found by a word of the other language, named in one's own.
    await ann.button('emoji.title').click()
    await expect(grid).toBeVisible()
    await ann.field('emoji.search').fill(query)
    await grid.getByRole('button', { name: found, exact: true }).click()
    await expect(ann.composer(bea.name)).toHaveValue('🍰')

    // By its group, in another skin.
    await ann.field('emoji.search').fill('')
    await picker.getByRole('button', { name: ann.t('emoji.tone', { tone: ann.t('emoji.shade.0') }) }).click()
    await picker.getByRole('radio', { name: ann.t('emoji.shade.5'), exact: true }).click()
    await picker.getByRole('button', { name: ann.t('emoji.group.people') }).click()
    await grid.getByText('👋🏿', { exact: true }).click()
    await expect(ann.composer(bea.name)).toHaveValue('🍰👋🏿')

    for (const [name, look] of Object.entries({
      light: { colorScheme: 'light', contrast: 'no-preference' },
      dark: { colorScheme: 'dark', contrast: 'no-preference' },
      contrast: { colorScheme: 'light', contrast: 'more' },
    } as const)) {
      await ann.page.emulateMedia({ ...look, reducedMotion: 'reduce' })
      await ann.settled()
      const { violations } = await new AxeBuilder({ page: ann.page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze()
      expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html}`))).toEqual([])
      const overflow = await ann.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBeLessThanOrEqual(0)
      if (process.env['EMOJI_PICTURES'])
        await ann.page.screenshot({
          path: `${process.env['EMOJI_PICTURES']}/${size.width}-${name}.png`,
        })
    }
    await ann.button('composer.send').click()

    // Large on both sides; in words it is like any other.
    await bea.open('/chats')
    await bea.openChat(ann.name)
    const large = bea.bubble(ann.name, '🍰👋🏿')
    const fontSize = (locator: Locator) =>
      locator.evaluate((element) => parseFloat(getComputedStyle(element).fontSize))
    expect(await fontSize(large)).toBeGreaterThan(40)
    await bea.say(ann.name, '👍 ok')
    expect(await fontSize(bea.bubble(ann.name, '👍 ok'))).toBeLessThan(20)

    // What was used is there again after a reload, and so is the skin.
    await ann.page.reload()
    await expect(ann.composer(bea.name)).toBeVisible()
    await ann.button('emoji.title').click()
    await expect(grid.getByRole('rowheader').first()).toHaveText(ann.t('emoji.group.recent'))
    await expect(grid.getByRole('button').first()).toHaveText('👋🏿')
    if (process.env['EMOJI_PICTURES'])
      await ann.page.screenshot({ path: `${process.env['EMOJI_PICTURES']}/${size.width}-recent.png` })
  })
}

test('emoji are written by name and by the keyboard alone', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  await ann.openChat(bea.name)
  const composer = ann.composer(bea.name)
  const { keyboard } = ann.page

  await composer.pressSequentially('Well done :tad')
  await expect(ann.page.getByRole('option').first()).toContainText('🎉')
  if (process.env['EMOJI_PICTURES'])
    await ann.page.screenshot({ path: `${process.env['EMOJI_PICTURES']}/typing.png` })
  await keyboard.press('Enter')
  await expect(composer).toHaveValue('Well done 🎉')
  await composer.pressSequentially(' :heart:')
  await expect(composer).toHaveValue('Well done 🎉 ❤️')

  await keyboard.press('Tab')
  await expect(ann.button('emoji.title')).toBeFocused()
  await keyboard.press('Enter')
  await expect(ann.field('emoji.search')).toBeFocused()
  await expect(ann.page.getByRole('grid')).toBeVisible()
  await keyboard.type('rocket')
  await expect(ann.page.getByRole('grid').getByRole('button', { name: 'rocket', exact: true })).toBeVisible()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await expect(composer).toBeFocused()
  await expect(composer).toHaveValue('Well done 🎉 ❤️🚀')

  // Down to the flags and back: the focus is never lost.
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await keyboard.press('ArrowDown')
  await keyboard.press('Control+End')
  await expect(ann.page.getByRole('button', { name: 'flag: Wales', exact: true })).toBeFocused()
  await keyboard.press('Escape')
  await expect(composer).toBeFocused()
  await expect(ann.page.getByRole('dialog', { name: ann.t('emoji.title') })).toHaveCount(0)
  await keyboard.press('Enter')
  await expect(ann.bubble(bea.name, 'Well done 🎉 ❤️🚀')).toBeVisible()
})
