import { expect, type Person, phone, test as base } from '../support/test.ts'
import { Provider } from '../support/provider.ts'
import type { Server } from '../support/server.ts'

// Everybody comes straight to the server: that is where the provider sends them back to.
const test = base.extend<object, { provider: Provider }>({
  provider: [
    async ({}, use) => {
      const provider = await Provider.start()
      await use(provider)
      provider.close()
    },
    { scope: 'worker' },
  ],
  settings: async ({ provider }, use) => {
    // Beside GitHub, to which no test goes.
    await use({ ...provider.settings, HAPPYCHAT_GITHUB_CLIENT_ID: 'x', HAPPYCHAT_GITHUB_CLIENT_SECRET: 'y' })
  },
})

const name = 'Harbour ID'
const at = (server: Server, path: string) => `http://localhost:${server.port}${path}`

/** Fills in the provider's own pages, which know any password. */
async function agree(somebody: Person, login: string) {
  await somebody.page.getByPlaceholder('Enter any login').fill(login)
  await somebody.page.getByPlaceholder('and password').fill('any')
  await somebody.page.getByRole('button', { name: 'Sign-in' }).click()
  await somebody.page.getByRole('button', { name: 'Continue' }).click()
}

/** The provider still knows the browser, and asks only whether it may tell. */
const agreeAgain = (somebody: Person) => somebody.page.getByRole('button', { name: 'Continue' }).click()

const go = (somebody: Person) => somebody.button('providers.continue', { provider: name }).click()

/** Waits until nothing of what the provider said is in the address any more. */
const arrived = (somebody: Person) => expect(somebody.page).not.toHaveURL(/code=|state=/)

async function signOut(somebody: Person, server: Server) {
  await somebody.open(at(server, '/me'))
  await somebody.button('me.signOut').click()
  await somebody.page
    .getByRole('dialog')
    .getByRole('button', { name: somebody.t('me.signOut') })
    .click()
  await expect(somebody.heading('signIn.title')).toBeVisible()
}

for (const [size, options] of [
  ['a computer', {}],
  ['a phone, in Chinese', { size: phone, language: 'zh-CN' as const }],
] as const) {
  test(`somebody signs up with a provider, and in again, on ${size}`, async ({ person, server, mailbox }) => {
    const ann = await person('ann', options)
    await ann.open(at(server, '/sign-in'))
    await expect(ann.button('providers.continue', { provider: 'GitHub' })).toBeVisible()
    await go(ann)
    await agree(ann, 'ann')
    await expect(ann.heading('newHere.title')).toBeVisible()
    await arrived(ann)
    await expect(ann.field('signUp.username')).toHaveValue('ann')
    await expect(ann.field('signUp.name')).toHaveValue('Ann')
    await ann.page.reload()
    await ann.field('signUp.username').fill('owner')
    await ann.button('signUp.submit').click()
    await expect(ann.page.getByText(ann.t('problem.registration.username_taken'))).toBeVisible()
    await ann.field('signUp.username').fill('annika')
    await ann.button('signUp.submit').click()
    await expect(ann.place('chats')).toBeVisible()
    expect((await mailbox.letter('ann@example.com')).text).toContain(`${name}`)

    await signOut(ann, server)
    await go(ann)
    await agreeAgain(ann)
    await expect(ann.place('chats')).toBeVisible()

    // The last way in stays, until there is a password.
    await ann.open(at(server, '/me/account'))
    const ways = ann.page.getByRole('region', { name: ann.t('ways.title') })
    const unlink = async () => {
      await ways.getByRole('button', { name: new RegExp(`^${ann.t('ways.unlink')}`) }).click()
      await ann.page
        .getByRole('dialog')
        .getByRole('button', { name: ann.t('ways.unlink') })
        .click()
    }
    await unlink()
    await expect(ann.page.getByText(ann.t('problem.identity.last_way'))).toBeVisible()
    await ann.field('me.passwordNew').fill(ann.password)
    await ann.button('reset.submit').click()
    await expect(ann.page.getByText(ann.t('me.passwordChanged'))).toBeVisible()
    await unlink()
    await expect(ways.getByText(ann.t('ways.none'))).toBeVisible()
    await signOut(ann, server)
    await ann.field('signIn.login').fill('annika')
    await ann.field('signIn.password').fill(ann.password)
    await ann.button('signIn.submit').click()
    await expect(ann.place('chats')).toBeVisible()
  })
}

