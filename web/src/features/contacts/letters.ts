// The letter under which a name stands in the contacts: of a Chinese name the first of its pinyin.

// Each character is the first of its letter in pinyin order; I, U and V begin no syllable.
const letters = 'ABCDEFGHJKLMNOPQRSTWXYZ'
const firsts = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他屲夕丫帀'
const pinyin = new Intl.Collator('zh-CN')
const han = /^\p{Script=Han}/u

export function letterOf(name: string): string {
  if (han.test(name)) {
    let found = 0
    for (let i = 0; i < firsts.length; i++) {
      if (pinyin.compare(firsts.charAt(i), name.charAt(0)) <= 0) found = i
    }
    return letters.charAt(found)
  }
  const first = name.normalize('NFD').charAt(0).toLocaleUpperCase('en')
  return first >= 'A' && first <= 'Z' ? first : '#'
}

/** By letter, then as the collation has it; what begins with no letter comes last. */
export function compareNames(one: string, other: string): number {
  const [a, b] = [letterOf(one), letterOf(other)]
  if (a !== b) return a === '#' ? 1 : b === '#' ? -1 : a < b ? -1 : 1
  return pinyin.compare(one, other)
}
