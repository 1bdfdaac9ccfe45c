import { AxeBuilder } from '@axe-core/playwright'
import { fileURLToPath } from 'node:url'
import { computer, expect, type Person, phone, test } from '../support/test.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../internal/picture/testdata/${name}`, import.meta.url))

/** Where pictures of the screens are put, to be looked at. */
const pictures = process.env['STICKER_PICTURES']

const looks = ['light', 'dark', 'contrast'] as const

/** No rule is broken and nothing sticks out, in these looks. */
async function fine(person: Person, name: string, wanted: readonly (typeof looks)[number][] = looks) {
  for (const [look, media] of Object.entries({
    light: { colorScheme: 'light', contrast: 'no-preference' },
    dark: { colorScheme: 'dark', contrast: 'no-preference' },
    contrast: { colorScheme: 'light', contrast: 'more' },
  } as const)) {
    if (!(wanted as readonly string[]).includes(look)) continue
    await person.page.emulateMedia({ ...media, reducedMotion: 'reduce' })
    await person.settled()
    const { violations } = await new AxeBuilder({ page: person.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze()
    expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html}`))).toEqual([])
    const overflow = await person.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBeLessThanOrEqual(0)
    if (pictures)
      await person.page.screenshot({ path: `${pictures}/${person.size.width}-${name}-${look}.png` })
  }
  await person.page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
}

for (const { size, language, hello, search, found } of [
  { size: computer, language: 'en', hello: 'hello', search: '蛋糕', found: 'happy birthday' },
  { size: phone, language: 'zh-CN', hello: '你好', search: 'cake', found: '生日快乐' },
] as const) {
  test(`stickers are sent, made into packs, kept and deleted, ${language}, ${size.width} wide`, async ({
    friends,
  }) => {
    const [ann, bea] = await friends('ann', 'bea', { size, language })
    const sticker = (person: Person, name: string) => person.button('sticker.message', { name })
    await ann.open('/chats')
    await ann.openChat(bea.name)
    await bea.open('/chats')
    await bea.openChat(ann.name)

    // A built-in one, found by a word of the other language, and one by the keyboard.
    const picker = ann.page.getByRole('dialog', { name: ann.t('emoji.title') })
    const openStickers = async () => {
      if (!(await picker.isVisible())) await ann.button('emoji.title').click()
      await picker.getByRole('tab', { name: ann.t('sticker.title') }).click()
    }
    await openStickers()
    const builtin = picker.getByRole('group', { name: ann.t('sticker.builtin'), exact: true })
    await expect(builtin.getByRole('button')).toHaveCount(24)
    await fine(ann, 'panel')
    await builtin.getByRole('button', { name: hello, exact: true }).press('ArrowRight')
    await ann.page.keyboard.press('ArrowLeft')
    await ann.page.keyboard.press('Enter')
    await expect(sticker(ann, hello)).toBeVisible()
    await expect(sticker(bea, hello)).toBeVisible()
    await openStickers()
    await ann.field('sticker.search').fill(search)
    await picker
      .getByRole('group', { name: ann.t('sticker.found') })
      .getByRole('button', { name: found })
      .click()
    await expect(sticker(bea, found)).toBeVisible()

    // A pack of two pictures.
    await openStickers()
    await ann.field('sticker.search').fill('')
    await ann.button('sticker.newPack').click()
    const editor = ann.page.getByRole('dialog', { name: ann.t('sticker.newPack') })
    await editor.getByLabel(ann.t('sticker.packTitle'), { exact: true }).fill('Pets 宠物')
    await editor.locator('input[type=file]').setInputFiles([fixture('alpha.png'), fixture('animated.gif')])
    await expect(editor.getByRole('listitem')).toHaveCount(2)
    await editor.getByRole('button', { name: ann.t('sticker.says', { emoji: '🙂', n: 2 }) }).click()
    await editor
      .getByRole('grid', { name: ann.t('emoji.list') })
      .getByText('😀', { exact: true })
      .click()
    await editor.getByRole('button', { name: ann.t('sticker.earlier', { n: 2 }) }).click()
    await fine(ann, 'editor', ['dark'])
    await ann.button('action.save').click()
    await expect(editor).toHaveCount(0)

    await openStickers()
    const pack = picker.getByRole('group', { name: 'Pets 宠物', exact: true })
    await expect(pack.getByRole('button')).toHaveCount(2)
    await pack.getByRole('button').first().click()
    const sent = sticker(bea, bea.t('sticker.of', { emoji: '😀' }))
    await expect(sent.locator('img').last()).toHaveJSProperty('complete', true)

    // The friend makes it a favourite, looks at its pack, and keeps that.
    await sent.click({ button: 'right' })
    await bea.page.getByRole('menuitem', { name: bea.t('sticker.favour') }).click()
    await expect(bea.page.getByText(bea.t('sticker.favoured'))).toBeVisible()
    await sent.click()
    const view = bea.page.getByRole('dialog', { name: 'Pets 宠物' })
    await expect(view.getByRole('group').getByRole('button')).toHaveCount(2)
    await bea.button('sticker.keep').click()
    await expect(bea.button('sticker.drop')).toBeVisible()
    await fine(bea, 'pack', ['light'])
    await bea.page.keyboard.press('Escape')

    // It is deleted: what was sent and what is liked stays.
    await openStickers()
    await ann.button('sticker.viewPack', { title: 'Pets 宠物' }).click()
    await ann.button('sticker.delete').click()
    await ann.button('sticker.delete').click()
    await expect(ann.page.getByRole('dialog', { name: 'Pets 宠物' })).toHaveCount(0)
    await bea.page.reload()
    await expect(sent.locator('img').last()).toHaveJSProperty('complete', true)
    await bea.button('emoji.title').click()
    const theirs = bea.page.getByRole('dialog', { name: bea.t('emoji.title') })
    await theirs.getByRole('tab', { name: bea.t('sticker.title') }).click()
    await expect(
      theirs.getByRole('group', { name: bea.t('sticker.favourites') }).getByRole('button'),
    ).toHaveCount(1)
    await expect(theirs.getByRole('group', { name: 'Pets 宠物' })).toHaveCount(0)
    await theirs
      .getByRole('group', { name: bea.t('sticker.favourites') })
      .getByRole('button')
      .click()
    await expect(sticker(ann, ann.t('sticker.of', { emoji: '😀' }))).toHaveCount(2)
    if (pictures) await ann.page.screenshot({ path: `${pictures}/${size.width}-chat.png` })
  })
}

test('stickers are offered for an emoji, wait without a network, and are words in the list', async ({
  friends,
}) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  await ann.openChat(bea.name)
  await ann.composer(bea.name).fill('🎉')
  const offered = ann.page.getByRole('group', { name: ann.t('sticker.suggested') })
  if (pictures) await ann.page.screenshot({ path: `${pictures}/suggested.png` })
  await expect(offered.getByRole('button')).toHaveCount(1)
  await ann.composer(bea.name).fill('🎉 party')
  await expect(offered).toHaveCount(0)
  await ann.composer(bea.name).fill('🎉')
  ann.relay.cut()
  await offered.getByRole('button').click()
  await expect(ann.composer(bea.name)).toHaveValue('')
  const sticker = ann.page.getByRole('button', { name: ann.t('sticker.message', { name: 'party time' }) })
  await expect(sticker).toBeVisible()
  ann.relay.restore()
  await bea.open('/chats')
  await expect(bea.page.getByText(bea.t('sticker.inList', { name: 'party time' }))).toBeVisible()
})
