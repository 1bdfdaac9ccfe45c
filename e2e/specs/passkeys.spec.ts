import type { Page } from '@playwright/test'
import { expect, linkIn, phone, test } from '../support/test.ts'

/** A device with a finger sensor, built into this page's browser, and what it can be told. */
async function device(page: Page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    knows: (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** Whether somebody touches it. It then also stands for somebody who chooses from what the browser offers. */
    touched: (enabled: boolean) =>
      cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}

test('a passkey signs in without the password, and is a second step beside it', async ({
  person,
  mailbox,
}) => {
  const ann = await (await person('ann', { atHome: true })).join()
  const page = await ann.open('/me/account')
  const finger = await device(page)
  const section = page.getByRole('region', { name: ann.t('passkey.title') })
  const dialog = page.getByRole('dialog')
  const go = () => dialog.getByRole('button', { name: ann.t('twoStep.go') }).click()
  const out = async () => {
    await page.goto('/me')
    await ann.button('me.signOut').click()
    await dialog.getByRole('button', { name: ann.t('me.signOut') }).click()
    await expect(dialog).toBeHidden()
  }
  const password = async () => {
    await ann.field('signIn.login').fill(ann.username)
    await ann.field('signIn.password').fill(ann.password)
    await ann.button('signIn.submit').click()
  }

  await section.getByRole('button', { name: ann.t('passkey.add') }).click()
  await dialog.getByLabel(ann.t('passkey.name')).fill('My finger')
  await dialog.getByLabel(ann.t('me.passwordCurrent')).fill('not the password')
  await go()
  await expect(dialog.getByText(ann.t('problem.account.wrong_password'))).toBeVisible()
  await dialog.getByLabel(ann.t('me.passwordCurrent')).fill(ann.password)
  await finger.knows(false)
  await go()
  await expect(dialog.getByText(ann.t('problem.passkey.given_up'))).toBeVisible()
  await finger.knows(true)
  await go()
  await expect(dialog.getByRole('listitem')).toHaveCount(10)
  await dialog.getByRole('button', { name: ann.t('twoStep.kept') }).click()
  await expect(section.getByText('My finger', { exact: true })).toBeVisible()
  await expect(page.getByText(ann.t('twoStep.isOnPasskey'))).toBeVisible()
  expect(await finger.keys()).toBe(1)
  const letter = await mailbox.letter(ann.email, 2)
  expect(letter.text).toContain('My finger')
  expect(linkIn(letter)).toBe('/forgot')

  // The same device makes no second one.
  await section.getByRole('button', { name: ann.t('passkey.add') }).click()
  await dialog.getByLabel(ann.t('me.passwordCurrent')).fill(ann.password)
  await go()
  await expect(dialog.getByText(ann.t('problem.passkey.have_one'))).toBeVisible()
  await dialog.getByRole('button', { name: ann.t('action.cancel') }).click()

  await section.getByRole('button', { name: ann.t('passkey.renameOf', { name: 'My finger' }) }).click()
  await dialog.getByLabel(ann.t('passkey.name')).fill('Left thumb')
  await dialog.getByRole('button', { name: ann.t('action.save') }).click()
  await expect(section.getByText('Left thumb', { exact: true })).toBeVisible()

  // Chosen in the field of the user name.
  await out()
  await expect(ann.place('chats')).toBeVisible()

  await finger.touched(false)
  await out()
  await finger.knows(false)
  await finger.touched(true)
  await ann.button('passkey.signIn').click()
  await expect(page.getByText(ann.t('problem.passkey.given_up'))).toBeVisible()
  await finger.touched(false)
  await finger.knows(true)
  // Where a browser offers none in the field, only the button is left; here the field would answer before it.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  })
  await page.reload()
  await finger.touched(true)
  await ann.button('passkey.signIn').click()
  await expect(ann.place('chats')).toBeVisible()

  await finger.touched(false)
  await out()
  await password()
  await expect(ann.heading('twoStep.title')).toBeVisible()
  await expect(ann.field('twoStep.recoveryCode')).toBeVisible()
  await finger.touched(true)
  await ann.button('passkey.use').click()
  await expect(ann.place('chats')).toBeVisible()

  await ann.open('/me/account')
  await section.getByRole('button', { name: ann.t('passkey.removeOf', { name: 'Left thumb' }) }).click()
  await dialog.getByLabel(ann.t('me.passwordCurrent')).fill(ann.password)
  await dialog.getByRole('button', { name: ann.t('passkey.remove'), exact: true }).click()
  await expect(section.getByText('Left thumb', { exact: true })).toBeHidden()
  await expect(page.getByText(ann.t('twoStep.isOff'))).toBeVisible()
  await finger.touched(false)
  await out()
  await password()
  await expect(ann.place('chats')).toBeVisible()
})

test('where there can be no passkeys, the app says why', async ({ person, server }) => {
  const bob = await (await person('bob', { language: 'zh-CN', size: phone })).join()
  await bob.open('/me/account')
  await expect(
    bob.page.getByText(bob.t('passkey.elsewhere', { address: `http://localhost:${server.port}` })),
  ).toBeVisible()
  await expect(bob.button('passkey.add')).toBeHidden()
  const visitor = await person('visitor')
  await visitor.open('/sign-in')
  await expect(visitor.button('signIn.submit')).toBeVisible()
  await expect(visitor.button('passkey.signIn')).toBeHidden()
})

test.describe('without HTTPS', () => {
  test.use({ settings: { HAPPYCHAT_PUBLIC_URL: 'http://chat.example' } })
  test('the app says so', async ({ person }) => {
    const eve = await (await person('eve')).join()
    await eve.open('/me/account')
    await expect(eve.page.getByText(eve.t('passkey.noHttps'))).toBeVisible()
  })
})
