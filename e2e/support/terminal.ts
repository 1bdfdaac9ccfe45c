import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from '@playwright/test'

const run = promisify(execFile)

/** Those of some programs that are not on this machine. */
export function missing(...programs: string[]) {
  return programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
}

/** A program in a terminal of 100 × 60 characters, at whose keys sits the test. */
export class Terminal {
  private readonly folder: string
  private readonly socket: string

  private constructor(folder: string) {
    this.folder = folder
    this.socket = join(folder, 'tmux')
  }

  static async start(command: (folder: string) => string[]) {
    const terminal = new Terminal(mkdtempSync(join(tmpdir(), 'happychat-terminal-')))
    const { folder } = terminal
    writeFileSync(join(folder, 'tmux.conf'), 'set -g escape-time 0\n')
    const environment = ['env', `HOME=${folder}`, 'LANG=C.UTF-8', 'TERM=screen']
    await terminal.tmux('new-session', '-d', '-x', '100', '-y', '60', ...environment, ...command(folder))
    return terminal
  }

  private async tmux(...args: string[]) {
    const { socket, folder } = this
    const environment = { ...process.env, LANG: 'C.UTF-8' }
    const all = ['-S', socket, '-f', join(folder, 'tmux.conf'), ...args]
    return (await run('tmux', all, { env: environment })).stdout
  }

  /** Presses keys by their names. */
  async press(...keys: string[]) {
    await this.tmux('send-keys', ...keys)
  }

  async type(text: string) {
    await this.tmux('send-keys', '-l', text)
  }

  /** What is on the screen now. */
  async screen() {
    return this.tmux('capture-pane', '-p')
  }

  /** Waits until the screen shows something. */
  async shows(text: string | RegExp) {
    await expect.poll(() => this.screen(), { timeout: 20_000, intervals: [50] }).toMatch(text)
  }

  async close() {
    await this.tmux('kill-server').catch(() => undefined) // it may have ended
    rmSync(this.folder, { recursive: true, force: true })
  }
}
