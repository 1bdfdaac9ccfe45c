// The live connection: a thin skin over the official client, which is loaded only when it is first needed.
// It opens once and reports; when to come back is decided by sync/connection.ts.
import type { Socket } from 'socket.io-client'
import type { ProblemError } from './problem'
import { readProblem, timedOut, unreachable } from './problem'
import type { CommandName, EventName, ID, SocketCommands, SocketEvents } from './types'

export interface LinkHandlers {
  connected: () => void
  /** The connection ended, or could not be made. */
  disconnected: () => void
  /** The server was reached and said no. */
  refused: (problem: ProblemError) => void
  event: <K extends EventName>(name: K, payload: SocketEvents[K]) => void
}

export interface Link {
  handlers: LinkHandlers
  readonly connected: boolean
  /** Tries once; one of connected, disconnected or refused follows. */
  open: () => void
  /** Ends the connection, or the attempt, without reporting it. Commands under way fail. */
  close: () => void
  /** Resolves with the result; throws an ProblemError when refused, not answered in time, or not connected. */
  command: <K extends CommandName>(
    name: K,
    request: SocketCommands[K]['request'],
    timeout?: number,
  ) => Promise<SocketCommands[K]['result']>
}

export interface SocketOptions {
  /** Whose session this must be: the server refuses when the cookie meanwhile belongs to somebody else. */
  accountId: ID
  baseUrl?: string
  token?: () => string | null
  /** Milliseconds until an attempt to connect counts as failed. */
  connectTimeout?: number
  /** Milliseconds until a command counts as not answered. */
  commandTimeout?: number
}

const none: LinkHandlers = {
  connected: () => undefined,
  disconnected: () => undefined,
  refused: () => undefined,
  event: () => undefined,
}

export class SocketLink implements Link {
  handlers: LinkHandlers = none
  private socket: Socket | null = null
  /** Raised by every open and close, so that what belongs to an earlier attempt is not heard. */
  private attempt = 0

  constructor(private readonly options: SocketOptions) {}

  get connected(): boolean {
    return this.socket?.connected ?? false
  }

  open(): void {
    this.close()
    const attempt = this.attempt
    void this.start(attempt).catch(() => {
      if (attempt === this.attempt) this.handlers.disconnected()
    })
  }

  close(): void {
    this.attempt++
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.offAny()
    socket.off()
    socket.disconnect()
  }

  private async start(attempt: number): Promise<void> {
    const { io } = await import('socket.io-client')
    if (attempt !== this.attempt) return
    const { accountId, baseUrl, token, connectTimeout = 20_000 } = this.options
    const socket = io(baseUrl ?? '/', {
      forceNew: true,
      reconnection: false,
      timeout: connectTimeout,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      auth: { accountId, token: token?.() ?? undefined },
    })
    this.socket = socket
    socket.on('connect', () => this.handlers.connected())
    socket.on('disconnect', () => this.lost())
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      if (error.data === undefined) return this.lost()
      this.close()
      this.handlers.refused(readProblem(error.data, 0))
    })
    socket.onAny((name: EventName, payload: SocketEvents[EventName]) => this.handlers.event(name, payload))
  }

  private lost(): void {
    this.close()
    this.handlers.disconnected()
  }

  command<K extends CommandName>(
    name: K,
    request: SocketCommands[K]['request'],
    timeout = this.options.commandTimeout ?? 10_000,
  ): Promise<SocketCommands[K]['result']> {
    return new Promise((resolve, reject) => {
      const socket = this.socket
      // Without this the library would keep the command and send it later, when nobody waits for it.
      if (!socket?.connected) return reject(unreachable())
      socket.timeout(timeout).emit(name, request, (error: Error | null, answer: unknown) => {
        if (error) return reject(socket.connected ? timedOut() : unreachable())
        if (typeof answer === 'object' && answer !== null && 'result' in answer) {
          return resolve(answer.result as SocketCommands[K]['result'])
        }
        const problem =
          typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null
        reject(readProblem(problem, 0))
      })
    })
  }
}
