import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser, LaunchOptions } from '@playwright/test'
import type { PlaywrightWorkerArgs } from '@playwright/test'

export type Engine = 'chromium' | 'firefox' | 'webkit'

/** Finds a program of the system: the browsers are those that people have, and none is downloaded. */
function find(variable: string, names: string[], sentence: string) {
  if (process.env[variable]) return process.env[variable]
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return join(folder, name)
      } catch {
        // not in this one
      }
    }
  }
  throw new Error(sentence)
}

const chromium = (): LaunchOptions => ({
  executablePath: find(
    'CHROMIUM',
    ['chromium', 'chromium-browser', 'google-chrome'],
    'Chromium is missing: install it (Debian: apt-get install chromium), or name it in CHROMIUM.',
  ),
  args: [
    // Going back by a swipe is the app's own; the browser's would go on where the app has gone back.
    '--overscroll-history-navigation=0',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
})

// The stock browser, driven over WebDriver BiDi.
const firefox = (): LaunchOptions => ({
  channel: 'moz-firefox',
  executablePath: find(
    'FIREFOX',
    ['firefox-esr'],
    'Firefox ESR is missing: install it (Debian: apt-get install firefox-esr), or name it in FIREFOX.',
  ),
})

/** One browser of each kind for all tests of a worker, started when somebody first wants it. */
export class Browsers {
  private readonly playwright: PlaywrightWorkerArgs['playwright']
  private readonly running = new Map<Engine, Promise<Browser>>()

  constructor(playwright: PlaywrightWorkerArgs['playwright']) {
    this.playwright = playwright
  }

  get(engine: 'chromium' | 'firefox'): Promise<Browser> {
    let browser = this.running.get(engine)
    if (!browser) {
      browser =
        engine === 'firefox'
          ? this.playwright.firefox.launch(firefox())
          : this.playwright.chromium.launch(chromium())
      this.running.set(engine, browser)
    }
    return browser
  }

  async close() {
    for (const browser of this.running.values()) await (await browser).close()
  }
}
