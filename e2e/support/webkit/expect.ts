import type { State } from './find.ts'
import { WebKitLocator } from './locator.ts'
import { WebKitPage } from './page.ts'

interface Patience {
  timeout?: number
}

const plain = (text: string) => text.replace(/\s+/g, ' ').trim()
const shown = (value: string | RegExp) =>
  typeof value === 'string' ? JSON.stringify(plain(value)) : String(value)
const contains = (text: string, wanted: string | RegExp) =>
  typeof wanted === 'string' ? plain(text).includes(plain(wanted)) : wanted.test(plain(text))
const equals = (text: string, wanted: string | RegExp) =>
  typeof wanted === 'string' ? plain(text) === plain(wanted) : wanted.test(plain(text))

/** What somebody sees now, in words, and whether it is what was expected. */
type Look = () => Promise<{ pass: boolean; seen: string }>

/**
 * Playwright's matchers for WebKit's pages and locators: each looks again until
 * the screen is as expected, or patience ends.
 */
class Expectation {
  private readonly subject: WebKitLocator | WebKitPage
  private readonly message: string | undefined
  private readonly wanted: boolean

  constructor(subject: WebKitLocator | WebKitPage, message?: string, wanted = true) {
    this.subject = subject
    this.message = message
    this.wanted = wanted
  }

  get not() {
    return new Expectation(this.subject, this.message, !this.wanted)
  }

  private async until(what: string, look: Look, { timeout = 15_000 }: Patience = {}) {
    const page = this.subject instanceof WebKitPage ? this.subject : this.subject.page()
    const end = Date.now() + timeout
    let seen = 'nothing'
    while (true) {
      // A page that is being replaced cannot be looked at for a moment.
      const now = await page.retry('looking', Math.max(0, end - Date.now()), look)
      if (now.pass === this.wanted) return
      seen = now.seen
      if (Date.now() > end) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const subject = this.subject instanceof WebKitPage ? 'the page' : `${this.subject}`
    throw new Error(
      `${this.message ? `${this.message}\n` : ''}WebKit: ${subject}\nshould ${this.wanted ? '' : 'not '}${what}\nseen: ${seen}`,
    )
  }

  /** Looks at the one element that is meant; absent is what there is without any. */
  private one(what: string, absent: boolean | undefined, pass: (state: State) => boolean, o?: Patience) {
    return this.until(
      what,
      async () => {
        const states = await (this.subject as WebKitLocator).states()
        if (states.length > 1) throw new Error(`${this.subject} means ${states.length} things`)
        const state = states[0]
        // Without an element, neither a thing nor its contrary holds, except for being there.
        if (!state) return { pass: absent ?? !this.wanted, seen: 'nothing there' }
        return { pass: pass(state), seen: JSON.stringify(state) }
      },
      o,
    )
  }

  toBeVisible = (o?: Patience) => this.one('be visible', false, (s) => s.visible, o)
  toBeHidden = (o?: Patience) => this.one('be hidden', true, (s) => !s.visible, o)
  toBeAttached = (o?: Patience) => this.one('be attached', false, (s) => s.attached, o)
  toBeEnabled = (o?: Patience) => this.one('be enabled', undefined, (s) => s.enabled, o)
  toBeDisabled = (o?: Patience) => this.one('be disabled', undefined, (s) => !s.enabled, o)
  toBeChecked = (o?: Patience) => this.one('be checked', undefined, (s) => s.checked, o)
  toBeFocused = (o?: Patience) => this.one('be focused', undefined, (s) => s.focused, o)
  toHaveValue = (value: string | RegExp, o?: Patience) =>
    this.one(`have the value ${shown(value)}`, undefined, (s) => equals(s.value, value), o)
  toHaveText = (text: string | RegExp, o?: Patience) =>
    this.one(`have the text ${shown(text)}`, undefined, (s) => equals(s.text, text), o)
  toContainText = (text: string | RegExp, o?: Patience) =>
    this.one(`contain the text ${shown(text)}`, undefined, (s) => contains(s.text, text), o)

  toHaveCount = (count: number, o?: Patience) =>
    this.until(
      `be ${count}`,
      async () => {
        const n = await (this.subject as WebKitLocator).count()
        return { pass: n === count, seen: String(n) }
      },
      o,
    )

  toHaveAttribute = (name: string, value: string | RegExp, o?: Patience) =>
    this.until(
      `have ${name} ${shown(value)}`,
      async () => {
        const found = await (this.subject as WebKitLocator).evaluateAll(
          (elements, name) => elements.map((e) => e.getAttribute(name)),
          name,
        )
        return {
          pass: found.length === 1 && found[0] !== null && equals(found[0]!, value),
          seen: JSON.stringify(found),
        }
      },
      o,
    )

  toHaveTitle = (title: string | RegExp, o?: Patience) =>
    this.until(
      `have the title ${shown(title)}`,
      async () => {
        const seen = await (this.subject as WebKitPage).title()
        return { pass: equals(seen, title), seen }
      },
      o,
    )

  toHaveURL = (url: string | RegExp, o?: Patience) =>
    this.until(
      `be at ${shown(url)}`,
      async () => {
        const seen = await (this.subject as WebKitPage).where()
        return { pass: equals(seen, url), seen }
      },
      o,
    )
}

/** Playwright's expect, which also understands what WebKit's adapter offers. */
export function withWebKit<E extends (...args: never[]) => unknown>(expect: E): E {
  return new Proxy(expect, {
    apply(target, self, [subject, message]: [unknown, (string | { message?: string })?]) {
      if (!(subject instanceof WebKitLocator || subject instanceof WebKitPage)) {
        return Reflect.apply(target, self, [subject, message]) as unknown
      }
      return new Expectation(subject, typeof message === 'object' ? message.message : message)
    },
  })
}
