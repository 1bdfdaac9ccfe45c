import { createRequire } from 'node:module'
import { expect, test } from '../support/test.ts'
import type { Person } from '../support/test.ts'

// socket.io-client 2.2.0, which the first Happy Chat was written with. It has no types.
interface OldSocket {
  emit(event: string, ...args: unknown[]): OldSocket
  on(event: string, listener: (data: Record<string, unknown>) => void): OldSocket
  once(event: string, listener: (data: Record<string, unknown>) => void): OldSocket
  close(): void
}
const io = createRequire(import.meta.url)('socket.io-client-2') as (url: string, options: object) => OldSocket

/** Connects as the client of 2019 did, with a token of this server. */
async function oldClient(person: Person) {
  const { token } = await person.call<{ token: string }>('POST', '/sessions', {
    login: person.username,
    password: person.password,
    remember: true,
    use: 'bearer',
  })
  const socket = io(`http://127.0.0.1:${person.relay.port}`, { query: { token }, forceNew: true })
  const heard: Record<string, Record<string, unknown>[]> = {}
  for (const event of ['getPrivateMsg', 'getGroupMsg', 'getresponse']) {
    heard[event] = []
    socket.on(event, (data) => heard[event]?.push(data))
  }
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.emit('login', person.id)
  return { socket, heard }
}

test('a client of 2019 and people of today talk, in private and in a group', async ({ friends }) => {
  const [old, bea] = await friends('ann', 'bea')
  const { socket, heard } = await oldClient(old)
  await bea.open('/chats')
  await bea.openChat(old.name)

  socket.emit('sendPrivateMsg', {
    from_user: old.id,
    to_user: bea.id,
    name: 'whoever',
    avator: '',
    message: 'Hello from 2019',
    type: 'private',
    status: '1',
    time: 1557201002,
  })
  await expect(bea.bubble(old.name, 'Hello from 2019')).toBeVisible()
  await bea.say(old.name, 'Hello back')
  await expect
    .poll(() => heard['getPrivateMsg']?.[0])
    .toMatchObject({
      from_user: bea.id,
      to_user: old.id,
      name: bea.name,
      message: 'Hello back',
      type: 'private',
    })

  const group = await bea.call<{ conversationId: string }>('POST', '/conversations', {
    group: { name: 'Old friends', members: [old.id] },
  })
  await bea.openChat('Old friends')
  socket.emit('sendGroupMsg', { groupId: group.conversationId, from_user: old.id, message: 'All of you!' })
  await expect(bea.bubble('Old friends', 'All of you!')).toBeVisible()
  await bea.say('Old friends', 'Here I am')
  await expect
    .poll(() =>
      heard['getGroupMsg']?.map(({ from_user, message, group_name }) => [from_user, message, group_name]),
    )
    .toEqual([
      [old.id, 'All of you!', 'Old friends'],
      [bea.id, 'Here I am', 'Old friends'],
    ])
  socket.close()
})

test('a client of 2019 asks for friendship and is asked', async ({ person }) => {
  const ann = await (await person('ann', { name: 'Ann' })).join()
  const bea = await (await person('bea', { name: 'Bea' })).join()
  const { socket, heard } = await oldClient(ann)
  await bea.open('/contacts/requests')
  socket.emit('sendRequest', {
    from_user: ann.id,
    to_user: bea.id,
    content: 'Do you remember me?',
    status: 0,
  })
  await expect(bea.page.getByText('Do you remember me?')).toBeVisible()
  await bea.button('requests.decline').click()

  const cy = await (await person('cy', { name: 'Cy' })).join()
  await cy.call('POST', '/friend-requests', { accountId: ann.id, greeting: 'It is Cy' })
  await expect
    .poll(() => heard['getresponse']?.[0])
    .toMatchObject({ from_user: cy.id, name: 'Cy', content: 'It is Cy' })
  socket.close()
})
