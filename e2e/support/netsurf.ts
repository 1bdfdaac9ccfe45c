import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from '@playwright/test'

const run = promisify(execFile)

/**
 * NetSurf in a window of its own on a screen of its own. It can be asked for nothing but the title of its window, so
 * where a field or a button is, is found out by clicking down a column until something comes of it: a form that was
 * sent is seen on the way to the server.
 */
export class NetSurf {
  private readonly folder: string
  private readonly screen: ChildProcess
  private readonly display: string
  private readonly way: Server
  private browser: ChildProcess | undefined
  /** Forms that were sent. */
  private forms = 0

  private constructor(folder: string, screen: ChildProcess, display: string, port: number) {
    this.folder = folder
    this.screen = screen
    this.display = display
    this.way = createServer((client) => {
      const server = connect(port, '127.0.0.1')
      client.on('data', (data) => {
        if (data.toString('latin1').startsWith('POST ')) this.forms++
      })
      for (const end of [client, server]) {
        end.on('error', () => {
          client.destroy()
          server.destroy()
        })
      }
      client.pipe(server).pipe(client)
    })
  }

  static async start(port: number, path: string) {
    // The server chooses a free number, and writes it down.
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1000x700x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const [number] = (await once(screen.stdio[3]!, 'data')) as [Buffer]
    const folder = mkdtempSync(join(tmpdir(), 'happychat-netsurf-'))
    const netsurf = new NetSurf(folder, screen, `:${number.toString().trim()}`, port)
    netsurf.way.listen(0, '127.0.0.1')
    await once(netsurf.way, 'listening')
    const url = `http://127.0.0.1:${(netsurf.way.address() as AddressInfo).port}${path}`
    const environment = { ...process.env, DISPLAY: netsurf.display, HOME: folder, LANG: 'C.UTF-8' }
    netsurf.browser = spawn('netsurf-gtk', [url], { stdio: 'ignore', env: environment })
    return netsurf
  }

  private async xdotool(...args: (string | number)[]) {
    const environment = { ...process.env, DISPLAY: this.display }
    return run('xdotool', args.map(String), { env: environment }).then(
      ({ stdout }) => stdout,
      () => '', // it found no window
    )
  }

  /** Waits until the title of the window says something. */
  async shows(title: string | RegExp) {
    await expect
      .poll(() => this.xdotool('search', '--name', '.', 'getwindowname', '%@'), {
        timeout: 30_000,
        intervals: [100],
      })
      .toMatch(title)
  }

  async click(x: number, y: number) {
    await this.xdotool('mousemove', x, y, 'click', 1)
  }

  async type(text: string) {
    await this.xdotool('type', '--delay', 5, text)
  }

  async press(key: string) {
    await this.xdotool('key', key)
  }

  /** Does something at one place after the other, downwards, until a form is sent. */
  async until(x: number, from: number, to: number, action: () => Promise<void>) {
    const before = this.forms
    for (let y = from; y < to; y += 15) {
      await this.click(x, y)
      await action()
      const sent = expect.poll(() => this.forms, { timeout: 400, intervals: [50] }).toBeGreaterThan(before)
      if (await sent.then(() => true).catch(() => false)) return
    }
    throw new Error('no form was sent, wherever the mouse clicked')
  }

  async close() {
    for (const child of [this.browser, this.screen]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    this.way.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
