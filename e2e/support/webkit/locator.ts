import { DriverError, type Element as Found, idOf } from './driver.ts'
import type { State, Step, Words } from './find.ts'
import { chord, typed } from './keys.ts'
import type { WebKitPage } from './page.ts'

type Pattern = string | RegExp
interface Exactly {
  exact?: boolean
}

export const words = (pattern: Pattern, exact = false): Words =>
  typeof pattern === 'string'
    ? { text: pattern, exact }
    : { pattern: pattern.source, flags: pattern.flags.replace('g', '') }

/** How things are named, by a page and inside a locator alike. */
export abstract class Scope {
  protected abstract narrow(step: Step): WebKitLocator

  locator(css: string, o: { hasText?: Pattern } = {}) {
    const found = this.narrow({ by: 'css', css })
    return o.hasText === undefined ? found : found.filter({ hasText: o.hasText })
  }

  getByRole(role: string, { name, exact, level }: Exactly & { name?: Pattern; level?: number } = {}) {
    return this.narrow({
      by: 'role',
      role,
      ...(name !== undefined && { name: words(name, exact) }),
      ...(level && { level }),
    })
  }

  getByLabel = (text: Pattern, o: Exactly = {}) => this.narrow({ by: 'label', words: words(text, o.exact) })
  getByText = (text: Pattern, o: Exactly = {}) => this.narrow({ by: 'text', words: words(text, o.exact) })
  getByTitle = (text: Pattern, o: Exactly = {}) => this.narrow({ by: 'title', words: words(text, o.exact) })
  getByAltText = (text: Pattern, o: Exactly = {}) => this.narrow({ by: 'alt', words: words(text, o.exact) })
  getByPlaceholder = (text: Pattern, o: Exactly = {}) =>
    this.narrow({ by: 'placeholder', words: words(text, o.exact) })
  getByTestId = (id: Pattern) => this.narrow({ by: 'testId', words: words(id, true) })
}

interface Patience {
  timeout?: number
}

/** Names something on the screen, to be looked up anew each time that it is used. */
export class WebKitLocator extends Scope {
  readonly owner: WebKitPage
  readonly steps: readonly Step[]

  constructor(owner: WebKitPage, steps: readonly Step[]) {
    super()
    this.owner = owner
    this.steps = steps
  }

  page() {
    return this.owner
  }

  protected narrow(step: Step) {
    return new WebKitLocator(this.owner, [...this.steps, step])
  }

  filter(o: {
    hasText?: Pattern
    has?: WebKitLocator
    hasNotText?: Pattern
    hasNot?: WebKitLocator
    visible?: true
  }) {
    const steps: Step[] = [...this.steps]
    const add = (not: boolean, text?: Pattern, inner?: WebKitLocator) => {
      if (text !== undefined) steps.push({ by: 'has', not, words: words(text) })
      if (inner) steps.push({ by: 'has', not, inside: [...inner.steps] })
    }
    add(false, o.hasText, o.has)
    add(true, o.hasNotText, o.hasNot)
    if (o.visible) steps.push({ by: 'visible' })
    return new WebKitLocator(this.owner, steps)
  }

  nth = (n: number) => this.narrow({ by: 'nth', n })
  first = () => this.nth(0)
  last = () => this.nth(-1)
  or = (other: WebKitLocator) => this.narrow({ by: 'or', other: [...other.steps] })

  toString() {
    return this.steps.map((step) => JSON.stringify(step)).join(' ')
  }

  // ── Looking ────────────────────────────────────────────────────────────────

  async all() {
    const found = await this.owner.find(this.steps)
    return found.map((_, n) => this.nth(n))
  }

  async count() {
    return (await this.owner.find(this.steps)).length
  }

  /** The states of everything that is meant, now. */
  states(): Promise<State[]> {
    return this.owner.states(this.steps)
  }

  async isVisible() {
    return (await this.states())[0]?.visible ?? false
  }

  async isChecked() {
    return this.whenThere((found) => this.owner.state(found)).then((state) => state.checked)
  }

  textContent = () => this.evaluate((e) => e.textContent)
  innerText = () => this.evaluate((e) => (e as HTMLElement).innerText)
  inputValue = () => this.evaluate((e) => (e as HTMLInputElement).value)
  getAttribute = (name: string) => this.evaluate((e, name) => e.getAttribute(name), name)
  boundingBox = () => this.evaluate((e) => e.getBoundingClientRect().toJSON() as DOMRect)
  scrollIntoViewIfNeeded = () => this.evaluate((e) => e.scrollIntoView({ block: 'nearest' }))

  evaluate<R, A = undefined>(
    run: (element: Element, argument: A) => R | Promise<R>,
    argument?: A,
  ): Promise<R> {
    return this.whenThere((found) => this.owner.run<R>(run, [found, argument]))
  }

