import { expect } from '../../support/expect.ts'
import type { Screen, Visit } from '../screen.ts'
import { answers, dialog, heading, press, pretend, prove, real } from '../steps.ts'
import { codeOf } from '../world.ts'

// How one signs in, as set under “Me”: the second step, passkeys, the word of others.

const day = 86_400_000

const passkeys = [
  { id: '1', credentialId: 'AQ', name: 'Pixel 9', backedUp: true, doubted: false },
  { id: '2', credentialId: 'Ag', name: 'YubiKey 5C', backedUp: false, doubted: true },
].map((key, i) => ({ ...key, createdAt: Date.now() - 40 * day, ...(i ? {} : { lastUsedAt: Date.now() }) }))

/** The page is at the address that passkeys are for, and there are two. */
async function withPasskeys(visit: Visit) {
  const { page, someone } = visit
  await page.route('**/api/v1/server', async (route) => {
    const response = await route.fetch()
    const server = (await response.json()) as object
    await route.fulfill({
      response,
      json: { ...server, passkeys: { id: '127.0.0.1', origin: someone.origin } },
    })
  })
  await answers('/account/passkeys', { passkeys, userHandle: 'AA' })(visit)
}

const linked = { id: '1', issuer: 'https://github.com', provider: 'github', label: 'nora-at-sea' }
const withIdentity = answers('/account/identities', {
  identities: [{ ...linked, createdAt: Date.now() - 90 * day, lastUsedAt: Date.now() - 2 * day }],
})

const refusesToUnlink = answers(
  '/account/identities/*',
  { status: 409, code: 'identity.last_way', title: '', detail: '' },
  { status: 409, method: 'DELETE' },
)

async function unlink(visit: Visit) {
  await visit.page.getByRole('button', { name: new RegExp(`^${visit.t('ways.unlink')}`) }).click()
  await expect(dialog(visit)).toBeVisible()
}

async function turnOn(visit: Visit) {
  await press(visit, 'twoStep.turnOn')
  await prove(visit, 'twoStep.go')
  await expect(dialog(visit).getByRole('img', { name: visit.t('twoStep.qr') })).toBeVisible()
}

export const waysIn: readonly Screen[] = [
  {
    name: 'two-step-password',
    at: '/me/account',
    show: async (visit) => {
      await press(visit, 'twoStep.turnOn')
      await heading(visit, 'twoStep.turnOn')
    },
  },
  { name: 'two-step-app', at: '/me/account', show: turnOn },
  {
    name: 'two-step-codes',
    at: '/me/account',
    show: async (visit) => {
      await turnOn(visit)
      const secret = (await dialog(visit).locator('code').innerText()).replaceAll(' ', '')
      await dialog(visit).getByLabel(visit.t('twoStep.codeNow')).fill(codeOf(secret))
      await dialog(visit)
        .getByRole('button', { name: visit.t('twoStep.go') })
        .click()
      await heading(visit, 'twoStep.recovery')
    },
  },
  {
    name: 'two-step-off',
    at: '/me/account',
    rewired: true,
    before: answers('/account/factors', { totp: true, passkeys: 0, recoveryCodes: 9 }),
    show: async (visit) => {
      await press(visit, 'twoStep.turnOff')
      await heading(visit, 'twoStep.turnOff')
    },
    after: real,
  },
  {
    name: 'passkey-add',
    at: '/me/account',
    rewired: true,
    before: withPasskeys,
    show: async (visit) => {
      await press(visit, 'passkey.add')
      await heading(visit, 'passkey.add')
    },
    after: real,
  },
  {
    name: 'passkey-rename',
    at: '/me/account',
    rewired: true,
    before: withPasskeys,
    show: async (visit) => {
      await visit.page
        .getByRole('button', { name: visit.t('passkey.renameOf', { name: 'YubiKey 5C' }) })
        .click()
      await heading(visit, 'passkey.rename')
    },
    after: real,
  },
  {
    name: 'passkey-remove',
    at: '/me/account',
    rewired: true,
    before: withPasskeys,
    show: async (visit) => {
      await visit.page
        .getByRole('button', { name: visit.t('passkey.removeOf', { name: 'YubiKey 5C' }) })
        .click()
      await heading(visit, 'passkey.removeTitle', { name: 'YubiKey 5C' })
    },
    after: real,
  },
  {
    name: 'passkeys-no-browser',
    at: '/me/account',
    tall: true,
    rewired: true,
    before: async (visit) => {
      await withPasskeys(visit)
      await pretend('no passkeys')(visit)
    },
    show: ({ page, t }) => expect(page.getByText(t('passkey.noBrowser'))).toBeVisible(),
    after: real,
  },
  {
    name: 'provider-link',
    at: '/me/account',
    show: async (visit) => {
      await visit.page.getByRole('button', { name: visit.t('ways.link', { provider: 'GitHub' }) }).click()
      await heading(visit, 'ways.linkTitle', { provider: 'GitHub' })
    },
  },
  {
    name: 'provider-unlink',
    at: '/me/account',
    rewired: true,
    before: withIdentity,
    show: unlink,
    after: real,
  },
  {
    name: 'provider-last-way-in',
    at: '/me/account',
    rewired: true,
    before: async (visit) => {
      await withIdentity(visit)
      await refusesToUnlink(visit)
    },
    show: async (visit) => {
      await unlink(visit)
      await dialog(visit)
        .getByRole('button', { name: visit.t('ways.unlink') })
        .click()
      await expect(visit.page.getByText(visit.t('problem.identity.last_way'))).toBeVisible()
    },
    after: real,
  },
]
