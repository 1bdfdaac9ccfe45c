import { computer, core, expect, type Pair, phone, test } from '../support/test.ts'
import type { Language } from '../support/words.ts'

// Two people go from nothing to a conversation, by hand, in both languages and
// on both sizes of screen.
const pairs: { language: Language; size: typeof computer; hello: string; answer: string }[] = [
  { language: 'en', size: computer, hello: 'Hello Bea, is this working?', answer: 'It is. 你好！' },
  { language: 'zh-CN', size: phone, hello: '小贝，能收到吗？', answer: '收到了 👋🏽' },
]

for (const { language, size, hello, answer } of pairs) {
  test(`from nothing to a conversation, ${language}, ${size.width} wide`, core, async ({ person }) => {
    const ann = await person('ann', { language, size, name: language === 'en' ? 'Ann' : '小安' })
    const bea = await person('bea', { language, size, name: language === 'en' ? 'Bea' : '小贝' })
    for (const someone of [ann, bea]) {
      await someone.signUp()
      await someone.activate()
    }
    await expect(ann.page.locator('html')).toHaveAttribute('lang', language)

    // Bea is looking at her contacts when Ann asks: she sees it live.
    await bea.place('contacts').click()
    await ann.place('contacts').click()
    await ann.button('contacts.add').first().click()
    await ann.field('add.query').fill('bea')
    await ann.button('add.find').click()
    await ann.field('add.greeting').fill(hello)
    await ann.button('add.send').click()
    await expect(ann.page.getByText(ann.t('add.sent', { name: bea.name })).first()).toBeVisible()

    await bea.page.getByRole('link', { name: bea.t('contacts.requests') }).click()
    await expect(bea.page.getByText(hello)).toBeVisible()
    await bea.button('requests.accept').click()
    await expect(bea.page.getByText(bea.t('requests.accepted', { name: ann.name })).first()).toBeVisible()

    // Both have the conversation now, without asking for it.
    if (size === phone) await bea.page.goto('/chats')
    await bea.openChat(ann.name)
    if (size === phone) await ann.page.goto('/chats')
    await ann.openChat(bea.name)

    await ann.say(bea.name, hello)
    await expect(bea.bubble(ann.name, hello)).toBeVisible()
    await bea.say(ann.name, answer)
    await expect(ann.bubble(bea.name, answer)).toBeVisible()
    // Both look at it, so both know that the other has read it.
    await expect(ann.log(bea.name).getByText(ann.t('state.read')).first()).toBeAttached()

    // Everything is there again after a reload.
    await ann.page.reload()
    await expect(ann.bubble(bea.name, hello)).toBeVisible()
    await expect(ann.bubble(bea.name, answer)).toBeVisible()
  })
}

test('what arrives elsewhere is counted, and reading it clears it everywhere', core, async ({ friends }) => {
  const [ann, bea]: Pair = await friends('ann', 'bea')
  await ann.open('/chats')
  await bea.open('/contacts')
  const second = await bea.context.newPage()
  await second.goto('/contacts')

  await ann.openChat(bea.name)
  for (const text of ['one', 'two', 'three']) await ann.say(bea.name, text)
  const three = bea.t('chats.unread', { n: 3 })
  await expect(bea.place('chats')).toContainText(three)
  await expect(second.getByText(three).first()).toBeAttached()
  await expect(bea.page).toHaveTitle(/^\(3\) /)

  await bea.page.bringToFront()
  await bea.openChat(ann.name)
  await expect(bea.bubble(ann.name, 'three')).toBeVisible()
  await expect(bea.place('chats')).not.toContainText(three)
  await expect(second.getByText(three)).toHaveCount(0)
  await expect(ann.log(bea.name).getByText(ann.t('state.read')).first()).toBeAttached()
})

test('typing shows, and text stays as it was typed', core, async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  await bea.open('/chats')
  await ann.openChat(bea.name)
  await bea.openChat(ann.name)

  await ann.composer(bea.name).pressSequentially('hi')
  await expect(bea.page.getByText(bea.t('chat.typing')).first()).toBeVisible()

  const kept = 'two  spaces\n\n  and a line,\ttab, 👩‍👩‍👧‍👦 é é \u202eabc\u202c https://example.com/?a=1&b=<2>'
  await ann.composer(bea.name).fill(kept)
  await ann.button('composer.send').click()
  await expect(bea.log(ann.name).getByText('two spaces')).toBeVisible()
  const shown = await bea
    .log(ann.name)
    .getByText('two spaces')
    .evaluate((element) => element.textContent)
  expect(shown).toBe(kept)
})
