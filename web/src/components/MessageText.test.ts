import { describe, expect, it } from 'vitest'
import { show } from '@/testing/render'
import MessageText from './MessageText.vue'

describe('the text of a message', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'javascript:alert(1)',
    '<a href="javascript:alert(1)">x</a>',
    '{{ constructor.constructor("alert(1)")() }}',
    '@:app.name {name} | x',
    'two  spaces\n\n and a tab\t.',
    `e${'\u0301'.repeat(500)}`,
    '\u202eevil\u202c',
  ])('is text and nothing else: %s', async (body) => {
    const { container } = await show(MessageText, { props: { body } })
    expect(container.textContent).toBe(body)
    expect(container.querySelectorAll(':not(span, div, wbr)')).toHaveLength(0)
  })

  it('opens links in a window that knows nothing of ours', async () => {
    const { getByRole } = await show(MessageText, { props: { body: 'see https://example.org/a' } })
    const link = getByRole('link', { name: 'https://example.org/a' })
    expect(link.getAttribute('href')).toBe('https://example.org/a')
    expect(link.getAttribute('target')).toBe('_blank')
    expect(link.getAttribute('rel')).toContain('noopener')
    expect(link.getAttribute('rel')).toContain('noreferrer')
  })
})
