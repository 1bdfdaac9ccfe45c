import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { repository } from './paths.ts'

/** A real OpenID provider, as provider/main.mjs starts it. */
export class Provider {
  readonly issuer: string
  private readonly child: ChildProcess

  private constructor(child: ChildProcess, issuer: string) {
    this.child = child
    this.issuer = issuer
  }

  static async start() {
    const child = spawn('node', ['provider/main.mjs'], {
      cwd: `${repository}e2e`,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    return new Provider(child, (JSON.parse(line) as { issuer: string }).issuer)
  }

  /** What a server needs to be told to send people here. */
  get settings(): Record<string, string> {
    return {
      HAPPYCHAT_OIDC_ISSUER: this.issuer,
      HAPPYCHAT_OIDC_CLIENT_ID: 'happychat',
      HAPPYCHAT_OIDC_CLIENT_SECRET: 'a secret of provider and chat',
      HAPPYCHAT_OIDC_NAME: 'Harbour ID',
    }
  }

  close() {
    this.child.stdin?.end()
  }
}
