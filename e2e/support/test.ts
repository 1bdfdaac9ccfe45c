import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, request } from '@playwright/test'
import { Browsers, type Engine } from './engines.ts'
import { expect } from './expect.ts'
import { Mailbox } from './mailbox.ts'
import { Person, type PersonOptions } from './person.ts'
import { Server } from './server.ts'

export { computer, phone } from './person.ts'
export type { Person } from './person.ts'
export { linkIn } from './mailbox.ts'
export { expect }

/** Marks what every engine must be able to do: it is run on Firefox and WebKit too. */
export const core = { tag: '@core' }

export interface Wishes {
  /** The browser of everybody who does not ask for another one. */
  engine: Engine
  /** Whether every screen is looked at in every theme, by hand, and not only in as many as find what there is to find. */
  everyTheme: boolean
}

interface World {
  /** Settings besides those that every server gets. */
  settings: Record<string, string>
  /** Whether the server has its owner already, so that others can sign up. */
  owned: boolean
  /** A real SMTP server. */
  mailbox: Mailbox
  /** A server of this test's own. */
  server: Server
  /** Lets somebody arrive, with a browser profile, a mailbox and a cable of their own. */
  person: (username: string, options?: PersonOptions) => Promise<Person>
  /** Two people who have accounts and are friends; no window is open yet. */
  friends: (one: string, other: string, options?: PersonOptions) => Promise<Pair>
}

export type Pair = [Person, Person]

export const test = base.extend<
  Wishes & World & { folder: string },
  { postOffice: Mailbox; browsers: Browsers }
>({
  engine: ['chromium', { option: true }],
  everyTheme: [false, { option: true }],
  settings: [{}, { option: true }],
  owned: [true, { option: true }],

  postOffice: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'happychat-mail-'))
      const mailbox = await Mailbox.start(join(folder, 'certificate.pem'))
      await use(mailbox)
      mailbox.close()
      rmSync(folder, { recursive: true })
    },
    { scope: 'worker' },
  ],

  browsers: [
    async ({ playwright }, use) => {
      const browsers = new Browsers(playwright)
      await use(browsers)
      await browsers.close()
    },
    { scope: 'worker' },
  ],

  // For tests that want a browser without a person.
  browser: [async ({ browsers }, use) => use(await browsers.get('chromium')), { scope: 'worker' }],

  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'happychat-e2e-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },

  mailbox: async ({ postOffice }, use) => {
    postOffice.empty()
    await use(postOffice)
  },

  server: async ({ folder, mailbox, settings, owned }, use, info) => {
    const server = await Server.start(folder, { ...mailbox.settings, ...settings })
    if (owned) await makeOwner(server)
    await use(server)
    await server.stop()
    if (info.status !== info.expectedStatus) {
      await info.attach('server', { body: server.output, contentType: 'text/plain' })
      console.log(server.output.split('\n').slice(-40).join('\n'))
    }
    expect(server.output, 'the server must not panic').not.toMatch(/^panic:|^goroutine \d+|level=ERROR/m)
  },

  person: async ({ browsers, engine, server, mailbox }, use, info) => {
    const people: Person[] = []
    await use(async (username, options = {}) => {
      const person = await Person.arrive(browsers, server, mailbox, username, { engine, ...options })
      people.push(person)
      return person
    })
    if (info.status !== info.expectedStatus) {
      for (const person of people) await person.photograph(info.outputPath(`${person.username}.png`))
    }
    for (const person of people) await person.leave()
    expect(people.flatMap((person) => person.faults.map((fault) => `${person.name}: ${fault}`))).toEqual([])
  },

  friends: async ({ person }, use) => {
    await use(async (one, other, options = {}) => {
      const pair: Pair = [
        await person(one, { name: shownName(one), ...options }),
        await person(other, { name: shownName(other), ...options }),
      ]
      for (const someone of pair) await someone.join()
      await pair[0].befriend(pair[1])
      return pair
    })
  },
})

/** A user name with a capital: what others see is not what they find somebody by. */
function shownName(username: string) {
  return username.charAt(0).toUpperCase() + username.slice(1)
}

/** Whoever opens the link that is printed at the first start owns the server. */
async function makeOwner(server: Server) {
  const [, token] = await server.says(/\/setup#(\S+)/)
  const http = await request.newContext({ baseURL: server.url })
  const answer = await http.post('/api/v1/setup', {
    data: {
      token,
      username: 'owner',
      email: 'owner@example.com',
      password: 'a quiet harbour at noon',
      language: 'en',
    },
    headers: { Origin: server.url },
  })
  expect(answer.status(), await answer.text()).toBeLessThan(300)
  await http.dispose()
}
