import { createHmac } from 'node:crypto'
import { expect, test } from '../support/test.ts'

/** What an app shows for a secret now (RFC 6238). `later` is a step ahead, which the server takes too. */
function codeOf(secret: string, later = false) {
  const bits = [...secret]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + (later ? 1 : 0)))
  const sum = createHmac('sha1', key).update(counter).digest()
  const number = sum.readUInt32BE(sum[19]! & 0xf) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

test('signing in takes a second step once it is on', async ({ person, server }) => {
  const ann = await (await person('ann')).join()
  await ann.open('/me/account')
  await ann.button('twoStep.turnOn').click()
  const dialog = ann.page.getByRole('dialog')
  await dialog.getByLabel(ann.t('me.passwordCurrent')).fill(ann.password)
  await dialog.getByRole('button', { name: ann.t('twoStep.go') }).click()
  await expect(dialog.getByRole('img', { name: ann.t('twoStep.qr') })).toBeVisible()
  const secret = ((await dialog.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await dialog.getByLabel(ann.t('twoStep.codeNow')).fill('abcdef')
  await dialog.getByRole('button', { name: ann.t('twoStep.go') }).click()
  await expect(dialog.getByText(ann.t('problem.session.bad_code'))).toBeVisible()
  await dialog.getByLabel(ann.t('twoStep.codeNow')).fill(codeOf(secret))
  await dialog.getByRole('button', { name: ann.t('twoStep.go') }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(10)
  const recovery = await dialog.getByRole('listitem').allTextContents()
  await dialog.getByRole('button', { name: ann.t('twoStep.kept') }).click()
  await expect(ann.page.getByText(ann.t('twoStep.isOn'))).toBeVisible()

  const first = async (where: typeof ann) => {
    await where.open('/sign-in')
    await where.field('signIn.login').fill(ann.username)
    await where.field('signIn.password').fill(ann.password)
    await where.button('signIn.submit').click()
    await expect(where.heading('twoStep.title')).toBeVisible()
  }
  const second = async (where: typeof ann, code: string) => {
    await where.field('twoStep.code').fill(code)
    await where.button('signIn.submit').click()
  }

  const tablet = await person('tablet')
  await first(tablet)
  await second(tablet, '000')
  await expect(tablet.page.getByText(tablet.t('problem.session.bad_code'))).toBeVisible()
  await second(tablet, codeOf(secret, true))
  await expect(tablet.place('chats')).toBeVisible()

  const library = await person('library')
  await first(library)
  await second(library, recovery[0]!.toUpperCase())
  await expect(library.place('chats')).toBeVisible()
  await library.openPage('me.account')
  await expect(library.page.getByText(library.t('twoStep.left', { n: 9 }))).toBeVisible()

  // App and codes are lost: whoever runs the server helps.
  await server.command(['user', 'reset-factors', 'ann'])
  const found = await person('found')
  Object.assign(found, { username: ann.username, password: ann.password })
  await found.signIn()
})
