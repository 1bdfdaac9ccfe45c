// Compiles the message files of src/i18n/locales while bundling, so that the browser needs no message
// compiler, and no code is made from strings.
import { baseCompile } from '@intlify/message-compiler'
import type { Plugin } from 'vite'

export interface Messages {
  [key: string]: string | Messages
}

export function compileMessages(messages: Messages, path = ''): unknown {
  return Object.fromEntries(
    Object.entries(messages).map(([key, value]) => {
      const here = path ? `${path}.${key}` : key
      return [key, typeof value === 'string' ? compileMessage(value, here) : compileMessages(value, here)]
    }),
  )
}

function compileMessage(message: string, path: string): unknown {
  const { ast } = baseCompile(message, {
    jit: true,
    minify: true,
    location: false,
    onError(error) {
      throw new Error(`message ${path}: ${error.message}`)
    },
  })
  return ast
}

export function messages(): Plugin {
  return {
    name: 'happychat:messages',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/i18n\/locales\/[^/]+\.json$/.test(id)) return
      const compiled = compileMessages(JSON.parse(code) as Messages)
      return { code: JSON.stringify(compiled), map: null }
    },
  }
}
