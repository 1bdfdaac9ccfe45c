import { readFileSync } from 'node:fs'
import { png } from '../support/png.ts'
import { expect, type Person, phone, test } from '../support/test.ts'

/** A real PNG of noise, so large that it takes a while. */
function noise(width: number, height: number, seed: number): Buffer {
  let value = seed
  const next = () => {
    value = (value * 1103515245 + 12345) & 0x7fffffff
    return (value >> 16) & 0xff
  }
  return png(width, height, () => [next(), next(), next()])
}

interface Payload {
  name: string
  mimeType: string
  buffer: Buffer
}

const picture = (name: string, width = 120, height = 80): Payload => ({
  name,
  mimeType: 'image/png',
  buffer: noise(width, height, name.length),
})

async function choose(person: Person, source: 'pictures' | 'files', files: Payload[]) {
  const chooser = person.page.waitForEvent('filechooser')
  await person.button('attachment.add').click()
  await person.page.getByRole('menuitem', { name: person.t(`attachment.${source}`) }).click()
  await (await chooser).setFiles(files)
}

async function sendChosen(person: Person, caption = '') {
  const dialog = person.page.getByRole('dialog')
  if (caption) await dialog.getByRole('textbox').fill(caption)
  await dialog.getByRole('button', { name: person.t('composer.send') }).click()
  await expect(dialog).toHaveCount(0)
}

test('an album with a caption arrives, opens, and can be leafed through', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  await bea.open('/chats')
  await ann.openChat(bea.name)
  await bea.openChat(ann.name)
  await choose(ann, 'pictures', [picture('one.png'), picture('two.png', 80, 120), picture('three.png')])
  await sendChosen(ann, 'From the harbour')
  await expect(bea.bubble(ann.name, 'From the harbour')).toBeVisible()
  const second = bea.page.getByRole('button', {
    name: bea.t('attachment.pictureOf', { n: 2, all: 3, name: 'two.png' }),
  })
  await expect
    .poll(() => second.locator('img.picture').evaluate((img: HTMLImageElement) => img.naturalHeight))
    .toBe(120)
  await second.click()
  const viewer = bea.page.locator('.pswp')
  await expect(viewer.locator('.pswp__counter')).toHaveText('2 / 3')
  // It takes keys from when it has opened.
  await expect(viewer).toBeFocused()
  await bea.page.keyboard.press('ArrowRight')
  await expect(viewer.locator('.pswp__counter')).toHaveText('3 / 3')
  const download = bea.page.waitForEvent('download')
  await viewer.getByTitle(bea.t('attachment.download')).click()
  expect((await download).suggestedFilename()).toBe('three.png')
  await bea.page.keyboard.press('Escape')
  await expect(viewer).toHaveCount(0)
  await expect(second).toBeFocused()
})

test('a file is sent and downloaded as it is, by keyboard and by dropping', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  await bea.open('/chats')
  await ann.openChat(bea.name)
  await bea.openChat(ann.name)
  const text = 'x'.repeat(50_000)
  await ann.page.evaluate((body) => {
    const data = new DataTransfer()
    data.items.add(new File([body], 'Notes für 春节.txt', { type: 'text/plain' }))
    document
      .querySelector('.conversation textarea')
      ?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  }, text)
  await ann.page.getByRole('dialog').getByRole('textbox').press('Enter')
  const link = bea.log(ann.name).getByRole('link', { name: /Notes für 春节\.txt/ })
  await expect(link).toBeVisible()
  const download = bea.page.waitForEvent('download')
  await link.press('Enter')
  const arrived = await download
  expect(arrived.suggestedFilename()).toBe('Notes für 春节.txt')
  expect(readFileSync(await arrived.path(), 'utf8')).toBe(text)
})

test('an upload goes on after the cable was pulled, and one can be stopped', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await bea.open('/chats')
  await ann.open('/chats')
  await bea.openChat(ann.name)
  await ann.openChat(bea.name)
  ann.relay.cut()
  await choose(ann, 'pictures', [picture('late.png', 900, 900)])
  await sendChosen(ann)
  const cancel = ann.button('attachment.cancel', { name: 'late.png' })
  await expect(cancel).toBeVisible()
  ann.relay.restore()
  await expect(bea.button('attachment.picture', { name: 'late.png' })).toBeVisible()
  await expect(cancel).toHaveCount(0)

  ann.relay.cut()
  await choose(ann, 'pictures', [picture('never.png')])
  await sendChosen(ann)
  await ann.button('attachment.cancel', { name: 'never.png' }).click()
  ann.relay.restore()
  await ann.say(bea.name, 'Only words')
  await expect(bea.bubble(ann.name, 'Only words')).toBeVisible()
  await expect(bea.button('attachment.picture', { name: 'never.png' })).toHaveCount(0)
})

test('on a phone, what is no picture is said to be damaged, and the rest can be sent', async ({ person }) => {
  const ann = await (await person('ann', { size: phone, language: 'zh-CN' })).join()
  const bea = await (await person('bea', { size: phone })).join()
  await ann.befriend(bea)
  await ann.open('/chats')
  await ann.openChat(bea.name)
  const broken = picture('broken.png')
  broken.buffer = broken.buffer.subarray(0, 200)
  await choose(ann, 'pictures', [broken])
  await sendChosen(ann)
  await expect(ann.page.getByText(ann.t('problem.picture.damaged'))).toBeVisible()
  await choose(ann, 'pictures', [picture('whole.png')])
  await sendChosen(ann)
  await bea.open('/chats')
  await bea.openChat(ann.name)
  await expect(bea.button('attachment.picture', { name: 'whole.png' })).toBeVisible()
})
