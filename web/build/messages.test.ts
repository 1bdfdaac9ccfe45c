// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { compileMessages } from './messages'

describe('compiling messages', () => {
  it('leaves no text to be compiled in the browser', () => {
    const compiled = compileMessages({ a: 'Hello', b: { c: '{n} message | {n} messages' } })
    expect(compiled).toEqual({ a: expect.any(Object) as object, b: { c: expect.any(Object) as object } })
  })

  it('names the message that is wrong', () => {
    expect(() => compileMessages({ a: { b: 'Hello {name' } })).toThrow(/message a\.b/)
  })
})
