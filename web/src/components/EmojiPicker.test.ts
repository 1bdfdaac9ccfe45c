import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Language } from '@/i18n'
import { show } from '@/testing/render'
import { emojiTable } from '@/testing/emoji'

const table = JSON.stringify(emojiTable())
let online = true

beforeEach(() => {
  online = true
  vi.resetModules() // The table is kept once it came.
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('fetch', async () => {
    if (!online) throw new TypeError('offline')
    return new Response(table)
  })
})

async function open(props: Record<string, unknown> = {}, language: Language = 'en') {
  const { default: EmojiPicker } = await import('./EmojiPicker.vue')
  const view = await show(EmojiPicker, { props: { recent: [], tone: 0, ...props }, language })
  // Mounted first and put into the page then, it has lost the focus that it took.
  view.container.querySelector('input')?.focus()
  return view
}

describe('the picker of emoji', () => {
  it.each([
    ['en', 'Search emoji', 'joy', 'face with tears of joy'],
    ['en', 'Search emoji', '蛋糕', 'shortcake'],
    ['zh-CN', '搜索表情', '笑哭', '笑哭了'],
    ['zh-CN', '搜索表情', 'joy', '笑哭了'],
  ] as const)(
    'in %s finds by words of both languages, and names in its own',
    async (language, label, query, name) => {
      const { findByRole, getByLabelText } = await open({}, language)
      await findByRole('grid')
      await userEvent.type(getByLabelText(label), query)
      expect(await findByRole('button', { name })).toBeTruthy()
    },
  )

  it('draws only what is on the screen', async () => {
    const { findByRole, getAllByRole } = await open()
    const grid = await findByRole('grid')
    expect(Number(grid.getAttribute('aria-rowcount'))).toBeGreaterThan(240)
    expect(getAllByRole('row').length).toBeLessThan(30)
  })

  it('is used by the keyboard alone', async () => {
    const { findByRole, emitted } = await open()
    await findByRole('grid')
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement?.getAttribute('aria-label')).toBe('grinning face')
    await userEvent.keyboard('{ArrowRight}{ArrowDown}{ArrowLeft}{Shift>}{Enter}{/Shift}')
    expect(emitted('pick')).toHaveLength(1)
    expect(emitted('close')).toBeUndefined()
    await userEvent.keyboard('{Control>}{End}{/Control}')
    expect(document.activeElement?.getAttribute('aria-label')).toBe('flag: Wales')
    await userEvent.keyboard('{Control>}{Home}{/Control}{Enter}')
    expect(emitted('pick').at(-1)).toEqual(['😀', '😀'])
    expect(emitted('close')).toHaveLength(1)
    await userEvent.keyboard('{ArrowUp}')
    expect(document.activeElement?.tagName).toBe('INPUT')
  })

  it('takes letters in the grid as what is looked for, and Enter as the first that is found', async () => {
    const { findByRole, emitted, findByText } = await open()
    await findByRole('grid')
    await userEvent.keyboard('{ArrowDown}{ArrowRight}tada')
    expect(await findByText(/emoji found/)).toBeTruthy()
    await userEvent.keyboard('{Enter}')
    expect(emitted('pick')).toEqual([['🎉', '🎉']])
  })

  it('empties the search with Esc, and closes with the next', async () => {
    const { findByRole, emitted, getByLabelText } = await open()
    await findByRole('grid')
    await userEvent.keyboard('cat{Escape}')
    expect((getByLabelText('Search emoji') as HTMLInputElement).value).toBe('')
    expect(emitted('close')).toBeUndefined()
    await userEvent.keyboard('{Escape}')
    expect(emitted('close')).toHaveLength(1)
  })

  it('shows what was used last first, in the tone that was chosen', async () => {
    const { findByRole, getAllByRole, emitted } = await open({ recent: ['👋', '🎉', 'gone'], tone: 4 })
    await findByRole('grid')
    expect(getAllByRole('rowheader')[0]?.textContent.trim()).toBe('Recently used')
    await userEvent.click(getAllByRole('button', { name: 'waving hand' })[0]!)
    expect(emitted('pick')).toEqual([['👋🏾', '👋']])
  })

  it('lets one choose the skin tone with the arrows', async () => {
    const { findByRole, getByRole, queryByRole, emitted } = await open({ tone: 1 })
    await findByRole('grid')
    await userEvent.click(getByRole('button', { name: 'Skin tone: light' }))
    await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('light'))
    await userEvent.keyboard('{ArrowRight}')
    expect(emitted('tone')).toEqual([[2]])
    await userEvent.keyboard('{Escape}')
    expect(queryByRole('radiogroup')).toBeNull()
    expect(emitted('close')).toBeUndefined()
  })

  it('says that nothing was found', async () => {
    const { findByRole, findByText } = await open()
    await findByRole('grid')
    await userEvent.keyboard('xyzzy')
    expect(await findByText('No emoji found')).toBeTruthy()
  })

  it('says when the emoji could not be fetched, and tries again', async () => {
    online = false
    const { findByRole } = await open()
    expect((await findByRole('alert')).textContent).toContain('The emoji could not be fetched.')
    online = true
    await userEvent.click(await findByRole('button', { name: 'Try again' }))
    expect(await findByRole('grid')).toBeTruthy()
  })
})
