import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followLongPress } from './longpress'

let end: () => void = () => undefined
let button: HTMLButtonElement
const menu = vi.fn((event: Event) => event.preventDefault())

function touch(type: string, x = 10, y = 10, fingers = 1) {
  const event = new Event(type, { bubbles: true, cancelable: true })
  const all = Array.from({ length: fingers }, () => ({ clientX: x, clientY: y }))
  Object.assign(event, { touches: type === 'touchend' ? [] : all })
  button.dispatchEvent(event)
  return event
}

describe('a long press', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    button = document.createElement('button')
    document.body.append(button)
    button.addEventListener('contextmenu', menu)
    end = followLongPress()
  })
  afterEach(() => {
    end()
    button.remove()
    menu.mockClear()
    vi.useRealTimers()
  })

  it('asks for the menu where the finger is, and lifting the finger is no tap', () => {
    touch('touchstart', 30, 40)
    vi.advanceTimersByTime(500)
    expect(menu).toHaveBeenCalledOnce()
    expect(menu.mock.calls[0]![0]).toMatchObject({ clientX: 30, clientY: 40 })
    expect(touch('touchend').defaultPrevented).toBe(true)
  })

  it('is none when it is short, moves, or two fingers make it', () => {
    touch('touchstart')
    vi.advanceTimersByTime(300)
    expect(touch('touchend').defaultPrevented).toBe(false)
    touch('touchstart')
    touch('touchmove', 10, 40)
    vi.advanceTimersByTime(500)
    touch('touchstart', 10, 10, 2)
    vi.advanceTimersByTime(500)
    expect(menu).not.toHaveBeenCalled()
  })

  it('leaves everything to the browser where there is no menu', () => {
    button.removeEventListener('contextmenu', menu)
    touch('touchstart')
    vi.advanceTimersByTime(500)
    expect(touch('touchend').defaultPrevented).toBe(false)
  })
})
