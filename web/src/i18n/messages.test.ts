// @vitest-environment node
import { describe, expect, it } from 'vitest'
import en from './locales/en.json?raw'
import zh from './locales/zh-CN.json?raw'

// Read as text: imported as modules, they would already be compiled.
interface Tree {
  [key: string]: string | Tree
}

function flat(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key
    if (typeof value === 'string') found.set(here, value)
    else for (const [deeper, text] of flat(value, here)) found.set(deeper, text)
  }
  return found
}

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort()

const english = flat(JSON.parse(en) as Tree)
const chinese = flat(JSON.parse(zh) as Tree)

const code = Object.entries(
  import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).map(([path, text]) => ({ path, text }))

describe('messages', () => {
  it('are the same in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('have the same placeholders in both languages', () => {
    for (const [key, text] of english) expect(names(chinese.get(key) ?? ''), key).toEqual(names(text))
  })

  it('exist wherever one is asked for', () => {
    for (const { path, text } of code) {
      for (const [, key] of text.matchAll(/\bt\(\s*'([\w.]+)'/g))
        expect(english.has(key ?? ''), `${path}: ${key}`).toBe(true)
    }
  })

  it('are all used', () => {
    const all = code.map(({ text }) => text).join('\n')
    const unused = [...english.keys()].filter((key) => {
      const families = [key.replace(/[^.]+$/, ''), key.replace(/[^_]+$/, '')]
      return (
        !key.startsWith('problem.') &&
        !all.includes(`'${key}'`) &&
        !families.some((family) => all.includes(`\`${family}\${`))
      )
    })
    expect(unused).toEqual([])
  })

  it('blame nobody and shout at nobody', () => {
    for (const [key, text] of [...english, ...chinese]) expect(text, key).not.toMatch(/[!！]/)
  })
})
