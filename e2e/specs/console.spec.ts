import { expect, type Person, phone, test } from '../support/test.ts'

/** The owner of the test's server, signed in. */
async function owner(person: (name: string, o?: object) => Promise<Person>, o: object = {}) {
  const owner = await person('owner', o)
  owner.password = 'a quiet harbour at noon'
  await owner.signIn()
  return owner
}

test('feedback reaches the owner, and the answer its author; the log tells who answered', async ({
  person,
}) => {
  const ann = await (await person('ann', { name: 'Ann' })).join()
  await ann.open('/me')
  await ann.link('feedback.title').click()
  await ann.field('feedback.body').fill('Could there be a darker dark?')
  await ann.button('feedback.send').click()
  await expect(ann.page.getByText('Could there be a darker dark?')).toBeVisible()

  const boss = await owner(person)
  await boss.open('/me')
  await boss.link('console.title').click()
  await boss.link('console.place_feedback').click()
  await expect(boss.page.getByText('Could there be a darker dark?')).toBeVisible()
  await boss.button('console.answer').click()
  await boss.field('console.answer').fill('There will be.')
  await boss.button('console.sendAnswer').click()
  await expect(boss.page.getByText('There will be.')).toBeVisible()
  await boss.link('console.place_log').click()
  await expect(
    boss.page.getByText(boss.t('console.log_feedbackAnswered', { actor: 'owner', name: 'ann' })),
  ).toBeVisible()

  await ann.open('/me/feedback')
  await expect(ann.page.getByText('There will be.')).toBeVisible()
})

test('the owner finds somebody, disables them, and they are out at once', async ({ person }) => {
  const ann = await (await person('ann', { name: 'Ann' })).join()
  await ann.open('/chats')
  const boss = await owner(person, { size: phone })
  await boss.open('/console/people')
  await boss.field('console.findPeople').fill('ANN')
  await expect(boss.page.getByText(boss.t('console.total', { n: 1 }))).toBeVisible()
  await boss.page.getByRole('button', { name: /Ann/ }).click()
  await boss.button('console.act_disable').click()
  await expect(boss.page.getByRole('alert')).toHaveText(boss.t('console.ask_disable', { name: 'Ann' }))
  await boss.button('console.act_disable').click()
  await expect(boss.button('console.act_enable')).toBeVisible()
  await expect(ann.field('signIn.login')).toBeVisible()
})

test('nobody else gets into the console', async ({ person }) => {
  const ann = await (await person('ann')).join()
  await ann.open('/console/people')
  await expect(ann.heading('console.ownersOnly')).toBeVisible()
  await ann.open('/me')
  await expect(ann.link('console.title')).toHaveCount(0)
})
