import { core, expect, type Person, phone, test } from '../support/test.ts'

/** Starts a group the short way; whoever is in it must be a friend of the owner. */
async function group(owner: Person, name: string, members: Person[], more: Record<string, unknown> = {}) {
  const delta = await owner.call<{ conversationId: string }>('POST', '/conversations', {
    group: { name, members: members.map(({ id }) => id), ...more },
  })
  return delta.conversationId
}

let sent = 0
async function say(person: Person, id: string, body: string, more: Record<string, unknown> = {}) {
  await person.call('POST', `/conversations/${id}/messages`, { clientId: `groups-${++sent}`, body, ...more })
}

/** Three friends of one another's. */
async function circle(person: (username: string, o?: object) => Promise<Person>, options = {}) {
  const people: Person[] = []
  for (const name of ['Ann', 'Bea', 'Cleo']) {
    people.push(await (await person(name.toLowerCase(), { name, ...options })).join())
  }
  const [ann, bea, cleo] = people as [Person, Person, Person]
  await ann.befriend(bea)
  await ann.befriend(cleo)
  return { ann, bea, cleo }
}

async function details(person: Person) {
  await person.button('chat.details').click()
  await expect(person.button('group.card')).toBeVisible()
}

/** Everything that is kept of a conversation on the device, as text. */
function kept(person: Person, id: string) {
  return person.page.evaluate(async (conversationId) => {
    const found: string[] = []
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name ?? '')
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
      for (const store of ['conversations', 'members', 'messages', 'outbox']) {
        const rows = await new Promise<unknown[]>((resolve, reject) => {
          const reading = db.transaction(store).objectStore(store).getAll()
          reading.onsuccess = () => resolve(reading.result)
          reading.onerror = () => reject(reading.error)
        })
        found.push(...rows.map((row) => JSON.stringify(row)).filter((row) => row.includes(conversationId)))
      }
      db.close()
    }
    return found
  }, id)
}

test('a group is started by hand, and everybody is in it at once', core, async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  await bea.open('/chats')
  await cleo.open('/chats')
  await ann.open('/chats')
  await ann.button('plus.label').click()
  await ann.page.getByRole('menuitem', { name: ann.t('group.new') }).click()
  await ann.page.getByRole('checkbox', { name: /Bea/ }).check()
  await ann.page.getByRole('checkbox', { name: /Cleo/ }).check()
  await ann.button('group.nextCount', { n: 2 }).click()
  await ann.field('group.name').fill('Rowing')
  const picture = await ann.page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 160
    canvas.getContext('2d')!.fillRect(0, 0, 160, 160)
    return canvas.toDataURL('image/png').split(',')[1]!
  })
  await ann.button('group.picture').click()
  const dialog = ann.page.getByRole('dialog', { name: ann.t('group.picture') })
  await dialog
    .getByLabel(ann.t('picture.choose'))
    .first()
    .setInputFiles({ name: 'boat.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') })
  await dialog.getByRole('button', { name: ann.t('action.save') }).click()
  await expect(dialog).toBeHidden()
  await expect(ann.button('group.picture').locator('img')).toHaveAttribute('src', /^blob:/)
  await ann.button('group.create').click()
  await expect(ann.log('Rowing').getByText('You created the group with Bea and Cleo')).toBeVisible()
  await ann.say('Rowing', 'who has the key?')

  for (const other of [bea, cleo]) {
    await expect(other.row('Rowing')).toContainText('Ann: who has the key?')
    await expect(other.row('Rowing').locator('img')).toHaveAttribute('src', /^\/api\/v1\/avatars\//)
    await other.openChat('Rowing')
    await expect(other.bubble('Rowing', 'who has the key?')).toBeVisible()
  }
  await expect(bea.log('Rowing').getByText('Ann created the group with you and Cleo')).toBeVisible()

  // The remark of one is shown to this one only.
  await cleo.call('PATCH', `/contacts/${ann.id}`, { remark: 'My sister' })
  await expect(cleo.log('Rowing').getByText('My sister created the group with Bea and you')).toBeVisible()
  await cleo.say('Rowing', 'not me')
  await expect(bea.bubble('Rowing', 'not me')).toBeVisible()
  await expect(ann.bubble('Rowing', 'not me')).toBeVisible()
})

