import { core, expect, linkIn, test } from '../support/test.ts'

test('an address is confirmed by a link that works once', core, async ({ person, mailbox }) => {
  const ann = await person('ann', { name: 'Ann' })
  await ann.signUp()
  const letter = await mailbox.letter(ann.email)
  expect(letter.encrypted, 'the letter came over TLS').toBe(true)
  expect(letter.html).toContain(linkIn(letter))

  // Before that, the right password is not enough.
  await ann.open('/sign-in')
  await ann.field('signIn.login').fill(ann.username)
  await ann.field('signIn.password').fill(ann.password)
  await ann.button('signIn.submit').click()
  await expect(ann.heading('signIn.notActivated')).toBeVisible()

  await ann.activate()

  const again = await person('again')
  await again.open(linkIn(letter))
  await again.field('activate.password').fill(again.password)
  await again.button('activate.go').click()
  await expect(again.heading('activate.badTitle')).toBeVisible()
})

test('a letter that went astray is sent again', async ({ person }) => {
  const ann = await person('ann')
  await ann.signUp()
  await ann.button('mailSent.again').click()
  await expect(ann.page.getByText(ann.t('mailSent.sentAgain')).first()).toBeVisible()
  await ann.activate(2)
})

test('signing up with a known address tells only the mailbox', async ({ person, mailbox }) => {
  const ann = await person('ann')
  await ann.join()
  const eve = await person('eve')
  await eve.open('/sign-up')
  await eve.fillInAccount()
  await eve.field('signUp.email').fill(ann.email)
  await eve.button('signUp.submit').click()
  await expect(eve.heading('mailSent.title')).toBeVisible()
  const letter = await mailbox.letter(ann.email, 2)
  expect(linkIn(letter)).toBe('/sign-in')
})

test('a wrong password and an unknown name look the same', async ({ person }) => {
  const ann = await person('ann')
  await ann.join()
  const eve = await person('eve')
  await eve.open('/sign-in')
  for (const login of [ann.username, ann.email, 'nobody', 'nobody@example.com']) {
    await eve.field('signIn.login').fill(login)
    await eve.field('signIn.password').fill('not the right one')
    await eve.button('signIn.submit').click()
    await expect(eve.page.getByText(eve.t('problem.session.bad_credentials'))).toBeVisible()
    await eve.page.reload()
  }
})

test('a forgotten password is set anew by mail, and ends every session', async ({ person, mailbox }) => {
  const ann = await person('ann')
  await ann.join()
  await ann.open('/')
  await expect(ann.place('chats')).toBeVisible()

  const elsewhere = await person('elsewhere')
  await elsewhere.open('/sign-in')
  await elsewhere.link('signIn.forgot').click()
  await elsewhere.field('signUp.email').fill(ann.email)
  await elsewhere.button('forgot.submit').click()
  await expect(elsewhere.heading('mailSent.title')).toBeVisible()

  const link = linkIn(await mailbox.letter(ann.email, 2))
  await elsewhere.open(link)
  await elsewhere.field('reset.password').fill('another harbour at dawn')
  await elsewhere.button('reset.submit').click()
  await expect(elsewhere.page.getByText(elsewhere.t('reset.done'))).toBeVisible()

  // The window that was signed in learns it at once.
  await expect(ann.heading('signIn.title')).toBeVisible()

  ann.password = 'another harbour at dawn'
  await ann.signIn()

  await elsewhere.open('/')
  await elsewhere.open(link)
  await elsewhere.field('reset.password').fill('a third harbour at dusk')
  await elsewhere.button('reset.submit').click()
  await expect(elsewhere.page.getByText(elsewhere.t('reset.badText'))).toBeVisible()
})

test('a device is signed out from another one, at once', async ({ person }) => {
  const ann = await person('ann')
  await ann.join()
  const stolen = await person('stolen')
  Object.assign(stolen, { username: ann.username, password: ann.password })
  await stolen.signIn({ remember: true })

  await ann.open('/me/devices')
  const devices = ann.page.getByRole('region', { name: ann.t('me.devices') })
  await expect(devices.getByRole('listitem')).toHaveCount(2)
  await expect(devices.getByText(ann.t('me.thisDevice'))).toHaveCount(1)
  await devices.getByRole('button', { name: /^Sign out / }).click()
  await expect(devices.getByRole('listitem')).toHaveCount(1)

  await expect(stolen.page.getByText(stolen.t('signIn.ended.revoked'))).toBeVisible()
  await stolen.page.reload()
  await expect(stolen.heading('signIn.title')).toBeVisible()
})

test('changing the password signs out the other devices only', async ({ person }) => {
  const ann = await person('ann')
  await ann.join()
  const other = await person('other')
  Object.assign(other, { username: ann.username, password: ann.password })
  await other.signIn()

  await ann.open('/me/account')
  await ann.field('me.passwordCurrent').fill(ann.password)
  await ann.field('me.passwordNew').fill('a harbour in the fog')
  await ann.button('me.passwordChange').click()
  await expect(ann.page.getByText(ann.t('me.passwordChanged'))).toBeVisible()
  await expect(other.page.getByText(other.t('signIn.ended.password_changed'))).toBeVisible()
  await ann.page.reload()
  await expect(ann.heading('me.account')).toBeVisible()
})

test('signing out ends the session and forgets the messages of this device', async ({ person }) => {
  const ann = await person('ann')
  await ann.join()
  await ann.open('/me')
  await ann.button('me.signOut').click()
  await ann.page
    .getByRole('dialog')
    .getByRole('button', { name: ann.t('me.signOut') })
    .click()
  await expect(ann.heading('signIn.title')).toBeVisible()
  await ann.open('/chats')
  await expect(ann.heading('signIn.title')).toBeVisible()
  const left = await ann.page.evaluate(async () => {
    const databases = await indexedDB.databases()
    return databases.map((database) => database.name)
  })
  expect(left, 'databases left on the device').toEqual([])
})

test.describe('a server that takes no new accounts', () => {
  test.use({ settings: { HAPPYCHAT_REGISTRATION: 'closed', HAPPYCHAT_SITE_NAME: 'The Harbour' } })

  test('says so, whatever door one tries', async ({ person, server }) => {
    const ann = await person('ann')
    await ann.open('/sign-up')
    await expect(ann.heading('signUp.closed')).toBeVisible()
    await expect(
      ann.call('POST', '/registrations', {
        username: 'ann',
        email: ann.email,
        password: ann.password,
        language: 'en',
      }),
    ).rejects.toThrow(/: 403 .*registration\.closed/)
    await server.command(['user', 'create', 'ann', ann.email, '--language', 'en'], `${ann.password}\n`)
    await ann.signIn()
  })
})

test('an address inside the app is reached after signing in', async ({ person }) => {
  const ann = await (await person('ann')).join()
  const elsewhere = await person('elsewhere')
  Object.assign(elsewhere, { username: ann.username, password: ann.password })
  await elsewhere.open('/contacts/requests')
  await expect(elsewhere.heading('signIn.title')).toBeVisible()
  await elsewhere.field('signIn.login').fill(ann.username)
  await elsewhere.field('signIn.password').fill(ann.password)
  await elsewhere.button('signIn.submit').click()
  await expect(elsewhere.heading('requests.none')).toBeVisible()
  await expect(elsewhere.page).toHaveURL(/\/contacts\/requests$/)
})
