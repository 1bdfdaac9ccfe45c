// @vitest-environment node
import { expect, it } from 'vitest'
import { piece } from './pieces'

const imports: Record<string, string[]> = {
  '/src/main.ts': ['/src/button.ts'],
  '/src/app/signed-out.ts': ['/src/button.ts', '/src/field.ts', '/src/sign-in.ts'],
  '/src/app/signed-in.ts': ['/src/field.ts', '/src/list.ts'],
  '/src/list.ts': ['/src/row.ts'],
  '/src/row.ts': ['/src/list.ts'],
  '/src/app/seldom.ts': ['/src/row.ts', '/src/own.ts'],
}
const info = (id: string) => ({
  importers: Object.keys(imports).filter((by) => imports[by]?.includes(id)),
})

it.each([
  ['/src/main.ts', 'app'],
  ['/src/button.ts', 'app'],
  ['/src/field.ts', 'app'],
  ['/src/sign-in.ts', 'signed-out'],
  ['/src/list.ts', 'signed-in'],
  ['/src/row.ts', 'signed-in'],
  ['/src/own.ts', null],
])('%s is in the file %s', (module, file) => {
  expect(piece(module, info)).toBe(file)
})
