import { expect, test } from '../support/test.ts'

test('the owner makes, lets in and shuts out accounts while the server runs', async ({ person, server }) => {
  const ann = await person('ann', { name: 'Ann' })
  await server.command(
    ['user', 'create', 'ann', ann.email, '--name', 'Ann', '--language', 'en'],
    `${ann.password}\n`,
  )
  await ann.signIn()
  expect(await server.command(['user', 'list'])).toMatch(/^ann +Ann +ann@example\.com/m)

  await server.command(['user', 'disable', 'ann'])
  await expect(ann.page.getByText(ann.t('signIn.ended.disabled'))).toBeVisible()
  await server.command(['user', 'enable', 'ann'])
  await ann.signIn()

  await server.command(['user', 'password', 'ann@example.com'], 'a harbour in the fog\n')
  await expect(ann.heading('signIn.title')).toBeVisible()
  ann.password = 'a harbour in the fog'
  await ann.signIn()

  await expect(
    server.command(['user', 'create', 'ann', 'other@example.com'], 'a quiet harbour\n'),
  ).rejects.toThrow(/happychat: /)
})

test('an account whose letter never came is let in by hand', async ({ person, server }) => {
  const ann = await person('ann')
  await ann.signUp()
  await server.command(['user', 'activate', 'ann'])
  await ann.signIn()
})
