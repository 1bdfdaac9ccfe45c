// Finding by a few letters: those of the query appear in the text in their order, not necessarily side by side.
// Accents and case do not matter. Of all ways to match, the best counts: at the beginning, at the beginnings of words,
// side by side. Every Chinese character is a word, so any two of a name find it.

export interface Match {
  score: number
  /** Where the letters of the query stand, in code units of the text. */
  at: readonly number[]
}

/** Names are words of strangers: their beginning is enough. */
const LONGEST = 100
const BESIDE = 4
const WORD = 3
const START = 2
const GAP = -1

const folded = (letter: string) => letter.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase()

const letterOrDigit = /[\p{L}\p{N}]/u
const han = /\p{Script=Han}/u

/** The best match of the query, or null. An empty query matches nothing in particular, everywhere. */
export function fuzzy(query: string, text: string): Match | null {
  const wanted = [...query.replace(/\s+/g, '')].map(folded).filter(Boolean)
  if (wanted.length === 0) return { score: 0, at: [] }
  const letters: { folded: string; at: number; bonus: number }[] = []
  let at = 0
  let before = ''
  for (const letter of text.slice(0, LONGEST)) {
    const begins = !letterOrDigit.test(before) || han.test(letter) || han.test(before)
    letters.push({ folded: folded(letter), at, bonus: (begins ? WORD : 0) + (at === 0 ? START : 0) })
    at += letter.length
    before = letter
  }

  // best[j]: the score when the letter looked at now stands at j, and from where it came.
  let best: { score: number; path: readonly number[] }[] = []
  for (const [i, letter] of wanted.entries()) {
    const next: typeof best = []
    let reached: (typeof best)[number] | undefined
    for (const [j, candidate] of letters.entries()) {
      const beside = i > 0 ? best[j - 1] : undefined
      const jumped = i > 0 ? best[j - 2] : undefined
      if (jumped && (!reached || jumped.score > reached.score)) reached = jumped
      if (candidate.folded !== letter) continue
      const own = 1 + candidate.bonus
      if (i === 0) next[j] = { score: own, path: [candidate.at] }
      else {
        const near = beside ? beside.score + own + BESIDE : -Infinity
        const far = reached ? reached.score + own + GAP : -Infinity
        const from = near >= far ? beside : reached
        if (from) next[j] = { score: Math.max(near, far), path: [...from.path, candidate.at] }
      }
    }
    best = next
  }
  let found: (typeof best)[number] | undefined
  for (const one of best) if (one && (!found || one.score > found.score)) found = one
  // Of two that match alike, the one that is nearer to what was typed.
  return found ? { score: found.score - letters.length / LONGEST, at: found.path } : null
}