test('somebody is mentioned by keyboard, and sees it in the list', async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  const id = await group(ann, 'Rowing', [bea, cleo])
  await bea.open('/chats')
  await cleo.open('/chats')
  await ann.open(`/chats/${id}`)
  await ann.composer('Rowing').pressSequentially('hello @b')
  await expect(ann.page.getByRole('option')).toHaveCount(1)
  await ann.page.keyboard.press('Enter')
  await expect(ann.composer('Rowing')).toHaveValue('hello @Bea ')
  await ann.page.keyboard.type('come')
  await ann.page.keyboard.press('Enter')
  await expect(bea.row('Rowing')).toContainText(bea.t('chats.mentioned'))
  await expect(cleo.row('Rowing')).toContainText('hello @Bea come')
  await expect(cleo.row('Rowing')).not.toContainText(cleo.t('chats.mentioned'))
  await bea.openChat('Rowing')
  await expect(bea.log('Rowing').locator('strong', { hasText: '@Bea' })).toBeVisible()
  await expect(bea.row('Rowing')).not.toContainText(bea.t('chats.mentioned'))
  // The bar beside it is there in every theme.
  const shadow = () =>
    bea
      .log('Rowing')
      .locator('.spoken')
      .evaluate((bubble) => getComputedStyle(bubble).boxShadow)
  expect(await shadow()).toContain('3px 0px')
  await bea.page.evaluate(() => (document.documentElement.dataset['theme'] = 'contrast'))
  expect(await shadow()).toMatch(/4px 0px.*1px inset/)

  // Everyone at once is for those with a role.
  await ann.composer('Rowing').pressSequentially('@every')
  await ann.page.keyboard.press('Enter')
  await ann.page.keyboard.type('look')
  await ann.page.keyboard.press('Enter')
  await expect(cleo.row('Rowing')).toContainText(cleo.t('chats.mentioned'))
  await cleo.openChat('Rowing')
  await cleo.composer('Rowing').pressSequentially('@every')
  await expect(cleo.page.getByRole('option')).toHaveCount(0)
})

test('whoever is muted is told so, and may write again when it is lifted', async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  const id = await group(ann, 'Rowing', [bea, cleo])
  await bea.open(`/chats/${id}`)
  await ann.open(`/chats/${id}`)
  await details(ann)
  await ann.page.getByRole('button', { name: 'Bea' }).click()
  await ann.button('member.mute').click()
  await ann.page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: ann.t('member.mute') })
    .click()
  await expect(bea.page.getByText(/^You are muted until/)).toBeVisible()
  await expect(bea.composer('Rowing')).toHaveCount(0)
  await ann.button('member.unmute').click()
  await expect(bea.composer('Rowing')).toBeVisible()
  await ann.page.keyboard.press('Escape')

  await ann.page.getByRole('switch', { name: new RegExp(ann.t('group.muteAll')) }).check({ force: true })
  await expect(bea.page.getByText(bea.t('refusal.group_muted'))).toBeVisible()
  await expect(ann.composer('Rowing')).toBeVisible()
  await ann.page.getByRole('switch', { name: new RegExp(ann.t('group.muteAll')) }).uncheck({ force: true })
  await expect(bea.composer('Rowing')).toBeVisible()
})

