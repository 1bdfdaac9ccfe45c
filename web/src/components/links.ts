// Finds the links in what somebody wrote. One pass without regular expressions over user text, so that no input
// is slow; only http, https and mailto ever become a link.

export interface Piece {
  text: string
  href?: string
  /** Continues a heap of combining marks; an element without text has to stand before it. */
  heap?: true
}

/** No script piles more marks on a letter; browsers need quadratic time to shape such heaps, unless they are cut. */
const mostMarks = 32
const mark = /^\p{M}/u

/** More than a person reads are left as text: parsing and laying out thousands is slow. */
const most = 200
const longest = 2048
const prefixes = ['https://', 'http://', 'mailto:', 'www.']

export function pieces(body: string): Piece[] {
  const found: Piece[] = []
  let plainFrom = 0
  let tries = 0
  for (let at = 0; at < body.length && tries < most; at++) {
    const prefix = prefixAt(body, at)
    if (!prefix) continue
    tries++
    const scanned = scan(body, at, prefix.length)
    const end = trimmed(body, at + prefix.length, scanned)
    const href = end > at + prefix.length ? address(body.slice(at, end), prefix) : undefined
    if (href) {
      pushPlain(found, body.slice(plainFrom, at))
      found.push({ text: body.slice(at, end), href })
      plainFrom = end
      at = end - 1
    } else {
      // What was looked at once is never looked at again.
      at = Math.max(at, scanned - 1)
    }
  }
  pushPlain(found, body.slice(plainFrom))
  return found
}

function pushPlain(found: Piece[], text: string) {
  let from = 0
  let marks = 0
  for (let at = 0; at < text.length; at++) {
    marks = isMark(text, at) ? marks + 1 : 0
    if (marks <= mostMarks) continue
    found.push(piece(text.slice(from, at), from))
    from = at
    marks = 1
  }
  if (from < text.length) found.push(piece(text.slice(from), from))
}

function isMark(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  // Most text is ruled out without asking for the property: ASCII, Latin, Chinese, Korean, surrogates.
  if (code < 0x300 || (code >= 0x3100 && code < 0xa66f) || (code >= 0xac00 && code < 0xfb1e)) return false
  return mark.test(text.charAt(at))
}

function piece(text: string, from: number): Piece {
  return from ? { text, heap: true } : { text }
}

function prefixAt(body: string, at: number): string | undefined {
  const first = body.charCodeAt(at) | 32
  if (first !== 0x68 && first !== 0x6d && first !== 0x77) return
  if (at > 0 && isAsciiWord(body.charCodeAt(at - 1))) return
  return prefixes.find((prefix) => body.slice(at, at + prefix.length).toLowerCase() === prefix)
}

function isAsciiWord(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
  )
}

/** Where the address ends at the latest. */
function scan(body: string, from: number, prefixLength: number): number {
  let at = from + prefixLength
  // Chinese text follows an address without a space; only a host that is itself not Latin may hold such letters.
  const latin = body.charCodeAt(at) < 128
  while (at < body.length) {
    const code = body.charCodeAt(at)
    if (endsAddress(code) || (latin && isEastAsian(code))) break
    at++
  }
  return at
}

function endsAddress(code: number): boolean {
  return (
    code <= 0x20 ||
    code === 0x22 || // "
    code === 0x3c || // <
    code === 0x3e || // >
    code === 0x60 || // `
    (code >= 0x7f && code <= 0xa0) ||
    (code >= 0x2000 && code <= 0x206f) || // spaces, quotation marks, what turns the direction of text
    code === 0xfeff ||
    (code >= 0x3000 && code <= 0x303f) || // 、。「」
    (code >= 0xff00 && code <= 0xff65) // ，！？（）
  )
}

function isEastAsian(code: number): boolean {
  return (
    (code >= 0x2e80 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xd840 && code <= 0xd8bf)
  )
}

/** Leaves out the punctuation of the sentence around the address, but keeps brackets that the address opened. */
function trimmed(body: string, from: number, to: number): number {
  let round = 0
  let square = 0
  for (let at = from; at < to; at++) {
    const char = body[at]
    if (char === '(') round++
    else if (char === ')') round--
    else if (char === '[') square++
    else if (char === ']') square--
  }
  let end = to
  while (end > from) {
    const char = body[end - 1] ?? ''
    if (char === ')' && round < 0) round++
    else if (char === ']' && square < 0) square++
    else if (!".,:;!?'*_~".includes(char)) break
    end--
  }
  return end
}

function address(text: string, prefix: string): string | undefined {
  if (text.length > longest) return
  try {
    const url = new URL(prefix === 'www.' ? `https://${text}` : text)
    if (url.protocol === 'mailto:') return url.pathname.includes('@') ? url.href : undefined
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return
    if (prefix === 'www.' && !url.hostname.slice(4).includes('.')) return
    return url.hostname ? url.href : undefined
  } catch {
    return
  }
}
