import { finger } from '../support/finger.ts'
import { expect, type Person, phone, test } from '../support/test.ts'

const rows = (ann: Person) => ann.page.getByRole('navigation', { name: ann.t('me.title'), exact: true })
const title = (ann: Person, key: string) =>
  ann.page.getByRole('heading', { name: ann.t(key), exact: true, level: 1 })

/** On a phone a page covers the list; it is seen again when the page has gone. */
async function atList(ann: Person) {
  await expect(ann.page).toHaveURL(/\/me$/)
  await expect(rows(ann)).toBeVisible()
}

test('on a phone each page lies over the list, and there are four ways back', async ({ person }) => {
  const ann = await (await person('ann', { size: phone })).join()
  await ann.open('/chats')
  await ann.place('me').click()
  const touch = await finger(ann.page)
  const swipe = async () => {
    await ann.settled()
    await touch.down({ x: 5, y: 400 })
    await touch.slide({ x: 5, y: 400 }, { x: 300, y: 400 })
    await touch.up()
  }
  const into = async (key: string) => {
    await rows(ann)
      .getByRole('link', { name: ann.t(key) })
      .click()
    await expect(title(ann, key)).toBeVisible()
    await expect(rows(ann)).toBeHidden()
  }
  for (const back of [
    () => ann.button('action.back').click(),
    () => ann.page.goBack(),
    () => ann.page.keyboard.press('Escape'),
    swipe,
  ]) {
    await into('me.devices')
    await back()
    await atList(ann)
  }
  await into('feedback.title')
  await swipe()
  await atList(ann)

  // By its address, as from a letter; a key takes one out of a field first.
  await ann.open('/me/account')
  await ann.field('me.passwordNew').focus()
  await ann.page.keyboard.press('Escape')
  await expect(title(ann, 'me.account')).toBeVisible()
  await ann.page.keyboard.press('Escape')
  await atList(ann)
})

test('the console goes back by a swipe as well', async ({ person }) => {
  const boss = await person('owner', { size: phone })
  boss.password = 'a quiet harbour at noon'
  await boss.signIn()
  await boss.openPage('console.title')
  await boss.settled()
  const touch = await finger(boss.page)
  await touch.down({ x: 5, y: 400 })
  await touch.slide({ x: 5, y: 400 }, { x: 300, y: 400 })
  await touch.up()
  await atList(boss)
})

test('on a computer the list stays beside the page, and keys lead everywhere', async ({ person }) => {
  const ann = await (await person('ann')).join()
  await ann.open('/chats')
  await expect(ann.place('chats')).toBeVisible()
  await ann.page.keyboard.press('ControlOrMeta+,')
  await expect(title(ann, 'me.profile')).toBeVisible()
  const row = (key: string) => rows(ann).getByRole('link', { name: ann.t(key) })
  await expect(row('me.profile')).toHaveAttribute('aria-current', 'page')

  await row('me.profile').focus()
  await ann.page.keyboard.press('ArrowDown')
  await ann.page.keyboard.press('Enter')
  await expect(title(ann, 'me.account')).toBeVisible()
  await expect(row('me.account')).toHaveAttribute('aria-current', 'page')
  await expect(row('me.account')).toBeFocused()

  // From the field to the page, and from there to the list.
  await ann.field('me.passwordNew').focus()
  await ann.page.keyboard.press('Escape')
  await expect(ann.field('me.passwordNew')).not.toBeFocused()
  await ann.page.keyboard.press('Escape')
  await expect(row('me.account')).toBeFocused()

  await ann.page.keyboard.press('ControlOrMeta+k')
  await ann.page.getByRole('dialog').getByRole('combobox').fill(ann.t('sticker.title'))
  await ann.page.keyboard.press('Enter')
  await expect(title(ann, 'sticker.title')).toBeVisible()
  await expect(ann.page).toHaveURL(/\/me\/stickers$/)
})
