import { AxeBuilder } from '@axe-core/playwright'
import { short } from '../support/hostile.ts'
import { computer, expect, phone, test, type Person } from '../support/test.ts'

async function usable(person: Person, what: string, axe: boolean) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await person.settled()
    const overflow = await person.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('dialog[open]')]
        .map((element) => element.scrollWidth - element.clientWidth)
        .reduce((a, b) => Math.max(a, b), 0),
    )
    expect.soft(overflow, `${what} is wider than its place`).toBeLessThanOrEqual(0)
    if (!axe) continue
    const { violations } = await new AxeBuilder({ page: person.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze()
    const found = violations.flatMap((v) =>
      v.nodes.map((node) => `${v.id}: ${node.html} ${node.failureSummary}`),
    )
    expect.soft(found, `${what} in ${colorScheme}`).toEqual([])
  }
}

for (const [name, size] of Object.entries({ computer, phone })) {
  const language = size === phone ? 'zh-CN' : 'en'
  test(`everything about groups fits and can be used by everybody, ${name}, ${language}`, async ({
    friends,
    person,
  }) => {
    test.slow()
    const [ann, bea] = await friends('ann', 'bea', { size, language })
    const asking = await (await person('asking', { language })).join()
    const { conversationId: id } = await ann.call<{ conversationId: string }>('POST', '/conversations', {
      group: { name: 'Rowing'.repeat(8), members: [bea.id], announcement: 'We meet at nine. '.repeat(40) },
    })
    await asking.call('POST', `/conversations/${id}/join-requests`, { greeting: 'x'.repeat(200) })
    await bea.call('POST', `/conversations/${id}/messages`, {
      clientId: 'layout-00000001',
      body: `@${ann.name} hello`,
      mentions: [ann.id],
    })
    const t = ann.t

    await bea.open(`/chats/${id}`)
    await expect(bea.page.getByRole('region', { name: t('group.announcement') })).toBeVisible()
    await usable(bea, 'the banner', true)

    await ann.open(`/chats/${id}`)
    await expect(ann.page.getByRole('listitem').filter({ hasText: 'hello' })).toBeVisible()
    await usable(ann, 'the conversation', true)
    await ann.button('chat.details').click()
    await expect(ann.button('group.card')).toBeVisible()
    await usable(ann, 'the details', true)

    const close = () => ann.page.keyboard.press('Escape')
    const dialogs: [string, () => Promise<void>][] = [
      ['the card', () => ann.button('group.card').click()],
      ['the links', () => ann.button('link.title').first().click()],
      [
        'the requests',
        () =>
          ann.page
            .getByRole('button', { name: t('joinRequests.title') })
            .first()
            .click(),
      ],
      [
        'the announcement',
        () =>
          ann.page
            .getByRole('button', { name: /We meet at nine/ })
            .last()
            .click(),
      ],
      [
        'the members',
        () => ann.page.getByRole('button', { name: new RegExp(t('group.allMembers')) }).click(),
      ],
      ['a member', () => ann.page.getByRole('button', { name: /Bea/ }).last().click()],
      ['my name here', () => ann.page.getByRole('button', { name: t('group.nickname') }).click()],
      ['leaving', () => ann.button('group.leave').click()],
    ]
    const before = await ann.page.locator('dialog[open]').count()
    for (const [what, open] of dialogs) {
      await open()
      await expect(ann.page.locator('dialog[open]')).toHaveCount(before + 1)
      await expect(ann.page.locator('.skeleton')).toHaveCount(0)
      await usable(ann, what, true)
      await close()
      await expect(ann.page.locator('dialog[open]')).toHaveCount(before)
    }

    await ann.open('/contacts/groups')
    await expect(ann.page.getByRole('link', { name: /Rowing/ }).first()).toBeVisible()
    await usable(ann, 'the groups', true)
    await ann.button('plus.label').last().click()
    await ann.page.getByRole('menuitem', { name: t('group.new') }).click()
    await ann.page.getByRole('checkbox', { name: /Bea/ }).check()
    await usable(ann, 'choosing friends', true)
    await ann.button('group.nextCount', { n: 1 }).click()
    await usable(ann, 'naming the group', true)
  })
}

test('no name and no announcement of a group ever runs', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  for (const [n, words] of short.entries()) {
    const name = words.replace(/\p{C}/gu, '').trim() || 'x'
    const { conversationId: id } = await ann.call<{ conversationId: string }>('POST', '/conversations', {
      group: {
        name,
        members: [bea.id],
        announcement: words.replace(/\p{Cc}/gu, ' '),
        clientId: `hostile-${n}-0000`,
      },
    })
    if (n % 8 !== 0) continue
    await ann.call('PATCH', `/conversations/${id}/members/me`, { nickname: name })
    await bea.open(`/chats/${id}`)
    await expect(bea.page.getByRole('region', { name: bea.t('group.announcement') })).toBeVisible()
    await bea.button('chat.details').click()
    await expect(bea.button('group.card')).toBeVisible()
  }
  await bea.open('/chats')
  await expect(
    bea.page
      .getByRole('navigation', { name: bea.t('chats.list') })
      .getByRole('link')
      .first(),
  ).toBeVisible()
})
