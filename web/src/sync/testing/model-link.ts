import { timedOut, unreachable } from '@/api/problem'
import type { Link, LinkHandlers } from '@/api/socket'
import type { CommandName, ID, SocketCommands } from '@/api/types'
import type { Environment } from '../environment'
import type { ModelServer } from './model-server'

/** How unkind the network is: chances between 0 and 1. */
export interface Weather {
  /** Of an event to be lost, or to come twice. */
  loseEvent: number
  repeatEvent: number
  /** Of a command, or its answer, to be lost. */
  loseRequest: number
  loseAnswer: number
  /** Of an attempt to connect to fail. */
  refuse: number
  /** Milliseconds: everything takes between nothing and this, so that much overtakes. */
  delay: number
}

export const fair: Weather = {
  loseEvent: 0,
  repeatEvent: 0,
  loseRequest: 0,
  loseAnswer: 0,
  refuse: 0,
  delay: 0,
}

/** A connection to the model server through weather. */
export class ModelLink implements Link {
  handlers: LinkHandlers = {
    connected: () => undefined,
    disconnected: () => undefined,
    refused: () => undefined,
    event: () => undefined,
  }
  connected = false
  weather: Weather = fair
  /** Every command that was asked for, in order. */
  readonly asked: { name: CommandName; request: unknown }[] = []
  private unsubscribe: (() => void) | null = null
  private pending = new Set<(error: Error) => void>()
  private attempt = 0

  constructor(
    private readonly server: ModelServer,
    private readonly accountId: ID,
    private readonly env: Environment,
  ) {}

  private chance(of: number): boolean {
    return of > 0 && this.env.random() < of
  }

  /** Runs later, unless this connection has ended by then. */
  private later(job: () => void): void {
    const { attempt } = this
    this.env.after(this.env.random() * this.weather.delay, () => {
      if (attempt === this.attempt) job()
    })
  }

  open(): void {
    this.close()
    this.later(() => {
      if (this.chance(this.weather.refuse)) return this.handlers.disconnected()
      this.connected = true
      this.unsubscribe = this.server.subscribe(this.accountId, (name, payload) => {
        if (this.chance(this.weather.loseEvent)) return
        const times = this.chance(this.weather.repeatEvent) ? 2 : 1
        for (let i = 0; i < times; i++) this.later(() => this.handlers.event(name, structuredClone(payload)))
      })
      this.handlers.connected()
    })
  }

  close(): void {
    this.attempt++
    this.connected = false
    this.unsubscribe?.()
    this.unsubscribe = null
    for (const fail of [...this.pending]) fail(unreachable())
    this.pending.clear()
  }

  /** The cable is pulled. */
  cut(): void {
    if (!this.connected) return
    this.close()
    this.handlers.disconnected()
  }

  command<K extends CommandName>(
    name: K,
    request: SocketCommands[K]['request'],
    timeout?: number,
  ): Promise<SocketCommands[K]['result']> {
    if (this.connected) this.asked.push({ name, request: structuredClone(request) })
    return this.ask(() => this.server.answer(this.accountId, name, structuredClone(request)), timeout)
  }

  /** A question through the weather, by socket or over HTTP. */
  ask<Answer>(answer: () => Answer, timeout = 10_000): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.connected) return reject(unreachable())
      const fail = (error: Error) => {
        this.pending.delete(fail)
        cancel()
        reject(error)
      }
      const cancel = this.env.after(timeout, () => fail(timedOut()))
      this.pending.add(fail)
      this.later(() => {
        if (this.chance(this.weather.loseRequest)) return
        let deliver: () => void
        try {
          const result = structuredClone(answer())
          deliver = () => resolve(result)
        } catch (error) {
          deliver = () => reject(error as Error)
        }
        if (this.chance(this.weather.loseAnswer)) return
        this.later(() => {
          this.pending.delete(fail)
          cancel()
          deliver()
        })
      })
    })
  }
}
