import { writeFileSync } from 'node:fs'
import { type Driver, DriverError, type Element as Found } from './driver.ts'
import type { Finder, State, Step } from './find.ts'
import { chord, type KeyAction, typed } from './keys.ts'
import { type FilePayload, Scope, WebKitLocator } from './locator.ts'

/** What a page of WebKit is told from outside of it, besides being driven (window.py). */
type Message = { dark: boolean } | { still: boolean } | { size: [number, number] }

declare const window: Window & {
  finder: Finder
  webkit: { messageHandlers: { happy: { postMessage(message: Message): void } } }
}

/** What passes by itself while somebody waits for the screen. */
const passing = new Set([
  'element click intercepted',
  'element not interactable',
  'javascript error',
  'move target out of bounds',
  'no such element',
  'not yet',
  'stale element reference',
])

/** A window of WebKit: the part of Playwright's Page that the core specs use. */
export class WebKitPage extends Scope {
  private readonly driver: Driver
  private readonly window: string
  private readonly origin: string
  private address = ''

  constructor(driver: Driver, window: string, origin: string) {
    super()
    this.driver = driver
    this.window = window
    this.origin = origin
  }

  protected narrow(step: Step) {
    return new WebKitLocator(this, [step])
  }

  // ── Going places ───────────────────────────────────────────────────────────

  async goto(path: string) {
    await this.command('POST', '/url', { url: new URL(path, this.origin).href })
    await this.where()
  }

  async reload() {
    await this.command('POST', '/refresh')
  }

  async goBack() {
    await this.command('POST', '/back')
  }

  /** Where it was when it was last looked at. */
  url() {
    return this.address
  }

  /** Where it is now. */
  async where() {
    this.address = await this.command<string>('GET', '/url')
    return this.address
  }

  title() {
    return this.command<string>('GET', '/title')
  }

  bringToFront() {
    return this.driver.present(this.window)
  }

  async close() {
    await this.command('DELETE', '/window')
  }

  // ── Looking and running ────────────────────────────────────────────────────