test('an account that is there is linked by its password, and from the settings', async ({
  person,
  server,
}) => {
  const ann = await (await person('ann')).join()
  const elsewhere = await person('elsewhere')
  await elsewhere.open(at(server, '/sign-in'))
  await go(elsewhere)
  await agree(elsewhere, 'ann')
  await expect(elsewhere.heading('newHere.linkTitle')).toBeVisible()
  await expect(elsewhere.field('signIn.login')).toHaveValue(ann.email)
  await elsewhere.field('signIn.password').fill('not the right one')
  await elsewhere.button('newHere.signInAndLink').click()
  await expect(elsewhere.page.getByText(elsewhere.t('problem.session.bad_credentials'))).toBeVisible()
  await elsewhere.field('signIn.password').fill(ann.password)
  await elsewhere.button('newHere.signInAndLink').click()
  await expect(elsewhere.place('chats')).toBeVisible()
  await elsewhere.open(at(server, '/me/account'))
  const ways = elsewhere.page.getByRole('region', { name: elsewhere.t('ways.title') })
  await expect(ways.getByRole('listitem')).toHaveCount(1)
  await ways.getByRole('button', { name: elsewhere.t('ways.unlink') }).click()
  await elsewhere.page
    .getByRole('dialog')
    .getByRole('button', { name: elsewhere.t('ways.unlink') })
    .click()
  await expect(ways.getByText(elsewhere.t('ways.none'))).toBeVisible()

  await ways.getByRole('button', { name: elsewhere.t('ways.link', { provider: name }) }).click()
  const dialog = elsewhere.page.getByRole('dialog')
  await dialog.getByLabel(elsewhere.t('me.passwordCurrent')).fill('not the right one')
  await dialog.getByRole('button').last().click()
  await expect(dialog.getByText(elsewhere.t('problem.account.wrong_password'))).toBeVisible()
  await dialog.getByLabel(elsewhere.t('me.passwordCurrent')).fill(ann.password)
  await dialog.getByRole('button').last().click()
  await agreeAgain(elsewhere)
  await expect(elsewhere.page.getByText(elsewhere.t('providers.linked', { provider: name }))).toBeVisible()
  await expect(ways.getByRole('listitem')).toHaveCount(1)
})

test('what goes wrong at the provider ends on the sign-in page, with a sentence', async ({
  person,
  server,
}) => {
  const ann = await person('ann')
  await ann.open(at(server, '/sign-in'))
  await go(ann)
  await ann.page.getByRole('link', { name: 'Cancel' }).click()
  await expect(ann.page.getByText(ann.t('problem.visit.denied'))).toBeVisible()
  await expect(ann.heading('signIn.title')).toBeVisible()
  await arrived(ann)

  // An address that somebody else made, and one that is nothing at all.
  for (const query of ['?code=theirs&state=theirs', '?code=1&code=2&state', '']) {
    await ann.open(at(server, `/sign-in/oidc${query}`))
    await expect(ann.page.getByText(ann.t('problem.visit.gone'))).toBeVisible()
    await expect(ann.heading('signIn.title')).toBeVisible()
  }
  await ann.open(at(server, '/sign-in/nobody?code=x&state=y'))
  await expect(ann.page.getByText(ann.t('problem.identity.no_provider'))).toBeVisible()
})

test('without a verified address a letter goes out', async ({ person, server }) => {
  const ming = await person('ming')
  await ming.open(at(server, '/sign-in'))
  await go(ming)
  await agree(ming, 'ming+unverified')
  await ming.field('signUp.password').fill(ming.password)
  await ming.button('signUp.submit').click()
  await expect(ming.heading('mailSent.title')).toBeVisible()
  await ming.activate()
})
