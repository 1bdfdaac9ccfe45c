// For tests of stores: the real engine on a model of the server, in time that passes only when told to.
import type { EngineSetup } from './engine'
import { Engine } from '@/sync'
import { memoryCache } from '@/sync/cache'
import { singleTab } from '@/sync/tabs'
import { TestNetwork } from '@/sync/testing/device'
import { ModelLink } from '@/sync/testing/model-link'
import { ModelServer } from '@/sync/testing/model-server'
import { seeded, VirtualTime } from '@/sync/testing/virtual-time'

export class ModelWorld {
  readonly time = new VirtualTime(seeded(11))
  readonly server = new ModelServer(this.time.now)
  readonly network = new TestNetwork()
  link!: ModelLink
  /** How many engines were started. */
  started = 0
  readonly forgotten: string[] = []

  /** Stands for startEngine. */
  start = ({ accountId, api, changed, ended }: EngineSetup): Promise<Engine> => {
    this.started++
    this.link = new ModelLink(this.server, accountId, this.time)
    const engine = new Engine({
      accountId,
      link: this.link,
      api,
      cache: memoryCache(),
      env: this.time,
      network: this.network,
      tabs: singleTab(),
      changed,
      ended,
    })
    engine.start(null)
    return Promise.resolve(engine)
  }

  forget = (accountId: string): void => void this.forgotten.push(accountId)
}

/** Answers of the server over HTTP: method and path -> what comes back. */
export type Answers = Record<string, (body: unknown) => { status?: number; body?: unknown } | undefined>

/** Stands for fetch; what is not described is not reachable. */
export function answering(answers: Answers): typeof fetch {
  return (input, init) => {
    const path = String(input).replace('/api/v1', '')
    const answer = answers[`${init?.method ?? 'GET'} ${path}`]
    if (!answer) return Promise.reject(new TypeError('fetch failed'))
    const text = typeof init?.body === 'string' ? init.body : 'null'
    const { status = 200, body } = answer(JSON.parse(text)) ?? {}
    return Promise.resolve(
      new Response(body === undefined ? null : JSON.stringify(body), {
        status: body === undefined ? 204 : status,
      }),
    )
  }
}
