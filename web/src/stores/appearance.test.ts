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

describe('the size of text and motion', () => {
  it('are what was chosen, also after a reload', async () => {
    const { dataset } = document.documentElement
    const appearance = useAppearance()
    expect(dataset).toMatchObject({ text: 'normal', motion: 'full' })
    appearance.chooseTextSize('larger')
    appearance.chooseMotion('less')
    appearance.chooseSingleKeys(false)
    await nextTick()
    expect(dataset).toMatchObject({ text: 'larger', motion: 'less' })
    setActivePinia(createPinia())
    expect(useAppearance()).toMatchObject({
      textSize: 'larger',
      motion: 'less',
      singleKeys: false,
      still: true,
    })
  })

  it('leave nothing behind when they are as they were', () => {
    const appearance = useAppearance()
    appearance.chooseTextSize('large')
    appearance.chooseTextSize('normal')
    appearance.chooseMotion('less')
    appearance.chooseMotion('system')
    expect(localStorage.length).toBe(0)
  })

  it('are calm where the device asks for it', () => {
    device.more = true // stands for every other question to the device
    useAppearance()
    expect(document.documentElement.dataset['motion']).toBe('less')
  })
})
