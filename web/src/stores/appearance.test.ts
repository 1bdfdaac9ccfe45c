import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useAppearance } from './appearance'

const device = { dark: false, more: false }

beforeEach(() => {
  localStorage.clear()
  Object.assign(device, { dark: false, more: false })
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: query.includes('dark') ? device.dark : device.more,
    addEventListener: vi.fn(),
  }))
  setActivePinia(createPinia())
})

const applied = () => document.documentElement.dataset['theme']

describe('the theme', () => {
  it.each([
    [false, false, 'light'],
    [true, false, 'dark'],
    [false, true, 'contrast'],
    [true, true, 'contrast-dark'],
  ])('follows the device: dark %s, more contrast %s', (dark, more, expected) => {
    Object.assign(device, { dark, more })
    useAppearance()
    expect(applied()).toBe(expected)
  })

  it('is what was chosen, also after a reload', async () => {
    useAppearance().choose('dark')
    await nextTick()
    expect(applied()).toBe('dark')
    setActivePinia(createPinia())
    expect(useAppearance().theme).toBe('dark')
  })

  it('follows the device again, and ignores what nobody could have chosen', () => {
    localStorage.setItem('happychat.theme', 'javascript:alert(1)')
    const appearance = useAppearance()
    expect(appearance.theme).toBe('system')
    appearance.choose('dark')
    appearance.choose('system')
    expect(localStorage.getItem('happychat.theme')).toBeNull()
  })
})
