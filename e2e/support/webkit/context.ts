import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Driver, type DriverOptions } from './driver.ts'
import { installFinder } from './find.ts'
import { WebKitPage } from './page.ts'

const require = createRequire(import.meta.url)
const testingLibrary = readFileSync(
  require.resolve('@testing-library/dom').replace(/index\.js$/, '@testing-library/dom.umd.min.js'),
  'utf8',
)

function reportFaults() {
  const report = (fault: string) =>
    (
      window as unknown as { webkit: { messageHandlers: { happy: { postMessage(m: object): void } } } }
    ).webkit.messageHandlers.happy.postMessage({ fault })
  addEventListener('error', ({ error, message, filename, lineno }) => {
    // Without an error it is a notice, as of a ResizeObserver that goes on in the next frame.
    if (error) report(`uncaught: ${message} ${filename}:${lineno}`)
  })
  addEventListener('unhandledrejection', (event) => report(`uncaught: ${String(event.reason)}`))
  document.addEventListener('securitypolicyviolation', (event) =>
    report(
      `policy: ${event.violatedDirective} forbids ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`,
    ),
  )
}

const script = `(() => {
  const module = undefined, exports = undefined, define = undefined, library = {};
  (function () { ${testingLibrary} }).call(library);
  window.finder = (${installFinder})(library.TestingLibraryDom ?? globalThis.TestingLibraryDom);
  (${reportFaults})();
})()`

interface Request {
  method?: string
  data?: unknown
  headers?: Record<string, string>
}

/** A person's browser: the part of Playwright's BrowserContext that a Person and the core specs use. */
export class WebKitContext {
  private readonly driver: Driver
  private readonly origin: string
  /** The window that is there from the start, until somebody wants one. */
  private waiting: WebKitPage | undefined
  private readonly desk: WebKitPage

  private constructor(driver: Driver, origin: string) {
    this.driver = driver
    this.origin = origin
    this.desk = new WebKitPage(driver, driver.first, origin)
    this.waiting = this.desk
  }

  static async start(origin: string, o: Omit<DriverOptions, 'script'>) {
    const context = new WebKitContext(await Driver.start({ ...o, script }), origin)
    // A page of the server, from which it can be asked before the app is opened.
    await context.desk.goto('/healthz')
    return context
  }

  async newPage() {
    const page = this.waiting
    this.waiting = undefined
    if (page) return page
    const { handle } = await this.desk.command<{ handle: string }>('POST', '/window/new', { type: 'window' })
    return new WebKitPage(this.driver, handle, this.origin)
  }

  /** Asks the server with the cookies of this browser, from its first window. */
  readonly request = {
    fetch: async (path: string, { method = 'GET', data, headers }: Request = {}) => {
      const bytes = Buffer.isBuffer(data)
      const body = bytes ? data.toString('base64') : data === undefined ? null : JSON.stringify(data)
      const type = data === undefined || bytes ? {} : { 'Content-Type': 'application/json' }
      const [status, text] = await this.desk.run<[number, string]>(
        async (path: string, method: string, headers: HeadersInit, body: string | null, bytes: boolean) => {
          const binary = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
          const sent = body !== null && bytes ? binary(body) : body
          const answer = await fetch(path, { method, headers, body: sent })
          return [answer.status, await answer.text()]
        },
        [path, method, { ...type, ...headers }, body, bytes],
      )
      return {
        status: () => status,
        ok: () => status >= 200 && status < 300,
        text: () => Promise.resolve(text),
        json: () => Promise.resolve(JSON.parse(text) as unknown),
      }
    },
  }

  close() {
    return this.driver.close()
  }
}
