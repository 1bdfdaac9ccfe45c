import type { BrowserContext, Locator, Page } from '@playwright/test'
import type { Browsers, Engine } from './engines.ts'
import { expect } from './expect.ts'
import { linkIn, type Mailbox } from './mailbox.ts'
import { Relay } from './relay.ts'
import type { Server } from './server.ts'
import { WebKitContext } from './webkit/context.ts'
import { type Language, words } from './words.ts'

export const computer = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

export interface PersonOptions {
  language?: Language
  size?: { width: number; height: number }
  /** Shown name; the user name unless told. */
  name?: string
  /** Opens the app at the server's own address, as passkeys want it, and not through the cable. */
  atHome?: boolean
  /** The browser that they use; the project's own unless told. */
  engine?: Engine
}

interface SignedIn {
  account: { id: string }
}

// Firefox counts among the uncaught errors what it only tells its console: lost connections, and policies, of which
// the page hears by itself.
const hearsay = /^Content-Security-Policy: |connection to (the server at )?ws:\/\//
// For a picture of the screen, Playwright puts a style into the page, which the page's policy forbids in Firefox.
const taken = /^policy: style-src-elem forbids inline/

/** Somebody with a browser, a mailbox and a cable of their own. */
export class Person {
  readonly username: string
  readonly name: string
  readonly email: string
  password = 'a quiet harbour at night'
  readonly language: Language
  readonly size: { width: number; height: number }
  readonly t: ReturnType<typeof words>
  readonly relay: Relay
  readonly engine: Engine
  /** Where they open the app. */
  readonly origin: string
  readonly context: BrowserContext
  /** Their account, once they have one. */
  id = ''
  /** What went wrong in the pages: broken policies, uncaught errors, dialogs. Must stay empty. */
  readonly faults: string[]

  private opened: Page | undefined
  private readonly mailbox: Mailbox

  private constructor(
    username: string,
    context: BrowserContext,
    relay: Relay,
    mailbox: Mailbox,
    origin: string,
    o: PersonOptions,
    faults: string[],
  ) {
    this.engine = o.engine ?? 'chromium'
    this.origin = origin
    this.faults = faults
    this.username = username
    this.name = o.name ?? username
    this.email = `${username}@example.com`
    this.language = o.language ?? 'en'
    this.size = o.size ?? computer
    this.t = words(this.language)
    this.context = context
    this.relay = relay
    this.mailbox = mailbox
  }

  static async arrive(
    browsers: Browsers,
    server: Server,
    mailbox: Mailbox,
    username: string,
    o: PersonOptions,
  ) {
    const relay = await Relay.start(server.port)
    const size = o.size ?? computer
    const touch = size.width < 600
    const engine = o.engine ?? 'chromium'
    const origin = o.atHome ? `http://localhost:${server.port}` : `http://127.0.0.1:${relay.port}`
    const locale = o.language === 'zh-CN' ? 'zh-CN' : 'en-GB'
    const timezoneId = 'Asia/Shanghai'
    const faults: string[] = []
    let context: BrowserContext
    if (engine === 'webkit') {
      const onFault = (fault: string) => faults.push(fault)
      const started = await WebKitContext.start(origin, {
        size,
        language: locale,
        timezone: timezoneId,
        onFault,
      })
      // It offers the part of Playwright's that is used here and in the core specs.
      context = started as unknown as BrowserContext
    } else {
      const browser = await browsers.get(engine)
      context = await browser.newContext({
        baseURL: origin,
        locale,
        timezoneId,
        viewport: size,
        hasTouch: touch,
        isMobile: touch,
      })
      await collectFaults(context, engine, faults)
    }
    return new Person(username, context, relay, mailbox, origin, o, faults)
  }

  /** The first window that they opened. */
  get page(): Page {
    if (!this.opened) throw new Error(`${this.name} has no window open`)
    return this.opened
  }