  command<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) {
    return this.driver.command<T>(this.window, method, path, body)
  }

  /** Runs a function in the page and waits for what it promises. Elements may be arguments, but not inside others. */
  run<R>(run: (...args: never[]) => unknown, args: unknown[]): Promise<R> {
    return this.execute<R>(`(${run})(...args)`, args)
  }

  /** The same with everything that is found as its first argument. */
  runOnAll<R>(steps: readonly Step[], run: (...args: never[]) => unknown, argument: unknown): Promise<R> {
    return this.execute<R>(`(${run})(finder.find(args[0]).elements, args[1])`, [steps, argument])
  }

  private async execute<R>(expression: string, args: unknown[]): Promise<R> {
    const { value, error } = await this.command<{ value: R; error?: string }>('POST', '/execute/async', {
      script: `const args = [...arguments], done = args.pop();
        Promise.resolve().then(() => ${expression}).then(
          (value) => done({ value }),
          (error) => done({ error: String(error) + '\\n' + (error?.stack ?? '') }),
        )`,
      args: args.map((argument) => argument ?? null),
    })
    if (error) throw new Error(error)
    return value
  }

  evaluate<R, A = undefined>(run: ((argument: A) => R | Promise<R>) | string, argument?: A): Promise<R> {
    if (typeof run === 'string') return this.command<R>('POST', '/execute/sync', { script: run, args: [] })
    return this.run<R>(run, [argument])
  }

  async find(steps: readonly Step[]): Promise<Found[]> {
    const { elements, url } = await this.command<{ elements: Found[]; url: string }>(
      'POST',
      '/execute/sync',
      {
        script: 'return finder.find(arguments[0])',
        args: [steps],
      },
    )
    this.address = url
    return elements
  }

  async states(steps: readonly Step[]): Promise<State[]> {
    const { states, url } = await this.command<{ states: State[]; url: string }>('POST', '/execute/sync', {
      script:
        'const { elements, url } = finder.find(arguments[0]); return { states: elements.map(finder.state), url }',
      args: [steps],
    })
    this.address = url
    return states
  }

  state = (found: Found) => this.run<State>((e: Element) => window.finder.state(e), [found])

  ready(steps: readonly Step[]) {
    return this.run<{ elements: Found[]; ready: boolean }>((s: Step[]) => window.finder.ready(s), [steps])
  }

  /** Tries until it works, or until patience ends. */
  async retry<R>(what: string, timeout = 15_000, attempt: () => Promise<R>): Promise<R> {
    const end = Date.now() + timeout
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof DriverError) || !passing.has(error.code)) throw error
        if (Date.now() > end) throw new Error(`${what}: ${error.message}`, { cause: error })
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  // ── Acting ─────────────────────────────────────────────────────────────────

  readonly keyboard = {
    press: (keys: string) => this.keys(chord(keys)),
    type: (text: string) => this.keys(typed(text)),
    insertText: (text: string) =>
      this.run<void>((text: string) => void document.execCommand('insertText', false, text), [text]),
  }

  async keys(actions: KeyAction[]) {
    await this.command('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
  }

  /** Moves the mouse to the middle of something, and presses a button there if one is named. */
  async mouse(found: Found, button?: number) {
    const actions: object[] = [{ type: 'pointerMove', x: 0, y: 0, origin: found }]
    if (button !== undefined) actions.push({ type: 'pointerDown', button }, { type: 'pointerUp', button })
    await this.command('POST', '/actions', { actions: [{ type: 'pointer', id: 'mouse', actions }] })
  }

  async putFiles(found: Found, files: FilePayload[]) {
    const contents = files.map(({ name, mimeType, buffer }) => ({
      name,
      mimeType,
      body: buffer.toString('base64'),
    }))
    await this.run<void>(
      (field: HTMLInputElement, files: { name: string; mimeType: string; body: string }[]) => {
        const data = new DataTransfer()
        for (const { name, mimeType, body } of files) {
          const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0))
          data.items.add(new File([bytes], name, { type: mimeType }))
        }
        field.files = data.files
        for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }))
      },
      [found, contents],
    )
  }

  /** The next file dialog that the page opens: it is not shown, and files are put into the field behind it. */
  async waitForEvent(event: 'filechooser') {
    if (event !== 'filechooser') throw new Error(`WebKit's adapter does not wait for ${event as string}`)
    const field = new WebKitLocator(this, [{ by: 'css', css: '[data-chosen-by-test]' }])
    await this.run<void>(() => {
      const { click } = HTMLInputElement.prototype
      HTMLInputElement.prototype.click = function () {
        if (this.type !== 'file') return click.call(this)
        HTMLInputElement.prototype.click = click
        this.setAttribute('data-chosen-by-test', '')
      }
    }, [])
    await field.waitFor({ state: 'attached' })
    return {
      setFiles: async (files: FilePayload | FilePayload[]) => {
        await field.setInputFiles(files)
        await field.evaluate((e) => e.removeAttribute('data-chosen-by-test'))
      },
    }
  }

  // ── The window ─────────────────────────────────────────────────────────────

  private async tell(message: Message, until: (message: never) => boolean) {
    await this.run<void>((m: Message) => window.webkit.messageHandlers.happy.postMessage(m), [message])
    await this.retry(JSON.stringify(message), undefined, async () => {
      if (!(await this.run<boolean>(until, [message]))) throw new DriverError('not yet', 'changed')
    })
  }

  async emulateMedia(o: { colorScheme?: 'light' | 'dark'; reducedMotion?: 'reduce' | 'no-preference' }) {
    if (o.colorScheme) {
      const dark = (m: { dark: boolean }) => matchMedia('(prefers-color-scheme: dark)').matches === m.dark
      await this.tell({ dark: o.colorScheme === 'dark' }, dark)
    }
    if (o.reducedMotion) {
      const still = (m: { still: boolean }) => matchMedia('(prefers-reduced-motion)').matches === m.still
      await this.tell({ still: o.reducedMotion === 'reduce' }, still)
    }
  }

  async setViewportSize({ width, height }: { width: number; height: number }) {
    await this.tell({ size: [width, height] }, (m: { size: [number, number] }) => innerWidth === m.size[0])
  }

  async screenshot(o: { path?: string } = {}) {
    return this.picture('/screenshot', o.path)
  }

  async picture(path: string, file?: string) {
    const bytes = Buffer.from(await this.command<string>('GET', path), 'base64')
    if (file) writeFileSync(file, bytes)
    return bytes
  }
}
