import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { mailServer } from './paths.ts'

export interface Letter {
  to: string[]
  subject: string
  text: string
  html: string
  encrypted: boolean
}

/** A real SMTP server with STARTTLS, and what it has been sent. */
export class Mailbox {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>
  private readonly certificate: string
  private readonly letters: Letter[] = []
  private readonly listeners = new Set<() => void>()
  private address: { host: string; port: number } | undefined

  private constructor(certificate: string) {
    this.certificate = certificate
    this.child = spawn(mailServer, ['-certificate', certificate], { stdio: ['pipe', 'pipe', 'inherit'] })
  }

  static async start(certificate: string) {
    const mailbox = new Mailbox(certificate)
    const lines = createInterface({ input: mailbox.child.stdout })
    await new Promise<void>((resolve, reject) => {
      mailbox.child.once('error', reject)
      mailbox.child.once('exit', () => reject(new Error('the mail server ended')))
      lines.on('line', (line) => {
        const read: unknown = JSON.parse(line)
        if (mailbox.address) {
          mailbox.letters.push(read as Letter)
          for (const listener of mailbox.listeners) listener()
        } else {
          mailbox.address = read as { host: string; port: number }
          resolve()
        }
      })
    })
    return mailbox
  }

  /** What a server needs to be told to send its mail here. */
  get settings(): Record<string, string> {
    return {
      HAPPYCHAT_SMTP_HOST: this.address!.host,
      HAPPYCHAT_SMTP_PORT: String(this.address!.port),
      HAPPYCHAT_SMTP_FROM: 'chat@example.com',
      SSL_CERT_FILE: this.certificate,
    }
  }

  /** The n-th letter to an address, counted from 1, once it is there. */
  async letter(to: string, n = 1, milliseconds = 15_000): Promise<Letter> {
    const find = () => this.letters.filter((letter) => letter.to.includes(to))[n - 1]
    const found = find()
    if (found) return found
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(look)
        reject(new Error(`letter ${n} to ${to} did not arrive; there are ${JSON.stringify(this.letters)}`))
      }, milliseconds)
      const look = () => {
        const letter = find()
        if (!letter) return
        clearTimeout(timer)
        this.listeners.delete(look)
        resolve(letter)
      }
      this.listeners.add(look)
    })
  }

  count(to: string) {
    return this.letters.filter((letter) => letter.to.includes(to)).length
  }

  /** Forgets what came for the test before. */
  empty() {
    this.letters.length = 0
  }

  close() {
    this.child.stdin.end()
  }
}

/** The one link that a letter carries, path and fragment: the host is the reader's own cable. */
export function linkIn(letter: Letter): string {
  const link = /^https?:\/\/[^/\s]+(\/\S*)$/m.exec(letter.text)?.[1]
  if (!link) throw new Error(`no link in ${letter.text}`)
  return link
}
