import userEvent from '@testing-library/user-event'
import { fireEvent } from '@testing-library/vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { show } from '@/testing/render'
import Composer from './Composer.vue'

const sent = vi.fn()
let touch = false

beforeEach(() => {
  sent.mockReset()
  touch = false
  vi.stubGlobal('matchMedia', () => ({ matches: touch }))
})

/** With somebody who holds the draft. */
function holder(draft = '', limit = 100) {
  const text = ref(draft)
  const Holder = defineComponent(
    () => () =>
      h(Composer, {
        modelValue: text.value,
        'onUpdate:modelValue': (value: string) => (text.value = value),
        onSend: sent,
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
