import { beforeEach, describe, expect, it, vi } from 'vitest'
import { keepLanding, takeLanding } from './landing'

describe('where somebody was going', () => {
  beforeEach(() => localStorage.clear())

  it('is told once, with what stands behind the #', () => {
    keepLanding('/join?x=1#TOKEN')
    expect(takeLanding()).toBe('/join?x=1#TOKEN')
    expect(takeLanding()).toBeNull()
  })

  it('is never another site', () => {
    for (const path of [
      '//evil.example/x',
      'https://evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      keepLanding(path)
      expect(takeLanding() ?? '/').toMatch(/^\/(?![/\\])/)
    }
  })

  it('is forgotten after a day', () => {
    vi.useFakeTimers()
    keepLanding('/add/lan')
    vi.advanceTimersByTime(24 * 60 * 60_000 + 1)
    expect(takeLanding()).toBeNull()
    vi.useRealTimers()
  })

  it('is nothing when what is kept is spoilt', () => {
    localStorage.setItem('happychat.landing', '{')
    expect(takeLanding()).toBeNull()
  })
})
