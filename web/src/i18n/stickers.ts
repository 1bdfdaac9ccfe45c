// The built-in stickers: what they say, and what they are called in both languages.
import type { Language } from './language'

export interface Builtin {
  emoji: string
  name: Record<Language, string>
}

const one = (emoji: string, en: string, zh: string): Builtin => ({ emoji, name: { en, 'zh-CN': zh } })

/** In the order of the pack. */
export const builtins = {
  hello: one('👋', 'hello', '你好'),
  thanks: one('🙏', 'thank you', '谢谢'),
  laugh: one('😂', 'laughing', '大笑'),
  love: one('😍', 'love', '爱了'),
  hug: one('🤗', 'hug', '抱抱'),
  'thumbs-up': one('👍', 'well done', '真棒'),
  ok: one('👌', 'all right', '好的'),
  clap: one('👏', 'applause', '鼓掌'),
  party: one('🎉', 'party time', '庆祝'),
  birthday: one('🎂', 'happy birthday', '生日快乐'),
  wow: one('😮', 'wow', '哇'),
  cool: one('😎', 'cool', '酷'),
  think: one('🤔', 'thinking', '想一想'),
  shy: one('😊', 'shy', '害羞'),
  sorry: one('🙇', 'sorry', '对不起'),
  cry: one('😭', 'crying', '大哭'),
  sad: one('🌧️', 'sad', '难过'),
  angry: one('😡', 'angry', '生气'),
  tired: one('🥱', 'tired', '累了'),
  sleep: one('😴', 'sleeping', '睡着了'),
  'good-night': one('🌙', 'good night', '晚安'),
  coffee: one('☕', 'coffee time', '喝杯咖啡'),
  'on-my-way': one('🏃', 'on my way', '在路上'),
  lucky: one('🧧', 'good luck', '恭喜发财'),
} satisfies Record<string, Builtin>

export type BuiltinKey = keyof typeof builtins
export const builtinKeys = Object.keys(builtins) as BuiltinKey[]

/** Undefined: a newer server knows it. */
export function builtinOf(key: string | undefined): Builtin | undefined {
  return key !== undefined && Object.hasOwn(builtins, key) ? builtins[key as BuiltinKey] : undefined
}
