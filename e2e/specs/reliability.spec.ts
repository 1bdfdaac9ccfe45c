import { core, expect, type Pair, test } from '../support/test.ts'
import type { Person } from '../support/person.ts'

interface Message {
  seq: number
  senderId: string
  body: string
}

/** Everything in the conversation, as the server has it, oldest first. */
async function stored(person: Person, conversation: string): Promise<Message[]> {
  const all: Message[] = []
  for (;;) {
    const after = all.at(-1)?.seq ?? 0
    const { messages } = await person.call<{ messages: Message[] }>(
      'GET',
      `/conversations/${conversation}/messages?after=${after}&limit=100`,
    )
    if (messages.length === 0) return all
    all.push(...messages)
  }
}

/** Both sit in front of their conversation. Returns its ID. */
async function sitDown([ann, bea]: Pair) {
  await ann.open('/chats')
  await bea.open('/chats')
  await ann.openChat(bea.name)
  await bea.openChat(ann.name)
  return ann.page.url().split('/').pop()!
}

/** What must hold after everything: the same, once each, in the same order, in both windows and on the server. */
async function expectTheSame([ann, bea]: Pair, conversation: string, sent: string[]) {
  await expect
    .poll(async () => (await stored(ann, conversation)).length, {
      timeout: 45_000,
      message: 'messages stored',
    })
    .toBe(sent.length)
  const messages = await stored(ann, conversation)
  const bodies = messages.map((message) => message.body)
  expect(messages.map((message) => message.seq)).toEqual(messages.map((_, i) => i + 1))
  expect([...bodies].sort()).toEqual([...sent].sort())
  for (const [someone, other] of [
    [ann, bea],
    [bea, ann],
  ] as const) {
    await expect(async () => {
      expect(await someone.story(other.name), `what ${someone.name} sees`).toEqual(
        bodies.map((text) => ({ text, failed: false })),
      )
    }).toPass({ timeout: 45_000 })
  }
}

/** Each person's own messages come in the order in which they wrote them. */
function expectOrder(bodies: string[], prefix: string) {
  const own = bodies.filter((body) => body.startsWith(prefix))
  expect(own).toEqual([...own].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])))
}

