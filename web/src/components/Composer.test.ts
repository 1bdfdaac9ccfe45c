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
