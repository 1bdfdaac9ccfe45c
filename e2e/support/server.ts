import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { program } from './paths.ts'
import { freePort } from './port.ts'

/** The real program, on a port and a data folder of its own. */
export class Server {
  readonly port: number
  /** Everything it has printed, over all its lives. */
  output = ''

  private readonly folder: string
  private readonly settings: Record<string, string>
  private process: ChildProcess | undefined
  private listeners = new Set<() => void>()

  private constructor(port: number, folder: string, settings: Record<string, string>) {
    this.port = port
    this.folder = folder
    this.settings = settings
  }

  static async start(folder: string, settings: Record<string, string>) {
    const server = new Server(await freePort(), folder, settings)
    await server.start()
    return server
  }

  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  /** Starts it (again), and returns when it says that it is ready. */
  async start() {
    const child = spawn(program, ['serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HAPPYCHAT_LISTEN: `127.0.0.1:${this.port}`,
        HAPPYCHAT_DATA: this.folder,
        // A contact more in every list: the tests of the robot switch it on.
        HAPPYCHAT_ROBOT: 'off',
        ...this.settings,
      },
    })
    this.process = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        for (const listener of this.listeners) listener()
      })
    }
    while (!(await this.ready())) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The server ended instead of starting:\n${this.output}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  private async ready() {
    try {
      return (await fetch(`${this.url}/readyz`)).ok
    } catch {
      return false
    }
  }

  /** kill -9: no goodbye, no flush. */
  async kill() {
    await this.end('SIGKILL')
  }

  async stop() {
    await this.end('SIGTERM')
  }

  private async end(signal: NodeJS.Signals) {
    const child = this.process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  /** Runs another command of the same program on the same data, and returns what it prints. */
  async command(args: string[], input = '') {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HAPPYCHAT_DATA: this.folder },
    })
    child.stdin.end(input)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    const [code] = (await once(child, 'close')) as [number]
    if (code !== 0) throw new Error(`${args.join(' ')}: ${output}`)
    return output
  }

  /** Waits until the output matches. */
  async says(pattern: RegExp, milliseconds = 15_000): Promise<RegExpMatchArray> {
    const found = this.output.match(pattern)
    if (found) return found
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(look)
        reject(new Error(`The server did not say ${pattern}:\n${this.output}`))
      }, milliseconds)
      const look = () => {
        const match = this.output.match(pattern)
        if (!match) return
        clearTimeout(timer)
        this.listeners.delete(look)
        resolve(match)
      }
      this.listeners.add(look)
    })
  }
}