const numbered = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${prefix} ${from + i}`)

test('a pulled cable: fifty messages are there when it is back, once each, in order', async ({ friends }) => {
  test.slow()
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  const conversation = await sitDown(pair)
  await ann.say(bea.name, 'ann 0')
  await expect(bea.bubble(ann.name, 'ann 0')).toBeVisible()

  bea.relay.cut()
  // Bea writes too, without a cable.
  await bea.say(ann.name, 'bea 1')
  await bea.say(ann.name, 'bea 2')
  for (const text of numbered('ann', 1, 50)) await ann.say(bea.name, text)
  await expect(ann.bubble(bea.name, 'ann 50')).toBeVisible()
  await expect(
    bea.page.getByText(bea.t('connection.offline')).or(bea.page.getByText(bea.t('connection.connecting'))),
  ).toBeVisible()
  await expect(bea.bubble(ann.name, 'ann 1')).toHaveCount(0)

  bea.relay.restore()
  await expect(bea.bubble(ann.name, 'ann 50')).toBeVisible({ timeout: 45_000 })
  const sent = [...numbered('ann', 0, 50), 'bea 1', 'bea 2']
  await expectTheSame(pair, conversation, sent)
  expectOrder(
    (await stored(ann, conversation)).map((m) => m.body),
    'ann',
  )
  expectOrder(
    (await stored(ann, conversation)).map((m) => m.body),
    'bea',
  )
})

test('a pulled cable, away from the conversation: the unread count is right', core, async ({ friends }) => {
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  await sitDown(pair)
  await ann.say(bea.name, 'ann 1')
  await expect(ann.log(bea.name).getByText(ann.t('state.read')).first()).toBeAttached()
  await bea.place('contacts').click()

  bea.relay.cut()
  for (const text of numbered('ann', 2, 21)) await ann.say(bea.name, text)
  bea.relay.restore()
  await expect(bea.place('chats')).toContainText(bea.t('chats.unread', { n: 20 }), { timeout: 45_000 })
  await bea.openChat(ann.name)
  await expect(bea.bubble(ann.name, 'ann 2')).toBeVisible()
  await expect(bea.page.getByText(bea.t('chat.unreadFromHere'))).toBeVisible()
})

test('a cable that falls silent is noticed, and nothing is lost', async ({ friends }) => {
  test.slow()
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  const conversation = await sitDown(pair)
  bea.relay.silence()
  await bea.say(ann.name, 'bea 1')
  await ann.say(bea.name, 'ann 1')
  await expect(bea.page.getByText(bea.t('connection.connecting'))).toBeVisible({ timeout: 60_000 })
  bea.relay.restore()
  await expectTheSame(pair, conversation, ['ann 1', 'bea 1'])
})

test('kill -9 while both write: nothing is lost, nothing comes twice', async ({ friends, server }) => {
  test.slow()
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  const conversation = await sitDown(pair)

  const write = async (someone: Person, other: Person) => {
    for (const text of numbered(someone.username, 1, 40)) await someone.say(other.name, text)
  }
  const strike = async () => {
    for (const at of ['ann 8', 'ann 20', 'ann 30']) {
      await expect(ann.bubble(bea.name, at)).toBeAttached({ timeout: 45_000 })
      await server.kill()
      await server.start()
    }
  }
  await Promise.all([write(ann, bea), write(bea, ann), strike()])

  const sent = [...numbered('ann', 1, 40), ...numbered('bea', 1, 40)]
  await expectTheSame(pair, conversation, sent)
  const bodies = (await stored(ann, conversation)).map((m) => m.body)
  expectOrder(bodies, 'ann')
  expectOrder(bodies, 'bea')

  // Both had it open all the time, so nothing is unread.
  for (const someone of pair) await expect(someone.place('chats')).not.toContainText(/\d/)
})

test('what was written without a cable survives a reload and is sent once', core, async ({ friends }) => {
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  const conversation = await sitDown(pair)
  bea.relay.silence()
  await bea.say(ann.name, 'bea 1')
  await bea.say(ann.name, 'bea 2')
  await expect(bea.bubble(ann.name, 'bea 2')).toBeVisible()
  bea.relay.cut()
  bea.relay.restore()
  await bea.page.reload()
  await expectTheSame(pair, conversation, ['bea 1', 'bea 2'])
})

test('a send whose answer is lost is repeated and stored once', async ({ friends }) => {
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  const conversation = await sitDown(pair)
  bea.relay.silence('answers')
  await bea.say(ann.name, 'bea 1')
  await bea.say(ann.name, 'bea 2')
  await expect(ann.bubble(bea.name, 'bea 1')).toBeVisible()
  // It arrived, and Bea does not know.
  await expect(bea.log(ann.name).getByText(bea.t('state.sending')).first()).toBeAttached()
  bea.relay.cut()
  bea.relay.restore()
  await expectTheSame(pair, conversation, ['bea 1', 'bea 2'])
})

test('after a restart of the server everybody finds everything again', async ({ friends, server }) => {
  const pair = await friends('ann', 'bea')
  const [ann, bea] = pair
  const conversation = await sitDown(pair)
  await ann.say(bea.name, 'before')
  await expect(bea.bubble(ann.name, 'before')).toBeVisible()
  await server.stop()
  await server.start()
  await bea.say(ann.name, 'after')
  await expect(ann.bubble(bea.name, 'after')).toBeVisible({ timeout: 45_000 })
  await expectTheSame(pair, conversation, ['before', 'after'])
  const third = await ann.context.newPage()
  await third.goto(`/chats/${conversation}`)
  await expect(third.getByRole('listitem').getByText('after', { exact: true })).toBeVisible()
})