  async open(path = '/') {
    this.opened ??= await this.context.newPage()
    await this.opened.goto(path)
    return this.opened
  }

  /** Keeps what they see in WebKit: Playwright keeps the pictures of its own browsers. */
  async photograph(path: string) {
    if (this.engine === 'webkit') await this.opened?.screenshot({ path })
  }

  async leave() {
    await this.context.close()
    await this.relay.close()
  }

  // ── Words and things on the screen ─────────────────────────────────────────

  button(key: string, values?: Record<string, string | number>) {
    return this.page.getByRole('button', { name: this.t(key, values), exact: true })
  }

  link(key: string, values?: Record<string, string | number>) {
    return this.page.getByRole('link', { name: this.t(key, values), exact: true })
  }

  field(key: string, values?: Record<string, string | number>) {
    return this.page.getByLabel(this.t(key, values), { exact: true })
  }

  heading(key: string, values?: Record<string, string | number>) {
    return this.page.getByRole('heading', { name: this.t(key, values) })
  }

  /** A place of the main navigation; its name also tells what waits there. */
  place(key: 'chats' | 'contacts' | 'me') {
    return this.page
      .getByRole('navigation', { name: this.t('nav.label') })
      .getByRole('link', { name: new RegExp(`^${this.t(`nav.${key}`)}( |$)`) })
  }

  /** Waits until nothing moves or fades any more. */
  async settled() {
    await this.page.evaluate(async () => {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
      const ending = document
        .getAnimations()
        .filter((a) => a.playState === 'running' && a.effect?.getComputedTiming().iterations !== Infinity)
      await Promise.allSettled(ending.map((animation) => animation.finished))
      await new Promise(requestAnimationFrame)
    })
  }

  // ── Making an account by hand ──────────────────────────────────────────────

  async fillInAccount() {
    await this.field('signUp.username').fill(this.username)
    await this.field('signUp.email').fill(this.email)
    await this.field('signUp.name').fill(this.name)
    await this.field('signUp.password').fill(this.password)
  }

  async signUp() {
    await this.open('/sign-up')
    await this.fillInAccount()
    await this.button('signUp.submit').click()
    await expect(this.heading('mailSent.title')).toBeVisible()
  }

  /** Opens the link of the n-th letter. */
  async openLetter(n = 1) {
    await this.open(linkIn(await this.mailbox.letter(this.email, n)))
  }

  /** Follows the link of the n-th letter into the app. */
  async activate(n = 1) {
    await this.openLetter(n)
    await this.field('activate.password').fill(this.password)
    await this.button('activate.go').click()
    await expect(this.place('chats')).toBeVisible()
  }

  async signIn(o: { remember?: boolean } = {}) {
    await this.open('/sign-in')
    await this.field('signIn.login').fill(this.username)
    await this.field('signIn.password').fill(this.password)
    if (o.remember) await this.page.getByLabel(this.t('signIn.remember')).check()
    await this.button('signIn.submit').click()
    await expect(this.place('chats')).toBeVisible()
  }

  // ── The same the short way, for tests that are about something else ─────────

  /** Calls the API with the cookie of this person's browser. */
  async call<T>(method: string, path: string, data?: unknown): Promise<T> {
    const answer = await this.context.request.fetch(`/api/v1${path}`, {
      method,
      data,
      headers: { Origin: this.origin },
    })
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }

  /** Has an account and is signed in; no window is open yet. */
  async join() {
    const { username, email, password, name, language } = this
    const n = this.mailbox.count(email) + 1
    await this.call('POST', '/registrations', { username, email, password, name, language })
    const link = linkIn(await this.mailbox.letter(email, n))
    const token = link.slice(link.indexOf('#') + 1)
    const signedIn = await this.call<SignedIn>('POST', '/activations', { token, password })
    this.id = signedIn.account.id
    return this
  }

