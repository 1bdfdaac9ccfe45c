import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../port.ts'

/** Where WebDriver keeps the name of an element (W3C WebDriver, section 12.1). */
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

export type Element = Record<typeof elementKey, string>

export const idOf = (found: Element) => found[elementKey]

/** What the driver answers when it cannot do what it is told; code is one of WebDriver's. */
export class DriverError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

export interface DriverOptions {
  size: { width: number; height: number }
  language: string
  timezone: string
  /** Runs in every document before its own scripts. */
  script: string
  onFault: (fault: string) => void
}

/**
 * One person's WebKit: a screen, a driver and a browser of their own, so that
 * their window has the focus as it would on their desk. A session has one
 * current window, so commands are given one after another.
 */
export class Driver {
  private readonly folder = mkdtempSync(join(tmpdir(), 'happychat-webkit-'))
  private readonly processes: ChildProcess[] = []
  private url = ''
  private current = ''
  private last: Promise<unknown> = Promise.resolve()

  static async start(o: DriverOptions) {
    const driver = new Driver()
    try {
      await driver.begin(o)
    } catch (error) {
      await driver.close()
      throw error
    }
    return driver
  }

  private async begin(o: DriverOptions) {
    process.once('exit', this.kill) // when a test is broken off
    const script = join(this.folder, 'script.js')
    writeFileSync(script, o.script)
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    this.processes.push(screen)
    const [display] = (await once(createInterface(screen.stdio[3] as NodeJS.ReadableStream), 'line')) as [
      string,
    ]

    const port = await freePort()
    const driver = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // with the browser in a group of their own, which ends together
      env: {
        PATH: process.env['PATH'],
        DISPLAY: `:${display}`,
        GDK_BACKEND: 'x11',
        HOME: this.folder,
        XDG_RUNTIME_DIR: this.folder,
        LANG: 'C.UTF-8',
        TZ: o.timezone,
        NO_AT_BRIDGE: '1',
      },
    })
    this.processes.push(driver)
    createInterface(driver.stdout).on('line', (line) => {
      if (line.startsWith('{')) o.onFault((JSON.parse(line) as { fault: string }).fault)
    })
    this.url = `http://127.0.0.1:${port}`
    while (!(await this.ready())) {
      if (driver.exitCode !== null) throw new Error('WebKitWebDriver ended instead of starting')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const { sessionId } = (await this.call('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          'webkitgtk:browserOptions': {
            binary: fileURLToPath(new URL('window.py', import.meta.url)),
            args: [String(o.size.width), String(o.size.height), o.language, script],
          },
          timeouts: { script: 30_000, pageLoad: 30_000, implicit: 0 },
        },
      },
    })) as { sessionId: string }
    this.url += `/session/${sessionId}`
    this.current = (await this.call('GET', '/window')) as string
  }

  /** The window that is open from the start. */
  get first() {
    return this.current
  }

  private async ready() {
    try {
      return (await fetch(`${this.url}/status`)).ok
    } catch {
      return false
    }
  }

  /** Gives a command to a window, after all that were given before. */
  async command<T>(window: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) {
    const turn = this.last.then(async () => {
      if (this.current !== window) await this.call('POST', '/window', { handle: window })
      this.current = window
      return (await this.call(method, path, body)) as T
    })
    this.last = turn.catch(() => undefined)
    return turn
  }

  /** Brings a window to the front, and gives it the focus. */
  async present(window: string) {
    this.current = ''
    await this.command(window, 'GET', '/window')
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method,
      signal: AbortSignal.timeout(60_000),
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    })
    const { value } = (await answer.json()) as { value: unknown }
    if (answer.ok) return value
    const { error, message } = value as { error: string; message: string }
    throw new DriverError(error, message)
  }

  async close() {
    process.off('exit', this.kill)
    if (this.url.includes('/session/')) await this.call('DELETE', '').catch(() => undefined)
    const ended = this.processes.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit'))
    this.kill()
    await Promise.all(ended)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The driver with the browser that it has started, then the screen. */
  private readonly kill = () => {
    const [screen, driver] = this.processes
    try {
      if (driver?.pid) process.kill(-driver.pid, 'SIGKILL')
    } catch {
      // it has ended
    }
    screen?.kill()
  }
}
