import userEvent from '@testing-library/user-event'
import { fireEvent } from '@testing-library/vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { show } from '@/testing/render'
import { emojiTable } from '@/testing/emoji'
import Composer from './Composer.vue'

const sent = vi.fn()
const used = vi.fn()
const table = JSON.stringify(emojiTable())
let touch = false

beforeEach(() => {
  sent.mockReset()
  used.mockReset()
  vi.stubGlobal('fetch', async () => new Response(table))
  touch = false
  vi.stubGlobal('matchMedia', () => ({ matches: touch }))
})

/** With somebody who holds the draft. */
function holder(draft = '', limit = 100, tone = 0 as 0 | 4) {
  const text = ref(draft)
  const Holder = defineComponent(
    () => () =>
      h(Composer, {
        modelValue: text.value,
        'onUpdate:modelValue': (value: string) => (text.value = value),
        onSend: sent,
        onEmoji: used,
        tone,
        limit,
        label: 'Message to Ben',
      }),
  )
  return { Holder, text }
}

describe('the composer', () => {
  it('sends with Enter, and is empty afterwards', async () => {
    const { Holder, text } = holder()
    const { getByLabelText } = await show(Holder)
    await userEvent.type(getByLabelText('Message to Ben'), 'Hello{Enter}')
    expect(sent).toHaveBeenCalledExactlyOnceWith('Hello')
    expect(text.value).toBe('')
  })

  it('breaks the line with Shift+Enter', async () => {
    const { Holder, text } = holder()
    const { getByLabelText } = await show(Holder)
    await userEvent.type(getByLabelText('Message to Ben'), 'a{Shift>}{Enter}{/Shift}b')
    expect(sent).not.toHaveBeenCalled()
    expect(text.value).toBe('a\nb')
  })

  it('leaves the Enter that ends a composition to the input method', async () => {
    const { Holder } = holder('ni hao')
    const { getByLabelText } = await show(Holder)
    const area = getByLabelText('Message to Ben')
    await fireEvent.keyDown(area, { key: 'Enter', isComposing: true })
    await fireEvent.keyDown(area, { key: 'Enter', keyCode: 229 })
    expect(sent).not.toHaveBeenCalled()
  })

  it('breaks the line with Enter on a phone, where the button sends', async () => {
    touch = true
    const { Holder } = holder()
    const { getByLabelText, getByRole } = await show(Holder)
    await userEvent.type(getByLabelText('Message to Ben'), 'a{Enter}b')
    expect(sent).not.toHaveBeenCalled()
    await userEvent.click(getByRole('button', { name: 'Send' }))
    expect(sent).toHaveBeenCalledExactlyOnceWith('a\nb')
  })

  it('offers to send only when there is something to send', async () => {
    const { Holder, text } = holder(' \n ')
    const { queryByRole, findByRole } = await show(Holder)
    expect(queryByRole('button', { name: 'Send' })).toBeNull()
    text.value = 'x'
    expect(await findByRole('button', { name: 'Send' })).toBeTruthy()
  })

  it('sends what was written as it was written', async () => {
    const { Holder } = holder('  two  spaces \n')
    const { getByRole } = await show(Holder)
    await userEvent.click(getByRole('button', { name: 'Send' }))
    expect(sent).toHaveBeenCalledExactlyOnceWith('  two  spaces \n')
  })

  it('counts characters as people and the server do, and holds back what is too long', async () => {
    const { Holder, text } = holder('😀'.repeat(100))
    const { queryByRole, getByText, findByText } = await show(Holder)
    expect(queryByRole('button', { name: 'Send' })).toBeTruthy()
    expect(getByText('0 characters left')).toBeTruthy()
    text.value = '😀'.repeat(101)
    expect(await findByText('1 character too long')).toBeTruthy()
    expect(queryByRole('button', { name: 'Send' })).toBeNull()
  })
})

