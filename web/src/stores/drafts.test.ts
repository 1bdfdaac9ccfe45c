import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, reactive } from 'vue'
import { useDrafts } from './drafts'

const session = reactive({ state: 'signed-in' })
vi.mock('./session', () => ({ useSession: () => session }))

beforeEach(() => {
  localStorage.clear()
  session.state = 'signed-in'
  setActivePinia(createPinia())
})

/** As when the page is opened again. */
function reload() {
  dispatchEvent(new Event('pagehide'))
  setActivePinia(createPinia())
  return useDrafts()
}

describe('a draft', () => {
  it('survives a reload, each for its own conversation', () => {
    const drafts = useDrafts()
    drafts.set('1', 'for one')
    drafts.set('2', 'for two')
    drafts.set('2', '')
    const later = reload()
    expect(later.get('1')).toBe('for one')
    expect(later.get('2')).toBe('')
  })

  it('is gone when somebody has signed out', async () => {
    const drafts = useDrafts()
    drafts.set('1', 'private')
    session.state = 'signed-out'
    await nextTick()
    expect(drafts.get('1')).toBe('')
    expect(localStorage.getItem('happychat.drafts')).toBeNull()
  })

  it.each(['nonsense', '[]', '{"1":{"toString":1}}', 'null'])(
    'is not lost to what else may be stored: %s',
    (stored) => {
      localStorage.setItem('happychat.drafts', stored)
      expect(useDrafts().get('1')).toBe('')
    },
  )
})
