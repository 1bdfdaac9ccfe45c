import { core, expect, test } from '../support/test.ts'

test('a request is declined or withdrawn, and both sides see it', core, async ({ person }) => {
  const ann = await (await person('ann', { name: 'Ann' })).join()
  const bea = await (await person('bea', { name: 'Bea' })).join()
  await ann.open('/contacts/requests')
  await bea.open('/contacts/requests')

  await ann.call('POST', '/friend-requests', { accountId: bea.id, greeting: 'Hello, it is Ann.' })
  await expect(bea.page.getByText('Hello, it is Ann.')).toBeVisible()
  await ann.button('requests.withdraw').click()
  await expect(bea.page.getByText('Hello, it is Ann.')).toHaveCount(0)
  await expect(bea.heading('requests.none')).toBeVisible()

  await bea.call('POST', '/friend-requests', { accountId: ann.id, greeting: 'Hello, it is Bea.' })
  await expect(ann.page.getByText('Hello, it is Bea.')).toBeVisible()
  await ann.button('requests.decline').click()
  await expect(bea.button('requests.withdraw')).toHaveCount(0)
})

test('both asking each other at once become friends', async ({ person }) => {
  const ann = await (await person('ann')).join()
  const bea = await (await person('bea')).join()
  await ann.open('/contacts')
  await bea.open('/contacts')
  await Promise.allSettled([
    ann.call('POST', '/friend-requests', { accountId: bea.id }),
    bea.call('POST', '/friend-requests', { accountId: ann.id }),
  ])
  await expect(ann.page.getByRole('link', { name: /bea/ })).toBeVisible()
  await expect(bea.page.getByRole('link', { name: /ann/ })).toBeVisible()
})

test('strangers cannot be browsed, only found by their exact name or address', async ({ person }) => {
  const ann = await (await person('ann')).join()
  const bea = await (await person('beatrice', { name: 'Bea' })).join()
  await ann.open('/contacts')
  await ann.button('contacts.add').first().click()
  for (const query of ['bea', 'Bea', 'beatric', '%', 'b*', 'example.com']) {
    await ann.field('add.query').fill(query)
    await ann.button('add.find').click()
    await expect(ann.page.getByText(ann.t('add.notFound')).first()).toBeVisible()
  }
  for (const query of [bea.username, bea.email, 'BEATRICE']) {
    await ann.field('add.query').fill(query)
    await ann.button('add.find').click()
    await expect(ann.button('add.send')).toBeVisible()
    await ann.field('add.query').fill('')
  }
  await ann.field('add.query').fill(ann.username)
  await ann.button('add.find').click()
  await expect(ann.page.getByText(ann.t('add.self'))).toBeVisible()
})

test('a remark is seen by its writer only, everywhere', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open(`/contacts/${bea.id}`)
  await bea.open('/contacts')
  await ann.button('card.remarkSet').click()
  await ann.page.getByRole('dialog').getByLabel(ann.t('card.remark'), { exact: true }).fill('My sister')
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: ann.t('action.save') })
    .click()
  await expect(ann.page.getByRole('heading', { name: 'My sister' }).first()).toBeVisible()
  await ann.openChat('My sister')
  await ann.say('My sister', 'Hello')
  await bea.openChat(ann.name)
  await expect(bea.bubble(ann.name, 'Hello')).toBeVisible()
  await expect(bea.page.getByText('My sister')).toHaveCount(0)
})

test('a deleted friend keeps the history and cannot write', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await bea.open('/chats')
  await bea.openChat(ann.name)
  await bea.say(ann.name, 'Before')
  await ann.open(`/contacts/${bea.id}`)
  await ann.button('card.remove').click()
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: ann.t('action.delete') })
    .click()

  await expect(bea.page.getByText(bea.t('refusal.not_friends'))).toBeVisible()
  await expect(bea.composer(ann.name)).toHaveCount(0)
  await expect(bea.bubble(ann.name, 'Before')).toBeVisible()
  await ann.place('chats').click()
  await ann.row(bea.name).click()
  await expect(ann.bubble(bea.name, 'Before')).toBeVisible()
  await expect(ann.page.getByText(ann.t('refusal.not_friends'))).toBeVisible()
})

test('blocking stops both, and the blocked one is not told', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await bea.open('/chats')
  await bea.openChat(ann.name)
  await ann.open(`/contacts/${bea.id}`)
  await ann.button('card.block').click()
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: ann.t('card.block') })
    .click()
  await expect(ann.button('card.unblock')).toBeVisible()

  await bea.say(ann.name, 'Are you there?')
  await expect(bea.log(ann.name).getByText(bea.t('chat.retry'))).toBeVisible()
  await expect(bea.page.getByText(bea.t('refusal.blocked', { name: ann.name }))).toHaveCount(0)

  await ann.button('card.unblock').click()
  await bea
    .log(ann.name)
    .getByRole('button', { name: bea.t('chat.retry') })
    .click()
  await ann.openChat(bea.name)
  await expect(ann.bubble(bea.name, 'Are you there?')).toBeVisible()
})
