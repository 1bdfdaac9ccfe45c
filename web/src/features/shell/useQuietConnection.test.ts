import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, reactive } from 'vue'
import type { ConnectionState } from '@/stores/types'
import { useQuietConnection } from './useQuietConnection'

const connection = reactive({ state: 'online' as ConnectionState, since: 0, retryNow: vi.fn() })
vi.mock('@/stores/connection', () => ({ useConnection: () => connection }))

const become = (state: ConnectionState) => Object.assign(connection, { state, since: Date.now() })

describe('what is said about the connection', () => {
  const scope = effectScope()
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('is nothing for two seconds, then the truth until it is over', async () => {
    become('connecting')
    const { trouble, retry } = scope.run(() => useQuietConnection())!
    await vi.advanceTimersByTimeAsync(1900)
    expect(trouble.value).toBeNull()
    await vi.advanceTimersByTimeAsync(200)
    expect(trouble.value).toBe('connecting')
    become('offline')
    await vi.advanceTimersByTimeAsync(1)
    expect(trouble.value).toBe('offline')
    retry()
    expect(connection.retryNow).toHaveBeenCalledOnce()
    become('online')
    await vi.advanceTimersByTimeAsync(1)
    expect(trouble.value).toBeNull()

    // A short break is nobody's business.
    become('connecting')
    await vi.advanceTimersByTimeAsync(1500)
    become('online')
    await vi.advanceTimersByTimeAsync(5000)
    expect(trouble.value).toBeNull()
    scope.stop()
  })
})