  evaluateAll<R, A = undefined>(
    run: (elements: Element[], argument: A) => R | Promise<R>,
    argument?: A,
  ): Promise<R> {
    return this.owner.runOnAll<R>(this.steps, run, argument)
  }

  async waitFor(o: Patience & { state?: 'attached' | 'detached' | 'visible' | 'hidden' } = {}) {
    const state = o.state ?? 'visible'
    await this.owner.retry(`${this} should be ${state}`, o.timeout, async () => {
      const [first] = await this.states()
      const seen = state === 'visible' || state === 'hidden' ? Boolean(first?.visible) : Boolean(first)
      if (seen !== (state === 'visible' || state === 'attached')) throw new DriverError('not yet', state)
    })
  }

  // ── Acting ─────────────────────────────────────────────────────────────────

  /** Does something with the one element that is meant, as soon as there is one. */
  private whenThere<R>(act: (found: Found) => Promise<R>, timeout?: number): Promise<R> {
    return this.owner.retry(`${this}`, timeout, async () => {
      return act(this.only(await this.owner.find(this.steps)))
    })
  }

  private only(found: Found[]) {
    if (found.length > 1) throw new Error(`${this} means ${found.length} things`)
    if (!found[0]) throw new DriverError('no such element', 'nothing there')
    return found[0]
  }

  /** The same, once it can be seen, takes input and has stopped moving. */
  private whenReady<R>(
    act: (found: Found) => Promise<R>,
    o: Patience & { force?: boolean } = {},
  ): Promise<R> {
    if (o.force) return this.whenThere(act, o.timeout)
    return this.owner.retry(`${this}`, o.timeout, async () => {
      const { elements, ready } = await this.owner.ready(this.steps)
      const found = this.only(elements)
      if (!ready) throw new DriverError('element not interactable', 'hidden, disabled or moving')
      return act(found)
    })
  }

  async click(o: Patience & { button?: 'left' | 'right'; force?: boolean } = {}) {
    await this.whenReady((found) => {
      // By force: also what only a screen reader can see.
      if (o.force) return this.owner.run<void>((e: HTMLElement) => e.click(), [found])
      if (o.button === 'right') return this.owner.mouse(found, 2)
      return this.owner.command('POST', `/element/${idOf(found)}/click`)
    }, o)
  }

  hover = (o: Patience = {}) => this.whenReady((found) => this.owner.mouse(found), o)
  focus = () => this.evaluate((e) => (e as HTMLElement).focus())
  blur = () => this.evaluate((e) => (e as HTMLElement).blur())

  async setChecked(checked: boolean, o: Patience & { force?: boolean } = {}) {
    if ((await this.isChecked()) === checked) return
    await this.click(o)
    await this.owner.retry(`${this} should be ${checked ? '' : 'un'}checked`, o.timeout, async () => {
      if ((await this.isChecked()) !== checked) throw new DriverError('not yet', 'checked')
    })
  }
  check = (o: Patience & { force?: boolean } = {}) => this.setChecked(true, o)
  uncheck = (o: Patience & { force?: boolean } = {}) => this.setChecked(false, o)

  /** Replaces what stands in a field, as somebody does who selects it all and pastes: WebDriver's keys drop emoji. */
  async fill(text: string, o: Patience = {}) {
    await this.whenReady(
      (found) =>
        this.owner.run<void>(
          (field: HTMLInputElement, text: string) => {
            field.focus()
            if (/^(date|time|month|week|datetime-local|color|range)$/.test(field.type)) {
              const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!
              set!.call(field, text)
              for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }))
              return
            }
            if (field.isContentEditable) getSelection()?.selectAllChildren(field)
            else field.select()
            if (text) document.execCommand('insertText', false, text)
            else document.execCommand('delete')
          },
          [found, text],
        ),
      o,
    )
  }
  clear = () => this.fill('')

  async selectOption(value: string) {
    await this.whenReady((found) =>
      this.owner.run<void>(
        (field: HTMLSelectElement, value: string) => {
          field.value = value
          for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }))
        },
        [found, value],
      ),
    )
  }

  async press(keys: string) {
    await this.focus()
    await this.owner.keys(chord(keys))
  }

  async pressSequentially(text: string) {
    await this.focus()
    await this.owner.keys(typed(text))
  }

  async setInputFiles(files: FilePayload | FilePayload[]) {
    await this.whenThere((found) => this.owner.putFiles(found, [files].flat()))
  }

  async screenshot(o: { path?: string } = {}) {
    return this.whenReady((found) => this.owner.picture(`/element/${idOf(found)}/screenshot`, o.path))
  }
}

export interface FilePayload {
  name: string
  mimeType: string
  buffer: Buffer
}
