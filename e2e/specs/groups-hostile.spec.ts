import { short } from '../support/hostile.ts'
import { expect, test } from '../support/test.ts'

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
