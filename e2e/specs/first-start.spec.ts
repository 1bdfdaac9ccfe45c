import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/test.ts'

test.describe('a new server', () => {
  test.use({ owned: false })

  test('prints a link with which the owner account is made, once', async ({ server, person }) => {
    const [, token] = await server.says(/\/setup#(\S+)/)

    const early = await person('early')
    await early.open('/')
    await expect(early.heading('setUp.noTokenTitle')).toBeVisible()

    // Pasted over the page that asks for it: only what is behind the # changes.
    const ann = await person('ann', { name: 'Ann' })
    await ann.open('/')
    await expect(ann.heading('setUp.noTokenTitle')).toBeVisible()
    await ann.open(`/setup#${token}`)
    await expect(ann.heading('setUp.title')).toBeVisible()
    await ann.fillInAccount()
    await ann.button('setUp.submit').click()
    await expect(ann.place('chats')).toBeVisible()
    expect(await ann.call<{ role: string }>('GET', '/account')).toMatchObject({
      role: 'owner',
      username: 'ann',
    })
    expect(ann.page.url()).not.toContain(token)

    await early.open('/')
    await early.open(`/setup#${token}`)
    await expect(early.heading('setUp.doneTitle')).toBeVisible()
  })

  test('still has its owner after a restart, and prints no new link', async ({ server, person }) => {
    const [, token] = await server.says(/\/setup#(\S+)/)
    const ann = await person('ann')
    await ann.open(`/setup#${token}`)
    await ann.fillInAccount()
    await ann.button('setUp.submit').click()
    await expect(ann.place('chats')).toBeVisible()

    const before = server.output.length
    await server.stop()
    await server.start()
    expect(server.output.slice(before)).not.toContain('/setup#')
    await ann.open('/')
    await expect(ann.place('chats')).toBeVisible()
  })
})

test.describe('a server without an SMTP server', () => {
  test.use({ settings: { HAPPYCHAT_SMTP_HOST: '', HAPPYCHAT_SMTP_PORT: '', HAPPYCHAT_SMTP_FROM: '' } })

  test('says so, writes the mail to its outbox and prints the link', async ({ server, folder, person }) => {
    const ann = await person('ann')
    await ann.open('/sign-up')
    await expect(ann.page.getByText(ann.t('signUp.outboxNote'))).toBeVisible()
    await ann.fillInAccount()
    await ann.button('signUp.submit').click()
    await expect(ann.heading('mailSent.titleOutbox')).toBeVisible()

    const [, path] = await server.says(/http\S+(\/activate#\S+)/)
    const outbox = join(folder, 'outbox')
    const files = readdirSync(outbox).filter((name) => name.endsWith('.eml'))
    expect(files).toHaveLength(1)
    expect(readFileSync(join(outbox, files[0]!), 'utf8')).toContain('To: <ann@example.com>')

    await ann.open(path!)
    await ann.field('activate.password').fill(ann.password)
    await ann.button('activate.go').click()
    await expect(ann.place('chats')).toBeVisible()
  })
})
