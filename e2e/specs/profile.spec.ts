import { readFileSync } from 'node:fs'
import { computer, expect, linkIn, phone, test } from '../support/test.ts'

test('what one tells of oneself is seen by those whom one chose', async ({ friends, person }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/me/profile')
  await ann.field('me.part_about').first().fill('Sails on Sundays')
  await ann.field('me.part_place').first().fill('Riga')
  await ann.field('me.part_website').first().fill('javascript:alert(1)')
  await ann.button('action.save').click()
  await expect(ann.page.getByText(ann.t('problem.website.invalid'))).toBeVisible()
  await ann.field('me.part_website').first().fill('ann.example')
  const audience = ann.page.getByRole('group', { name: ann.t('me.audience') })
  await audience
    .getByLabel(ann.t('me.part_place'), { exact: true })
    .selectOption({ label: ann.t('me.audience_nobody') })
  await audience
    .getByLabel(ann.t('me.part_email'), { exact: true })
    .selectOption({ label: ann.t('me.audience_friends') })
  await ann.button('action.save').click()
  await expect(ann.page.getByText(ann.t('me.profileSaved'))).toBeVisible()

  await bea.open(`/contacts/${ann.id}`)
  await expect(bea.page.getByText('Sails on Sundays')).toBeVisible()
  await expect(bea.page.getByRole('link', { name: 'ann.example' })).toHaveAttribute(
    'href',
    'https://ann.example',
  )
  await expect(bea.page.getByRole('link', { name: ann.email })).toBeVisible()
  await expect(bea.page.getByText('Riga')).toHaveCount(0)

  const eve = await (await person('eve')).join()
  const seen = await eve.call<Record<string, unknown>>('GET', `/accounts/${ann.id}`)
  expect(Object.keys(seen).filter((key) => key !== '$schema')).toEqual(['account'])
})

test('another e-mail address needs both mailboxes', async ({ person, mailbox }) => {
  const ann = await (await person('ann')).join()
  const before = mailbox.count(ann.email)
  await ann.open('/me/account')
  await ann.field('email.new').fill('ann.new@example.com')
  await ann.field('me.passwordCurrent').first().fill('not this one')
  await ann.button('email.change').click()
  await expect(ann.page.getByText(ann.t('problem.account.wrong_password'))).toBeVisible()
  await ann.field('me.passwordCurrent').first().fill(ann.password)
  await ann.button('email.change').click()
  await expect(ann.page.getByText(ann.t('email.toProve'))).toBeVisible()
  await expect(ann.page.getByText(ann.t('email.toApprove'))).toBeVisible()

  await ann.open(linkIn(await mailbox.letter('ann.new@example.com', 1)))
  await ann.button('email.confirm').click()
  await expect(ann.heading('email.halfTitle')).toBeVisible()
  await expect(ann.page.getByText(ann.t('email.proved'))).toBeVisible()
  await expect(ann.page.getByText(ann.t('email.toApprove'))).toBeVisible()

  await ann.open(linkIn(await mailbox.letter(ann.email, before + 1)))
  await ann.button('email.confirm').click()
  await expect(ann.heading('email.doneTitle')).toBeVisible()
  await ann.link('email.toApp').click()
  await ann.place('me').click()
  await expect(ann.page.getByText('ann.new@example.com').first()).toBeVisible()
})