describe('mentioning somebody', () => {
  const all = [
    { id: 'all', name: 'everyone', label: 'everyone', kind: 'group' as const },
    { id: '2', name: 'Bea', label: 'My sister', kind: 'person' as const },
    { id: '3', name: 'Ben', label: 'Ben', kind: 'person' as const },
  ]

  async function writing() {
    const text = ref('')
    const looking = vi.fn()
    const mention = vi.fn()
    const Holder = defineComponent(
      () => () =>
        h(Composer, {
          modelValue: text.value,
          'onUpdate:modelValue': (value: string) => (text.value = value),
          onSend: sent,
          onLooking: looking,
          onMention: mention,
          people: all,
          limit: 100,
          label: 'Message',
        }),
    )
    const view = await show(Holder)
    return { ...view, text, looking, mention, area: view.getByLabelText('Message') }
  }

  it('is done with the arrows and Enter, and writes what they call themselves', async () => {
    const { area, text, mention, looking, getAllByRole, queryByRole } = await writing()
    await userEvent.type(area, 'hi @b')
    expect(looking).toHaveBeenLastCalledWith('b')
    // Never everybody by mistake.
    expect(getAllByRole('option').map((option) => option.getAttribute('aria-selected'))).toEqual([
      'false',
      'true',
      'false',
    ])
    expect(area.getAttribute('aria-activedescendant')).toBe(getAllByRole('option')[1]?.id)
    await userEvent.keyboard('{ArrowDown}{ArrowUp}{Enter}')
    expect(text.value).toBe('hi @Bea ')
    expect(mention).toHaveBeenCalledExactlyOnceWith('2')
    expect(sent).not.toHaveBeenCalled()
    expect(queryByRole('listbox')).toBeNull()
    await userEvent.keyboard('there{Enter}')
    expect(sent).toHaveBeenCalledExactlyOnceWith('hi @Bea there')
  })

  it('is given up with Escape, which then closes nothing else', async () => {
    const { area, queryByRole } = await writing()
    const outside = vi.fn()
    document.addEventListener('keydown', outside)
    await userEvent.type(area, '@')
    outside.mockClear()
    await userEvent.keyboard('{Escape}')
    document.removeEventListener('keydown', outside)
    expect(queryByRole('listbox')).toBeNull()
    expect(outside).not.toHaveBeenCalled()
  })

  it('is done with the pointer, too', async () => {
    const { area, text, getAllByRole } = await writing()
    await userEvent.type(area, '@')
    await userEvent.click(getAllByRole('option')[2] ?? expect.fail())
    expect(text.value).toBe('@Ben ')
  })

  it('is not meant in an address', async () => {
    const { area, queryByRole } = await writing()
    await userEvent.type(area, 'me@b')
    expect(queryByRole('listbox')).toBeNull()
  })
})

describe('emoji in the composer', () => {
  it('are offered by name behind a colon, and chosen with the arrows and Enter', async () => {
    const { Holder, text } = holder('', 100, 4)
    const { getByLabelText, findByRole, queryByRole } = await show(Holder)
    const area = getByLabelText('Message to Ben')
    await userEvent.type(area, 'Hi :wav')
    expect((await findByRole('listbox')).textContent).toContain('waving hand')
    await userEvent.keyboard('{ArrowDown}{ArrowUp}{Enter}')
    await vi.waitFor(() => expect(text.value).toBe('Hi 👋🏾'))
    expect(sent).not.toHaveBeenCalled()
    expect(used).toHaveBeenCalledExactlyOnceWith('👋')
    expect(queryByRole('listbox')).toBeNull()
    await userEvent.keyboard('{Enter}')
    expect(sent).toHaveBeenCalledExactlyOnceWith('Hi 👋🏾')
  })

  it('come of a whole name between colons, in both languages', async () => {
    const { Holder, text } = holder()
    const { getByLabelText } = await show(Holder)
    await userEvent.type(getByLabelText('Message to Ben'), 'a :tada:')
    await vi.waitFor(() => expect(text.value).toBe('a 🎉'))
    await userEvent.type(getByLabelText('Message to Ben'), ' ：笑哭了：')
    await vi.waitFor(() => expect(text.value).toBe('a 🎉 😂'))
  })

  it('let Esc put the list away, and words stay words', async () => {
    const { Holder, text } = holder()
    const { getByLabelText, findByRole, queryByRole } = await show(Holder)
    await userEvent.type(getByLabelText('Message to Ben'), ':cat')
    await findByRole('listbox')
    await userEvent.keyboard('{Escape}')
    expect(queryByRole('listbox')).toBeNull()
    await userEvent.keyboard('{Enter}')
    expect(sent).toHaveBeenCalledExactlyOnceWith(':cat')
    expect(text.value).toBe('')
  })

  it('go where the cursor is, and what is selected gives way', async () => {
    const { Holder, text } = holder('ab')
    const { getByLabelText, getByRole, findByRole } = await show(Holder)
    const area = getByLabelText<HTMLTextAreaElement>('Message to Ben')
    await userEvent.click(area)
    area.setSelectionRange(1, 1)
    await userEvent.click(getByRole('button', { name: 'Emoji' }))
    await userEvent.click(await findByRole('button', { name: 'grinning face' }))
    expect(text.value).toBe('a😀b')
    await userEvent.keyboard('{Escape}')
    expect(document.activeElement).toBe(area)
    area.setSelectionRange(0, 3)
    await userEvent.click(getByRole('button', { name: 'Emoji' }))
    await userEvent.click(await findByRole('button', { name: 'beaming face with smiling eyes' }))
    expect(text.value).toBe('😁b')
  })

  it('are deleted whole', async () => {
    const { Holder, text } = holder('a👩‍👩‍👧')
    const { getByLabelText, getByRole, findByRole } = await show(Holder)
    await userEvent.click(getByLabelText('Message to Ben'))
    await userEvent.click(getByRole('button', { name: 'Emoji' }))
    await userEvent.click(await findByRole('button', { name: 'Delete the last character' }))
    expect(text.value).toBe('a')
  })
})
