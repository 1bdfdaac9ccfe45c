import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** Which way bytes stop: both, or only what the server says. */
export type Silence = 'both' | 'answers'

/**
 * The cable between one person and the server: a TCP relay that can be pulled.
 * A browser's own "offline" switch leaves open WebSockets alive; this does not.
 */
export class Relay {
  private readonly server: Server
  private readonly target: number
  private readonly pairs = new Set<[Socket, Socket]>()
  private state: 'whole' | 'cut' | Silence = 'whole'

  private constructor(target: number) {
    this.target = target
    this.server = createServer((near) => this.connect(near))
  }

  static async start(target: number) {
    const relay = new Relay(target)
    relay.server.listen(0, '127.0.0.1')
    await once(relay.server, 'listening')
    return relay
  }

  get port() {
    const address = this.server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay is closed')
    return address.port
  }

  /** Every connection breaks with a reset, and new ones break at once. */
  cut() {
    this.state = 'cut'
    for (const pair of this.pairs) {
      for (const socket of pair) socket.resetAndDestroy()
    }
  }

  /** Bytes stop and nobody is told, as with a cable that falls out somewhere on the way. */
  silence(what: Silence = 'both') {
    this.state = what
    for (const pair of this.pairs) this.hush(pair)
  }

  private hush([near, far]: [Socket, Socket]) {
    if (this.state === 'both') near.pause()
    if (this.state === 'both' || this.state === 'answers') far.pause()
  }

  /** The cable is back: what was held back goes on, as TCP would send it again. */
  restore() {
    this.state = 'whole'
    for (const pair of this.pairs) {
      for (const socket of pair) socket.resume()
    }
  }

  async close() {
    this.cut()
    this.server.close()
    await once(this.server, 'close')
  }

  private connect(near: Socket) {
    if (this.state === 'cut') {
      near.resetAndDestroy()
      return
    }
    const far = createConnection({ port: this.target, host: '127.0.0.1' })
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    const end = () => {
      this.pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const [from, to] of [pair, [far, near] as const]) {
      from.setNoDelay(true)
      from.on('data', (bytes) => {
        if (!to.write(bytes)) {
          from.pause()
          to.once('drain', () => {
            from.resume()
            this.hush(pair)
          })
        }
      })
      from.on('end', () => to.end())
      from.on('error', end)
      from.on('close', end)
    }
    this.hush(pair)
  }
}
