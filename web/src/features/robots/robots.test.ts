import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import MessageBubble from '@/components/MessageBubble.vue'
import { useSession } from '@/stores/session'
import type { ServerInfo } from '@/stores/types'
import { show } from '@/testing/render'
import RobotSuggestions from './RobotSuggestions.vue'
import RobotView from './RobotView.vue'

const robot = { accountId: '7', username: 'lele', name: 'Lele' }

function serverWith(info: Partial<ServerInfo>) {
  useSession().server = info as ServerInfo
}

describe('what one could ask', () => {
  it.each(['en', 'zh-CN'] as const)('is asked by a tap, %s', async (language) => {
    const { getAllByRole, emitted } = await show(RobotSuggestions, { language })
    const chips = getAllByRole('button')
    for (const chip of chips) await userEvent.click(chip)
    expect(emitted('ask')).toEqual(chips.map((chip) => [chip.textContent?.trim()]))
    expect(new Set(chips.map((chip) => chip.textContent)).size).toBe(10)
  })

  it('says where words go, when they go anywhere', async () => {
    const { queryByText, findByText } = await show(RobotSuggestions)
    expect(queryByText(/may be sent/)).toBeNull()
    serverWith({ robot: { ...robot, via: 'llm.example' } })
    await findByText('What you write here may be sent to llm.example for an answer.')
  })
})

describe('a message of a robot', () => {
  const props = {
    body: 'Hello',
    own: false,
    first: true,
    last: true,
    state: 'sent',
    time: '09:41',
    fullTime: '',
    dateTime: '',
    author: 'Lele',
  }

  it('says that there is more to come, and where it is from', async () => {
    const { getByText, queryByText, rerender } = await show(MessageBubble, {
      props: { ...props, writing: true, via: 'llm.example' },
    })
    expect(getByText('still writing')).toBeTruthy()
    expect(getByText('Words from llm.example')).toBeTruthy()
    await rerender({ ...props, writing: false, via: '' })
    expect(queryByText('still writing')).toBeNull()
    expect(queryByText(/Words from/)).toBeNull()
  })
})

describe('the place of the robot', () => {
  it('says so when there is none', async () => {
    const { getByText } = await show(RobotView)
    expect(getByText('There is no robot here')).toBeTruthy()
  })
})
