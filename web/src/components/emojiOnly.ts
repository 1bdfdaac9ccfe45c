// Messages that are nothing but a few emoji are shown large.

/** More of them are a text like any other. */
const most = 5

const tone = '\\p{Emoji_Modifier}'
const picture = `(?:(?!\\p{Regional_Indicator})\\p{Emoji_Presentation}|\\p{Extended_Pictographic}(?=[\\uFE0F\\u200D]|${tone}))(?:\\uFE0F|${tone})?`
/** What may follow a joiner: also signs that alone would be letters. */
const part = `\\p{Extended_Pictographic}(?:\\uFE0F|${tone})?`
const flag = '\\p{Regional_Indicator}{2}'
const key = '[0-9#*]\\uFE0F?\\u20E3'
/** Flags of regions are spelled out behind a black flag. */
const tags = '[\\u{E0020}-\\u{E007F}]*'
const one = `(?:${flag}|${key}|${picture}${tags}(?:\\u200D${part})*)`
const only = new RegExp(`^\\s*(?:${one}\\s*){1,${most}}$`, 'u')
const each = new RegExp(one, 'gu')

/** How many emoji a text is made of, if of nothing else and of few; otherwise 0. */
export function emojiOnly(text: string): number {
  // The longest emoji has some thirty units; nothing is gained by looking at long texts.
  if (text.length > most * 40 || !only.test(text)) return 0
  return text.match(each)?.length ?? 0
}
