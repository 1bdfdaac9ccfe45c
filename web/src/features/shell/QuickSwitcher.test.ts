import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useAppearance } from '@/stores/appearance'
import { useOverlay } from '@/stores/overlay'
import { show } from '@/testing/render'
import QuickSwitcher from './QuickSwitcher.vue'

// No conversation and nobody is known here: what can be done is found without them. The rest is tried in a browser.
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true
  }
  HTMLDialogElement.prototype.close = function () {
    this.open = false
  }
  Element.prototype.scrollIntoView = vi.fn()
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn() }))
})

const selected = () =>
  screen.getAllByRole('option').find((one) => one.getAttribute('aria-selected') === 'true')

describe('the quick switcher', () => {
  it('chooses with the arrows, in a ring, and says which', async () => {
    await show(QuickSwitcher)
    const field = screen.getByRole('combobox')
    const options = screen.getAllByRole('option')
    expect(selected()).toBe(options[0])
    await userEvent.type(field, '{ArrowUp}')
    expect(selected()).toBe(options.at(-1))
    await userEvent.type(field, '{ArrowDown}{ArrowDown}')
    expect(selected()).toBe(options[1])
    expect(field.getAttribute('aria-activedescendant')).toBe(options[1]!.id)
  })

  it('begins anew with every letter, and sets off what was typed', async () => {
    await show(QuickSwitcher)
    await userEvent.type(screen.getByRole('combobox'), '{ArrowDown}{ArrowDown}dark')
    expect(selected()?.textContent).toContain('Dark')
    expect([...selected()!.querySelectorAll('mark')].map((mark) => mark.textContent).join('')).toBe('Dark')
  })

  it('does what was chosen, and closes', async () => {
    await show(QuickSwitcher)
    useOverlay().show('find')
    await userEvent.type(screen.getByRole('combobox'), 'dark{Enter}')
    expect(useAppearance().theme).toBe('dark')
    expect(useOverlay().shown).toBeNull()
  })

  it('goes where a page was chosen', async () => {
    const { router } = await show(QuickSwitcher)
    await userEvent.type(screen.getByRole('combobox'), 'friend req{Enter}')
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/contacts/requests'))
  })

  it('leaves Enter to an input method that is composing', async () => {
    await show(QuickSwitcher)
    useOverlay().show('find')
    const field = screen.getByRole('combobox')
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))
    expect(useOverlay().shown).toBe('find')
  })

  it('says that nothing was found', async () => {
    await show(QuickSwitcher, { language: 'zh-CN' })
    await userEvent.type(screen.getByRole('combobox'), 'zzzz')
    expect(screen.getByRole('status').textContent).toContain('没有找到')
    expect(screen.queryAllByRole('option')).toEqual([])
  })
})
