import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { show } from '@/testing/render'
import MessageBubble from './MessageBubble.vue'

const props = {
  body: 'Hello',
  own: true,
  first: true,
  last: true,
  state: 'sent',
  time: '09:41',
  fullTime: 'Tuesday, 12 May 2026 at 09:41',
  dateTime: '2026-05-12T09:41:00.000Z',
  author: 'You',
}

describe('a message', () => {
  it.each([
    ['sending', 'Sending'],
    ['sent', 'Sent'],
    ['read', 'Read'],
    ['failed', 'Not sent'],
  ])('of one’s own says in words that it is %s', async (state, words) => {
    const { getByRole } = await show(MessageBubble, { props: { ...props, state } })
    expect(getByRole('img', { name: words })).toBeTruthy()
  })

  it('of somebody else has no ticks', async () => {
    const { queryByRole } = await show(MessageBubble, { props: { ...props, own: false } })
    expect(queryByRole('img')).toBeNull()
  })

  it('keeps its time in full', async () => {
    const { getByText } = await show(MessageBubble, { props })
    expect(getByText('09:41').getAttribute('title')).toBe(props.fullTime)
    expect(getByText('09:41').getAttribute('datetime')).toBe(props.dateTime)
  })

  it('that failed says why, and is tried again by a tap', async () => {
    const { getByRole, getByText, emitted } = await show(MessageBubble, {
      props: { ...props, state: 'failed', problem: 'You are not friends at the moment.' },
    })
    expect(getByText('You are not friends at the moment.')).toBeTruthy()
    await userEvent.click(getByRole('button', { name: 'Not sent. Tap to try again' }))
    expect(emitted('retry')).toHaveLength(1)
  })

  it.each([
    ['😀', 'emoji'],
    ['😀😀😀', 'emoji few'],
    ['😀 😀 😀 😀 😀', 'emoji few several'],
    ['😀 ok', ''],
    ['😀😀😀😀😀😀', ''],
  ])('of “%s” is as large as it is short', async (body, classes) => {
    const { container } = await show(MessageBubble, { props: { ...props, body } })
    expect(container.querySelector('.bubble')?.className).toBe(`bubble ${classes}`.trim())
  })
})
