// The list of conversations, the people and a thread, on the real engine and a model of the server.
import { createPinia, setActivePinia } from 'pinia'
import { effectScope, type EffectScope, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aContact } from '@/sync/testing/rows'
import { useContacts } from './contacts'
import { useConversations } from './conversations'
import { useLive } from './live'
import { useMembers } from './members'
import { answering, type Answers, ModelWorld } from './testing'
import { useThread } from './thread'

let world: ModelWorld
vi.mock('./engine', () => ({
  startEngine: (setup: Parameters<ModelWorld['start']>[0]) => world.start(setup),
  forgetAccount: (id: string) => world.forget(id),
}))

let direct: string
let answers: Answers
let scope: EffectScope

beforeEach(async () => {
  setActivePinia(createPinia())
  answers = {}
  vi.stubGlobal('fetch', ((input, init) => answering(answers)(input, init)) satisfies typeof fetch)
  world = new ModelWorld()
  for (const id of ['1', '2', '3']) world.server.addAccount(id)
  world.server.accept(world.server.ask('1', '2').id, '2')
  direct = world.server.direct('1', '2')
  scope = effectScope()
  await useLive().start('1', () => undefined)
})

afterEach(() => scope.stop())

async function online() {
  await world.time.until(() => useLive().engine?.connectionStatus === 'online')
  await world.time.pass(10)
}

let counter = 0
async function said(times = 1, by = '2', where = direct) {
  for (let i = 0; i < times; i++) world.server.send(by, where, `by-${by}-${counter++}`, `said ${counter}`)
  await world.time.pass(10)
}

describe('the list of conversations', () => {
  it('is not known before the first answer', async () => {
    const conversations = useConversations()
    expect(conversations.ready).toBe(false)
    await online()
    expect(conversations.ready).toBe(true)
    expect(conversations.list.map(({ id }) => id)).toEqual([direct])
  })

  it('says why the first load failed', async () => {
    const conversations = useConversations()
    world.link.close()
    world.link.handlers.disconnected()
    await world.time.pass(1)
    expect(conversations.problem?.code).toBe('network')
    await online()
    expect(conversations.problem).toBeNull()
  })

  it('shows the last message, what is unread, and the newest first', async () => {
    const conversations = useConversations()
    world.server.accept(world.server.ask('3', '1').id, '1')
    await online()
    const other = world.server.direct('1', '3')
    await world.time.pass(1000)
    await said(3)
    expect(conversations.list.map(({ id }) => id)).toEqual([direct, other])
    expect(conversations.get(direct)).toMatchObject({ unread: 3, lastSeq: 3, readSeq: 0, name: 'Name 2' })
    expect(conversations.get(direct)?.last).toMatchObject({ own: false, state: 'sent', seq: 3 })
    expect(conversations.totalUnread).toBe(3)
    const before = conversations.get(direct)
    await world.time.pass(1000)
    await said(1, '3', other)
    expect(conversations.list.map(({ id }) => id)).toEqual([other, direct])
    expect(conversations.get(direct)).toBe(before)
  })

  it('follows names, presence, typing and what may be written', async () => {
    const conversations = useConversations()
    await online()
    expect(conversations.get(direct)).toMatchObject({ refusal: null, typing: null, online: false })
    world.server.remark('1', '2', '小明')
    world.link.handlers.event('presence.changed', { accountId: '2', online: true })
    world.link.handlers.event('typing', { conversationId: direct, accountId: '2' })
    await world.time.pass(10)
    expect(conversations.get(direct)).toMatchObject({ name: '小明', typing: '2', online: true })
    world.server.unfriend('2', '1')
    await world.time.pass(10)
    expect(conversations.get(direct)?.refusal).toBe('not_friends')
  })

  it('knows the conversation with a friend without asking, and asks for another', async () => {
    const conversations = useConversations()
    await online()
    expect(await conversations.openWith('2')).toBe(direct)
    answers['POST /conversations'] = () => ({
      body: world.server.answer('1', 'conversation.open', { accountId: '3' }),
    })
    const opened = await conversations.openWith('3')
    await world.time.pass(10)
    expect(conversations.get(opened)?.peer?.id).toBe('3')
  })

  it('is empty when nobody is signed in any more', async () => {
    const conversations = useConversations()
    await online()
    useLive().stop()
    expect(conversations.list).toEqual([])
    expect(conversations.ready).toBe(false)
  })
})

