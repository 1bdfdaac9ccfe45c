import { expect } from './expect.ts'
import type { Person } from './person.ts'
import { png } from './png.ts'

/** A real PNG of noise, so large that it takes a while. */
function noise(width: number, height: number, seed: number): Buffer {
  let value = seed
  const next = () => {
    value = (value * 1103515245 + 12345) & 0x7fffffff
    return (value >> 16) & 0xff
  }
  return png(width, height, () => [next(), next(), next()])
}

export interface Payload {
  name: string
  mimeType: string
  buffer: Buffer
}

export const picture = (name: string, width = 120, height = 80): Payload => ({
  name,
  mimeType: 'image/png',
  buffer: noise(width, height, name.length),
})

export async function choose(person: Person, source: 'pictures' | 'files', files: Payload[]) {
  if (person.engine === 'firefox') {
    // Over WebDriver BiDi it tells of the first file dialog only.
    const field = source === 'pictures' ? '[accept="image/*"][multiple]' : '[multiple]:not([accept])'
    await person.page.locator(`.conversation input[type=file]${field}`).setInputFiles(files)
    return
  }
  const chooser = person.page.waitForEvent('filechooser')
  await person.button('attachment.add').click()
  await person.page.getByRole('menuitem', { name: person.t(`attachment.${source}`) }).click()
  await (await chooser).setFiles(files)
}

export async function sendChosen(person: Person, caption = '') {
  const dialog = person.page.getByRole('dialog')
  if (caption) await dialog.getByRole('textbox').fill(caption)
  await dialog.getByRole('button', { name: person.t('composer.send') }).click()
  await expect(dialog).toHaveCount(0)
}
