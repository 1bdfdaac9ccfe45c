import { beforeEach, describe, expect, it } from 'vitest'
import { useLanguage } from './index'
import { problemText } from './problem'

const problem = (code: string, more = {}) => ({ code, detail: 'The server says so.', status: 400, ...more })

describe('what went wrong', () => {
  beforeEach(() => useLanguage('zh-CN'))

  it('is said in the language of the interface when the code is known', () => {
    expect(problemText(problem('session.bad_credentials'))).toBe('用户名或密码不正确。')
    expect(problemText(problem('network'))).toBe('连接不到服务器，请检查网络。')
  })

  it('is said in the server’s words when it is not', () => {
    expect(problemText(problem('something.new'))).toBe('The server says so.')
    // A branch of the words is no sentence.
    expect(problemText(problem('session'))).toBe('The server says so.')
    expect(problemText(problem('constructor'))).toBe('The server says so.')
  })

  it('is never nothing', () => {
    expect(problemText(problem('something.new', { detail: '' }))).toBe('出了点问题，请重试。')
  })

  it('says how long to wait', () => {
    expect(problemText(problem('x', { status: 429, retryAfter: 30 }))).toBe('尝试次数过多，请等待 30 秒。')
    expect(problemText(problem('x', { status: 429, retryAfter: 600 }))).toBe('尝试次数过多，请等待 10 分钟。')
  })
})
