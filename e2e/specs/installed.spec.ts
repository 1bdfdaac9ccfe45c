import { expect, phone, test, type Person } from '../support/test.ts'

/** The app is kept on the device, and this page is served from there. */
async function kept(person: Person) {
  await person.page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))
    }
  })
}

/** Opens the app twice: the first time the browser takes it in, the second time it comes from there. */
async function install(person: Person) {
  await person.open('/chats')
  await expect(person.place('chats')).toBeVisible()
  await person.page.evaluate(() => navigator.serviceWorker.ready)
  await person.page.reload()
  await expect(person.place('chats')).toBeVisible()
  await kept(person)
}

test('the app opens without a network, with what it knew', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await install(ann)
  await ann.openChat(bea.name)
  await ann.say(bea.name, 'before the storm')
  await expect(ann.bubble(bea.name, 'before the storm')).toBeVisible()

  ann.relay.cut()
  await ann.page.goto('/contacts')
  await expect(ann.page.getByText(bea.name).first()).toBeVisible()
  await ann.openChat(bea.name)
  await expect(ann.bubble(bea.name, 'before the storm')).toBeVisible()
  await expect(ann.page.getByText(ann.t('connection.connecting'))).toBeVisible()
  await ann.say(bea.name, 'during it')

  ann.relay.restore()
  await bea.open('/chats')
  await bea.openChat(ann.name)
  await expect(bea.bubble(ann.name, 'during it')).toBeVisible()
})

test('what the server answers itself is not taken for the app', async ({ person }) => {
  const ann = await person('ann')
  await ann.join()
  await install(ann)
  for (const path of ['/api/openapi.json', '/healthz']) {
    const type = await ann.page.evaluate(
      async (path) => (await fetch(path)).headers.get('content-type'),
      path,
    )
    expect(type, path).not.toContain('html')
  }
  await ann.page.goto('/api/docs')
  await expect(ann.page).toHaveTitle(/API/)
})

test('a newer version is offered, and takes over with nothing lost', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await install(ann)
  await ann.openChat(bea.name)
  await ann.composer(bea.name).fill('half a sentence')

  // A page that has only just come takes it without a question.
  await ann.page.waitForFunction(() => performance.now() > 4000)
  // Another address is another worker, as another build would be.
  await ann.page.evaluate(async () => void (await navigator.serviceWorker.register('/worker.js?newer')))
  await expect(ann.page.getByText(ann.t('update.ready'))).toBeVisible()
  await expect(ann.composer(bea.name)).toHaveValue('half a sentence')

  const loaded = ann.page.waitForEvent('load')
  await ann.button('update.take').click()
  await loaded
  await expect(ann.composer(bea.name)).toHaveValue('half a sentence')
  // The page that came registers its own address again, so one more worker follows the newer one here.
})

test('what another app shares is sent to whom one chooses', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea', { size: phone, language: 'zh-CN' })
  await install(ann)
  // As the system does it: a form is posted to the share target.
  await ann.page.evaluate(() => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: '/share', enctype: 'multipart/form-data' })
    const text = Object.assign(document.createElement('input'), { name: 'text', value: '看看这个' })
    const files = Object.assign(document.createElement('input'), { type: 'file', name: 'files' })
    const picked = new DataTransfer()
    picked.items.add(new File(['the minutes'], 'minutes.txt', { type: 'text/plain' }))
    files.files = picked.files
    form.append(text, files)
    document.body.append(form)
    form.submit()
  })
  await expect(ann.heading('share.title')).toBeVisible()
  await expect(ann.page.getByText('minutes.txt')).toBeVisible()
  await ann.page.getByRole('button', { name: bea.name }).click()
  const dialog = ann.page.getByRole('dialog')
  await expect(dialog.getByText('minutes.txt')).toBeVisible()
  await dialog.getByRole('button', { name: ann.t('composer.send'), exact: true }).click()

  await bea.open('/chats')
  await bea.openChat(ann.name)
  await expect(bea.log(ann.name).getByText('minutes.txt')).toBeVisible()
  await expect(bea.bubble(ann.name, '看看这个')).toBeVisible()

  // It is sent once: coming back to the page finds nothing.
  await ann.page.goto('/share')
  await expect(ann.page.getByText(ann.t('share.nothing'), { exact: true })).toBeVisible()
})

test('a message that comes while nobody looks is told, until it is read', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.context.grantPermissions(['notifications'])
  await install(ann)
  await ann.openPage('notifications.title')
  await ann.page.getByRole('switch', { name: ann.t('notifications.show') }).check({ force: true })

  const told = () =>
    ann.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      return (await registration.getNotifications()).map(({ title, body }) => ({ title, body }))
    })
  await ann.place('chats').click()
  // Another program is in front.
  await ann.page.evaluate(() => (document.hasFocus = () => false))
  const conversation = await bea.call<{ conversationId: string }>('POST', '/conversations', {
    accountId: ann.id,
  })
  await bea.call('POST', `/conversations/${conversation.conversationId}/messages`, {
    clientId: crypto.randomUUID(),
    body: 'are you there?',
  })
  await expect.poll(told).toEqual([{ title: bea.name, body: 'are you there?' }])

  await ann.page.goto(`/chats/${conversation.conversationId}`)
  await expect(ann.bubble(bea.name, 'are you there?')).toBeVisible()
  await expect.poll(told).toEqual([])

  // Nor does one stay when somebody signs out.
  await ann.page.goto('/me')
  await ann.page.evaluate(() => (document.hasFocus = () => false))
  await bea.call('POST', `/conversations/${conversation.conversationId}/messages`, {
    clientId: crypto.randomUUID(),
    body: 'one more',
  })
  await expect.poll(told).toEqual([{ title: bea.name, body: 'one more' }])
  await ann.button('me.signOut').click()
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: ann.t('me.signOut') })
    .click()
  await expect(ann.heading('signIn.title')).toBeVisible()
  await expect.poll(told).toEqual([])
})

test('the manifest names icons that are there', async ({ server }) => {
  const manifest = (await (await fetch(`${server.url}/manifest.webmanifest`)).json()) as {
    icons: { src: string; sizes: string }[]
  }
  expect(manifest.icons.length).toBeGreaterThan(2)
  for (const { src } of manifest.icons) {
    const answer = await fetch(server.url + src)
    expect(answer.headers.get('content-type'), src).toBe('image/png')
  }
  // What a browser asks for that was told of none.
  expect((await fetch(`${server.url}/favicon.ico`)).headers.get('content-type')).toBe('image/x-icon')
})
