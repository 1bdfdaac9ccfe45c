import { expect } from '../../support/expect.ts'
import type { Screen, Visit } from '../screen.ts'
import { chat, dialog, heading, open, press } from '../steps.ts'
import { write } from '../world.ts'

// Stickers: sending them, packs of one's own, and packs of others.

/** A pack that I have made, on its page. */
async function pack(visit: Visit) {
  await visit.page.getByRole('button', { name: visit.world.scene.stickers }).click()
  await expect(dialog(visit).getByRole('group').getByRole('button').first()).toBeVisible()
}

async function panel(visit: Visit) {
  await open(visit)
  await press(visit, 'emoji.title')
  await visit.page.getByRole('tab', { name: visit.t('sticker.title') }).click()
  await expect(visit.page.getByLabel(visit.t('sticker.search'))).toBeVisible()
}

export const stickers: readonly Screen[] = [
  {
    name: 'stickers',
    at: '/me/stickers',
    show: ({ page, world }) => expect(page.getByRole('button', { name: world.scene.stickers })).toBeVisible(),
  },
  {
    name: 'sticker-pack-new',
    at: '/me/stickers',
    show: async (visit) => {
      await press(visit, 'sticker.newPack')
      await heading(visit, 'sticker.newPack')
    },
  },
  {
    name: 'sticker-pack-pictures',
    at: '/me/stickers',
    show: async (visit) => {
      const { cake, seaside } = await import('../paintings.ts')
      await press(visit, 'sticker.newPack')
      await dialog(visit).getByRole('textbox').first().fill(visit.world.scene.stickers)
      await dialog(visit)
        .locator('input[type=file]')
        .setInputFiles([
          { name: 'cake.png', mimeType: 'image/png', buffer: cake(200) },
          { name: 'sea.png', mimeType: 'image/png', buffer: seaside(200, 200, 'evening') },
        ])
      await expect(dialog(visit).getByRole('listitem')).toHaveCount(2)
    },
  },
  {
    name: 'sticker-pack-emoji',
    at: '/me/stickers',
    show: async (visit) => {
      await pack(visit)
      await press(visit, 'sticker.edit')
      await dialog(visit)
        .getByRole('button', { name: visit.t('sticker.says', { emoji: '🎂', n: 1 }) })
        .click()
      await expect(dialog(visit).getByRole('grid', { name: visit.t('emoji.list') })).toBeVisible()
    },
  },
  { name: 'sticker-pack', at: '/me/stickers', show: pack },
  {
    name: 'sticker-pack-edit',
    at: '/me/stickers',
    show: async (visit) => {
      await pack(visit)
      await press(visit, 'sticker.edit')
      await heading(visit, 'sticker.editPack')
    },
  },
  {
    name: 'sticker-pack-share',
    at: '/me/stickers',
    show: async (visit) => {
      await pack(visit)
      await press(visit, 'sticker.share')
      await heading(visit, 'sticker.shareTitle', { title: visit.world.scene.stickers })
    },
  },
  {
    name: 'sticker-pack-delete',
    at: '/me/stickers',
    show: async (visit) => {
      await pack(visit)
      await press(visit, 'sticker.delete')
      await expect(dialog(visit).getByText(visit.t('sticker.deleteText'))).toBeVisible()
    },
  },
  { name: 'chat-stickers', at: chat('leo'), show: panel },
  {
    name: 'chat-stickers-nothing-found',
    at: chat('leo'),
    show: async (visit) => {
      await panel(visit)
      await visit.page.getByLabel(visit.t('sticker.search')).fill('zzzz')
      await expect(visit.page.getByText(visit.t('sticker.none'))).toBeVisible()
    },
  },
  {
    name: 'sticker-pack-of-others',
    at: chat('mia'),
    show: async (visit) => {
      const { mia } = visit.world.others
      const { stickers } = visit.world.packs
      await write(mia, visit.world.chats.mia, '', { sticker: stickers[0]!.id })
      await visit.page.locator('button.sticker').last().click()
      await expect(dialog(visit).getByRole('button', { name: visit.t('sticker.keep') })).toBeVisible()
    },
  },
]