describe('people', () => {
  it('have the same name everywhere: my remark, else their own', async () => {
    const contacts = useContacts()
    await online()
    expect(contacts.nameOf('2')).toBe('Name 2')
    expect(contacts.nameOf('99')).toBe('')
    answers['PATCH /contacts/2'] = (body) => ({
      body: aContact('2', { ...(body as { remark: string }), version: 50 }),
    })
    await contacts.setRemark('2', '小明')
    await world.time.pass(0)
    expect(contacts.nameOf('2')).toBe('小明')
    expect(contacts.friends.map(({ remark }) => remark)).toEqual(['小明'])
  })

  it('ask and are asked', async () => {
    const contacts = useContacts()
    await online()
    const { id } = world.server.ask('3', '1')
    await world.time.pass(10)
    expect(contacts.received.map((request) => request.id)).toEqual([id])
    expect(contacts.sent).toEqual([])
    expect(contacts.nameOf('3')).toBe('Name 3')
    world.server.accept(id, '1')
    await world.time.pass(10)
    expect(contacts.received).toEqual([])
    expect(contacts.friends).toHaveLength(2)
  })

  it('that I blocked are in a list of their own, and nobody who is neither', async () => {
    const contacts = useContacts()
    await online()
    answers['PUT /blocks/2'] = () => ({ body: aContact('2', { blocked: true, version: 60 }) })
    await contacts.block('2')
    await world.time.pass(0)
    expect(contacts.blocked).toHaveLength(1)
    expect(contacts.get('2')?.blocked).toBe(true)
    answers['DELETE /contacts/2'] = () => ({ body: aContact('2', { state: 'none', version: 61 }) })
    await contacts.remove('2')
    await world.time.pass(0)
    expect(contacts.get('2')).toBeUndefined()
    expect(contacts.friends).toEqual([])
  })
})

describe('a thread', () => {
  const open = () => scope.run(() => useThread(() => direct)) ?? expect.fail()

  it('opens when the engine is there, at the end', async () => {
    const thread = open()
    expect(thread.ready.value).toBe(false)
    await online()
    await said(2)
    expect(thread.ready.value).toBe(true)
    expect(thread.messages.value.map(({ seq }) => seq)).toEqual([1, 2])
    expect(thread.firstSeq.value).toBe(1)
    expect(thread.hasOlder.value).toBe(false)
  })

  it('shows my message from sending to read as the same row', async () => {
    await online()
    const thread = open()
    await said()
    thread.send('hello')
    await Promise.resolve()
    await Promise.resolve()
    const [before, sending] = thread.messages.value
    expect(sending).toMatchObject({ own: true, state: 'sending', seq: null, body: 'hello' })
    await world.time.pass(100)
    const [same, sent] = thread.messages.value
    expect(sent).toMatchObject({ key: sending?.key, state: 'sent', seq: 2 })
    expect(same).toBe(before)
    world.server.read('2', direct, 2)
    await world.time.pass(10)
    expect(thread.messages.value[1]).toMatchObject({ key: sending?.key, state: 'read' })
    expect(thread.peerReadSeq.value).toBe(2)
  })

  it('shows why one failed, and lets it be tried again or given up', async () => {
    await online()
    const thread = open()
    thread.send('refuse this')
    await world.time.pass(100)
    const [failed] = thread.messages.value
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'conversation.not_allowed' } })
    thread.retry(failed?.key ?? '')
    await Promise.resolve()
    await Promise.resolve()
    expect(thread.messages.value[0]?.state).toBe('sending')
    await world.time.pass(100)
    thread.discard(failed?.key ?? '')
    await world.time.pass(0)
    expect(thread.messages.value).toEqual([])
  })

  it('reads, and the list knows at once', async () => {
    await online()
    const [thread, conversations] = [open(), useConversations()]
    await said(3)
    thread.markRead(2)
    await Promise.resolve()
    expect(conversations.get(direct)?.unread).toBe(1)
  })

  it('goes to the end to show what is sent', async () => {
    await online()
    await said(120)
    const thread = open()
    await world.time.pass(10)
    expect(thread.firstUnreadSeq.value).toBe(1)
    expect(thread.hasNewer.value).toBe(true)
    thread.send('hello')
    await world.time.pass(100)
    expect(thread.hasNewer.value).toBe(false)
    expect(thread.messages.value.at(-1)?.body).toBe('hello')
    void thread.loadOlder()
    await world.time.pass(10)
    expect(thread.firstSeq.value).toBe(21)
  })

  it('is left alone when its view is gone', async () => {
    await online()
    const thread = open()
    await said()
    scope.stop()
    const before = thread.messages.value
    await said(3)
    expect(thread.messages.value).toBe(before)
  })
})

