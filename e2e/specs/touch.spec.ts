import { finger } from '../support/finger.ts'
import { expect, type Person, phone, test } from '../support/test.ts'

/** Ann on her phone, in a conversation with Bea that she has opened from the list. */
async function talking(friends: (one: string, other: string, o?: object) => Promise<[Person, Person]>) {
  const [ann, bea] = await friends('ann', 'bea', { size: phone })
  const { conversationId } = await bea.call<{ conversationId: string }>('POST', '/conversations', {
    accountId: ann.id,
  })
  for (const [i, body] of ['The first', 'Lift me', 'The last'].entries()) {
    await bea.call('POST', `/conversations/${conversationId}/messages`, { clientId: `touch-${i}-0000`, body })
  }
  await ann.open('/chats')
  await ann.openChat(bea.name)
  await expect(ann.bubble(bea.name, 'The last')).toBeVisible()
  await ann.settled()
  return { ann, bea, touch: await finger(ann.page) }
}

test('a swipe from the edge goes back, and one that is taken back does not', async ({ friends }) => {
  const { ann, bea, touch } = await talking(friends)
  const pane = ann.page.locator('.split > .detail')
  const left = () => pane.evaluate((element) => Math.round(element.getBoundingClientRect().left))

  // It follows the finger, the list shows below, and it comes back to where it was.
  await touch.down({ x: 5, y: 400 })
  await touch.slide({ x: 5, y: 400 }, { x: 205, y: 405 })
  await expect.poll(left).toBe(200)
  await expect(ann.page.locator('.split > .list')).toBeVisible()
  await touch.slide({ x: 205, y: 405 }, { x: 25, y: 405 })
  await expect.poll(left).toBe(20)
  await touch.up()
  await expect.poll(left).toBe(0)
  await expect(ann.composer(bea.name)).toBeVisible()

  // Up and down is scrolling, from the edge as well.
  await touch.down({ x: 5, y: 400 })
  await touch.slide({ x: 5, y: 400 }, { x: 40, y: 200 })
  expect(await left()).toBe(0)
  await touch.up()

  // Not from the middle.
  await touch.down({ x: 150, y: 400 })
  await touch.slide({ x: 150, y: 400 }, { x: 380, y: 400 })
  expect(await left()).toBe(0)
  await touch.up()

  await touch.down({ x: 5, y: 400 })
  await touch.slide({ x: 5, y: 400 }, { x: 300, y: 400 })
  await touch.up()
  await expect(ann.page).toHaveURL(/\/chats$/)
  await expect(ann.row(bea.name)).toBeVisible()
  await expect(ann.composer(bea.name)).toHaveCount(0)
})

test('a long press lifts the message and offers what can be done with it', async ({ friends }) => {
  const { ann, bea, touch } = await talking(friends)
  const box = (await ann.bubble(bea.name, 'Lift me').boundingBox())!
  await touch.down({ x: box.x + 10, y: box.y + box.height / 2 })
  const report = ann.page.getByRole('menuitem', { name: ann.t('feedback.report') })
  await expect(report).toBeVisible()
  await touch.up()
  // Lifting the finger is no tap, so it is still there; and so is what it is about.
  const likeness = ann.page.locator('dialog[open] .bubble')
  await expect(likeness).toContainText('Lift me')
  await expect(ann.page.locator('dialog[open] [aria-hidden=true] .bubble')).toHaveCount(1)
  await report.tap()
  await expect(ann.heading('feedback.reportTitle', { name: bea.name })).toBeVisible()
  await ann.page.keyboard.press('Escape')
  await expect(ann.bubble(bea.name, 'Lift me')).toBeVisible()
})

test('a long press on a conversation offers to pin it', async ({ friends }) => {
  const { ann, bea, touch } = await talking(friends)
  await ann.button('action.back').click()
  const box = (await ann.row(bea.name).boundingBox())!
  await touch.down({ x: box.x + 100, y: box.y + 30 })
  const pin = ann.page.getByRole('menuitem', { name: ann.t('chat.pin') })
  await expect(pin).toBeVisible()
  await touch.up()
  await pin.tap()
  await expect(ann.row(bea.name).getByText(ann.t('chats.pinned'))).toBeAttached()
  await expect(ann.page).toHaveURL(/\/chats$/)
})
