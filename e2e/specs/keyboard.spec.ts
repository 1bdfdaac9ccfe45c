import { expect, test } from '../support/test.ts'

test('the quick switcher leads to people, groups and actions by a few letters', async ({
  person,
  friends,
}) => {
  const [ann, bea] = await friends('ann', 'bea')
  const zoe = await (await person('zoe', { name: '欧阳明月' })).join()
  await ann.befriend(zoe)
  await ann.call('POST', '/conversations', { group: { name: 'Boat crew', members: [bea.id] } })
  await ann.open('/chats')
  await expect(ann.row('Boat crew')).toBeVisible()
  const field = ann.page.getByRole('combobox', { name: ann.t('find.title') })
  const option = (name: string) => ann.page.getByRole('option', { name })

  await ann.page.keyboard.press('ControlOrMeta+k')
  await expect(field).toBeFocused()
  await field.fill('bcw')
  await expect(option('Boat crew')).toHaveAttribute('aria-selected', 'true')
  await field.press('Enter')
  await expect(ann.composer('Boat crew')).toBeFocused()

  // Also while one writes, in Chinese, with the arrows.
  await ann.page.keyboard.press('ControlOrMeta+k')
  await field.fill('欧月')
  await expect(option('欧阳明月')).toBeVisible()
  await field.press('Enter')
  await expect(ann.composer('欧阳明月')).toBeFocused()

  await ann.page.keyboard.press('ControlOrMeta+k')
  await field.fill('')
  await expect(ann.page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true')
  await field.press('ArrowDown')
  await expect(ann.page.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true')
  await field.press('Escape')
  await expect(field).toHaveCount(0)
  await expect(ann.composer('欧阳明月')).toBeFocused()

  await ann.page.keyboard.press('ControlOrMeta+k')
  await field.fill(ann.t('group.new').toLowerCase())
  await field.press('Enter')
  await expect(ann.heading('group.new')).toBeVisible()
  await ann.page.keyboard.press('Escape')

  await ann.page.keyboard.press('ControlOrMeta+k')
  await field.fill('dark')
  await field.press('Enter')
  await expect(ann.page.locator('html')).toHaveAttribute('data-theme', 'dark')

  await ann.page.keyboard.press('ControlOrMeta+k')
  await field.fill('zzzz')
  await expect(ann.page.getByRole('status').getByText(ann.t('chats.nothingFound'))).toBeVisible()
})

test('keys lead through conversations and messages, and a sheet tells which', async ({ person, friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  const cleo = await (await person('cleo', { name: 'Cleo' })).join()
  await ann.befriend(cleo)
  for (const [i, other] of [bea, cleo].entries()) {
    const { conversationId } = await ann.call<{ conversationId: string }>('POST', '/conversations', {
      accountId: other.id,
    })
    await other.call('POST', `/conversations/${conversationId}/messages`, {
      clientId: `keyboard-${i}-00`,
      body: `Hello from ${other.name}`,
    })
  }
  await ann.open('/chats')
  await expect(ann.row('Cleo')).toContainText('Hello from')

  // Cleo wrote last, so hers is the first.
  await ann.page.keyboard.press('Alt+ArrowDown')
  await expect(ann.composer('Cleo')).toBeFocused()
  await ann.page.keyboard.press('Alt+ArrowDown')
  await expect(ann.composer('Bea')).toBeFocused()
  await ann.page.keyboard.press('Alt+ArrowUp')
  await expect(ann.composer('Cleo')).toBeFocused()

  // From an empty field into the messages, to what can be done with one, and back.
  await expect(ann.bubble('Cleo', 'Hello from Cleo')).toBeVisible()
  await ann.page.keyboard.press('ArrowUp')
  await expect(ann.log('Cleo').getByRole('listitem').last()).toBeFocused()
  await ann.page.keyboard.press('Enter')
  await expect(ann.page.getByRole('menuitem', { name: ann.t('chat.copy') })).toBeFocused()
  await ann.page.keyboard.press('Escape')
  await expect(ann.log('Cleo').getByRole('listitem').last()).toBeFocused()
  await ann.page.keyboard.press('ArrowDown')
  await expect(ann.composer('Cleo')).toBeFocused()

  await ann.page.keyboard.press('ControlOrMeta+i')
  await expect(ann.page.getByRole('complementary', { name: ann.t('chat.details') })).toBeVisible()
  await ann.page.keyboard.press('ControlOrMeta+i')
  await expect(ann.page.getByRole('complementary', { name: ann.t('chat.details') })).toHaveCount(0)

  // A sign is a sign while one writes, and a key while one does not.
  await ann.page.keyboard.press('?')
  await expect(ann.composer('Cleo')).toHaveValue('?')
  await ann.composer('Cleo').fill('')
  await ann.page.keyboard.press('ControlOrMeta+/')
  await expect(ann.heading('keys.title')).toBeVisible()
  await ann.page.getByRole('switch', { name: ann.t('keys.single') }).press('Space')
  await ann.page.keyboard.press('Escape')
  await ann.place('me').click()
  await ann.page.keyboard.press('Shift+?')
  await expect(ann.heading('keys.title')).toHaveCount(0)
  await ann.openPage('me.appearance')
  await ann.button('keys.title').click()
  await expect(ann.heading('keys.title')).toBeVisible()
  await ann.page.getByRole('switch', { name: ann.t('keys.single') }).press('Space')
  await ann.page.keyboard.press('Escape')
  await ann.page.keyboard.press('Shift+?')
  await expect(ann.heading('keys.title')).toBeVisible()
})
