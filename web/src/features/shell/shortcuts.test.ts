import { describe, expect, it } from 'vitest'
import en from '@/i18n/locales/en.json'
import { elsewhere, everywhere, keyNames, matches } from './shortcuts'

const press = (
  key: string,
  held: Partial<Record<'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
})

describe('shortcuts', () => {
  it('are all explained, and none is there twice', () => {
    const all = [...everywhere, ...elsewhere.flatMap(({ shortcuts }) => shortcuts)]
    for (const { id } of all) expect(en.keys).toHaveProperty(id)
    const global = everywhere.flatMap(({ keys }) => keys)
    expect(new Set(global).size).toBe(global.length)
  })

  it('know Ctrl, and on Apple’s computers ⌘', () => {
    expect(matches(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true)
    expect(matches(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true)
    expect(matches(press('k', { ctrlKey: true }), 'Mod+K', true)).toBe(false)
    expect(matches(press('k', { ctrlKey: true, shiftKey: true }), 'Mod+K', false)).toBe(false)
    expect(matches(press('k'), 'Mod+K', false)).toBe(false)
    expect(matches(press('ArrowUp', { altKey: true }), 'Alt+ArrowUp', false)).toBe(true)
    expect(matches(press('ArrowUp'), 'Alt+ArrowUp', false)).toBe(false)
  })

  it('take a sign however a keyboard writes it', () => {
    expect(matches(press('?', { shiftKey: true }), '?', false)).toBe(true)
    expect(matches(press('/', { ctrlKey: true, shiftKey: true }), 'Mod+/', false)).toBe(true)
  })

  it('are written as on the keys', () => {
    expect(keyNames('Mod+K', false)).toEqual(['Ctrl', 'K'])
    expect(keyNames('Alt+ArrowDown', true)).toEqual(['⌥', '↓'])
  })
})