test('whoever is removed reads it, and nothing of the group stays on the device', async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  const id = await group(ann, 'Rowing', [bea, cleo])
  await say(cleo, id, 'the harbour code is 4711')
  await bea.open(`/chats/${id}`)
  await expect(bea.bubble('Rowing', 'the harbour code is 4711')).toBeVisible()
  await expect.poll(async () => (await kept(bea, id)).length).toBeGreaterThan(2)

  await ann.open(`/chats/${id}`)
  await details(ann)
  await ann.page.getByRole('button', { name: 'Bea' }).click()
  await ann.button('member.remove').click()
  await ann.page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: ann.t('member.remove') })
    .click()
  await expect(ann.log('Rowing').getByText('You removed Bea')).toBeVisible()

  await expect(bea.heading('left.removed')).toBeVisible()
  await expect(bea.page.getByText('the harbour code is 4711')).toHaveCount(0)
  await expect(bea.row('Rowing')).toHaveCount(0)
  await expect.poll(() => kept(bea, id)).toEqual([])
  await say(cleo, id, 'a new code')
  await bea.page.reload()
  await expect(bea.heading('left.removed')).toBeVisible()
  expect(await kept(bea, id)).toEqual([])

  // And comes back.
  await ann.call('POST', `/conversations/${id}/members`, { accountIds: [bea.id] })
  await expect(bea.composer('Rowing')).toBeVisible()
})

test('an announcement is shown once to everyone, on all devices', async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  const id = await group(ann, 'Rowing', [bea, cleo])
  await bea.open(`/chats/${id}`)
  const second = await bea.context.newPage()
  await second.goto(`/chats/${id}`)
  await ann.open(`/chats/${id}`)
  await details(ann)
  await ann.page.getByRole('button', { name: new RegExp(ann.t('group.writeAnnouncement')) }).click()
  await ann.field('group.announcementText').fill('We meet at nine.')
  await ann.button('group.announce').click()
  const banner = bea.page.getByRole('region', { name: bea.t('group.announcement') })
  await expect(banner).toContainText('We meet at nine.')
  await expect(second.getByRole('region', { name: bea.t('group.announcement') })).toBeVisible()
  await banner.getByRole('button', { name: bea.t('group.gotIt') }).click()
  await expect(banner).toHaveCount(0)
  await expect(second.getByRole('region', { name: bea.t('group.announcement') })).toHaveCount(0)
  await second.close()
  await bea.page.reload()
  await expect(bea.composer('Rowing')).toBeVisible()
  await expect(banner).toHaveCount(0)
  await details(bea)
  await bea.page.getByRole('button', { name: /We meet at nine\./ }).click()
  await expect(bea.page.getByRole('dialog')).toContainText('We meet at nine.')
})

test('a link leads into the group, also through the sign-in', async ({ person }) => {
  const ann = await (await person('ann', { name: 'Ann' })).join()
  const dora = await (await person('dora', { name: 'Dora' })).join()
  const id = await group(ann, 'Rowing', [])
  await ann.open(`/chats/${id}`)
  await details(ann)
  await ann.button('link.title').first().click()
  await ann.button('link.new').click()
  await ann.page.getByRole('radio', { name: '1', exact: true }).check({ force: true })
  await ann.button('link.create').click()
  const url = (await ann.page.getByText('/join#').textContent()) ?? ''
  const path = new URL(url).pathname + new URL(url).hash

  await dora.call('DELETE', '/sessions/current')
  await dora.open(path)
  await expect(dora.field('signIn.login')).toBeVisible()
  // What stands behind the # is meant for no server.
  expect(dora.page.url()).not.toContain(path.slice(-10))
  await dora.field('signIn.login').fill(dora.username)
  await dora.field('signIn.password').fill(dora.password)
  await dora.button('signIn.submit').click()
  await dora.button('join.join').click()
  await expect(dora.composer('Rowing')).toBeVisible()
  await expect(dora.log('Rowing').getByText('You joined by a link')).toBeVisible()
  await ann.page.keyboard.press('Escape')
  await expect(ann.log('Rowing').getByText('Dora joined by a link')).toBeVisible()

  const late = await (await person('late', { name: 'Late' })).join()
  await late.open(path)
  await expect(late.heading('join.linkGone')).toBeVisible()
})