for (const size of [computer, phone]) {
  test(`a card leads to its person, also from outside, at ${size.width}`, async ({ person }) => {
    const ann = await (await person('ann', { name: 'Ann', size })).join()
    await ann.open('/me')
    await ann.button('myCard.title').click()
    await expect(ann.page.getByRole('img', { name: ann.t('myCard.title') })).toBeVisible()
    const address = await ann.page.getByRole('link', { name: /\/add\/ann$/ }).getAttribute('href')
    expect(address).toMatch(/\/add\/ann$/)

    // Somebody who has an account, and somebody who has none yet.
    const bea = await (await person('bea', { size })).join()
    await bea.call('DELETE', '/sessions/current')
    await bea.open('/add/ann')
    await bea.field('signIn.login').fill(bea.username)
    await bea.field('signIn.password').fill(bea.password)
    await bea.button('signIn.submit').click()
    await bea.button('add.send').click()
    await expect(bea.page.getByText(bea.t('add.sent', { name: 'Ann' }))).toBeVisible()

    const cat = await person('cat', { size, language: 'zh-CN' })
    await cat.open('/add/ann')
    await cat.link('signIn.signUp').click()
    await cat.fillInAccount()
    await cat.button('signUp.submit').click()
    await expect(cat.heading('mailSent.title')).toBeVisible()
    await cat.openLetter()
    await cat.field('activate.password').fill(cat.password)
    await cat.button('activate.go').click()
    await cat.button('add.send').click()
    await expect(cat.page.getByText(cat.t('add.sent', { name: 'Ann' }))).toBeVisible()
  })
}

test('a deleted account is gone at once, and what it wrote stays', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await bea.open('/chats')
  await ann.open('/chats')
  await ann.openChat('Bea')
  await ann.say('Bea', 'I am leaving')
  await bea.openChat('Ann')
  await expect(bea.bubble('Ann', 'I am leaving')).toBeVisible()

  await ann.openPage('me.account')
  await ann.button('data.delete').click()
  await ann.page.getByRole('dialog').getByLabel(ann.t('me.passwordCurrent')).fill(ann.password)
  await ann.button('data.deleteNow').click()
  await expect(ann.page.getByText(ann.t('signIn.ended.deleted'))).toBeVisible()

  const nobody = bea.t('person.deleted')
  await expect(bea.page.getByText(bea.t('refusal.deleted'))).toBeVisible()
  await expect(bea.bubble(nobody, 'I am leaving')).toBeVisible()
  await expect(bea.row(nobody)).toBeVisible()
  await bea.place('contacts').click()
  await expect(bea.page.getByText('Ann', { exact: true })).toHaveCount(0)
  await ann.field('signIn.login').fill(ann.username)
  await ann.field('signIn.password').fill(ann.password)
  await ann.button('signIn.submit').click()
  await expect(ann.page.getByText(ann.t('problem.session.bad_credentials'))).toBeVisible()
})

test('everything of one’s own can be taken along', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  await ann.openChat('Bea')
  await ann.say('Bea', 'for the archive')
  await expect(ann.bubble('Bea', 'for the archive')).toBeVisible()
  await bea.call('GET', '/account')
  await ann.openPage('me.account')
  const [download] = await Promise.all([ann.page.waitForEvent('download'), ann.link('data.export').click()])
  expect(download.suggestedFilename()).toBe('happychat.zip')
  const bytes = readFileSync(await download.path())
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
  expect(bytes.includes('index.html')).toBe(true)
})

test('a visitor is refused nothing that they did not ask for', async ({ person }) => {
  const eve = await person('eve')
  const errors: string[] = []
  eve.context.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await eve.open('/')
  await expect(eve.heading('signIn.title')).toBeVisible()
  expect(errors).toEqual([])
})

