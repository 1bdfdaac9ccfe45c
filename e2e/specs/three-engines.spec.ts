import { choose, picture, sendChosen } from '../support/pictures.ts'
import { expect, type Person, test } from '../support/test.ts'

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

/** One is there, types and writes; the other sees it, reads it, and answers. */
async function talk(one: Person, other: Person) {
  const { conversationId } = await one.call<{ conversationId: string }>('POST', '/conversations', {
    accountId: other.id,
  })
  await one.open(`/chats/${conversationId}`)
  await expect(one.row(other.name)).toContainText(one.t('presence.online'))
  await expect(other.row(one.name)).toContainText(other.t('presence.online'))

  await one.composer(other.name).pressSequentially('hi')
  await expect(other.row(one.name)).toContainText(other.t('chat.typing'))
  const hello = `${one.engine} → ${other.engine}`
  await one.say(other.name, hello)
  await expect(other.row(one.name)).toContainText(other.t('chats.unread', { n: 1 }))
  await expect(one.log(other.name).getByText(one.t('state.sent'))).toBeAttached()

  await other.openChat(one.name)
  await expect(other.bubble(one.name, hello)).toBeVisible()
  await expect(one.log(other.name).getByText(one.t('state.read'))).toBeAttached()
  await expect(other.row(one.name)).not.toContainText(other.t('chats.unread', { n: 1 }))
  await other.say(one.name, '✓')
  await expectSameStory([one, other], (person) => (person === one ? other : one).name, [hello, '✓'])
  for (const someone of [one, other]) await someone.place('chats').click()
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
  for (const someone of all) await someone.open('/chats')

  await test.step('one to one, each with each', async () => {
    await talk(ann, bea)
    await talk(bea, cai)
    await talk(cai, ann)
  })

  const members = [bea.id, cai.id]
  await ann.call('POST', '/conversations', { group: { name: 'Rowing', members } })
  for (const someone of all) await someone.openChat('Rowing')

  const texts: string[] = []
  await test.step('what one types in the group, the others see; what one says, they read', async () => {
    for (const [someone, text] of [
      [ann, 'Who has the key? 🔑'],
      [bea, 'Cai has it 👩‍👩‍👧‍👦👋🏽'],
      [cai, '我带来了，两点见。'],
    ] as const) {
      await someone.composer('Rowing').pressSequentially('hi')
      for (const other of all.filter((one) => one !== someone)) {
        await expect(other.row('Rowing')).toContainText(other.t('chat.typingBy', { name: someone.name }))
      }
      await someone.say('Rowing', text)
      texts.push(text)
      for (const other of all) await expect(other.bubble('Rowing', text)).toBeVisible()
    }
  })

  await test.step('a picture from each', async () => {
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
  })

  await test.step('the cable of one is pulled; what all write meanwhile is there when it is back', async () => {
    const online = (someone: Person) => someone.t('presence.online')
    cai.relay.cut()
    await cai.say('Rowing', '我这里没有网')
    for (const someone of [ann, bea]) {
      const text = `from ${someone.name}`
      await someone.say('Rowing', text)
      for (const other of [ann, bea]) await expect(other.bubble('Rowing', text)).toBeVisible()
      texts.push(text)
    }
    for (const someone of [ann, bea]) {
      await expect(someone.row(cai.name)).not.toContainText(online(someone))
    }
    await expect(cai.bubble('Rowing', 'from Bea')).toHaveCount(0)

    cai.relay.restore()
    texts.push('我这里没有网')
    for (const someone of all) {
      await expect(someone.bubble('Rowing', '我这里没有网')).toBeVisible({ timeout: 45_000 })
    }
    for (const someone of [ann, bea]) await expect(someone.row(cai.name)).toContainText(online(someone))
    await expectSameStory(all, () => 'Rowing', texts)
  })
})
