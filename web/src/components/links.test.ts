import { describe, expect, it } from 'vitest'
import { pieces } from './links'

const links = (body: string) => pieces(body).filter((piece) => piece.href)
const hrefs = (body: string) => links(body).map((piece) => piece.href)

describe('links in messages', () => {
  it.each([
    ['see https://example.org/a?b=c#d now', 'https://example.org/a?b=c#d'],
    ['HTTP://EXAMPLE.ORG', 'http://example.org/'],
    ['www.example.org', 'https://www.example.org/'],
    ['mailto:li@example.org', 'mailto:li@example.org'],
    ['看https://example.org很好', 'https://example.org/'],
    ['（https://example.org/路）', 'https://example.org/'],
    ['https://例子.测试/路', 'https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF'],
    ['(see https://example.org/a_(b)).', 'https://example.org/a_(b)'],
    ['"https://example.org/x",', 'https://example.org/x'],
    ['https://example.org/x...', 'https://example.org/x'],
  ])('%s', (body, href) => {
    expect(hrefs(body)).toEqual([href])
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://example.org',
    'http://',
    'https://?',
    'mailto:',
    'mailto:nobody',
    'www.',
    'www.com',
    'xhttps://example.org',
    'https://[',
    'hello',
    '',
  ])('leaves %s as text', (body) => {
    expect(hrefs(body)).toEqual([])
  })

  it('ends an address where the direction of the text is turned', () => {
    expect(links('https://example.org/\u202egnp.exe').map((piece) => piece.text)).toEqual([
      'https://example.org/',
    ])
  })

  it('keeps every character as it was typed', () => {
    const bodies = [
      'a https://a.b c http://d.e.',
      ' \n\t',
      '😀 https://a.b😀',
      'www. http:// https://a.b',
      '\u0000\u202e',
    ]
    for (const body of bodies) {
      expect(
        pieces(body)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(body)
    }
  })

  it('cuts heaps of combining marks, and nothing else', () => {
    expect(pieces('e' + '\u0301'.repeat(100)).map((piece) => piece.heap)).toEqual([
      undefined,
      true,
      true,
      true,
    ])
    expect(pieces('Za\u0351l\u0346g\u0363o เนื้อที่ हिन्दी').length).toBe(1)
  })

  it.each([
    ['one long word', 'a'.repeat(100_000)],
    ['schemes without end', 'http://'.repeat(14_000)],
    ['many addresses', 'http://a.b '.repeat(9_000)],
    ['an address of brackets', 'http://a.b/' + '('.repeat(50_000) + ')'.repeat(50_000)],
    ['closing brackets', 'http://a.b/' + ')'.repeat(100_000)],
    ['trailing dots', ('http://' + '.'.repeat(90) + ' ').repeat(1_000)],
    ['almost schemes', 'hhhttps:/'.repeat(11_000)],
    ['invalid hosts', 'http://[ '.repeat(11_000)],
    ['combining marks', 'e' + '\u0301'.repeat(100_000)],
    ['surrogates cut in half', '\ud83d'.repeat(100_000)],
  ])('takes no time for 100 KB of %s', (_name, body) => {
    // The best of a few: what is measured is the work, not what else the machine does meanwhile.
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      pieces(body)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(50)
  })
})