  async befriend(other: Person) {
    const request = await this.call<{ id: string }>('POST', '/friend-requests', { accountId: other.id })
    await other.call('POST', `/friend-requests/${request.id}/accept`, {})
  }

  // ── Talking ────────────────────────────────────────────────────────────────

  /** The line of a conversation in the list; what it says of others does not count. */
  row(name: string): Locator {
    return this.page
      .getByRole('navigation', { name: this.t('chats.list') })
      .getByRole('link')
      .filter({ has: this.page.locator('.name', { hasText: name }) })
  }

  async openChat(name: string) {
    await this.place('chats').click()
    await this.row(name).click()
    await expect(this.composer(name)).toBeVisible()
  }

  /** A page under “Me”, from wherever one is that shows the main navigation or the list of these pages. */
  async openPage(key: string) {
    const back = this.button('action.back')
    if (await back.isVisible()) await back.click()
    await this.place('me').click()
    await this.page
      .getByRole('navigation', { name: this.t('me.title'), exact: true })
      .getByRole('link', { name: this.t(key) })
      .click()
    await expect(this.page.getByRole('heading', { name: this.t(key), level: 1 })).toBeVisible()
  }

  composer(name: string) {
    return this.field('composer.label', { name })
  }

  async say(to: string, text: string) {
    await this.composer(to).fill(text)
    await this.button('composer.send').click()
  }

  /** The messages of a conversation that are on the screen. */
  log(name: string) {
    return this.page.getByRole('list', { name: this.t('chat.messages', { name }) })
  }

  bubble(name: string, text: string) {
    return this.log(name).getByText(text, { exact: true })
  }

  /**
   * The whole open conversation as it is shown, oldest first: scrolls to its
   * beginning, then reads down to its end.
   */
  async story(name: string): Promise<Shown[]> {
    const log = this.log(name)
    const start = log
      .getByText(this.t('chat.start', { name }))
      .or(log.getByText(this.t('chat.startGroup', { name })))
    await expect(async () => {
      await log.evaluate((element) => (element.scrollTop = 0))
      await expect(start).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 30_000 })

    const shown = new Map<string, Shown>()
    for (;;) {
      const [rows, atEnd] = await log.evaluate((element) => {
        const rows = [...element.querySelectorAll<HTMLElement>('[data-key]')].map((row) => ({
          key: row.dataset['key'] ?? '',
          top: row.getBoundingClientRect().top,
          text: row.querySelector('.bubble > :last-child')?.textContent ?? '',
          failed: row.querySelector('.failure') !== null,
        }))
        return [rows, element.scrollTop + element.clientHeight >= element.scrollHeight - 2] as const
      })
      for (const { key, text, failed } of rows.sort((a, b) => a.top - b.top)) shown.set(key, { text, failed })
      if (atEnd) return [...shown.values()]
      await log.evaluate(async (element) => {
        element.scrollTop += element.clientHeight / 2
        // Two frames: the list draws what has come into view.
        for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
      })
    }
  }
}

async function collectFaults(context: BrowserContext, engine: Engine, faults: string[]) {
  await context.exposeBinding('reportFault', (_, fault: string) => {
    if (engine !== 'firefox' || !taken.test(fault)) faults.push(fault)
  })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportFault(fault: string): void }).reportFault
      report(
        `policy: ${event.violatedDirective} forbids ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`,
      )
    })
  })
  // Playwright lets every page of Chromium believe that it is looked at. In Firefox only one window of all people's
  // has the focus, so it is told the same.
  if (engine === 'firefox') await context.addInitScript(() => (Document.prototype.hasFocus = () => true))
  context.on('weberror', (error) => {
    const fault = error.error().stack ?? error.error().message
    if (engine !== 'firefox' || !hearsay.test(fault)) faults.push(`uncaught: ${fault}`)
  })
  context.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
}

/** A message as a person sees it. */
export interface Shown {
  text: string
  failed: boolean
}
