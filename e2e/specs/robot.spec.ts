import { Model } from '../support/model.ts'
import { computer, expect, type Person, phone, test } from '../support/test.ts'

const robot = 'Lele'

/** The robot's own place. */
function place(person: Person) {
  return person.page
    .getByRole('navigation', { name: person.t('nav.label') })
    .getByRole('link', { name: person.t('nav.robot'), exact: true })
}

test.describe('the robot by itself', () => {
  test.use({ settings: { HAPPYCHAT_ROBOT: 'on' } })

  for (const { language, size } of [
    { language: 'en', size: computer },
    { language: 'zh-CN', size: phone },
  ] as const) {
    test(`greets, answers and reminds, ${language}, ${size.width} wide`, async ({ person }) => {
      const ann = await person('ann', { language, size, name: language === 'en' ? 'Ann' : '小安' })
      await ann.join()
      await ann.open('/contacts')
      await place(ann).click()
      await expect(
        ann.log(robot).getByText(language === 'en' ? /^Hello Ann, I am Lele/ : /^你好，小安，我是Lele/),
      ).toBeVisible()

      // A tap on what one could ask, asks it.
      await ann.button('robot.ask.sum').click()
      await expect(ann.bubble(robot, language === 'en' ? '15% of 80 = 12' : '128乘以36 = 4608')).toBeVisible()
      await ann.say(robot, language === 'en' ? 'when is Chinese New Year 2027' : '2027年春节是哪天')
      await expect(ann.log(robot).getByText(/2027年2月6日|6 February 2027/)).toBeVisible()

      // The time is that of the person: the browser has told where it is.
      await expect
        .poll(async () => (await ann.call<{ timeZone?: string }>('GET', '/account')).timeZone)
        .toBe('Asia/Shanghai')

      await ann.say(robot, language === 'en' ? 'remind me in 2 seconds to breathe' : '2秒后提醒我喝水')
      await expect(
        ann.bubble(robot, language === 'en' ? '⏰ Reminder: breathe' : '⏰ 提醒：喝水'),
      ).toBeVisible()
    })
  }

  test('comes back after it was removed and blocked', async ({ person }) => {
    const ann = await person('ann', { name: 'Ann' })
    await ann.join()
    const { robot: self } = await ann.call<{ robot: { accountId: string } }>('GET', '/server')
    await ann.call('PUT', `/blocks/${self.accountId}`)
    await ann.call('DELETE', `/contacts/${self.accountId}`)
    await ann.open('/robot')
    await ann.button('robot.bringBack').click()
    await expect(ann.bubble(robot, 'Here I am again. Say “help” to see what I can do.')).toBeVisible()
    await ann.say(robot, '6*7')
    await expect(ann.bubble(robot, '6*7 = 42')).toBeVisible()
  })
})

const talking = test.extend<{ model: Model }>({
  model: async ({}, use) => {
    const model = await Model.start()
    await use(model)
    await model.stop()
  },
  settings: async ({ model }, use) => {
    await use({
      HAPPYCHAT_ROBOT: 'on',
      HAPPYCHAT_ROBOT_ENDPOINT: model.url,
      HAPPYCHAT_ROBOT_MODEL: 'small',
    })
  },
})

talking(
  'a model answers in one message that grows, and says where it is',
  async ({ person, model, server }) => {
    const ann = await person('ann', { name: 'Ann' })
    await ann.join()
    await ann.open('/robot')
    await expect(ann.page.getByText(ann.t('robot.via', { host: '127.0.0.1' }))).toBeVisible()
    await ann.say(robot, 'tell me about the sea')
    const answer = await model.asked()
    expect(answer.asked.messages.at(-1)).toEqual({ role: 'user', content: 'tell me about the sea' })
    await expect(ann.page.getByText(ann.t('chat.typing'))).toBeVisible()
    answer.say('It is ')
    await expect(ann.log(robot).getByText(ann.t('robot.writing'))).toBeAttached()
    const rows = await ann.log(robot).getByRole('listitem').count()
    answer.say('wide')
    answer.end()
    await expect(ann.bubble(robot, 'It is wide')).toBeVisible()
    await expect(ann.log(robot).getByText(ann.t('robot.writing'))).not.toBeAttached()
    await expect(ann.log(robot).getByText(ann.t('robot.answeredBy', { host: '127.0.0.1' }))).toBeVisible()
    expect(await ann.log(robot).getByRole('listitem').count()).toBe(rows)

    // The server dies while the robot writes: nothing stays unfinished.
    await ann.say(robot, 'and about the sky')
    const broken = await model.asked()
    broken.say('It is ')
    await expect(ann.log(robot).getByText(ann.t('robot.writing'))).toBeAttached()
    await server.kill()
    await server.start()
    await expect(ann.log(robot).getByText('It is … (interrupted)', { exact: false })).toBeVisible()
    await expect(ann.log(robot).getByText(ann.t('robot.writing'))).not.toBeAttached()

    // Without the model the robot answers by itself, and says why.
    await model.stop()
    await ann.say(robot, 'and about the wind')
    await expect(ann.log(robot).getByText(/can not be reached just now/)).toBeVisible()
  },
)