test('two fingers, a wheel and a finger choose the part of a picture', async ({ person }) => {
  const ann = await (await person('ann', { size: phone })).join()
  await ann.open('/me')
  // White, with a red spot a quarter from the left and the top.
  const bytes = await ann.page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 400
    const context = canvas.getContext('2d')!
    context.fillStyle = 'white'
    context.fillRect(0, 0, 400, 400)
    context.fillStyle = 'red'
    context.fillRect(96, 96, 8, 8)
    return canvas.toDataURL('image/png').split(',')[1]!
  })
  await ann.button('picture.title').click()
  const dialog = ann.page.getByRole('dialog')
  await dialog
    .getByLabel(ann.t('picture.choose'))
    .first()
    .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(bytes, 'base64') })
  const field = dialog.getByRole('img', { name: ann.t('picture.crop') })
  const slider = dialog.getByRole('slider')
  await expect(slider).toBeVisible()
  await ann.settled() // the sheet has come up
  const box = (await field.boundingBox())!
  const spot = { x: box.x + box.width / 4, y: box.y + box.height / 4 }
  const redAt = ({ x, y }: { x: number; y: number }) =>
    field.evaluate(
      (canvas: HTMLCanvasElement, part) => {
        const at = [part.x * canvas.width, part.y * canvas.height] as const
        const [red = 0, green = 0] = canvas.getContext('2d')!.getImageData(...at, 1, 1).data
        return red > 200 && green < 60
      },
      { x: (x - box.x) / box.width, y: (y - box.y) / box.height },
    )
  await expect.poll(() => redAt(spot)).toBe(true)

  // Two fingers about the spot move apart: it stays between them.
  const touch = await ann.context.newCDPSession(ann.page)
  const fingers = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: { x: number; y: number }[]) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: at.map((one, id) => ({ ...one, id })) })
  const apart = (far: number, by = 0) => [
    { x: spot.x - far + by, y: spot.y + by },
    { x: spot.x + far + by, y: spot.y + by },
  ]
  await fingers('touchStart', apart(20))
  for (const far of [25, 30, 40]) await fingers('touchMove', apart(far))
  await expect.poll(async () => Number(await slider.inputValue())).toBeCloseTo(2, 1)
  await expect.poll(() => redAt(spot)).toBe(true)
  // They move on together; and one finger drags.
  await fingers('touchMove', apart(40, 10))
  await expect.poll(() => redAt({ x: spot.x + 10, y: spot.y + 10 })).toBe(true)
  await fingers('touchEnd', [])
  await fingers('touchStart', [{ x: spot.x + 60, y: spot.y + 60 }])
  await fingers('touchMove', [{ x: spot.x + 70, y: spot.y + 70 }])
  await expect.poll(() => redAt({ x: spot.x + 20, y: spot.y + 20 })).toBe(true)
  await fingers('touchEnd', [])

  // The wheel comes nearer where it points.
  await ann.page.mouse.move(spot.x + 20, spot.y + 20)
  await ann.page.mouse.wheel(0, -200)
  await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(2.2)
  await expect.poll(() => redAt({ x: spot.x + 20, y: spot.y + 20 })).toBe(true)
  await field.press('-')
  await field.press('-')
  await expect.poll(async () => Number(await slider.inputValue())).toBeLessThan(2.2)
  await dialog.getByRole('button', { name: ann.t('action.save') }).click()
  await expect(ann.page.getByText(ann.t('me.profileSaved'))).toBeVisible()
})

test('a picture is cut to a square and shown to friends', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await bea.open(`/contacts/${ann.id}`)
  await ann.open('/me')
  const bytes = await ann.page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 300
    canvas.height = 150
    const context = canvas.getContext('2d')!
    context.fillStyle = 'teal'
    context.fillRect(0, 0, 300, 150)
    return canvas.toDataURL('image/png').split(',')[1]!
  })
  await ann.button('picture.title').click()
  const dialog = ann.page.getByRole('dialog')
  const chooser = dialog.getByLabel(ann.t('picture.choose')).first()
  await chooser.setInputFiles({
    name: 'me.png',
    mimeType: 'image/png',
    buffer: Buffer.from('this is no picture'),
  })
  await expect(dialog.getByText(ann.t('problem.avatar.invalid'))).toBeVisible()
  await chooser.setInputFiles({
    name: 'me.png',
    mimeType: 'image/png',
    buffer: Buffer.from(bytes, 'base64'),
  })
  await dialog.getByRole('img', { name: ann.t('picture.crop') }).press('ArrowRight')
  await dialog.getByRole('slider').fill('2')
  await dialog.getByRole('button', { name: ann.t('action.save') }).click()
  await expect(ann.page.getByText(ann.t('me.profileSaved'))).toBeVisible()

  const shown = bea.page.locator('.card > .avatar img')
  await expect(shown).toBeVisible()
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(90)
})
