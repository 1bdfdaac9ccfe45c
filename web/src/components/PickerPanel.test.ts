import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { show } from '@/testing/render'
import PickerPanel from './PickerPanel.vue'

const slots = { stickers: '<button type="button">one sticker</button>' }
const props = { recent: [], tone: 0 }

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('offline')))
})

describe('what is chosen instead of typed', () => {
  it('is emoji alone where there are no stickers', async () => {
    const { queryByRole, getByRole } = await show(PickerPanel, { props })
    expect(queryByRole('tablist')).toBeNull()
    expect(getByRole('dialog', { name: 'Emoji' })).toBeTruthy()
  })

  it('changes between both with the arrows, remembers which, and closes with Esc', async () => {
    const { getByRole, queryByRole, unmount } = await show(PickerPanel, { props, slots })
    getByRole('tab', { name: 'Emoji' }).focus()
    await userEvent.keyboard('{ArrowRight}')
    expect(getByRole('tab', { name: 'Stickers' }).getAttribute('aria-selected')).toBe('true')
    expect(document.activeElement).toBe(getByRole('tab', { name: 'Stickers' }))
    expect(getByRole('tabpanel', { name: 'Stickers' }).textContent).toContain('one sticker')
    expect(queryByRole('searchbox')).toBeNull()
    unmount()
    const again = await show(PickerPanel, { props, slots })
    expect(again.getByRole('button', { name: 'one sticker' })).toBeTruthy()
    await userEvent.type(again.getByRole('tab', { name: 'Stickers' }), '{Escape}')
    expect(again.emitted('close')).toHaveLength(1)
  })
})
