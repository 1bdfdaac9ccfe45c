// How built-in stickers are found: by emoji that say nearly the same, and by words of both languages.
import { type BuiltinKey, builtinKeys, builtins } from '@/i18n/stickers'

const also: Record<BuiltinKey, readonly [emoji: string, words: string]> = {
  hello: ['🖐✋🙋', 'hi wave bye 嗨 招手 再见 拜拜'],
  thanks: ['💐', 'thanks please 感谢 拜托'],
  laugh: ['🤣😆😄😁😃😀', 'haha lol funny 哈哈 笑哭'],
  love: ['❤😘🥰💕💖💗😻', 'heart kiss 爱心 喜欢 么么'],
  hug: ['🫂', 'comfort 拥抱 安慰'],
  'thumbs-up': ['💪', 'good yes like 赞 厉害 加油'],
  ok: ['✅🆗', 'okay fine 没问题 收到'],
  clap: ['🙌', 'bravo 拍手 太好了'],
  party: ['🥳🎊✨🎆', 'hooray congratulations 恭喜 撒花'],
  birthday: ['🍰🎁🎈', 'cake 蛋糕'],
  wow: ['😲😱🤯😯', 'surprise 惊讶 震惊'],
  cool: ['🕶', 'sunglasses 墨镜 帅'],
  think: ['🧐❓', 'hmm question 思考 疑问'],
  shy: ['☺🙂😳🫣', 'smile blush 微笑 脸红'],
  sorry: ['😓😣🥺', 'apology 抱歉 道歉'],
  cry: ['😢🥲', 'tears 哭 流泪'],
  sad: ['😔😞🙁☹💔', 'rain down 下雨 伤心 失落'],
  angry: ['😠🤬💢😤', 'mad 愤怒 哼'],
  tired: ['😩😫😮‍💨', 'yawn exhausted 困 哈欠'],
  sleep: ['💤😪🛌', 'nap zzz 睡觉'],
  'good-night': ['🌃🌛🌝⭐', 'moon 月亮'],
  coffee: ['🍵🧋', 'tea break 早安 喝茶 早上好'],
  'on-my-way': ['🏃‍♀️🏃‍♂️🚗🚌💨', 'coming soon 马上到 出发'],
  lucky: ['🍀🧨🏮', 'red packet new year 红包 新年 好运'],
}

/** An emoji without its tone and its form. */
export const plainEmoji = (text: string) => text.replace(/[\u{1F3FB}-\u{1F3FF}\uFE0F]/gu, '').trim()

const parts = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)

/** Those that say what an emoji says: first the one that says just that. */
export function builtinsFor(emoji: string): BuiltinKey[] {
  const wanted = plainEmoji(emoji)
  const same = builtinKeys.filter((key) => plainEmoji(builtins[key].emoji) === wanted)
  const like = builtinKeys.filter((key) => parts(also[key][0]).map(plainEmoji).includes(wanted))
  return [...new Set([...same, ...like])]
}

export function builtinMatches(key: BuiltinKey, query: string): boolean {
  const { name, emoji } = builtins[key]
  return [key, name.en, name['zh-CN'], emoji, ...also[key]].some((text) => text.toLowerCase().includes(query))
}
