import { readFileSync } from 'node:fs'
import { locale } from './paths.ts'

export type Language = 'en' | 'zh-CN'

interface Messages {
  [key: string]: string | Messages
}

const loaded = new Map<Language, Messages>()

/** The words that the app shows in a language: what is tested is what is read. */
export function words(language: Language) {
  const messages = loaded.get(language) ?? (JSON.parse(readFileSync(locale(language), 'utf8')) as Messages)
  loaded.set(language, messages)
  return (key: string, values: Record<string, string | number> = {}): string => {
    let found: string | Messages | undefined = messages
    for (const part of key.split('.')) found = typeof found === 'object' ? found[part] : undefined
    if (typeof found !== 'string') throw new Error(`${language} has no words for ${key}`)
    const forms = found.split(' | ')
    const form = forms.length > 1 && values['n'] !== 1 ? forms[1]! : forms[0]!
    return form.replace(/\{'([^']*)'\}|\{(\w+)\}/g, (_, literal: string | undefined, name: string) =>
      literal === undefined ? String(values[name]) : literal,
    )
  }
}
