import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from '@playwright/test'
import { expect } from './expect.ts'

const host = '127.0.0.1'

/** A push service for one browser, which takes what the server sends and decrypts it, as a browser does (RFC 8291). */
export class PushService {
  /** What the server needs to be told. */
  static readonly settings = { HAPPYCHAT_PUSH_HOSTS: host }

  /** What has come, decrypted. */
  readonly calls: string[] = []
  private readonly key = createECDH('prime256v1')
  private readonly secret = randomBytes(16)
  private readonly server: Server

  private constructor() {
    this.key.generateKeys()
    this.server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        this.calls.push(this.open(Buffer.concat(parts)))
        response.writeHead(201).end()
      })
    })
  }

  static async start() {
    const service = new PushService()
    await new Promise<void>((resolve) => service.server.listen(0, host, resolve))
    return service
  }

  stop() {
    this.server.closeAllConnections()
    this.server.close()
  }

  private open(body: Buffer): string {
    const [salt, sender] = [body.subarray(0, 16), body.subarray(21, 86)]
    const own = this.key.getPublicKey()
    const derive = (secret: Buffer, salt: Buffer, info: Buffer | string, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, info, length))
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender])
    const material = derive(this.key.computeSecret(sender), this.secret, info, 32)
    const key = derive(material, salt, 'Content-Encoding: aes128gcm\0', 16)
    const nonce = derive(material, salt, 'Content-Encoding: nonce\0', 12)
    const opened = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(body.subarray(-16))
    const padded = Buffer.concat([opened.update(body.subarray(86, -16)), opened.final()])
    return padded.subarray(0, padded.lastIndexOf(2)).toString()
  }

  /** Lets the browser subscribe here: headless Chromium has no push service. `fails`: nor has this one. */
  async serve(context: BrowserContext, fails = false) {
    const place = {
      endpoint: `http://${host}:${(this.server.address() as AddressInfo).port}/device`,
      keys: { p256dh: this.key.getPublicKey('base64url'), auth: this.secret.toString('base64url') },
    }
    await context.addInitScript(
      ({ place, fails }) => {
        if (!('PushManager' in window)) return
        const kept = 'e2e.push'
        const subscription = (key: number[]) => ({
          endpoint: place.endpoint,
          options: { applicationServerKey: new Uint8Array(key).buffer },
          toJSON: () => ({ ...place, expirationTime: null }),
          unsubscribe: async () => {
            localStorage.removeItem(kept)
            return true
          },
        })
        Object.assign(PushManager.prototype, {
          getSubscription: async () => {
            const key = localStorage.getItem(kept)
            return key === null ? null : subscription(JSON.parse(key) as number[])
          },
          subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
            if (fails) throw new DOMException('no push service', 'AbortError')
            localStorage.setItem(kept, JSON.stringify([...applicationServerKey]))
            return subscription([...applicationServerKey])
          },
        })
      },
      { place, fails },
    )
  }

  /** Whether the browser is subscribed. */
  subscribed(page: Page) {
    return page.evaluate(() => localStorage.getItem('e2e.push') !== null)
  }
}

/** The app of somebody, closed: what its service worker does when it is called. */
export class ClosedApp {
  private readonly deliver: () => Promise<void>
  private readonly context: BrowserContext

  private constructor(context: BrowserContext, deliver: () => Promise<void>) {
    this.context = context
    this.deliver = deliver
  }

  /** Closes the app in this window. */
  static async of(page: Page, origin: string, calls: PushService['calls']) {
    await page.goto('about:blank')
    const browser = await page.context().newCDPSession(page)
    const found = new Promise<string>((resolve) =>
      browser.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const ours = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin))
        if (ours) resolve(ours.registrationId)
      }),
    )
    await browser.send('ServiceWorker.enable')
    const registrationId = await found
    let delivered = calls.length
    return new ClosedApp(page.context(), async () => {
      await expect.poll(() => calls.length).toBeGreaterThan(delivered)
      const data = calls[delivered++] ?? ''
      expect(data).toBe('{}')
      await browser.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
    })
  }

  /** Brings the next call that came from the server. */
  called() {
    return this.deliver()
  }

  async notifications() {
    const [worker] = this.context.serviceWorkers()
    if (!worker) throw new Error('no service worker')
    return worker.evaluate(async () => {
      const { registration } = self as unknown as { registration: ServiceWorkerRegistration }
      return (await registration.getNotifications()).map(({ title, body, data }) => ({
        title,
        body,
        path: (data as { path: string }).path,
      }))
    })
  }
}
