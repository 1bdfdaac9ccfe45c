import { choose, picture, sendChosen } from '../support/pictures.ts'
import { expect, type Person, test } from '../support/test.ts'

interface Group {
  conversationId: string
}

/** Everybody sees the same, once each and in the same order. */
async function expectSameStory(people: Person[], where: (person: Person) => string, texts: string[]) {
  for (const person of people) {
    await expect(async () => {
      const shown = await person.story(where(person))
      expect(
        shown.filter(({ text }) => texts.includes(text)),
        `what ${person.name} sees in ${person.engine}`,
      ).toEqual(texts.map((text) => ({ text, failed: false })))
    }).toPass({ timeout: 30_000 })
  }
}

test('one conversation on Chromium, Firefox and WebKit', async ({ person }) => {
  test.slow()
  const ann = await person('ann', { name: 'Ann', engine: 'chromium' })
  const bea = await person('bea', { name: 'Bea', engine: 'firefox' })
  const cai = await person('cai', { name: '小蔡', engine: 'webkit', language: 'zh-CN' })
  const all = [ann, bea, cai]
  for (const someone of all) await someone.join()
  await ann.befriend(bea)
  await ann.befriend(cai)
  await bea.befriend(cai)
  const members = [bea.id, cai.id]
  const { conversationId } = await ann.call<Group>('POST', '/conversations', {
    group: { name: 'Rowing', members },
  })
  for (const someone of all) await someone.open(`/chats/${conversationId}`)

  // In the group: what one says, the others read, emoji and both languages too.
  const texts: string[] = []
  const say = async (someone: Person, text: string) => {
    await someone.say('Rowing', text)
    texts.push(text)
    for (const other of all) await expect(other.bubble('Rowing', text)).toBeVisible()
  }
  await say(ann, 'Who has the key? 🔑')
  await say(bea, 'Cai has it 👩‍👩‍👧‍👦👋🏽')
  await say(cai, '我带来了，两点见。')

  // A picture, from each.
  for (const [n, sender] of all.entries()) {
    const name = `${sender.username}.png`
    await choose(sender, 'pictures', [picture(name, 60 + n)])
    await sendChosen(sender)
    for (const other of all) {
      const shown = other.button('attachment.picture', { name })
      await expect(shown).toBeVisible()
      await expect
        .poll(() => shown.locator('img.picture').evaluate((img: HTMLImageElement) => img.naturalWidth))
        .toBe(60 + n)
    }
  }

  // The cable of one is pulled; what all write meanwhile is there when it is back.
  cai.relay.cut()
  await cai.say('Rowing', '我这里没有网')
  for (const someone of [ann, bea]) {
    await someone.say('Rowing', `from ${someone.name}`)
    for (const other of [ann, bea]) await expect(other.bubble('Rowing', `from ${someone.name}`)).toBeVisible()
    texts.push(`from ${someone.name}`)
  }
  await expect(cai.bubble('Rowing', 'from Bea')).toHaveCount(0)
  cai.relay.restore()
  for (const someone of all)
    await expect(someone.bubble('Rowing', '我这里没有网')).toBeVisible({ timeout: 45_000 })
  texts.push('我这里没有网')
  await expectSameStory(all, () => 'Rowing', texts)

  // One to one, each with each: read is what the other has seen.
  for (const [one, other] of [
    [ann, bea],
    [bea, cai],
    [cai, ann],
  ] as const) {
    for (const someone of [one, other]) await someone.place('chats').click()
    const { conversationId } = await one.call<Group>('POST', '/conversations', { accountId: other.id })
    await one.open(`/chats/${conversationId}`)
    await one.say(other.name, `${one.engine} → ${other.engine}`)
    await expect(other.row(one.name)).toContainText(other.t('chats.unread', { n: 1 }))
    await other.openChat(one.name)
    await expect(other.bubble(one.name, `${one.engine} → ${other.engine}`)).toBeVisible()
    await expect(one.log(other.name).getByText(one.t('state.read')).first()).toBeAttached()
    await other.say(one.name, '✓')
    await expectSameStory([one, other], (p) => (p === one ? other : one).name, [
      `${one.engine} → ${other.engine}`,
      '✓',
    ])
  }
})