test('somebody finds the group by its number, asks, and is let in', async ({ person }) => {
  const ann = await (await person('ann', { name: 'Ann' })).join()
  const dora = await (await person('dora', { name: 'Dora', size: phone })).join()
  const id = await group(ann, 'Rowing', [])
  const { conversation } = await ann.call<{ conversation: { group: { number: string } } }>(
    'GET',
    `/conversations/${id}`,
  )
  const { number } = conversation.group
  await ann.open(`/chats/${id}`)
  await dora.open('/contacts')
  await dora.button('plus.label').click()
  await dora.page.getByRole('menuitem', { name: dora.t('join.title') }).click()
  await dora.field('join.query').fill(number)
  await dora.button('add.find').click()
  await dora.field('add.greeting').fill('It is Dora from next door.')
  await dora.button('join.ask').click()
  await expect(dora.page.getByText(dora.t('join.waiting')).first()).toBeVisible()

  await ann.page.getByRole('button', { name: ann.t('joinRequests.waiting', { n: 1 }) }).click()
  await expect(ann.page.getByText('It is Dora from next door.')).toBeVisible()
  await ann.button('joinRequests.letIn').click()
  await expect(dora.button('join.open')).toBeVisible()
  await dora.button('join.open').click()
  await expect(dora.log('Rowing').getByText('Ann let you in')).toBeVisible()

  // By invitation only, nobody finds it.
  await ann.call('PATCH', `/conversations/${id}`, { joinPolicy: 'invite' })
  const eve = await (await person('eve')).join()
  await eve.open(`/group/${number}`)
  await expect(eve.heading('join.notFound')).toBeVisible()
})

test('pinned stands on top, and what is muted counts nowhere', async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  const id = await group(ann, 'Rowing', [bea, cleo])
  await bea.open('/chats')
  await bea.row('Rowing').click({ button: 'right' })
  await bea.page.getByRole('menuitem', { name: bea.t('chat.mute') }).click()
  await expect(bea.row('Rowing')).toContainText(bea.t('chats.muted'))
  await say(ann, id, 'one')
  await expect(bea.row('Rowing')).toContainText('1 unread message')
  await expect(bea.page).toHaveTitle(bea.t('app.name'))

  await bea.row('Rowing').click({ button: 'right' })
  await bea.page.getByRole('menuitem', { name: bea.t('chat.pin') }).click()
  await expect(bea.row('Rowing')).toContainText(bea.t('chats.pinned'))
  const direct = await ann.call<{ conversationId: string }>('POST', '/conversations', { accountId: bea.id })
  await say(ann, direct.conversationId, 'hello Bea')
  await expect(bea.row('Ann')).toContainText('hello Bea')
  const list = bea.page.getByRole('navigation', { name: bea.t('chats.list') }).getByRole('link')
  await expect(list.first()).toContainText('Rowing')
})

test('the owner hands over, leaves, and the new one dissolves the group', async ({ person }) => {
  const { ann, bea, cleo } = await circle(person)
  const id = await group(ann, 'Rowing', [bea, cleo])
  await cleo.open(`/chats/${id}`)
  await bea.open(`/chats/${id}`)
  await ann.open(`/chats/${id}`)
  await details(ann)
  await ann.page.getByRole('button', { name: 'Bea' }).click()
  await ann.button('member.handOver').click()
  await ann.page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: ann.t('member.handOver') })
    .click()
  await expect(bea.log('Rowing').getByText('The group now belongs to you')).toBeVisible()
  await ann.button('group.leave').click()
  await ann.page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: ann.t('group.leave') })
    .click()
  await expect(ann.page).toHaveURL(/\/chats$/)
  await expect(ann.row('Rowing')).toHaveCount(0)
  await expect(cleo.log('Rowing').getByText('Ann left the group')).toBeVisible()

  await details(bea)
  await bea.button('group.dissolve').click()
  await bea.page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: bea.t('group.dissolve') })
    .click()
  await expect(cleo.heading('left.dissolved')).toBeVisible()
  await expect.poll(() => kept(cleo, id)).toEqual([])
})