describe('groups', () => {
  it('are in the list as soon as my own list says so, though their rows came first', async () => {
    const conversations = useConversations()
    await online()
    const id = world.server.groups.create('2', 'Club', ['3'])
    world.server.groups.add(id, '2', ['1'])
    await world.time.pass(2000)
    const { engine } = useLive()
    const membership = engine?.replica.user.memberships.get(id)
    expect(conversations.list.map((shown) => shown.id)).toContain(id)
    // As if the group had come before the membership.
    world.server.groups.leave(id, '1', '2')
    await world.time.pass(10)
    expect(conversations.list.map((shown) => shown.id)).not.toContain(id)
    expect(conversations.leftReason(id)).toBe('removed')
    const delta = world.server
      .sync('3', { user: 0, conversations: [] })
      .conversations.find(({ conversationId }) => conversationId === id)
    engine?.replica.acceptConversation(delta ?? expect.fail())
    await world.time.pass(0)
    expect(conversations.list.map((shown) => shown.id)).not.toContain(id)
    engine?.replica.acceptMembership({ ...(membership ?? expect.fail()), version: 1000 })
    await Promise.resolve()
    expect(conversations.list.map((shown) => shown.id)).toContain(id)
  })

  it('show who I am in them, who speaks to me, and what I may write', async () => {
    const conversations = useConversations()
    await online()
    const { groups } = world.server
    const id = groups.create('2', 'Club', ['1', '3'])
    await world.time.pass(2000)
    expect(conversations.get(id)).toMatchObject({
      name: 'Club',
      refusal: null,
      group: { role: 'member', memberCount: 3 },
    })
    world.server.send('3', id, 'client-0001', '@Name 1 hello', { mentions: ['1'] })
    groups.update(id, '2', { muted: true })
    groups.nickname(id, '3', 'Cleo')
    await world.time.pass(10)
    expect(conversations.get(id)).toMatchObject({ mention: 2, refusal: 'group_muted' })
    expect(conversations.nameIn(id, '3')).toBe('Cleo')
    groups.setRole(id, '2', '1', 'admin')
    groups.setOwn('1', id, { notify: 'none', pinnedAt: 5 })
    await world.time.pass(10)
    expect(conversations.get(id)).toMatchObject({ refusal: null, muted: true, pinned: true })
    expect(conversations.totalUnread).toBe(0)
    expect(conversations.list[0]?.id).toBe(id)
  })

  it('of very many members are looked through page by page', async () => {
    await online()
    for (let id = 10; id < 200; id++) world.server.addAccount(String(id))
    const others = Array.from({ length: 190 }, (_, index) => String(index + 10))
    const id = world.server.groups.create('2', 'Crowd', ['1', ...others])
    await world.time.pass(2000)
    const asked: string[] = []
    const page = (query: string) => {
      asked.push(query)
      const given = Object.fromEntries(new URLSearchParams(query))
      return { body: world.server.groups.page('1', id, { ...given, limit: Number(given['limit']) }) }
    }
    vi.stubGlobal('fetch', ((input) => {
      const { body } = page(new URL(String(input), 'http://x').search)
      return Promise.resolve(new Response(JSON.stringify(body)))
    }) satisfies typeof fetch)
    vi.useFakeTimers()
    // Nothing is asked about a conversation that is not known yet.
    const which = ref('')
    const members = scope.run(() => useMembers(which)) ?? expect.fail()
    await vi.advanceTimersByTimeAsync(10)
    expect(asked).toEqual([])
    which.value = id
    await vi.advanceTimersByTimeAsync(10)
    expect(members.list.value).toHaveLength(50)
    expect(members.list.value[0]?.role).toBe('owner')
    expect(members.total.value).toBe(192)
    await members.more()
    expect(members.list.value).toHaveLength(100)
    // What is known of somebody is newer than the page.
    world.server.groups.setRole(id, '2', '12', 'admin')
    await world.time.pass(10)
    expect(members.list.value.find(({ account }) => account.id === '12')?.role).toBe('admin')
    members.query.value = 'Name 150'
    await vi.advanceTimersByTimeAsync(300)
    expect(members.list.value.map(({ account }) => account.id)).toEqual(['150'])
    expect(asked).toHaveLength(3)
    vi.useRealTimers()
  })
})
