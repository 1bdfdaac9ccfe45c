// The words of notifications, in both languages: of all words of the app only those.
import {
  compile,
  createCoreContext,
  registerMessageCompiler,
  registerMessageResolver,
  resolveValue,
  translate,
} from '@intlify/core-base'
import type { Language } from '@/i18n/language'
import * as english from '@/i18n/locales/en.json'
import * as chinese from '@/i18n/locales/zh-CN.json'
import type { Words } from '@/i18n/words'

registerMessageCompiler(compile)
registerMessageResolver(resolveValue)

// Named one by one, so that the others are left out of the worker.
const messages = {
  en: {
    attachment: english.attachment,
    news: english.news,
    notice: english.notice,
    sticker: english.sticker,
  },
  'zh-CN': {
    attachment: chinese.attachment,
    news: chinese.news,
    notice: chinese.notice,
    sticker: chinese.sticker,
  },
}

export function words(language: Language): Words {
  const context = createCoreContext({
    locale: language as string,
    messages: messages as never,
    missingWarn: false,
    fallbackWarn: false,
  })
  // Its own types follow every key through every message.
  const say = translate as (of: typeof context, ...words: unknown[]) => unknown
  return {
    language,
    t: (key, named = {}, plural) =>
      String(say(context, key, named, ...(plural === undefined ? [] : [{ plural }]))),
  }
}
